"""What the pages of the outlets' own hours show: who goes by what, the week as typed, what a change makes of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from bihuan.layout.frames import Column, Crumb, Question
from bihuan.people import queries as people
from bihuan.people.models import OutletKey
from bihuan.procedure import clocks
from bihuan.procedure.calendars import Calendar, Windows, WrongCalendar
from bihuan.procedure.definition import Text, Time, Unit

from . import queries
from .models import CalendarUse
from .own import BEFORE, Changed
from .pages import called, named, weekday, windows

WEEK = range(1, 8)
SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
# told under the form: what such a promise made at the opening of the first day comes to, before and after
EXAMPLES: tuple[tuple[int, Unit], ...] = ((4, "working-hours"), (1, "working-days"), (5, "working-days"))


def overview(language: str) -> dict[str, Any]:
    """Every outlet with the calendar it goes by and its hours."""
    own = dict(CalendarUse.objects.values_list("outlet", "name"))
    rows = list(OutletKey.objects.order_by("code"))
    going = queries.calendars_for([one.code for one in rows]) if queries.names() else {}
    return {
        "title": _("网点的工作时间"),
        "crumbs": _crumbs(),
        "columns": [Column(_("网点")), Column(_("日历")), Column(_("每周时段"))],
        "rows": [
            {
                "code": one.code,
                "name": named(one, language),
                "own": one.code in own,
                "goes_by": called(going[one.code].name),
                "week": told_week(going[one.code]),
            }
            for one in rows
            if one.code in going
        ],
    }


def _crumbs(*more: Crumb) -> list[Crumb]:
    return [
        Crumb(_("工作日历"), "/calendars/"),
        Crumb(_("网点的工作时间"), "/calendars/outlets/" if more else ""),
        *more,
    ]


def told_week(found: Calendar) -> list[str]:
    """``周一–周五 08:30–12:00、13:30–17:30``: days in a row with the same hours in one line; free days are left out."""
    lines: list[tuple[int, int, Windows]] = []
    for place in WEEK:
        hours = found.week.get(place, ())
        if lines and lines[-1][2] == hours and lines[-1][1] == place - 1:
            lines[-1] = (lines[-1][0], place, hours)
        elif hours:
            lines.append((place, place, hours))
    return [
        f"{weekday(first)}{'' if first == last else '–' + weekday(last)} {windows(hours)}"
        for first, last, hours in lines
        if hours
    ]


def form(outlet: OutletKey, at: datetime, sent: Mapping[str, str], language: str) -> dict[str, Any]:
    """The week as it is (or was typed) and from which day on."""
    found = queries.calendar_for(outlet.code)
    first = Question("first", _("从哪一天起"), "date", True, sent.get("first") or people.day_of(at).isoformat())
    days = [
        Question(
            f"day-{place}",
            weekday(place),
            value=sent[f"day-{place}"] if f"day-{place}" in sent else written(found.week.get(place, ())),
        )
        for place in WEEK
    ]
    return {
        "title": _("%(outlet)s的工作时间") % {"outlet": named(outlet, language)},
        "crumbs": _crumbs(Crumb(named(outlet, language))),
        "outlet": outlet,
        "questions": [first, *days],
        "zone": found.zone,
        "goes_by": called(found.name),
        "coming": _coming(found, people.day_of(at)),
    }


def _coming(found: Calendar, today: Any) -> Any:
    """The day from which hours settled earlier hold, while it has not come; else None."""
    ahead = [day for day, entry in found.days.items() if entry.name == BEFORE and day >= today]
    return max(ahead) + timedelta(1) if ahead else None


def written(found: Windows) -> str:
    """Windows as one types them; "" for a free day."""
    return ", ".join(f"{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}" for start, end in found)


def read_week(sent: Mapping[str, str]) -> dict[int, Windows]:
    """The week as it was typed, half or full width alike. Raises ``WrongCalendar`` naming the day."""
    return {place: found for place in WEEK if (found := _read(place, sent.get(f"day-{place}", "")))}


def _read(place: int, text: str) -> Windows:
    plain = re.sub(r"[–—~〜至]", "-", unicodedata.normalize("NFKC", text[:200]))
    parts = [part for part in re.split(r"[,、;]+", re.sub(r"\s+", "", plain)) if part]
    found: list[tuple[int, int]] = []
    for part in parts:
        read = SPAN.fullmatch(part)
        figures = [int(one) for one in read.groups()] if read else []
        if not figures or figures[1] > 59 or figures[3] > 59:
            day = weekday(place)
            words = Text(f"{day}：时段写成 08:30-12:00", f"{day}: write hours as 08:30-12:00")
            raise WrongCalendar(words)
        found.append((figures[0] * 60 + figures[1], figures[2] * 60 + figures[3]))
    return tuple(found)


def preview(changed: Changed, language: str) -> dict[str, Any]:
    """What would be other hours, what that does to promises, which outlets go along."""
    old, new = changed.old, changed.new
    rows = OutletKey.objects.filter(code__in=changed.outlets[1:]).order_by("code")
    return {
        "first": changed.first,
        "columns": [Column(_("星期")), Column(_("原来")), Column(_("改后"))],
        "week": [
            (weekday(place), _hours(old, place), _hours(new, place), old.week.get(place, ()) != new.week.get(place, ()))
            for place in WEEK
        ],
        "example_columns": [Column(_("时限")), Column(_("原来到期")), Column(_("改后到期"))],
        "examples": _examples(changed),
        "along": [named(one, language) for one in rows],
    }


def _hours(found: Calendar, place: int) -> str:
    return windows(found.week.get(place, ())) or _("休息")


def _examples(changed: Changed) -> list[tuple[str, datetime, datetime]]:
    """Promises made on the first day at nine: (words, due by the old hours, by the new ones)."""
    zone = ZoneInfo(changed.old.zone)
    start = datetime.combine(changed.first, time(9), zone)
    words = {"working-hours": _("%(number)s 工作小时"), "working-days": _("%(number)s 个工作日")}
    return [
        (
            words[unit] % {"number": amount},
            *(
                clocks.due(start, Time(amount, unit), "calendar, end of day", one).astimezone(zone)
                for one in (changed.old, changed.new)
            ),
        )
        for amount, unit in EXAMPLES
    ]
