"""Examples of duties: on which days they fall, when they open, what they speak of, when they are late."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ..calendars import Calendar
from ..definition import Definition, Text
from ..duties import Period, due_dates
from .example import DutyDates
from .report import Difference

_HORIZON = timedelta(days=366 * 3)


def compare_dates(asked: DutyDates, line: int, definition: Definition, calendar: Calendar) -> list[Difference]:
    """What differs between the days an example expects of a duty and those it falls on."""
    duty = definition.duties.get(asked.duty)
    if duty is None:
        words = Text(f"没有职责“{asked.duty}”", f"there is no duty “{asked.duty}”")
        return [Difference(line, "duty", asked.duty, None, words)]
    try:
        start = date.fromisoformat(asked.start)
        periods = due_dates(duty, start, start + _HORIZON, calendar)[: len(asked.falls_on)]
    except ValueError as error:
        return [Difference(line, "from", asked.start, None, Text(f"日期或周期不对：{error}", str(error)))]
    looks: list[tuple[str, tuple[str, ...] | None, list[Any]]] = [
        ("falls-on", asked.falls_on, [period.shown.isoformat() for period in periods]),
        ("overdue-after", asked.overdue_after, [_last_day(period.due, calendar) for period in periods]),
        ("opens", asked.opens, [_day(period.opens, calendar) for period in periods]),
        ("about", asked.about, [_about(period) for period in periods]),
    ]
    found = []
    for what, expected, got in looks:
        if expected is not None and list(expected) != got:
            words = Text(f"{what} 应为 {list(expected)}，实为 {got}", f"{what}: expected {list(expected)}, is {got}")
            found.append(Difference(line, what, list(expected), got, words))
    return found


def _day(moment: datetime, calendar: Calendar) -> str:
    return moment.astimezone(ZoneInfo(str(calendar.zone))).date().isoformat()


def _last_day(due: datetime, calendar: Calendar) -> str:
    return _day(due - timedelta(microseconds=1), calendar)


def _about(period: Period) -> str:
    return f"{period.about_start} – {period.about_end}" if period.about_start else ""
