"""Working calendars as data: a weekly pattern, single days that differ from it, and the years already announced.

A calendar never changes: other days make another calendar with another ``version``, so that a case closed years ago
is explained with the days it was promised under. Nothing here reads a clock or a table; ``seed`` is only for filling
the day table of the register.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Literal

import msgspec
from msgspec import Struct

from .definition import Hours, Text

Windows = tuple[tuple[int, int], ...]
DayKind = Literal["off", "work", "make-up", "split"]
MINUTES_OF_DAY = 1440


class WrongCalendar(ValueError):
    """The data cannot be a calendar. ``words`` says what is wrong, in both languages."""

    def __init__(self, words: Text) -> None:
        super().__init__(words.zh)
        self.words = words


class DayEntry(Struct, frozen=True):
    """One day that differs from the weekly pattern.

    ``off`` has no working time. ``work`` and ``make-up`` (调休) are worked in ``windows``, or, where none are given, in
    those of their weekday, or, where that is free, in those of the first worked weekday. ``split`` gives its windows.
    """

    kind: DayKind
    name: Text
    windows: Windows | None = None


class Calendar(Struct, frozen=True, dict=True):
    """Zone, week and days. ``week`` maps ISO weekdays (1 = Monday) to windows in minutes of the local day.

    ``dict=True`` lets the clocks keep their computed timetable beside it.
    """

    name: str
    version: str
    zone: str
    week: dict[int, Windows]
    days: dict[date, DayEntry]
    announced: frozenset[int]

    def windows(self, day: date) -> Windows:
        """The working windows of ``day``; empty when it is free. Never raises, whatever the year."""
        entry = self.days.get(day)
        if entry is None:
            return self.week.get(day.isoweekday(), ())
        if entry.kind == "off":
            return ()
        if entry.windows is not None:
            return entry.windows
        return self.week.get(day.isoweekday(), ()) or self._usual()

    def is_working(self, day: date) -> bool:
        return bool(self.windows(day))

    def is_announced(self, day: date) -> bool:
        """Whether the days of that year are final. Until then everything counted in it is provisional."""
        return day.year in self.announced

    def why(self, day: date) -> Text:
        """Why ``day`` is worked or free: the name of its entry, else the weekly pattern."""
        entry = self.days.get(day)
        if entry is not None:
            if entry.kind == "make-up":
                return Text(f"{entry.name.zh}调休上班", f"Make-up working day ({entry.name.say('en')})")
            return entry.name
        if self.week.get(day.isoweekday()):
            return Text("工作日", "Working day")
        return Text("休息日", "Weekly day off")

    def _usual(self) -> Windows:
        return next((windows for _, windows in sorted(self.week.items()) if windows), ())


class _Written(Struct, forbid_unknown_fields=True):
    """A calendar as it stands in JSON; dates in order, so that equal calendars are equal text."""

    name: str
    version: str
    zone: str
    week: dict[str, Windows]
    days: dict[str, DayEntry]
    announced: list[int]


def build(
    name: str, zone: str, week: Mapping[int, Windows], days: Mapping[date, DayEntry], announced: Iterable[int]
) -> Calendar:
    """A checked calendar whose ``version`` is the digest of everything it counts by.

    Raises ``WrongCalendar`` for windows that overlap, run backwards or leave the day, and for a wrong weekday.
    """
    for weekday, windows in week.items():
        if not 1 <= weekday <= 7:
            raise WrongCalendar(Text(f"星期 {weekday} 不在 1–7 之内", f"Weekday {weekday} is not 1 to 7"))
        check_windows(windows)
    for entry in days.values():
        if entry.windows is not None:
            check_windows(entry.windows)
        if entry.kind == "split" and not entry.windows:
            raise WrongCalendar(
                Text(f"{entry.name.zh}：分段日须写明时段", f"{entry.name.say('en')}: split, no windows")
            )
    bare = Calendar(name, "", zone, dict(sorted(week.items())), dict(sorted(days.items())), frozenset(announced))
    return msgspec.structs.replace(bare, version=digest(bare))


def check_windows(windows: Windows) -> None:
    """Refuse windows that are not in order within one day (0 to 1440 minutes). A night shift is two windows."""
    before = 0
    for start, end in windows:
        if not before <= start < end <= MINUTES_OF_DAY:
            raise WrongCalendar(
                Text(
                    f"时段 {clock(start)}–{clock(end)} 重叠、倒置或超出当日",
                    f"Window {clock(start)}–{clock(end)} is wrong",
                )
            )
        before = end


def clock(minute: int) -> str:
    """``510`` as ``08:30``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def digest(calendar: Calendar) -> str:
    """Twelve hexadecimal digits over zone, week, days and announced years; the name does not count."""
    plain = msgspec.structs.replace(calendar, name="", version="")
    return hashlib.sha256(write(plain)).hexdigest()[:12]


