"""A case in hand: the state an act is changing, what is known while it does, and what has happened so far.

The given state is never touched: a table is copied the first time it is written to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from ..calendars import Calendar
from ..conditions import MISSING, unanswered
from ..definition import Definition, Text
from ..refusals import Refused
from ..state import ClockRun, Happening, HappeningKind, State
from .plan import Plan, plan_of


class Surroundings(Struct, frozen=True):
    """What the case stands in: its working calendar, its places (outlet first, then parents), and the place behind
    each fact that a ``where`` names."""

    calendar: Calendar
    places: tuple[str, ...] = ()
    where: Mapping[str, str] = {}

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the place."""
        return zone_of(self.calendar)


NOWHERE = Surroundings(Calendar("", "", "UTC", {}, {}, frozenset()))
"""Surroundings for questions that neither count time nor ask for a place."""

_TABLES = ("answers", "facts", "done", "entered", "doers", "moments", "waits", "signatures", "children", "assigned")
_NOTHING: dict[str, Any] = {}


class Working:
    """The case while one act, or one run of the clock, changes it."""

    __slots__ = (
        *_TABLES, "at", "clocks", "definition", "ended", "fresh", "given", "happenings", "know", "moment", "newest",
        "opened", "owned", "places", "plan", "revision", "step", "surroundings", "tried", "undoing",
    )  # fmt: skip

    answers: dict[str, dict[str, Any]]
    facts: dict[str, Any]
    done: dict[str, int]
    entered: dict[str, int]
    doers: dict[str, tuple[str, str]]
    moments: dict[str, datetime]
    waits: dict[str, datetime]
    signatures: dict[str, Any]
    children: dict[str, Any]
    assigned: dict[str, str]

    def __init__(self, definition: Definition, state: State, surroundings: Surroundings) -> None:
        self.definition = definition
        self.plan: Plan = plan_of(definition)
        self.surroundings = surroundings
        self.answers = state.answers
        self.facts = state.facts
        self.done = state.done
        self.entered = state.entered
        self.doers = state.doers
        self.moments = state.moments
        self.waits = state.waits
        self.signatures = state.signatures
        self.children = state.children
        self.assigned = state.assigned
        self.step = state.step
        self.revision = state.revision
        self.opened = state.opened
        self.moment = state.moment
        self.at = state.moment
        self.places = surroundings.places or state.places
        self.ended = state.ended
        self.newest = state.newest
        self.undoing = state.undoing
        self.clocks: list[ClockRun] = list(state.clocks)
        self.happenings: list[Happening] = []
        self.owned: set[str] = set()
        # What the act in hand brings: its answers, the facts asked for it, and which of those must be fresh.
        self.fresh: Mapping[str, Any] = _NOTHING
        self.given: Mapping[str, Any] = _NOTHING
        self.know: frozenset[str] = frozenset()
        self.tried = ""

    def table(self, name: str) -> dict[str, Any]:
        """The table ``name`` of the state, as one that may be written to."""
        if name in self.owned:
            owned: dict[str, Any] = getattr(self, name)
            return owned
        copy = dict(getattr(self, name))
        setattr(self, name, copy)
        self.owned.add(name)
        return copy

    def say(self, kind: HappeningKind, name: str, clause: str = "", data: dict[str, Any] | None = None) -> None:
        """Record that something happened at the moment in hand."""
        self.happenings.append(Happening(kind, name, self.at, clause, data if data is not None else {}))

    def state(self) -> State:
        """The case as it now stands."""
        return State(
            step=self.step, revision=self.revision, opened=self.opened, moment=self.moment, places=self.places,
            ended=self.ended, answers=self.answers, facts=self.facts, done=self.done, entered=self.entered,
            doers=self.doers, moments=self.moments, clocks=tuple(self.clocks), waits=self.waits,
            signatures=self.signatures, children=self.children, assigned=self.assigned, newest=self.newest,
            undoing=self.undoing,
        )  # fmt: skip

    def look(self, key: str) -> Any:
        """The value of an answer, a fact, the case's own count or a group of children; ``MISSING`` if unknown.

        A fact the act wants to ``know`` counts only as given with this act; other facts as last heard.
        """
        head, _, tail = key.partition(".")
        if head in self.definition.forms:
            fill = self.fresh.get(head)
            if fill is None:
                fill = self.answers.get(head)
            return MISSING if fill is None else value_in(fill, tail)
        if head == "case":
            found = self._of_case(tail)
            if found is not MISSING:
                return found
        elif head in self.children:
            return self._of_children(head, tail)
        if key in self.given:
            return self.given[key]
        if key in self.know:
            return MISSING
        return self.facts.get(key, MISSING)

    def _of_case(self, tail: str) -> Any:
        what, _, name = tail.partition(".")
        match what:
            case "times-done":
                found: Any = self.done.get(name or self.tried, 0)
            case "times-entered":
                found = self.entered.get(name or self.step, 0)
            case "step":
                found = self.step
            case "late":
                found = self._is_late(name)
            case "opened":
                found = self.opened.isoformat()
            case "kind":
                found = self.definition.kind
            case "outlet" if self.places:
                found = self.places[0]
            case _:
                found = MISSING
        return found

    def _is_late(self, deadline: str) -> bool:
        """Whether the newest run of the promise was missed by now, also where it was fulfilled afterwards."""
        runs = [run for run in self.clocks if run.name == deadline]
        newest = max(runs, key=lambda run: run.run, default=None)
        return newest is not None and newest.missed_at is not None

    def _of_children(self, group: str, tail: str) -> Any:
        cases = self.children[group]
        if tail == "count":
            return len(cases)
        if tail == "step":
            return [case.step for case in cases]
        if tail == "ended":
            return [case.ended for case in cases]
        return MISSING

    def refused(self, words: Text, code: str, clause: str) -> Refused:
        """A refusal that names this document and version."""
        return Refused(
            words, code=code, clause=clause, document=self.definition.number, version=self.definition.version
        )


def value_in(fill: Mapping[str, Any], tail: str) -> Any:
    """The answer ``tail`` of one filled form; of lines and of several signers the list of their answers."""
    if tail in fill:
        return fill[tail]
    if SIGNERS in fill:
        return [value_in(each, tail) for each in fill[SIGNERS]]
    lines, dot, field = tail.partition(".")
    if dot and lines in fill:
        return [line.get(field, MISSING) for line in fill[lines]]
    return dict(fill) if not tail else MISSING


SIGNERS = "*"
"""Key of a filling that holds one filling per signer (``each`` with ``own``)."""


def aware(at: datetime) -> datetime:
    """``at`` in UTC. Raises ValueError for a moment without a zone: the engine never guesses one."""
    if at.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return at if at.tzinfo is UTC else at.astimezone(UTC)


def zone_of(calendar: Calendar) -> ZoneInfo:
    """The time zone of a calendar."""
    return ZoneInfo(str(calendar.zone))


def moment_of(value: Any, calendar: Calendar, *, end_of_day: bool) -> datetime | None:
    """The moment an answer or fact means: a moment as written, a date as its first or last instant on the site."""
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    if unanswered(value) or not isinstance(value, str):
        return None
    try:
        if len(value) == 10:
            day = date.fromisoformat(value) + timedelta(days=1 if end_of_day else 0)
            return datetime.combine(day, time(), zone_of(calendar)).astimezone(UTC)
        moment = datetime.fromisoformat(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone_of(calendar))
    return moment.astimezone(UTC)
