"""Letters of an act, in words: what happened, to which case, by which clause. They leave after the commit."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from bihuan.journal.actions import NewLetter
from bihuan.procedure.definition import Definition, Text
from bihuan.procedure.engine.owing import rung_clock
from bihuan.procedure.state import Happening

from ..models import Case

PERSON = "person:"


def letters_of(case: Case, definition: Definition, happenings: tuple[Happening, ...], entry: UUID) -> list[NewLetter]:
    """The letters ``entry`` is to lay, in the order they were told: one per post or person.

    Who holds a post is settled on delivery.
    """
    told = [one for one in happenings if one.kind == "letter"]
    return [_letter(case, definition, one, f"{entry}:{number}", entry) for number, one in enumerate(told)]


def _letter(case: Case, definition: Definition, one: Happening, key: str, entry: UUID) -> NewLetter:
    person = one.name.removeprefix(PERSON) if one.name.startswith(PERSON) else ""
    said = one.data.get("say") or {}
    why = Text(said["zh"], said.get("en", "")) if said else _why(definition, one)
    step = definition.steps[case.step].title
    return NewLetter(
        entry_id=entry,
        key=key,
        to_kind="person" if person else "customer" if one.name == "customer" else "post",
        to=person or f"{one.name}@{case.outlet}",
        pressing=_presses(case, definition, one),
        subject=f"{case.number} {why.zh}",
        body="\n".join(
            [
                f"{case.number} {case.title}".strip(),
                f"{why.zh}；现在：{step.zh}",
                f"{why.say('en')}; now: {step.say('en')}",
                f"{definition.number} {definition.version} · {one.clause}",
                f"/cases/{case.number}/",
            ]
        ),
    )


def _presses(case: Case, definition: Definition, one: Happening) -> bool:
    """Whether the letter is of a promise whose clock does not rest at night: elapsed time, or an appointed moment."""
    promise = definition.deadlines.get(str(one.data.get("deadline", "")))
    runs = [run for run in case.state.clocks if run.name == one.data.get("deadline") and run.run == one.data.get("run")]
    if promise is None or not runs:
        return False
    rung = promise.late[one.data["rung"]] if "rung" in one.data else None
    return rung_clock(definition, rung, runs[-1], timezone.get_default_timezone()) == "elapsed"


def _why(definition: Definition, one: Happening) -> Text:
    """What the letter is about: a promise missed or near its end, else the act that sent it."""
    promise = definition.deadlines.get(str(one.data.get("deadline", "")))
    if promise is not None:
        title = promise.title
        if "warn" in one.data:
            return Text(f"时限将到：{title.zh}", f"Due soon: {title.say('en')}")
        return Text(f"已超时：{title.zh}", f"Overdue: {title.say('en')}")
    act = definition.acts.get(str(one.data.get("act", "")))
    return act.title if act else definition.title