def write(calendar: Calendar) -> bytes:
    """The calendar as JSON, the same bytes for the same calendar."""
    written = _Written(
        calendar.name,
        calendar.version,
        calendar.zone,
        {str(weekday): windows for weekday, windows in sorted(calendar.week.items())},
        {day.isoformat(): entry for day, entry in sorted(calendar.days.items())},
        sorted(calendar.announced),
    )
    return msgspec.json.encode(written)


def read(text: bytes | str) -> Calendar:
    """The calendar written by ``write``. Raises ``WrongCalendar`` when the text or its version does not fit."""
    try:
        written = msgspec.json.decode(text, type=_Written)
        calendar = Calendar(
            written.name,
            written.version,
            written.zone,
            {int(weekday): windows for weekday, windows in written.week.items()},
            {date.fromisoformat(day): entry for day, entry in written.days.items()},
            frozenset(written.announced),
        )
    except (msgspec.DecodeError, ValueError) as fault:
        raise WrongCalendar(Text(f"日历数据不可读：{fault}", f"Calendar data cannot be read: {fault}")) from fault
    if digest(calendar) != calendar.version:
        raise WrongCalendar(Text("日历内容与其版本号不符", "The calendar is not the one its version names"))
    return calendar


def week_of(hours: Hours) -> dict[int, Windows]:
    """The weekly pattern of a pack's hours."""
    return dict.fromkeys(sorted(hours.weekdays), hours.windows)


def of_hours(name: str, hours: Hours, years: Iterable[int]) -> Calendar:
    """A calendar for a pack's hours with the public days of ``years`` already in it."""
    wanted = sorted(set(years))
    return build(name, hours.zone, week_of(hours), seed(hours.country, wanted), announced_years(hours.country, wanted))


class _PublicDay(Struct):
    name: str
    date: str
    isOffDay: bool  # noqa: N815 - the published files spell it so


class _PublicDays(Struct):
    days: list[_PublicDay]


def read_public_days(text: bytes | str) -> dict[date, DayEntry]:
    """Days from a published file ``{"days": [{"name", "date", "isOffDay"}]}``: free days and make-up working days.

    Raises ``WrongCalendar`` naming the first fault.
    """
    try:
        published = msgspec.json.decode(text, type=_PublicDays)
        return {
            date.fromisoformat(day.date): DayEntry("off" if day.isOffDay else "make-up", Text(day.name))
            for day in published.days
        }
    except (msgspec.DecodeError, ValueError) as fault:
        raise WrongCalendar(Text(f"节假日文件不可读：{fault}", f"The file of days cannot be read: {fault}")) from fault


def announced_years(country: str, years: Iterable[int]) -> frozenset[int]:
    """Which of ``years`` are final. China announces each autumn; elsewhere the law fixes the days beforehand."""
    if country != "CN":
        return frozenset(years)
    return frozenset(year for year in years if _chinese_year(year) is not None)


def seed(country: str, years: Iterable[int]) -> dict[date, DayEntry]:
    """Public days of ``country`` (ISO code) for the day table; a country nobody knows has none.

    China: the announced days with their make-up days; for a year without an announcement only the statutory days,
    which is why such a year is provisional.
    """
    days: dict[date, DayEntry] = {}
    for year in sorted(set(years)):
        announced = _chinese_year(year) if country == "CN" else None
        days.update(_statutory_year(country, year) if announced is None else announced)
    return days


# the published days of a year do not change while a process runs
@lru_cache(maxsize=64)
def _chinese_year(year: int) -> dict[date, DayEntry] | None:
    """The announced days of one Chinese year, or None where the data does not reach."""
    import chinese_calendar  # noqa: PLC0415 - only seeding needs it, and it is slow to load

    days: dict[date, DayEntry] = {}
    day = date(year, 1, 1)
    try:
        while day.year == year:
            named, holiday = chinese_calendar.get_holiday_detail(day)
            if named and holiday is not None:
                days[day] = DayEntry("off", _chinese_name(holiday))
            elif not named and day.isoweekday() > 5:
                days[day] = DayEntry("make-up", _chinese_name(holiday))
            day += timedelta(days=1)
    except NotImplementedError:
        return None
    return days


def _chinese_name(english: str | None) -> Text:
    import chinese_calendar  # noqa: PLC0415 - as above

    holiday = next((one for one in chinese_calendar.Holiday if one.value == english), None)
    return Text(holiday.chinese, holiday.value) if holiday else Text("调休", "Make-up day")


@lru_cache(maxsize=256)
def _statutory_year(country: str, year: int) -> dict[date, DayEntry]:
    """The days a law names. In China a day in lieu is only a guess before the announcement, so it is left out."""
    import holidays  # noqa: PLC0415 - only seeding needs it, and it is slow to load

    more: dict[str, Any] = {"observed": country != "CN"}
    try:
        own = holidays.country_holidays(country, years=year, language="zh_CN" if country == "CN" else None, **more)
        english = holidays.country_holidays(country, years=year, language="en_US", **more)
    except NotImplementedError:
        return {}
    return {day: DayEntry("off", Text(name, english.get(day) or name)) for day, name in sorted(own.items())}
