"""Making calendars: the organisation's from its hours, a year when it is announced, an outlet's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

import msgspec
from django.db import connection, transaction

from bihuan.journal.actions import NewEntry, write
from bihuan.people.models import OutletKey
from bihuan.procedure import calendars
from bihuan.procedure.calendars import Calendar, DayEntry, WrongCalendar
from bihuan.procedure.definition import Hours, Text

from . import queries
from .models import CalendarDay, CalendarUse, CalendarVersion, YearAnnounced
from .reminding import remind_of_next_year

__all__ = ["Affected", "announce_year", "keep", "remind_of_next_year", "seed_default", "use", "would_change"]

ORGANISATION = "organisation"
PAST_YEARS, YEARS_AHEAD = 12, 2


class Affected(msgspec.Struct, frozen=True):
    """What a new version changes: promises that touch one of ``changed`` or a year that became final count anew."""

    calendar: Calendar
    changed: tuple[date, ...]
    year: int


def seed_default(hours: Hours, by: str, at: datetime, years: Iterable[int] | None = None) -> Calendar:
    """Make the organisation's calendar from a pack's hours and the public days of its country.

    ``years`` defaults to twelve past and two coming ones of ``at``. Seeding the same again writes nothing. ``by`` is
    the person's name in the journal. Raises ``WrongCalendar``.
    """
    wanted = range(at.year - PAST_YEARS, at.year + YEARS_AHEAD + 1) if years is None else years
    return keep(calendars.of_hours(queries.DEFAULT, hours, wanted), by, at, country=hours.country)


@transaction.atomic
def keep(calendar: Calendar, by: str, at: datetime, *, country: str = "", verb: str = "calendar-built") -> Calendar:
    """Make ``calendar`` the version in force of its name, with one journal entry; nothing if it is already.

    Raises ``WrongCalendar`` when its version is not the digest of what it holds.
    """
    one_at_a_time(calendar.name)
    if calendars.digest(calendar) != calendar.version:
        raise WrongCalendar(Text("日历内容与其版本号不符", "The calendar is not the one its version names"))
    before = queries.newest_row(calendar.name)
    if before is not None and before.version == calendar.version:
        return calendar
    store(calendar, at, country or (before.country if before else ""))
    enter(
        calendar.name,
        verb,
        by,
        at,
        {"version": calendar.version, "before": before.version if before else "", "years": sorted(calendar.announced)},
    )
    return calendar


def store(calendar: Calendar, at: datetime, country: str = "") -> None:
    """The rows of a version, in the caller's transaction; the entry is the caller's."""
    row = CalendarVersion.objects.create(
        name=calendar.name,
        version=calendar.version,
        zone=calendar.zone,
        week=calendar.week,
        country=country,
        built_at=at,
    )
    CalendarDay.objects.bulk_create(
        CalendarDay(
            calendar=row, date=day, kind=entry.kind, windows=entry.windows, name=entry.name.zh, name_en=entry.name.en
        )
        for day, entry in calendar.days.items()
    )
    YearAnnounced.objects.bulk_create(YearAnnounced(calendar=row, year=year) for year in sorted(calendar.announced))


@transaction.atomic
def announce_year(name: str, year: int, days: Mapping[date, DayEntry], by: str, at: datetime) -> Affected:
    """Replace the days of ``year`` by the announced ones and make the year final, as a new version.

    ``days`` may reach into the December before, as announcements do. Older versions stay. Raises ``WrongCalendar`` for
    a day of another year, ``NoCalendar`` for an unknown name.
    """
    one_at_a_time(name)
    affected = would_change(name, year, days)
    keep(affected.calendar, by, at, verb="year-announced")
    return affected


def would_change(name: str, year: int, days: Mapping[date, DayEntry]) -> Affected:
    """What ``announce_year`` would make of it, and nothing written. Raises what that raises."""
    first = date(year - 1, 12, 1)
    wrong = sorted(day for day in days if not (first <= day and day.year <= year))
    if wrong:
        raise WrongCalendar(Text(f"{wrong[0]} 不属于 {year} 年", f"{wrong[0]} is not a day of {year}"))
    old = queries.newest(name)
    kept = {day: entry for day, entry in old.days.items() if day.year != year}
    new = calendars.build(name, old.zone, old.week, {**kept, **days}, {*old.announced, year})
    touched = sorted({*old.days, *new.days})
    return Affected(new, tuple(day for day in touched if old.windows(day) != new.windows(day)), year)


@transaction.atomic
def use(outlet_code: str, name: str, by: str, at: datetime) -> None:
    """Let an outlet go by the calendar ``name`` from now on. Raises ``NoCalendar``."""
    queries.newest(name)
    CalendarUse.objects.update_or_create(outlet=outlet_code, defaults={"name": name})
    enter(name, "calendar-used", by, at, {"outlet": outlet_code})


def one_at_a_time(name: str) -> None:
    """Two versions of one calendar are never built at once: each must know the one before it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"calendar {name}"])


def enter(name: str, verb: str, by: str, at: datetime, content: dict[str, object]) -> None:
    chain = OutletKey.objects.filter(parent=None).order_by("code").values_list("code", flat=True).first()
    write(
        NewEntry(
            chain=chain or ORGANISATION,
            about_kind="calendar",
            about_id=name,
            about_number=name,
            verb=verb,
            doer=by,
            done_at=at,
            recorded_at=at,
            content=content,
        )
    )
