"""The stretch of time a report is about: a month or an ISO week of the site's zone, its neighbours, its name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

Sort = Literal["month", "week"]
# the years a report can be about: nothing was kept before, and a date must be able to follow
FIRST_YEAR, LAST_YEAR = 1990, 2999
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})", re.ASCII)


@dataclass(frozen=True)
class Period:
    """From midnight of ``first`` to midnight of ``following``, of the site's zone; the end is not part of it."""

    sort: Sort
    first: date
    zone: ZoneInfo

    @property
    def following(self) -> date:
        """The first day after it."""
        if self.sort == "week":
            return self.first + timedelta(7)
        return (self.first + timedelta(31)).replace(day=1)

    @property
    def last(self) -> date:
        return self.following - timedelta(1)

    @cached_property
    def start(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone)

    @cached_property
    def end(self) -> datetime:
        return datetime.combine(self.following, time(), self.zone)

    @property
    def before(self) -> Period:
        """The one before it, as long by its own measure (a month, a week)."""
        return containing(self.sort, self.first - timedelta(1), self.zone)

    @property
    def after(self) -> Period:
        return Period(self.sort, self.following, self.zone)

    @property
    def key(self) -> str:
        """``2026-03`` or ``2026-W12`` (ISO 8601)."""
        if self.sort == "month":
            return f"{self.first:%Y-%m}"
        year, week, _day = self.first.isocalendar()
        return f"{year}-W{week:02d}"

    @property
    def title(self) -> str:
        """As people say it, in the reader's language."""
        if self.sort == "month":
            return _("%(year)s年%(month)s月") % {"year": self.first.year, "month": self.first.month}
        year, week, _day = self.first.isocalendar()
        days = {"first": f"{self.first:%m-%d}", "last": f"{self.last:%m-%d}"}
        return _("%(year)s年第%(week)s周（%(first)s 至 %(last)s）") % {"year": year, "week": week, **days}

    def days(self) -> list[date]:
        return [self.first + timedelta(place) for place in range((self.following - self.first).days)]


def containing(sort: Sort, day: date, zone: ZoneInfo) -> Period:
    """The month or week ``day`` lies in."""
    first = day.replace(day=1) if sort == "month" else day - timedelta(day.weekday())
    return Period(sort, first, zone)


def read(sort: Sort, key: str, zone: ZoneInfo) -> Period | None:
    """The period called ``key`` (``2026-03``, ``2026-W12``); None when there is none of that name."""
    found = (_MONTH if sort == "month" else _WEEK).fullmatch(key)
    if found is None:
        return None
    year, number = int(found[1]), int(found[2])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        first = date(year, number, 1) if sort == "month" else date.fromisocalendar(year, number, 1)
    except ValueError:
        return None
    return Period(sort, first, zone)
