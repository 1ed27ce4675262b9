"""Promises, waits, duties, targets."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from .acting import Effect, Letter, Who
from .conditions import Condition
from .words import Origin, Text, Time


class Within(Struct, frozen=True):
    time: Time
    condition: Condition = ()


class Warn(Struct, frozen=True):
    before: Time
    letters: tuple[Letter, ...]


class Rung(Struct, frozen=True):
    """One rung of the ladder once late: ``after`` so long past the due moment (None = at once)."""

    letters: tuple[Letter, ...]
    effects: tuple[Effect, ...] = ()
    after: Time | None = None


class Pause(Struct, frozen=True):
    """The clock stands while the case is in one of ``steps``."""

    steps: tuple[str, ...]
    because: Text
    origin: Origin


class Deadline(Struct, frozen=True):
    """A promise: from a moment until an act, within a time, or at a named moment (plus ``within``)."""

    name: str
    title: Text
    start: str
    until: tuple[str, ...]
    origin: Origin
    within: tuple[Within, ...] = ()
    at: str = ""
    pauses: tuple[Pause, ...] = ()
    while_steps: tuple[str, ...] = ()
    warn: tuple[Warn, ...] = ()
    late: tuple[Rung, ...] = ()


class Wait(Struct, frozen=True):
    """Not before: the newest ``start`` counts, for ``lasts``."""

    name: str
    start: str
    lasts: Time
    origin: Origin


class Every(Struct, frozen=True):
    """The beat of a duty; exactly one way of saying it is set.

    ``weekday`` 1 = Monday … 7. ``month_day`` 1–31, with ``months`` naming the months it applies to
    (empty = every month). ``time`` = so long after the last one was done; ``terms`` the same by conditions.
    """

    weekday: int = 0
    month_day: int = 0
    months: tuple[int, ...] = ()
    time: Time | None = None
    terms: tuple[Within, ...] = ()


class Duty(Struct, frozen=True):
    """Something owed on a beat. Each period opens a case of its own (see ``duty_definition``)."""

    name: str
    title: Text
    every: Every
    who: Who
    origin: Origin
    form: str = ""
    about: str = ""
    holiday: Literal["stay", "skip", "next", "shown"] = "shown"
    per: str = ""
    until: Condition = ()
    received_by: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    warn: tuple[Warn, ...] = ()
    late: tuple[Rung, ...] = ()
    while_steps: tuple[str, ...] = ()


class Target(Struct, frozen=True):
    """What is promised in figures; measured elsewhere."""

    name: str
    title: Text
    measure: str
    origin: Origin
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""
