"""Carrying out an act that nothing forbids: what is filled, done, told, opened, left and entered, in this order."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from ..conditions import holds, unanswered
from ..definition import Addition, Text, Way
from ..refusals import Refusal
from ..state import Doer
from .clockwork import after_act
from .doers import Chosen, signers_key
from .effects import children, effect, letters
from .plan import ActPlan
from .undoing import take_back, to_undo
from .words import asked, english, step_title
from .working import SIGNERS, Working

Fill = dict[str, Any]


class Deed(Struct, frozen=True):
    """An act about to be done: by whom, in which post, with which answers."""

    planned: ActPlan
    doer: Doer
    chosen: Chosen
    fill: Fill | None = None


def applying(work: Working, planned: ActPlan) -> tuple[Addition, ...]:
    """What other clauses add to the act in this case, in the order of their clauses."""
    return tuple(each for each in planned.additions if holds(each.condition, work.look))


def check_conditions(work: Working, planned: ActPlan) -> None:
    """Raises ``Refused`` citing the clause that asked for what does not hold: the act's own ``if`` and ``needs``
    first, then those other clauses added."""
    act, look = planned.act, work.look
    if act.condition and not holds(act.condition, look):
        words = asked(work.definition, act.condition)
        raise work.refused(
            Text(f"只有在以下情形才可办理：{words.zh}", f"This is only possible where {english(words)}"),
            "condition",
            act.origin.cite(),
        )
    for needs in (*act.needs, *(each for addition in applying(work, planned) for each in addition.needs)):
        if holds(needs.condition, look):
            continue
        words = needs.say or asked(work.definition, needs.condition)
        raise work.refused(words, "needs", needs.origin.cite())


def choose_way(work: Working, planned: ActPlan, *, at_once: bool = False) -> Way | None:
    """The first way whose condition holds; None to stay where the act names no way.

    ``at_once`` asks only for the ways a single signature can take, and gives None where there is none.
    Raises ``Refused`` (``no-way``) where ways are named and none holds.
    """
    ways = planned.act.ways
    for way in ways:
        if way.at_once == at_once and holds(way.condition, work.look):
            return way
    if at_once or not ways or all(way.at_once for way in ways):
        return None
    words = Text("程序文件没有写明这种情形怎么办", "The procedure does not say what happens in this case")
    raise work.refused(words, "no-way", planned.act.origin.cite())


def perform_alone(work: Working, planned: ActPlan, doer: Doer) -> None:
    """An act by the clock or by the children: nothing is filled and nothing new is known."""
    work.fresh, work.given, work.know, work.tried = {}, {}, frozenset(), planned.act.name
    try:
        way = choose_way(work, planned)
    except Refusal:
        return
    if planned.act.after:
        work.say("wait-over", planned.act.after, work.definition.waits[planned.act.after].origin.cite())
    perform(work, Deed(planned, doer, Chosen("")), way)


def perform(work: Working, deed: Deed, way: Way | None, opened: tuple[str, ...] = ()) -> None:
    """Do the act. ``work.fresh`` holds the answers, ``work.given`` the facts; everything has been checked.

    ``opened``: the moments that come with it where the act opens the case.
    """
    planned = deed.planned
    act = planned.act
    additions = applying(work, planned)
    if work.given:
        work.table("facts").update(work.given)
    if deed.fill is not None and planned.form is not None:
        _record(work, planned, deed.fill)
    _done(work, deed, way)
    for each in act.effects:
        effect(work, each)
    if way is not None:
        for each in way.effects:
            effect(work, each)
    for addition in additions:
        for each in addition.effects:
            effect(work, each)
    because = {"act": act.name}
    letters(work, act.letters, because)
    if way is not None:
        letters(work, way.letters, because)
    for addition in additions:
        letters(work, addition.letters, because)
    cases = [*act.children, *(way.children if way else ())]
    for addition in additions:
        cases += addition.children
    if cases:
        children(work, cases)
    finish(work, deed, way.step if way else "", opened)


def _done(work: Working, deed: Deed, way: Way | None) -> None:
    act, doer, chosen = deed.planned.act, deed.doer, deed.chosen
    data: dict[str, Any] = {"doer": doer.name, "kind": doer.kind, "post": chosen.post}
    if chosen.outside:
        data["for"] = chosen.outside
    if doer.instead_of:
        data["instead-of"] = doer.instead_of
    if way is not None and len(act.ways) > 1:
        data["way"] = act.ways.index(way) + 1
    work.say("done", act.name, act.origin.cite(), data)


def finish(work: Working, deed: Deed, step: str, opened: tuple[str, ...] = ()) -> None:
    """Count the act, move the case to ``step`` (empty = stay) and bring the clocks up to date."""
    name, clause = deed.planned.act.name, deed.planned.act.origin.cite()
    done = work.table("done")
    done[name] = done.get(name, 0) + 1
    moments = work.table("moments")
    moments[name] = work.at
    doers = work.table("doers")
    signed = work.signatures.get(name, ())
    number = 2
    while f"{name}#{number}" in doers:
        del doers[f"{name}#{number}"]
        number += 1
    if signed:
        for number, signature in enumerate(signed, start=1):
            doers[name if number == 1 else f"{name}#{number}"] = (signature.person, signature.post)
        del work.table("signatures")[name]
    else:
        doers[name] = (deed.doer.name, deed.chosen.post)
    work.newest = name
    work.revision += 1
    work.moment = max(work.moment, work.at)
    moved = move(work, step, clause) if step else ()
    triggers = (*opened, name, *moved)
    if deed.planned.act.undoes and work.undoing is not None:
        take_back(work, deed.planned.act.undoes)
    before = tuple(work.clocks)
    after_act(work, triggers, moved=bool(step), corrected=deed.planned.act.standing and name == "correct")
    work.undoing = to_undo(before, work.clocks) if name in work.plan.undoable else None
    work.fresh, work.given, work.know = {}, {}, frozenset()


def _record(work: Working, planned: ActPlan, fill: Fill) -> None:
    form = planned.form
    assert form is not None
    answers = work.table("answers")
    answers[form.name] = fill
    runs = work.table("entered")
    key = f"form {form.name}"
    runs[key] = runs.get(key, 0) + 1
    data: dict[str, Any] = {"run": runs[key]}
    if form.number:
        data["series"] = form.number
    if SIGNERS in fill:
        data["signers"] = len(fill[SIGNERS])
    work.say("filled", form.name, form.origin.cite(), data)
    for field in form.fields.values():
        if field.again and field.name in fill:
            ask_again(work, field.again, fill[field.name])


def ask_again(work: Working, key: str, value: Any) -> None:
    """An earlier question was asked again: its newest answer counts from now on."""
    form, _, name = key.partition(".")
    before = work.answers.get(form)
    if before is None or unanswered(value):
        return
    work.table("answers")[form] = {**before, name: value}


def move(work: Working, step: str, clause: str, **more: Any) -> tuple[str, ...]:
    """Leave the step in hand and enter ``step``; gives the names of the moments that have come.

    Signatures in hand fall. Entering an end closes the case; leaving one opens it again.
    """
    moments, entered = work.table("moments"), work.table("entered")
    left, was_ended = work.step, work.ended is not None
    work.say("left", left, clause, {"to": step})
    if work.signatures:
        work.signatures = {}
        work.owned.add("signatures")
    work.step = step
    entered[step] = entered.get(step, 0) + 1
    moments[f"leave {left}"] = work.at
    moments[f"enter {step}"] = work.at
    data: dict[str, Any] = {"times": entered[step], **more}
    ends = work.definition.steps[step].end
    if was_ended and not ends:
        data["reopened"] = True
    work.say("entered", step, clause, data)
    fix_signers(work, step)
    triggers = (f"leave {left}", f"enter {step}")
    if not ends:
        work.ended = None
        return triggers
    work.ended = work.at
    moments["closed"] = work.at
    work.say("ended", step, clause, {"title": step_title(work.definition, step).zh, **more})
    return (*triggers, "closed")


def fix_signers(work: Working, step: str) -> None:
    """Departments chosen in an answer are fixed on entering the step where they sign; chosen by none, nobody is."""
    for act, key in work.plan.signer_lists.get(step, ()):
        value, name = work.look(key), signers_key(act, key)
        if not unanswered(value):
            work.table("facts")[name] = list(value) if isinstance(value, list | tuple) else [value]
        elif name in work.facts:
            del work.table("facts")[name]
