"""What the calendar pages show: a year month by month, what differs, what is final."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bihuan.layout.context import short_language
from bihuan.layout.frames import Column, Crumb, Question, Tab
from bihuan.people import access
from bihuan.people import queries as people
from bihuan.people.models import OutletKey, Person
from bihuan.procedure.calendars import Calendar, DayEntry, Windows, clock

from . import queries, reminding
from .actions import Affected

FIRST_YEAR, LAST_YEAR = 2000, 2100


def year_shown(person: Person, at: datetime, language: str, name: str, year: int | None) -> dict[str, Any]:
    """One calendar, one year. A name out of sight, or of nothing, is the organisation's."""
    names = queries.visible_to(person, at)
    today = people.day_of(at)
    year = year if year and FIRST_YEAR <= year <= LAST_YEAR else today.year
    shown = {
        "title": _("工作日历"),
        "year": year,
        "may_announce": access.may_manage_people(person),
        "missing": [one for one in reminding.missing(at) if one[0] in names],
    }
    if not names:
        return {**shown, "calendar": None}
    name = name if name in names else names[0]
    found = queries.newest(name)
    return {
        **shown,
        "calendar": found,
        "called": called(name),
        "tabs": [Tab(called(one), f"/calendars/?calendar={one}&year={year}", one == name) for one in names],
        "final": year in found.announced,
        "previous": f"/calendars/?calendar={name}&year={year - 1}" if year > FIRST_YEAR else "",
        "next": f"/calendars/?calendar={name}&year={year + 1}" if year < LAST_YEAR else "",
        "months": [_month(found, year, month, today, language) for month in range(1, 13)],
        "weekdays": _weekday_letters(),
        "week": [(weekday(place), windows(found.week.get(place, ())) or _("休息")) for place in range(1, 8)],
        "differing": _differing(found, year, language),
        "columns": [
            Column(_("日期")),
            Column(_("星期")),
            Column(_("天数"), numeric=True),
            Column(_("安排")),
            Column(_("名称")),
            Column(_("时段")),
        ],
        "announced": _spans(sorted(found.announced)),
        "provisional": _("%(year)s 年及以后") % {"year": max(found.announced) + 1} if found.announced else _("全部"),
        "users": _joined(_outlets(person, at, name, language)),
        "working": sum(1 for day in _days(year) if found.is_working(day)),
    }


def called(name: str) -> str:
    """The organisation's calendar by that word, an outlet's own by the outlet's name."""
    if name == queries.DEFAULT:
        return _("全公司")
    row = OutletKey.objects.filter(code=name).first()
    return named(row, short_language()) if row else name


def named(row: OutletKey, language: str) -> str:
    """An outlet's name in the reader's language."""
    return row.name_en if language == "en" and row.name_en else row.name


def announce_questions(name: str, text: str) -> list[Question]:
    """Which calendar, and the published file: handed in or pasted."""
    choices = [(one, called(one)) for one in queries.names()]
    return [
        Question("calendar", _("日历"), "choice", required=True, value=name, choices=choices),
        Question("file", _("公布的节假日文件（JSON）"), "file"),
        Question("text", _("或粘贴文件内容"), "long-text", value=text),
    ]


def crumbs() -> list[Crumb]:
    return [Crumb(_("工作日历"), "/calendars/"), Crumb(_("载入公布的年份"))]


def preview(affected: Affected, days: Mapping[date, DayEntry], name: str, language: str) -> dict[str, Any]:
    """What would be another day than before."""
    old, new = queries.newest(name), affected.calendar
    return {
        "year": affected.year,
        "called": called(name),
        "again": affected.year in old.announced,
        "number_of_days": len(days),
        "same": new.version == old.version,
        "columns": [Column(_("日期")), Column(_("星期")), Column(_("原来")), Column(_("公布后"))],
        "changes": [
            {
                "date": day,
                "weekday": weekday(day.isoweekday()),
                "before": _as_it_is(old, day, language),
                "after": _as_it_is(new, day, language),
            }
            for day in affected.changed
        ],
    }


def windows(found: Windows) -> str:
    """``08:30–12:00、13:30–17:30``; "" for a free day."""
    return _joined(f"{clock(start)}–{clock(end)}" for start, end in found)


def _joined(words: Iterable[str]) -> str:
    return (", " if short_language() == "en" else "、").join(words)


def _as_it_is(found: Calendar, day: date, language: str) -> str:
    hours = windows(found.windows(day)) or _("休息")
    return f"{found.why(day).say(language)} · {hours}"


def _month(found: Calendar, year: int, month: int, today: date, language: str) -> dict[str, Any]:
    weeks = [
        [_day(found, day, today, language) if day.month == month else None for day in week]
        for week in months.Calendar().monthdatescalendar(year, month)
    ]
    return {"title": date_format(date(year, month, 1), "Y年n月" if language == "zh" else "F Y"), "weeks": weeks}


def _day(found: Calendar, day: date, today: date, language: str) -> dict[str, Any]:
    entry = found.days.get(day)
    kind = entry.kind if entry is not None else "usual" if found.is_working(day) else "weekend"
    marks = {"off": _("休"), "make-up": _("班"), "work": _("班"), "split": _("分")}
    return {
        "number": day.day,
        "kind": kind,
        "mark": marks.get(kind, ""),
        "words": found.why(day).say(language) if entry is not None else "",
        "today": day == today,
    }


def _differing(found: Calendar, year: int, language: str) -> list[dict[str, Any]]:
    """The days that differ; days in a row with the same arrangement stand in one line."""
    words = {"off": _("休息"), "make-up": _("调休上班"), "work": _("上班"), "split": _("分段")}
    spans: list[list[date]] = []
    for day in sorted(day for day in found.days if day.year == year):
        last = spans[-1][-1] if spans else None
        if last is not None and last + timedelta(days=1) == day and found.days[last] == found.days[day]:
            spans[-1].append(day)
        else:
            spans.append([day])
    return [
        {
            "first": span[0],
            "last": span[-1],
            "weekdays": " – ".join(dict.fromkeys(weekday(day.isoweekday()) for day in (span[0], span[-1]))),
            "number": len(span),
            "kind": words[found.days[span[0]].kind],
            "name": found.days[span[0]].name.say(language),
            "windows": windows(found.windows(span[0])) or "—",
        }
        for span in spans
    ]


def _outlets(person: Person, at: datetime, name: str, language: str) -> list[str]:
    """The outlets within sight that have this calendar of their own."""
    seen = access.visible_outlets(person, at)
    codes = [code for code in queries.users_of(name) if seen is None or code in seen]
    rows = OutletKey.objects.filter(code__in=codes).order_by("code")
    return [named(one, language) for one in rows]


def _days(year: int) -> list[date]:
    first = date(year, 1, 1).toordinal()
    return [date.fromordinal(first + place) for place in range(366 if months.isleap(year) else 365)]


def weekday(place: int) -> str:
    return (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))[place - 1]


def _weekday_letters() -> list[tuple[str, str]]:
    letters = (_("一"), _("二"), _("三"), _("四"), _("五"), _("六"), _("日"))
    return [(letters[place - 1], weekday(place)) for place in range(1, 8)]


def _spans(years: list[int]) -> str:
    """``2014–2026``; years apart stand apart."""
    found: list[list[int]] = []
    for year in years:
        if found and year == found[-1][1] + 1:
            found[-1][1] = year
        else:
            found.append([year, year])
    return _joined(str(first) if first == last else f"{first}–{last}" for first, last in found)
