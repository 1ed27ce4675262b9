"""When a duty falls due: pure arithmetic from its beat, its holiday rule and the organisation's calendar.

A duty (``Duty``) is owed on a beat: every Tuesday, on the 2nd of a quarter's first month, every two days. Each period
opens a case of its own; who does it, and what follows when it is late, is told by ``duty_definition``.
Dates are local to the calendar's zone, moments are aware and in UTC.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct

from .definition import Duty, Every, Time


class WorkingDays(Protocol):
    """What duties ask of a calendar: its zone, and whether work is done on a day (make-up days included)."""

    @property
    def zone(self) -> str: ...

    def is_working(self, day: date) -> bool: ...


class Period(Struct, frozen=True):
    """One period of a duty.

    ``opens``: the moment its case is to be opened. ``shown``: the local date people see as its day. ``due``: the moment
    after which it is late (the end of its last day). ``about_start`` and ``about_end`` (both included) are the days the
    duty speaks of; None where the duty names no such period.
    """

    opens: datetime
    due: datetime
    shown: date
    about_start: date | None = None
    about_end: date | None = None


ABOUTS = frozenset(f"{which} {span}" for which in ("last", "this") for span in ("week", "month", "quarter", "year"))
_CLOCK_UNITS = {"minutes": 60, "hours": 3600}
_FAR = 3700


def due_dates(duty: Duty, start: date, end: date, calendar: WorkingDays) -> list[Period]:
    """The periods of ``duty`` whose shown date lies from ``start`` to ``end``, both included, in order.

    For a beat "so long after the last one" the last one is taken to be ``start``, and each next one to be done on the
    day it was due. A skipped period (holiday rule ``skip``) is not in the list; one moved by ``next`` is, at the date
    it was moved to. Raises ValueError for a beat that says nothing and for a period (``about``) without meaning.
    """
    if duty.every.time is not None:
        return list(_chained(duty, duty.every.time, start, end, calendar))
    # A date moved by a holiday may start before the range and end in it; no free time lasts longer than 40 days.
    early = start - timedelta(days=40) if duty.holiday == "next" else start
    periods = (_period(duty, day, calendar) for day in _beat(duty.every, early, end))
    return [period for period in periods if period is not None and start <= period.shown <= end]


def periods_opening(duty: Duty, after: datetime, until: datetime, calendar: WorkingDays) -> list[Period]:
    """The periods whose cases are to be opened later than ``after`` and not later than ``until`` (what a sweep asks).

    Not for a beat "so long after the last one": that one's next period follows from its last case, see ``next_after``.
    """
    if duty.every.time is not None:
        raise ValueError(f"duty {duty.name}: the next period follows from the last one done, ask next_after")
    zone = ZoneInfo(calendar.zone)
    first, last = after.astimezone(zone).date(), until.astimezone(zone).date() + timedelta(days=_span(duty.every))
    return [period for period in due_dates(duty, first, last, calendar) if after < period.opens <= until]


def next_after(duty: Duty, done: datetime, calendar: WorkingDays) -> Period:
    """The period that follows one done at ``done``, for a beat "so long after the last one"."""
    if duty.every.time is None:
        raise ValueError(f"duty {duty.name} has fixed dates, ask due_dates")
    found = _after(duty, duty.every.time, done, calendar)
    while found[1] is None:
        found = _after(duty, duty.every.time, found[0], calendar)
    return found[1]


def _chained(duty: Duty, time: Time, start: date, end: date, calendar: WorkingDays) -> Iterator[Period]:
    done = _midnight(start, calendar)
    while True:
        done, period = _after(duty, time, done, calendar)
        if done.astimezone(ZoneInfo(calendar.zone)).date() > end + timedelta(days=1):
            return
        if period is not None and period.shown <= end:
            yield period


def _after(duty: Duty, time: Time, done: datetime, calendar: WorkingDays) -> tuple[datetime, Period | None]:
    """The moment the chain goes on from, and its period (None where the holiday rule skips it)."""
    zone = ZoneInfo(calendar.zone)
    if time.amount < 1:
        raise ValueError(f"duty {duty.name}: a beat of {time.amount} {time.unit} never moves on")
    if time.unit in _CLOCK_UNITS:
        due = (done.astimezone(UTC) + timedelta(seconds=time.amount * _CLOCK_UNITS[time.unit])).astimezone(UTC)
        shown = due.astimezone(zone).date()
        return due, Period(done, due, shown, *_about(duty.about, shown))
    day = _later(done.astimezone(zone).date(), time, calendar)
    period = _period(duty, day, calendar)
    if period is None:
        return _midnight(day, calendar), None
    period = Period(done.astimezone(UTC), period.due, period.shown, period.about_start, period.about_end)
    return _midnight(period.shown, calendar), period


def _later(day: date, time: Time, calendar: WorkingDays) -> date:
    """The day ``time`` after ``day``; the start day does not count, months are cut to their length."""
    match time.unit:
        case "days":
            return day + timedelta(days=time.amount)
        case "weeks":
            return day + timedelta(weeks=time.amount)
        case "months" | "years":
            months = time.amount * (12 if time.unit == "years" else 1) + day.month - 1
            return _in_month(day.year + months // 12, months % 12 + 1, day.day)
        case "working-days":
            for _ in range(time.amount):
                day = _working(day + timedelta(days=1), calendar)
            return day
    raise ValueError(f"a duty has no beat in {time.unit}")


def _beat(every: Every, start: date, end: date) -> Iterator[date]:
    """The fixed dates of a beat from ``start`` to ``end``, before any holiday rule."""
    if every.weekday:
        day = start + timedelta(days=(every.weekday - start.isoweekday()) % 7)
        while day <= end:
            yield day
            day += timedelta(days=7)
        return
    if not every.month_day:
        raise ValueError("a duty without a beat")
    months = every.months or tuple(range(1, 13))
    for year in range(start.year, end.year + 1):
        for month in sorted(months):
            day = _in_month(year, month, every.month_day)
            if start <= day <= end:
                yield day


def _period(duty: Duty, day: date, calendar: WorkingDays) -> Period | None:
    free = not calendar.is_working(day)
    shown = last = day
    if free and duty.holiday == "skip":
        return None
    if free and duty.holiday == "next":
        shown = last = _working(day, calendar)
    elif free and duty.holiday == "shown":
        last = _working(day, calendar)
    about = _about(duty.about, day)
    return Period(
        _midnight(_opening(duty, day, about[1]), calendar), _midnight(last + timedelta(days=1), calendar), shown, *about
    )


def _opening(duty: Duty, day: date, about_end: date | None) -> date:
    """The first day on which the duty can be done: what it speaks of is over, or its own week or month has begun."""
    if about_end is not None and about_end < day:
        return about_end + timedelta(days=1)
    if duty.every.weekday:
        return day - timedelta(days=day.isoweekday() - 1)
    return day.replace(day=1)


def _about(about: str, day: date) -> tuple[date | None, date | None]:
    """First and last day of what a duty due on ``day`` speaks of."""
    if not about:
        return None, None
    if about not in ABOUTS:
        raise ValueError(f"no such period: {about}")
    which, span = about.split()
    first, last = _around(day, span)
    return _around(first - timedelta(days=1), span) if which == "last" else (first, last)


def _around(day: date, span: str) -> tuple[date, date]:
    """The week (Monday to Sunday), month, quarter or year in which ``day`` lies."""
    if span == "week":
        first = day - timedelta(days=day.isoweekday() - 1)
        return first, first + timedelta(days=6)
    length = {"month": 1, "quarter": 3, "year": 12}[span]
    month = (day.month - 1) // length * length + 1
    last = month + length - 1
    return date(day.year, month, 1), date(day.year, last, monthrange(day.year, last)[1])


def _in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def _working(day: date, calendar: WorkingDays) -> date:
    """``day``, or the next working day. Raises ValueError for a calendar that never works."""
    for _ in range(_FAR):
        if calendar.is_working(day):
            return day
        day += timedelta(days=1)
    raise ValueError("this calendar has no working day")


def _span(every: Every) -> int:
    """Days between the opening of a period and its day, at most."""
    return 366 if every.months else 7 if every.weekday else 31


def _midnight(day: date, calendar: WorkingDays) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(calendar.zone)).astimezone(UTC)
