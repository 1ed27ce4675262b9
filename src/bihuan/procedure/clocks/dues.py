"""When a promise falls due, and how much of it has been counted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import date, datetime, timedelta

from ..calendars import Calendar
from ..definition import Time, Unit
from .pauses import FOREVER, Pauses, StillPaused, stops
from .promises import Promise, clock_of, promise
from .timetable import Beyond, Layout, NeverDue, Timetable, timetable
from .wall import minute_after, minute_before, moment_of

END_OF_DAY = "calendar, end of day"


def due(start: datetime, time: Time, days: str, calendar: Calendar, pauses: Pauses = ()) -> datetime:
    """The last moment, in UTC, at which an act is still in time.

    ``days`` is the document's rule (``Definition.days``). Raises ``StillPaused`` when a pause without end comes
    first, ``NeverDue`` when the calendar has too little working time, ``ValueError`` for a naive moment.
    """
    return due_of(promise(start, time, days, calendar), start, calendar, pauses)


def due_of(promised: Promise, start: datetime, calendar: Calendar, pauses: Pauses = ()) -> datetime:
    """``due`` for an amount already worked out."""
    table = timetable(calendar)
    stood = stops(pauses) if pauses else []
    begin = minute_after(start)
    if promised.clock == "elapsed":
        return moment_of(_use_up(begin, promised.amount, stood, lambda minute: minute, lambda minute: minute))
    if promised.clock == "working-time":

        def find(layout: Layout) -> int:
            return _use_up(begin, promised.amount, stood, layout.position, layout.at)

        return moment_of(table.search(begin, find))
    day = table.wall.day(minute_before(start))
    if promised.clock == "calendar-days":
        return moment_of(_calendar_days(table, day, promised.amount, stood))
    return moment_of(max(begin, table.search(begin, lambda layout: _working_days(layout, day, promised.amount, stood))))


def in_hours(moment: datetime, calendar: Calendar) -> datetime:
    """``moment`` where it lies within working time, the minute of closing included, else the next opening.

    Without any working time to come it is ``moment``. A naive one raises ``ValueError``.
    """
    minute = minute_before(moment)
    closing = minute - 1 if moment == moment_of(minute) else minute

    def find(layout: Layout) -> datetime:
        if layout.open_until(minute) is not None or layout.open_until(closing) is not None:
            return moment
        index = bisect_right(layout.starts, minute)
        if index == len(layout.starts):
            raise Beyond
        return moment_of(layout.starts[index])

    try:
        return timetable(calendar).search(minute, find)
    except NeverDue:
        return moment


def _use_up(
    begin: int, amount: int, stood: list[tuple[int, int]], position: Callable[[int], int], at: Callable[[int], int]
) -> int:
    """The minute at which ``amount`` has been counted from ``begin``, leaving out the minutes in ``stood``."""
    if not amount:
        return begin
    for start, end in stood:
        if end <= begin:
            continue
        if start > begin:
            gap = position(start) - position(begin)
            if gap >= amount:
                break
            amount -= gap
        if end == FOREVER:
            raise StillPaused
        begin = end
    return at(position(begin) + amount)


def _calendar_days(table: Timetable, day: date, amount: int, stood: list[tuple[int, int]]) -> int:
    if not stood:
        return table.wall.midnight(day + timedelta(days=amount + 1))
    while amount:
        day += timedelta(days=1)
        if not paused_at(table.wall.midnight(day + timedelta(days=1)), stood):
            amount -= 1
    return table.wall.midnight(day + timedelta(days=1))


def _working_days(layout: Layout, day: date, amount: int, stood: list[tuple[int, int]]) -> int:
    if not stood or not amount:
        return layout.closes[layout.working_day(day, amount)]
    index = layout.working_day(day, 1)
    while True:
        layout.working_day(day, 1 + index - bisect_right(layout.dates, day.toordinal()))
        if not paused_at(layout.closes[index], stood):
            amount -= 1
            if not amount:
                return layout.closes[index]
        index += 1


def paused_at(close: int, stood: list[tuple[int, int]]) -> bool:
    """Whether the minute before ``close`` is paused: then the day that ends there does not count.

    Raises ``StillPaused`` for a pause without end.
    """
    index = bisect_left(stood, (close, -1)) - 1
    if index < 0 or stood[index][1] < close:
        return False
    if stood[index][1] == FOREVER:
        raise StillPaused
    return True


def counted(
    start: datetime, end: datetime, unit: Unit, calendar: Calendar, pauses: Pauses = (), *, days: str = END_OF_DAY
) -> int:
    """How much has been counted from ``start`` to ``end``: whole days for the clocks of days, else whole minutes."""
    clock = clock_of(unit, days)
    table = timetable(calendar)
    begin, last = minute_after(start), minute_before(end)
    stood = [(one, min(other, last)) for one, other in stops(pauses) if one < last]
    if clock in ("elapsed", "working-time"):
        layout = table.layout(min(begin, last), max(begin, last))
        position = layout.position if clock == "working-time" else int
        total, cursor = 0, begin
        for one, other in [*stood, (last, last)]:
            if one > cursor:
                total += position(one) - position(cursor)
            cursor = max(cursor, other)
        return total
    return sum(1 for close in _closes(table, clock == "working-days", start, last) if not paused_at(close, stood))


def _closes(table: Timetable, working: bool, start: datetime, last: int) -> list[int]:
    """The ends of the days after the start day that are over at minute ``last``."""
    day = table.wall.day(minute_before(start))
    if working:
        layout = table.layout(minute_before(start), last)
        first = bisect_right(layout.dates, day.toordinal())
        return layout.closes[first : max(first, bisect_right(layout.closes, last))]
    closes = []
    day += timedelta(days=2)
    while (close := table.wall.midnight(day)) <= last:
        closes.append(close)
        day += timedelta(days=1)
    return closes


def provisional(
    start: datetime, due: datetime, calendar: Calendar, time: Time | None = None, days: str = END_OF_DAY
) -> bool:
    """Whether the result rests on a year whose days are not announced yet.

    With ``time``, only the clocks that go by the calendar can be provisional; without it that is assumed.
    """
    if time is not None and clock_of(time.unit, days) in ("elapsed", "calendar-days") and time.unit != "working-days":
        return False
    wall = timetable(calendar).wall
    first, last = wall.day(minute_before(start)).year, wall.day(max(minute_before(start), minute_after(due) - 1)).year
    return not calendar.announced.issuperset(range(first, last + 1))
