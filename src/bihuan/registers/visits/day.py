"""The day of the people of one's outlets: who goes where, who is free, whose certificate runs out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from bihuan.layout.context import short_language
from bihuan.people import access, directory, scope, withheld
from bihuan.people import queries as people
from bihuan.people.models import Person, Skill

from ..calendars import queries as calendars
from . import queries
from .models import Visit

Span = tuple[datetime, datetime]


@dataclass
class Row:
    """One person's day. ``foreign`` are visits for cases the reader may not see: only that the time is taken."""

    person: Person
    place: str
    outlets: list[str]
    skills: list[tuple[Skill, bool]]
    visits: list[Visit] = field(default_factory=list)
    foreign: list[Visit] = field(default_factory=list)
    free: list[Span] = field(default_factory=list)
    off: bool = False

    @property
    def taken(self) -> list[tuple[Visit, bool]]:
        """Every visit by the hour, with whether the reader may see what it is for."""
        both = [(one, True) for one in self.visits] + [(one, False) for one in self.foreign]
        return sorted(both, key=lambda pair: pair[0].starts)


def shown(reader: Person, day: date, at: datetime, *, skill: str = "", everybody: bool = False) -> dict[str, Any]:
    """Everything the page of ``day`` shows this reader: rows, skills to choose from, certificates ending."""
    codes = access.visible_outlets(reader, at)
    working = directory.workers(codes, day)
    skills = sorted({one.name for worker in working for one in worker.skills})
    rows = [_row(worker, day, at) for worker in working]
    _fill(rows, codes, day, whole=withheld.may_read(reader, at))
    if skill:
        rows = [row for row in rows if skill in {one.name for one, _soon in row.skills}]
    elif not everybody:
        rows = [row for row in rows if row.skills or row.visits or row.foreign]
    return {"rows": rows, "skills": skills, "ending": directory.ending(codes, max(day, people.day_of(at)))}


def _row(worker: directory.Worker, day: date, at: datetime) -> Row:
    last = max(day, people.day_of(at)) + timedelta(days=directory.ENDING_DAYS)
    marked = [(one, one.until is not None and one.until <= last) for one in worker.skills]
    places = {one.outlet for one in worker.holdings if one.outlet is not None}
    names = sorted((one.name_en if short_language() == "en" else "") or one.name for one in places)
    return Row(worker.person, next(iter(worker.outlets), ""), names, marked)


def _fill(rows: list[Row], codes: frozenset[str] | None, day: date, *, whole: bool) -> None:
    """The visits of the day into the rows, and what is left free of each person's working time.

    ``whole``: visits for withheld work are shown as well; to everybody else they are time that is taken.
    """
    found = Visit.objects.filter(person__in=[row.person.username for row in rows], during__overlap=queries.span_of(day))
    found = found.exclude(state__in=[Visit.CANCELLED, Visit.MOVED]).order_by("during")
    shown = found if whole else withheld.at_work(found, "case_number")
    seen = {one.pk for one in shown}
    by_person: dict[str, list[Visit]] = {}
    with scope.everything():  # a time is taken whoever took it; what the second wall hides is shown as that alone
        for visit in found.all():
            by_person.setdefault(visit.person_id, []).append(visit)
    for row in rows:
        for visit in by_person.get(row.person.username, []):
            known = visit.pk in seen and (codes is None or visit.outlet in codes)
            (row.visits if known else row.foreign).append(visit)
        taken = [visit for visit, _seen in row.taken if visit.state in Visit.FILLING]
        windows = _working(row.place, day)
        row.free, row.off = free_spans(windows, taken), not windows


def free_spans(windows: list[Span], taken: list[Visit]) -> list[Span]:
    """What is left of the working ``windows`` between the visits, by the hour."""
    left: list[Span] = []
    for start, end in windows:
        begin = start
        for visit in taken:
            if visit.starts >= end or visit.ends <= begin:
                continue
            if visit.starts > begin:
                left.append((begin, visit.starts))
            begin = max(begin, visit.ends)
        if begin < end:
            left.append((begin, end))
    return left


def _working(outlet: str, day: date) -> list[Span]:
    """The working windows of ``day`` at ``outlet``; the whole day where no calendar says anything."""
    whole: DateTimeTZRange = queries.span_of(day)
    try:
        calendar = calendars.calendar_for(outlet)
    except calendars.NoCalendar:
        return [(whole.lower, whole.upper)]
    midnight = whole.lower
    return [
        (midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)) for start, end in calendar.windows(day)
    ]


def day_asked(text: str, at: datetime) -> date:
    """The day in the address (``2026-03-02``); today for anything else."""
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        return timezone.localdate(at)
    return asked if date(1970, 1, 2) <= asked <= date(9998, 12, 31) else timezone.localdate(at)
