"""A duty as a small procedure of its own: due, handed in, done."""

from __future__ import annotations

from bihuan.procedure.definition import (
    Act,
    Deadline,
    Definition,
    Duty,
    Opening,
    Step,
    Text,
    Way,
    Who,
)


def duty_definition(definition: Definition, duty: Duty | str) -> Definition:
    """The definition by which one period of ``duty`` runs.

    Kind ``<kind>.<duty>``, steps due, handed-in (only with ``received-by``), done. Opened by the clock; the fact
    ``duty.due`` given at the opening is the moment it is late. Its effects come with its last act: ``receive`` where
    somebody receives it, else ``hand-in``; a period fulfilled by a fact has none.

    Raises:
        KeyError: no duty of that name.
    """
    if isinstance(duty, str):
        duty = definition.duties[duty]
    origin = duty.origin
    steps = {"due": Step("due", Text("待办", "Due"), False, "received")}
    if duty.received_by:
        steps["handed-in"] = Step("handed-in", Text("已交", "Handed in"), False, "waiting")
    steps["done"] = Step("done", Text("完成", "Done"), True, "closed")
    acts = _acts(duty)
    met = tuple(name for name in ("hand-in", "fulfil") if name in acts)
    deadline = Deadline("on-time", duty.title, "opened", met, origin, at="duty.due", warn=duty.warn, late=duty.late)
    return Definition(
        pack=definition.pack,
        kind=f"{definition.kind}.{duty.name}",
        number=definition.number,
        version=definition.version,
        title=duty.title,
        owner=definition.owner,
        opening=Opening(f"{definition.kind}.{duty.name}", "", origin, by_hand=False),
        steps=steps,
        acts=acts,
        forms=definition.forms,
        clauses=definition.clauses,
        file=definition.file,
        digest=definition.digest,
        days=definition.days,
        grammar=definition.grammar,
        deadlines={"on-time": deadline},
        keep=definition.keep,
        duty_of=definition.kind,
        effective=definition.effective,
        posts=definition.posts,
        ladders=definition.ladders,
    )


def _acts(duty: Duty) -> dict[str, Act]:
    """What is done in one period: handed in and received by people, or fulfilled by a fact."""
    origin = duty.origin
    acts: dict[str, Act] = {}
    if duty.who != Who():
        acts["hand-in"] = Act(
            "hand-in",
            ("due",),
            duty.who,
            origin,
            duty.title,
            form=duty.form,
            effects=() if duty.received_by else duty.effects,
            ways=(Way("handed-in" if duty.received_by else "done", (), origin),),
        )
    if duty.received_by:
        acts["receive"] = Act(
            "receive",
            ("handed-in",),
            Who(posts=duty.received_by),
            origin,
            Text("签收", "Receive"),
            effects=duty.effects,
            ways=(Way("done", (), origin),),
        )
    if duty.until:
        know = tuple(dict.fromkeys(test.key for tests in duty.until for test in tests))
        acts["fulfil"] = Act(
            "fulfil",
            ("due",),
            Who(clock=True),
            origin,
            Text("已达成", "Fulfilled"),
            know=know,
            condition=duty.until,
            ways=(Way("done", (), origin),),
        )
    return acts
