"""What has to be counted: the four clocks, and how a written time becomes an amount of one of them."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Literal, get_args

from msgspec import Struct

from ..calendars import Calendar
from ..definition import Text, Time, Unit
from .timetable import Layout, timetable
from .wall import add_months, minute_after, minute_before

Clock = Literal["elapsed", "working-time", "calendar-days", "working-days"]
RULES = (
    "calendar, end of day",
    "calendar, to the minute",
    "working, end of day",
    "working, to the minute",
)
_MINUTES = {"minutes": 1, "hours": 60, "working-minutes": 1, "working-hours": 60}


class Promise(Struct, frozen=True):
    """``amount`` minutes or days of one clock, to be counted from the start."""

    clock: Clock
    amount: int

    @property
    def unit(self) -> Literal["minutes", "days"]:
        return "days" if self.clock in ("calendar-days", "working-days") else "minutes"


def clock_of(unit: Unit, days: str) -> Clock:
    """The clock that counts ``unit`` under the document's rule ``days``. Raises ``ValueError`` for an unknown rule."""
    if days not in RULES:
        raise ValueError(f"unknown rule of days: {days}")
    to_the_minute = days.endswith("to the minute")
    if unit in ("minutes", "hours"):
        return "elapsed"
    if unit in ("working-minutes", "working-hours"):
        return "working-time"
    if unit == "working-days" or (unit == "days" and days.startswith("working")):
        return "working-time" if to_the_minute else "working-days"
    return "elapsed" if to_the_minute else "calendar-days"


def promise(start: datetime, time_: Time, days: str, calendar: Calendar) -> Promise:
    """What ``time_`` amounts to from ``start`` under the document's rule ``days`` (one of ``RULES``).

    Hours and minutes are elapsed under every rule, weeks, months and years calendar dates; "working-…" units always go
    by the calendar. Raises ``ValueError`` for an unknown rule and ``NeverDue``.
    """
    clock = clock_of(time_.unit, days)
    if time_.unit in _MINUTES:
        return Promise(clock, time_.amount * _MINUTES[time_.unit])
    if clock == "working-days":
        return Promise(clock, time_.amount)
    if clock == "working-time":
        return Promise(clock, _working_minutes(minute_after(start), time_.amount, calendar))
    wall = timetable(calendar).wall
    if clock == "calendar-days":
        first = wall.day(minute_before(start))
        return Promise(clock, (_same_day(first, time_) - first).days)
    begin = minute_after(start)
    local = wall.read(begin)
    last = _same_day(local.date(), time_)
    ends = datetime.combine(last, local.time())
    if time_.unit in ("months", "years") and last.day != local.day:
        # the month has no such day: its last one to its end (Civil Code 202, 203), or later starts would be due earlier
        ends = datetime.combine(last + timedelta(days=1), time.min)
    return Promise(clock, wall.reached(ends) - begin)


def _same_day(day: date, time_: Time) -> date:
    if time_.unit == "days":
        return day + timedelta(days=time_.amount)
    if time_.unit == "weeks":
        return day + timedelta(weeks=time_.amount)
    return add_months(day, time_.amount * (12 if time_.unit == "years" else 1))


def _working_minutes(start: int, days: int, calendar: Calendar) -> int:
    """Working minutes from ``start`` to the same time of the ``days``-th working day after it.

    Where that time lies outside the hours of that day, the working time before it counts; a start on a free day stands
    for the close of the working day before.
    """
    if days == 0:
        return 0
    table = timetable(calendar)
    local = table.wall.read(start)
    worked = calendar.is_working(local.date())

    def find(layout: Layout) -> int:
        index = layout.working_day(local.date(), days)
        close = layout.closes[index]
        if not worked:
            return layout.position(close) - layout.position(start)
        target = datetime.combine(date.fromordinal(layout.dates[index]), time()) + timedelta(
            hours=local.hour, minutes=local.minute
        )
        amount = layout.position(min(table.wall.reached(target), close)) - layout.position(start)
        return amount or layout.position(close) - layout.position(start)

    return table.search(start, find)


_WRITTEN = re.compile(r"(\d{1,5}) (working )?([a-z]+)")
_NAMES: dict[str, tuple[str, str]] = {
    "minutes": ("分钟", "minute"),
    "hours": ("小时", "hour"),
    "days": ("天", "day"),
    "weeks": ("周", "week"),
    "months": ("个月", "month"),
    "years": ("年", "year"),
    "working-minutes": ("个工作分钟", "working minute"),
    "working-hours": ("个工作小时", "working hour"),
    "working-days": ("个工作日", "working day"),
}


def time_of(written: str) -> Time:
    """``"2 working days"`` as a time. Raises ``ValueError`` for anything else than a figure and a unit."""
    found = _WRITTEN.fullmatch(written.strip().replace("working-", "working "))
    if not found:
        raise ValueError(f"not a time: {written}")
    name = ("working-" if found[2] else "") + found[3].removesuffix("s") + "s"
    units: dict[str, Unit] = {unit: unit for unit in get_args(Unit)}
    if name not in units:
        raise ValueError(f"not a time: {written}")
    return Time(int(found[1]), units[name])


def written(time_: Time) -> str:
    """A time as documents write it, ``"2 working days"``; ``time_of`` reads it back."""
    name = _NAMES[time_.unit][1]
    return f"{time_.amount} {name}{'' if time_.amount == 1 else 's'}"


def words(time_: Time) -> Text:
    """A time in both languages, with what the pack calls it where it does."""
    zh, en = f"{time_.amount} {_NAMES[time_.unit][0]}", written(time_)
    title = time_.title
    return Text(f"{zh}（{title.zh}）", f"{en} ({title.say('en')})") if title.zh else Text(zh, en)
