"""How an address calls a number of a report, and the cases behind it.

``month.2026-03.20260410T010000.kind.opened.repair``: report, period, up to when the book was read, section, column,
row. The same name gives the same cases for ever to whoever may see the same outlets, unless something was disposed of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.casework.figures import Behind
from bihuan.casework.seeing import posts_of, silent_to
from bihuan.people.models import Person

from . import queries
from .counting import REST, Counted, begun, count_month, count_week
from .periods import Period, Sort, read
from .reading import CHOICE, Reading
from .satisfaction import heard

_KNOWN = "%Y%m%dT%H%M%S"
COUNTING: dict[Sort, Callable[..., None]] = {"month": count_month, "week": count_week}
SATISFACTION = "satisfaction"
REPORTS: dict[str, Sort] = {"month": "month", "week": "week", SATISFACTION: "month"}
"""Every report and the sort of its period; the trend of satisfaction ends with a month."""


class Name(NamedTuple):
    """A number of a report, taken apart."""

    report: str
    period: Period
    known: datetime
    section: str
    column: str
    row: str

    def __str__(self) -> str:
        parts = (self.report, self.period.key, written(self.known), self.section, self.column, self.row)
        return ".".join(parts)


def written(known: datetime) -> str:
    """A moment as addresses carry it: UTC, whole seconds."""
    return known.astimezone(UTC).strftime(_KNOWN)


def read_known(text: str, at: datetime) -> datetime | None:
    """The moment up to which the book is read: ``text``, never after ``at``; None for what is no moment."""
    if not text:
        return at.replace(microsecond=0)
    try:
        known = datetime.strptime(text, _KNOWN).replace(tzinfo=UTC)
    except ValueError:
        return None
    return known if known <= at else None


def name_of(text: str, at: datetime) -> Name | None:
    """The number called ``text``; None where it is the name of none."""
    parts = text.split(".", 5)
    if len(parts) != 6 or parts[0] not in REPORTS or not parts[2]:
        return None
    period = read(REPORTS[parts[0]], parts[1], timezone.get_current_timezone())  # type: ignore[arg-type]  # the site's is a ZoneInfo
    known = read_known(parts[2], at)
    return Name(parts[0], period, known, *parts[3:]) if period and known else None


def behind(person: Person, text: str, at: datetime) -> Behind | None:
    """The cases behind the number called ``text``; None where no report has it."""
    name = name_of(text, at)
    if name is None:
        return None
    return Behind(f"{titles()[name.report]} {name.period.title}", _cases(person, name, at))


def titles() -> dict[str, str]:
    """What every report is called."""
    return {"month": _("质量信息月报"), "week": _("每周统计"), SATISFACTION: _("满意度走势")}


def _cases(person: Person, name: Name, at: datetime) -> frozenset[UUID]:
    if name.report == SATISFACTION:
        marks = heard(person, name.period, name.known, at).of(name.section, name.row)
        return marks.content if name.column == "content" else frozenset(marks.given)
    choices, only = name.section.startswith(CHOICE), _only(name)
    counted = counted_in(person, (name.period,), name.known, at, only, choices=choices)[0]
    return counted.cases(name.section, name.row, name.column)


def _only(name: Name) -> queries.Only:
    """The cases that can stand behind a number at all: those of the procedure or the outlet its row is of."""
    if name.row == REST:
        return queries.EVERYTHING
    if name.section in {"kind", "duty", "child", "promise"}:
        return queries.Only(kinds=(name.row.partition("/")[0],))
    if name.section == "outlet":
        return queries.Only(outlets=(name.row,))
    if name.section.startswith(CHOICE):
        return queries.Only(kinds=(name.section.split("~")[1].replace("!", "."),))
    return queries.EVERYTHING


def counted_for(
    person: Person, period: Period, known: datetime, at: datetime, only: queries.Only = queries.EVERYTHING
) -> Counted:
    """Everything one report counts in one period."""
    return counted_in(person, (period,), known, at, only, choices=True)[0]


def counted_in(
    person: Person,
    periods: Sequence[Period],
    known: datetime,
    at: datetime,
    only: queries.Only,
    *,
    choices: bool = True,
) -> list[Counted]:
    """The same for several periods of one sort, the book read once."""
    count, reading = COUNTING[periods[0].sort], Reading(posts_of(person, at), silent_to(person, at))
    found = [begun(period) for period in periods]
    # each case is counted as soon as it is told and then forgotten: thousands kept would be walked by the collector
    for place, one in queries.told_of(person, periods, known, at, only):
        count(found[place], one, periods[place], reading, choices=choices)
    return found
