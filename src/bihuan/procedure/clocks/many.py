"""Many due moments at once: between two breaks of the timetable a due moment is either fixed or a fixed time away."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from ..calendars import Calendar
from ..definition import Time
from .dues import due
from .promises import Promise, clock_of, promise
from .timetable import Layout, timetable
from .wall import minute_after, minute_before, moment_of

JUST_BEFORE = 5e-7  # half a microsecond, in seconds: no moment lies between


def due_many(starts: Sequence[datetime], time: Time, days: str, calendar: Calendar) -> list[datetime]:
    """``due`` of every start, in the order given, without pauses. Raises as ``due`` does."""
    if not starts:
        return []
    if any(start.tzinfo is not UTC for start in starts):
        starts = [moment_of(0) + (start - moment_of(0)) for start in starts]
    clock = clock_of(time.unit, days)
    if clock == "elapsed" and time.unit in ("minutes", "hours"):
        later = timedelta(minutes=promise(starts[0], time, days, calendar).amount)
        return [_whole(start) + later if start.second or start.microsecond else start + later for start in starts]
    if (days.endswith("to the minute") and time.unit not in ("working-minutes", "working-hours")) or not time.amount:
        return [due(start, time, days, calendar) for start in starts]
    first, last = minute_before(min(starts)), minute_after(max(starts))
    if clock == "working-time":
        points, fixed, shifts = _working_pieces(first, last, promise(starts[0], time, days, calendar), calendar)
    else:
        points, fixed, shifts = _day_pieces(first, last, time, days, calendar)
    moments: list[datetime] = []
    add = moments.append
    for start in starts:
        stamp = start.timestamp()
        index = bisect_left(points, stamp) - 1
        known = fixed[index]
        if known is not None:
            add(known)
        else:
            add((start if not stamp % 60 else _whole(start)) + shifts[index])
    return moments


def _whole(start: datetime) -> datetime:
    return moment_of(minute_after(start))


Pieces = tuple[list[float], list[datetime | None], list[timedelta]]


def _day_pieces(first: int, last: int, time: Time, days: str, calendar: Calendar) -> Pieces:
    """One piece for each local day: its due moment."""
    wall = timetable(calendar).wall
    day, end = wall.day(first), wall.day(last)
    points: list[float] = []
    fixed: list[datetime | None] = []
    while day <= end:
        midnight = wall.midnight(day)
        points.append(midnight * 60 - JUST_BEFORE)
        fixed.append(due(moment_of(midnight), time, days, calendar))
        day += timedelta(days=1)
    return points, fixed, [timedelta()] * len(points)


def _working_pieces(first: int, last: int, promised: Promise, calendar: Calendar) -> Pieces:
    """Pieces of starts: outside working time the due moment is fixed, inside it moves along with the start."""
    table = timetable(calendar)
    points: list[float] = []
    fixed: list[datetime | None] = []
    shifts: list[timedelta] = []

    def add(minute: int, known: datetime | None, shift: int) -> None:
        points.append((minute - 1) * 60 + JUST_BEFORE)  # a minute already begun belongs to the next one
        fixed.append(known)
        shifts.append(timedelta(minutes=shift))

    def build(layout: Layout) -> None:
        for column in (points, fixed, shifts):
            column.clear()
        index = bisect_right(layout.ends, first)
        before = first
        while before <= last:
            gone = layout.gone[index - 1] if index else 0
            opening = layout.starts[index] if index < len(layout.starts) else last + 1
            due_at_opening = layout.at(gone + promised.amount)
            if before < opening:
                add(before, moment_of(due_at_opening), 0)
            if opening > last:
                return
            minute = max(before, opening)
            while minute < layout.ends[index]:
                target = gone + minute - opening + promised.amount
                place = bisect_left(layout.gone, target)
                layout.at(target)
                add(minute, None, layout.ends[place] - layout.gone[place] + target - minute)
                minute += layout.gone[place] - target + 1
            before = layout.ends[index]
            index += 1

    table.search(last, build)
    return points, fixed, shifts
