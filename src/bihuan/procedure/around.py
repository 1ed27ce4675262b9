"""What stands around a promise: days other than usual, years nobody had announced, who is told when."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from .calendars import Calendar, DayEntry, DayKind
from .clocks import minute_after, minute_before, wall_clock
from .definition import Deadline, Definition, Rung, Text
from .engine.owing import rung_moment
from .engine.working import Surroundings, Working
from .state import ClockRun, State


class SpecialDays(Struct, frozen=True):
    """Days on end that differ from the week in the same way under the same name."""

    first: date
    last: date
    kind: DayKind
    name: Text


class Told(Struct, frozen=True):
    """One rung of the ladder: when it is climbed if nobody acts, and whether it has been."""

    at: datetime
    rung: Rung
    climbed: bool


def special_days(calendar: Calendar, start: datetime, end: datetime) -> tuple[SpecialDays, ...]:
    """The holidays and make-up days of ``calendar`` from the day of ``start`` to that of ``end``, in order.

    A promise due at 24:00 ends on the day before. ``end`` before ``start`` gives those of the day of ``start``.
    """
    wall = wall_clock(calendar.zone)
    day = wall.day(minute_before(start))
    last = max(day, wall.day(minute_after(end) - 1))
    found: list[SpecialDays] = []
    while day <= last:
        entry = calendar.days.get(day)
        if entry is not None:
            found = _joined(found, day, entry)
        day += timedelta(days=1)
    return tuple(found)


def _joined(found: list[SpecialDays], day: date, entry: DayEntry) -> list[SpecialDays]:
    before = found[-1] if found else None
    if before and (before.kind, before.name) == (entry.kind, entry.name) and before.last + timedelta(days=1) == day:
        return [*found[:-1], replace(before, last=day)]
    return [*found, SpecialDays(day, day, entry.kind, entry.name)]


def unannounced(calendar: Calendar, start: datetime, end: datetime) -> tuple[int, ...]:
    """The years between the two moments whose days nobody had announced when this calendar was made."""
    wall = wall_clock(calendar.zone)
    first = wall.day(minute_before(start)).year
    last = wall.day(max(minute_before(start), minute_after(end) - 1)).year
    return tuple(year for year in range(first, last + 1) if year not in calendar.announced)


def ladder(definition: Definition, state: State, run: ClockRun, calendar: Calendar) -> tuple[Told, ...]:
    """Every rung of a promise with the moment it is climbed; none where the promise stands still or was given up."""
    deadline: Deadline = definition.deadlines[run.name]
    missed = run.missed_at or run.due
    if missed is None or run.state in ("void", "paused"):
        return ()
    work = Working(definition, state, Surroundings(calendar, state.places))
    found: list[Told] = []
    for number, rung in enumerate(deadline.late):
        moment = rung_moment(work, deadline, replace(run, missed_at=missed, stopped=None, rungs=number))
        if moment is not None:
            earlier = found[-1].at if found else moment
            found.append(Told(max(moment, earlier), rung, number < run.rungs))
    return tuple(found)
