"""Working time laid out as sorted lists, so that every question is one search.

Each working window is an interval in world minutes with the working minutes gone by at its end. A layout covers whole
years and never changes; a question that reaches beyond it gets a longer one. Several threads may ask at once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from ..calendars import Calendar
from .wall import WallClock, moment_of, wall_clock

FURTHEST = 200  # years searched before a promise is declared never due
Found = TypeVar("Found")


class NeverDue(ValueError):
    """The calendar has too little working time for the promise ever to be used up."""


class Beyond(LookupError):
    """The answer lies after the last year of this layout."""


class Layout:
    """The working time of the years ``first`` to ``last``."""

    def __init__(self, first: int, last: int, years: list[Year]) -> None:
        self.first = first
        self.last = last
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.gone: list[int] = []
        self.dates: list[int] = []
        self.closes: list[int] = []
        gone = 0
        for year in years:
            self.starts += year.starts
            self.ends += year.ends
            self.dates += year.dates
            self.closes += year.closes
        for start, end in zip(self.starts, self.ends, strict=True):
            gone += end - start
            self.gone.append(gone)

    def position(self, minute: int) -> int:
        """Working minutes gone by at ``minute``, counted from the beginning of the layout."""
        index = bisect_right(self.ends, minute)
        before = self.gone[index - 1] if index else 0
        return before + max(0, minute - self.starts[index]) if index < len(self.starts) else before

    def at(self, position: int) -> int:
        """The first minute at which ``position`` working minutes have gone by. Raises ``Beyond``."""
        index = bisect_left(self.gone, position)
        if index == len(self.gone):
            raise Beyond
        return self.ends[index] - (self.gone[index] - position)

    def working_day(self, day: date, count: int) -> int:
        """Index in ``dates`` and ``closes`` of the ``count``-th working day after ``day``. Raises ``Beyond``."""
        index = bisect_right(self.dates, day.toordinal()) + count - 1
        if index >= len(self.dates):
            raise Beyond
        return index

    def open_until(self, minute: int) -> int | None:
        """End of the working window that ``minute`` lies in, or None outside working time."""
        index = bisect_right(self.ends, minute)
        return self.ends[index] if index < len(self.starts) and self.starts[index] <= minute else None

    def next_opening(self, minute: int, until: int) -> int:
        """Start of the next working window after ``minute``, or ``until`` if none begins before it."""
        index = bisect_right(self.starts, minute)
        return min(self.starts[index], until) if index < len(self.starts) else until


class Year:
    """The intervals, working days and closing minutes of one calendar year."""

    def __init__(self, calendar: Calendar, wall: WallClock, year: int) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.dates: list[int] = []
        self.closes: list[int] = []
        day = date(year, 1, 1)
        while day.year == year:
            intervals = _intervals(wall, day, calendar.windows(day))
            if intervals:
                self.starts += [start for start, _ in intervals]
                self.ends += [end for _, end in intervals]
                self.dates.append(day.toordinal())
                self.closes.append(intervals[-1][1])
            day += timedelta(days=1)


def _intervals(wall: WallClock, day: date, windows: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """The windows of a day in world minutes; over a change of the clock they are longer or shorter."""
    if not windows:
        return []
    offset = wall.steady(day)
    if offset is not None:
        midnight = (day.toordinal() - _EPOCH_DAY) * 1440 + offset
        return [(midnight + start, midnight + end) for start, end in windows]
    plain = datetime.combine(day, time())
    changed = [
        (wall.reached(plain + timedelta(minutes=start)), wall.reached(plain + timedelta(minutes=end)))
        for start, end in windows
    ]
    return [(start, end) for start, end in changed if start < end]


class Timetable:
    """The computed side of a calendar: its local clock and the layouts made so far."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.wall: WallClock = wall_clock(calendar.zone)
        self._years: dict[int, Year] = {}
        self._layout = Layout(1, 0, [])

    def layout(self, first: int, last: int) -> Layout:
        """A layout reaching at least a year beyond the minutes ``first`` and ``last``."""
        return self._cover(moment_of(first).year - 1, moment_of(last).year + 1)

    def search(self, start: int, find: Callable[[Layout], Found]) -> Found:
        """What ``find`` says of the first layout from ``start`` that reaches far enough. Raises ``NeverDue``."""
        begin = moment_of(start).year
        further = 1
        while True:
            layout = self._cover(begin - 1, begin + further)
            try:
                return find(layout)
            except Beyond:
                if further >= FURTHEST or begin + further >= date.max.year - 1:
                    raise NeverDue(f"{self.calendar.name}: too little working time") from None
                further = min(further * 2, FURTHEST)

    def _cover(self, first: int, last: int) -> Layout:
        first, last = max(first, date.min.year + 1), min(last, date.max.year - 1)
        kept = self._layout
        if kept.first <= first and last <= kept.last:
            return kept
        if kept.first <= kept.last:
            first, last = min(first, kept.first), max(last, kept.last)
        years = [self._year(year) for year in range(first, last + 1)]
        self._layout = longer = Layout(first, last, years)
        return longer

    def _year(self, year: int) -> Year:
        if year not in self._years:
            self._years[year] = Year(self.calendar, self.wall, year)
        return self._years[year]


_EPOCH_DAY = date(1970, 1, 1).toordinal()


def timetable(calendar: Calendar) -> Timetable:
    """The timetable of ``calendar``, computed once and kept beside it."""
    kept = calendar.__dict__.get("timetable")
    if kept is None:
        kept = calendar.__dict__["timetable"] = Timetable(calendar)
    assert isinstance(kept, Timetable)
    return kept
