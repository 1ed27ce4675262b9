"""A case replayed from its own record: every happening must come out equal, and so must the post acted in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

from . import engine
from .calendars import Calendar
from .definition import Definition, Text
from .refusals import Refusal
from .state import CLOCK, ChildCase, Doer, Happening, Outcome, State

EntryKind = Literal["start", "act", "tick", "child", "absorb", "move"]
Versions = Callable[[str], Definition]
"""The definition behind the version a ``move`` names."""


class Recorded(Struct, frozen=True, omit_defaults=True):
    """One entry of a case's record, as much of it as replaying needs.

    ``doer`` is the doer as sent, with everything held that day; ``post`` the post the engine chose. ``facts`` are
    those of the outcome (what was known, the places behind ``where`` among them). For ``child`` the answers are
    ``group number step ended``, for ``absorb`` they are ``number starts``, for ``move`` ``from to steps reason``
    (``from`` and ``to`` name versions).
    """

    kind: EntryKind
    at: datetime
    act: str = ""
    doer: Doer = CLOCK
    post: str = ""
    answers: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    happenings: tuple[Happening, ...] = ()
    calendar: str = ""
    places: tuple[str, ...] = ()


class Difference(Struct, frozen=True):
    """Where a replay first went another way: the entry (from 0), the happening in it (from 0), and both sides."""

    entry: int
    happening: int
    recorded: str
    replayed: str
    words: Text


def replay(
    definition: Definition,
    calendar_lookup: Callable[[str], Calendar],
    entries: Iterable[Recorded],
    versions: Versions | None = None,
) -> Difference | None:
    """The first difference between the record and what the definition makes of it, or None where all is equal.

    ``definition`` is the one the case began under, ``calendar_lookup`` gives the calendar an entry names
    (``name@version``), ``versions`` the definitions a case was moved to (a record without moves asks for none).
    """
    return replay_state(definition, calendar_lookup, entries, versions)[0]


def replay_state(
    definition: Definition,
    calendar_lookup: Callable[[str], Calendar],
    entries: Iterable[Recorded],
    versions: Versions | None = None,
) -> tuple[Difference | None, State | None]:
    """As ``replay``, with the state the case had before the first difference, or has at its end."""
    state: State | None = None
    for number, entry in enumerate(entries):
        surroundings = engine.Surroundings(calendar_lookup(entry.calendar), entry.places)
        try:
            outcome = again(definition, state, entry, surroundings, versions)
        except Refusal as refusal:
            words = Text(f"重放时被拒绝：{refusal.words.zh}", f"Refused when replayed: {refusal.words.say('en')}")
            return Difference(number, 0, entry.act or entry.kind, refusal.code, words), state
        difference = _compare(number, entry, outcome)
        if difference is not None:
            return difference, state
        state, definition = outcome.state, after(definition, entry, versions)
    return None, state


def after(definition: Definition, entry: Recorded, versions: Versions | None) -> Definition:
    """The definition a case stands under after ``entry``: another one only after a move."""
    return _version(entry, versions) if entry.kind == "move" else definition


def _version(entry: Recorded, versions: Versions | None) -> Definition:
    if versions is None:
        raise ValueError("a record with a move needs the versions it names")
    return versions(str(entry.answers["to"]))


def again(
    definition: Definition,
    state: State | None,
    entry: Recorded,
    surroundings: engine.Surroundings,
    versions: Versions | None = None,
) -> Outcome:
    """What the engine makes of one recorded entry. Raises ``Refusal`` like the act itself; ValueError for a record
    that does not begin with ``start`` or starts twice, or moves to a version nobody gave."""
    if (state is None) is not (entry.kind == "start"):
        raise ValueError("a record begins with one start")
    if state is None:
        return engine.start(definition, entry.doer, entry.answers, entry.facts, entry.at, surroundings)
    if entry.kind == "act":
        return engine.act(definition, state, entry.act, entry.doer, entry.answers, entry.facts, entry.at, surroundings)
    if entry.kind == "child":
        told: Mapping[str, Any] = entry.answers
        child = ChildCase(str(told["number"]), str(told["step"]), bool(told["ended"]))
        return engine.child_moved(definition, state, str(told["group"]), child, entry.at, surroundings)
    if entry.kind == "absorb":
        number, starts = str(entry.answers["number"]), entry.answers["starts"]
        return engine.absorb(definition, state, number, starts, entry.at, surroundings)
    if entry.kind == "move":
        told = entry.answers
        new = _version(entry, versions)
        return engine.moved(
            state, definition, new, told["steps"], entry.doer, entry.at, surroundings, str(told["reason"])
        )
    return engine.tick(definition, state, entry.at, surroundings)


def _compare(number: int, entry: Recorded, outcome: Outcome) -> Difference | None:
    if entry.kind in {"start", "act", "move"} and entry.post != outcome.post:
        words = Text("办理的岗位不同", "Another post acted")
        return Difference(number, 0, entry.post, outcome.post, words)
    if entry.happenings == outcome.happenings:
        return None
    recorded, replayed = list(map(_written, entry.happenings)), list(map(_written, outcome.happenings))
    for place in range(max(len(recorded), len(replayed))):
        one = recorded[place] if place < len(recorded) else ""
        other = replayed[place] if place < len(replayed) else ""
        if one != other:
            return Difference(number, place, one, other, Text("所发生的事不同", "Something else happened"))
    return None


def _written(happening: Happening) -> str:
    return msgspec.json.encode(happening, order="deterministic").decode()
