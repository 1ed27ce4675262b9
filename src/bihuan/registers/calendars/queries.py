"""Which calendar counts: by outlet, by version. Built calendars are kept in memory; they cannot change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from django.db import connection

from bihuan.people import access
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure.calendars import Calendar, DayEntry
from bihuan.procedure.definition import Text
from bihuan.procedure.refusals import Refusal

from .models import CalendarUse, CalendarVersion

DEFAULT = "default"

# every act asks for its calendar: one short statement, answered from an index
_IN_FORCE = """
SELECT (SELECT id FROM calendars_calendarversion ORDER BY id DESC LIMIT 1),
       (SELECT array_agg(ARRAY[outlet, name]) FROM calendars_calendaruse)
"""


class NoCalendar(Refusal):
    """There is no calendar of that name or version; nothing can be counted without one."""

    code = "no-calendar"

    def __init__(self, wanted: str) -> None:
        super().__init__(Text(f"没有日历 {wanted}，无法计算时限", f"There is no calendar {wanted} to count by"))


def calendar_for(outlet_code: str, version: str | None = None) -> Calendar:
    """The calendar of an outlet: its own, else the nearest parent's, else the organisation's; the newest version.

    With ``version`` (``name@version`` as a run of a deadline names it, or the bare version) exactly that one,
    however old. Raises ``NoCalendar``.
    """
    if version:
        return calendar_of(version)
    return calendars_for([outlet_code])[outlet_code]


def calendars_for(outlet_codes: Iterable[str]) -> dict[str, Calendar]:
    """``calendar_for`` of several outlets, asked for once. Raises ``NoCalendar``."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_FORCE)
        last, used = cursor.fetchone()
    uses = dict(used or ())
    found = {}
    for code in outlet_codes:
        name = next((uses[place] for place in people.places_of(code) if place in uses), DEFAULT) if uses else DEFAULT
        found[code] = _built(name, _newest_until(name, last))
    return found


def name_for(outlet_code: str) -> str:
    """The name of the calendar an outlet goes by."""
    uses = dict(CalendarUse.objects.values_list("outlet", "name"))
    return next((uses[place] for place in people.places_of(outlet_code) if place in uses), DEFAULT)


def newest(name: str) -> Calendar:
    """The version of ``name`` in force. Raises ``NoCalendar``."""
    return _built(*_newest_key(name))


def newest_row(name: str) -> CalendarVersion | None:
    """The row of the version in force, or None."""
    return CalendarVersion.objects.filter(name=name).order_by("-id").first()


def calendar_of(version: str) -> Calendar:
    """A version by ``name@version`` or by its bare digest. Raises ``NoCalendar``."""
    name, _, digest = version.rpartition("@")
    rows = CalendarVersion.objects.filter(version=digest, **({"name": name} if name else {}))
    key = rows.order_by("-id").values_list("name", "version").first()
    if key is None:
        raise NoCalendar(version)
    return _built(*key)


def versions(name: str) -> list[CalendarVersion]:
    """Every version of a calendar, the newest first."""
    return list(CalendarVersion.objects.filter(name=name).order_by("-id"))


def names() -> list[str]:
    """Every calendar there is, the organisation's first."""
    found = set(CalendarVersion.objects.values_list("name", flat=True))
    return sorted(found, key=lambda name: (name != DEFAULT, name))


def users_of(name: str) -> list[str]:
    """Codes of the outlets that were given the calendar ``name`` of their own, ordered."""
    return list(CalendarUse.objects.filter(name=name).order_by("outlet").values_list("outlet", flat=True))


def visible_to(person: Person, at: datetime) -> list[str]:
    """The names of the calendars one may read: the organisation's, and those outlets within one's scope go by.

    Whoever administers the house reads them all.
    """
    seen = access.visible_outlets(person, at)
    if seen is None or access.may_manage_people(person):
        return names()
    used = {one.name for one in CalendarUse.objects.all() if seen & people.below(one.outlet)}
    return [name for name in names() if name == DEFAULT or name in used]


def _newest_key(name: str) -> tuple[str, str]:
    key = CalendarVersion.objects.filter(name=name).order_by("-id").values_list("name", "version").first()
    if key is None:
        raise NoCalendar(name)
    return key


@lru_cache(maxsize=256)
def _newest_until(name: str, last: int | None) -> str:
    """The newest version of ``name`` while ``last`` is the newest row of all; versions are only ever added."""
    found = CalendarVersion.objects.filter(name=name, id__lte=last or 0).order_by("-id")
    version = found.values_list("version", flat=True).first()
    if version is None:
        raise NoCalendar(name)
    return version


@lru_cache(maxsize=64)
def _built(name: str, version: str) -> Calendar:
    """Name and version say everything that is in a calendar, so what was built once stays right."""
    row = CalendarVersion.objects.filter(name=name, version=version).order_by("-id")[0]
    days = {
        day.date: DayEntry(
            day.kind, Text(day.name, day.name_en), None if day.windows is None else tuple(map(tuple, day.windows))
        )
        for day in row.days.order_by("date")
    }
    week = {int(weekday): tuple(map(tuple, windows)) for weekday, windows in sorted(row.week.items())}
    return Calendar(name, version, row.zone, week, days, frozenset(row.years.values_list("year", flat=True)))
