"""The proof of a deadline: every stretch between two moments, counted or not, and why."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from ..calendars import Calendar
from ..definition import Text, Time
from .dues import paused_at
from .pauses import FOREVER, Break, Pauses, breaks, minutes, stops
from .promises import Clock, clock_of
from .timetable import Layout, timetable
from .wall import WallClock, minute_after, minute_before, moment_of

COUNTED = Text("计时", "Counted")
WORKING_TIME = Text("工作时间", "Working time")
CALENDAR_DAY = Text("自然日", "Calendar day")
WORKING_DAY = Text("工作日", "Working day")
START_DAY = Text("起算当日不计", "The start day is not counted")
DAY_NOT_OVER = Text("当日未满", "The day is not over")
OUTSIDE_HOURS = Text("非工作时段", "Outside working hours")


class Span(Struct, frozen=True):
    """One stretch. ``amount`` is whole minutes, or whole days for the clocks of days; 0 where nothing counts."""

    start: datetime
    end: datetime
    counted: bool
    reason: Text
    clause: str
    amount: int


Piece = tuple[int, int, bool, Text, str, int]


def spans(
    start: datetime, end: datetime, time: Time, days: str, calendar: Calendar, pauses: Pauses = ()
) -> tuple[Span, ...]:
    """Everything from ``start`` to ``end`` without a gap. The amounts of the counted spans add up to ``counted``.

    Neighbours with the same reason are one span. ``end`` before ``start`` gives none.
    """
    if end <= start:
        return ()
    clock = clock_of(time.unit, days)
    if clock in ("elapsed", "working-time"):
        pieces = _minutes(clock, minute_after(start), minute_before(end), calendar, pauses)
    else:
        pieces = _days(clock, minute_before(start), minute_before(end), calendar, pauses)
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1][2:5] == piece[2:5]:
            joined[-1] = (joined[-1][0], piece[1], *piece[2:5], joined[-1][5] + piece[5])
        elif piece[0] < piece[1]:
            joined.append(piece)
    if not joined:
        return (Span(start, end, False, DAY_NOT_OVER if clock.endswith("days") else COUNTED, "", 0),)
    moments = [start, *(moment_of(piece[0]) for piece in joined[1:]), end]
    return tuple(
        Span(moments[index], moments[index + 1], piece[2], piece[3], piece[4], piece[5])
        for index, piece in enumerate(joined)
    )


def _minutes(clock: Clock, begin: int, last: int, calendar: Calendar, pauses: Pauses) -> Iterator[Piece]:
    stood = [(*minutes(one), one) for one in breaks(pauses) if one.end is None or one.end > one.start]
    table = timetable(calendar)
    layout = table.layout(min(begin, last), max(begin, last))
    cursor = begin
    while cursor < last:
        current = _pause_at(cursor, stood)
        if current is not None:
            stop = min(current[1], last)
            yield cursor, stop, False, current[2].because, current[2].clause, 0
        else:
            stop = min([last, *(first for first, _, _ in stood if first > cursor)])
            if clock == "elapsed":
                yield cursor, stop, True, COUNTED, "", stop - cursor
            else:
                yield from _working(layout, table.wall, cursor, stop, calendar)
        cursor = stop


def _pause_at(minute: int, stood: list[tuple[int, int, Break]]) -> tuple[int, int, Break] | None:
    return next((one for one in stood if one[0] <= minute < one[1]), None)


def _working(layout: Layout, wall: WallClock, cursor: int, last: int, calendar: Calendar) -> Iterator[Piece]:
    while cursor < last:
        closing = layout.open_until(cursor)
        if closing is not None:
            stop = min(closing, last)
            day = wall.day(cursor)
            reason = calendar.why(day) if day in calendar.days else WORKING_TIME
            yield cursor, stop, True, reason, "", stop - cursor
        else:
            stop = layout.next_opening(cursor, last)
            yield from _free(wall, cursor, stop, calendar)
        cursor = stop


def _free(wall: WallClock, cursor: int, last: int, calendar: Calendar) -> Iterator[Piece]:
    """Time nobody works, day by day with the name of the day."""
    while cursor < last:
        day = wall.day(cursor)
        stop = min(wall.midnight(day + timedelta(days=1)), last)
        reason = OUTSIDE_HOURS if calendar.is_working(day) else calendar.why(day)
        yield cursor, stop, False, reason, "", 0
        cursor = stop


def _days(clock: Clock, begin: int, last: int, calendar: Calendar, pauses: Pauses) -> Iterator[Piece]:
    table = timetable(calendar)
    wall = table.wall
    stood = [(first, min(end, FOREVER - 1)) for first, end in stops(pauses)]
    listed = breaks(pauses)
    layout = table.layout(begin, last)
    closes = dict(zip(layout.dates, layout.closes, strict=True))
    day = wall.day(begin)
    tomorrow = wall.midnight(day + timedelta(days=1))
    yield begin, min(tomorrow, last), False, START_DAY, "", 0
    while tomorrow < last:
        cursor, day = tomorrow, day + timedelta(days=1)
        tomorrow = wall.midnight(day + timedelta(days=1))
        stop = min(tomorrow, last)
        close = tomorrow if clock == "calendar-days" else closes.get(day.toordinal())
        if close is None:
            yield cursor, stop, False, calendar.why(day), "", 0
        elif paused_at(close, stood):
            one = _break_over(close, listed)
            yield cursor, stop, False, one.because, one.clause, 0
        elif close > last:
            yield cursor, stop, False, DAY_NOT_OVER, "", 0
        else:
            reason = CALENDAR_DAY if clock == "calendar-days" else WORKING_DAY
            if clock == "working-days" and day in calendar.days:
                reason = calendar.why(day)
            yield cursor, stop, True, reason, "", 1


def _break_over(close: int, listed: list[Break]) -> Break:
    """The break that lies over the last minute before ``close``."""
    bounds = [minutes(one) for one in listed]
    index = bisect_right([first for first, _ in bounds], close - 1) - 1
    while bounds[index][1] < close:
        index -= 1
    return listed[index]
