"""What lists read of a case without opening it, computed from its state: whose it is, what presses, when it was done.

All of it could be computed again from the journal; it stands in the case's row so that a list is one indexed read.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from bihuan.procedure.calendars import Calendar
from bihuan.procedure.deadlines import read
from bihuan.procedure.definition import Definition
from bihuan.procedure.state import ClockRun, State
from bihuan.registers.calendars import queries as calendars

RECEIVED, DONE = "received", "done"
AFTER_DONE = frozenset({"done", "followed-up", "closed"})
# the standing acts after which a case has ended and nothing was done in it (language §9)
CALLING_OFF = frozenset({"cancel", "merge"})


def pressing(state: State) -> ClockRun | None:
    """The earliest promise not yet kept; a missed one stays the most pressing until it is kept after all."""
    waited_for = [run for run in state.clocks if run.stopped is None and run.due and run.state in {"running", "missed"}]
    return min(waited_for, key=lambda run: run.due or run.started, default=None)


def promised_acts(definition: Definition, state: State) -> list[str]:
    """The acts that keep the promises now running, the most pressing promise first; its own in the document's order."""
    waited_for = [run for run in state.clocks if run.stopped is None and run.due and run.state in {"running", "missed"}]
    runs = sorted(waited_for, key=lambda run: run.due or run.started)
    known = (definition.deadlines[run.name] for run in runs if run.name in definition.deadlines)
    return list(dict.fromkeys(act for promise in known for act in promise.until if act in definition.acts))


def at_risk_from(definition: Definition, run: ClockRun | None, at: datetime) -> datetime | None:
    """When ``run`` begins to count as at risk by its own clock; its end where it is over already."""
    if run is None or run.state != "running":
        return run.due if run else None
    seen = read(run, at, _calendar(run.calendar) if run.calendar else None, definition.days)
    return seen.next_change if seen.standing == "on_time" else min(at, run.due or at)


def person_of(definition: Definition, state: State) -> str:
    """Whose work it is: the person the newest act that hands a case on was told, or who it was given to since.

    "" before anybody has it and while it is back among the unassigned.
    """
    if definition.steps[state.step].stage == RECEIVED:
        return ""
    given = ""
    for form, field in _handing(_Same(definition)):
        value = state.answers.get(form, {}).get(field)
        if isinstance(value, str) and value:
            given = value
    return next((name for name in reversed(list(state.assigned.values())) if name), given)


def done_at(definition: Definition, state: State, before: datetime | None) -> datetime | None:
    """When the work was done; None again once it has been taken up anew, and where it was called off."""
    if definition.steps[state.step].stage not in AFTER_DONE or CALLING_OFF & state.doers.keys():
        return None
    return before or state.moment


class _Same:
    """A definition as a key: one object per version, kept in memory by the documents."""

    __slots__ = ("definition",)

    def __init__(self, definition: Definition) -> None:
        self.definition = definition

    def __hash__(self) -> int:
        return id(self.definition)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.definition is self.definition


@lru_cache(maxsize=512)
def _handing(same: _Same) -> tuple[tuple[str, str], ...]:
    """The questions (form, field) that name whom a case is handed to."""
    definition = same.definition
    found = []
    for act in definition.acts.values():
        form = definition.forms.get(act.form)
        onward = any(definition.steps[way.step].stage != RECEIVED for way in act.ways if way.step in definition.steps)
        if form is not None and onward and not act.standing and act.name != definition.opening.act:
            found += [(form.name, name) for name, field in form.fields.items() if field.kind == "person"]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=64)
def _calendar(version: str) -> Calendar:
    # a version of a calendar never changes
    return calendars.calendar_of(version)
