"""The letter to administrators when the days of next year are still missing."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone

from bihuan.ground.ids import new_id
from bihuan.journal.actions import NewEntry, NewLetter, lay_letters, write
from bihuan.journal.models import Entry
from bihuan.people import queries as people
from bihuan.people.actions import HOUSE

from . import queries

VERB = "calendar-missing"
FIRST_DAY = (11, 1)
"""Month and day from which next year's days are asked for: by then they are usually announced."""


def missing(at: datetime) -> list[tuple[str, int]]:
    """(calendar, year) of every calendar whose next year is not announced though its November has begun."""
    today = timezone.localdate(at)
    if today < date(today.year, *FIRST_DAY):
        return []
    year = today.year + 1
    return [(name, year) for name in queries.names() if year not in queries.newest(name).announced]


def remind_of_next_year(at: datetime) -> int:
    """Write to every administrator once for each calendar and year that is missing; returns how many letters were laid.

    Run again, at once or by several workers, it lays nothing more for a year it has written about.
    """
    return sum(_remind(name, year, at) for name, year in missing(at))


@transaction.atomic
def _remind(name: str, year: int, at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"calendar {name}"])
    about = {"about_kind": "calendar", "about_id": name, "about_number": str(year)}
    administrators = people.administrators()
    if not administrators or Entry.objects.filter(verb=VERB, **about).exists():
        return 0
    identity = new_id(at)
    letters = [
        NewLetter(
            entry_id=identity,
            key=f"calendar:{name}:{year}:{person.username}",
            to_kind="person",
            to=person.username,
            subject=f"请载入 {year} 年工作日历",
            body="\n".join(
                [
                    f"{year} 年的放假与调休安排还没有载入工作日历「{name}」，跨年的时限只能暂按平常工作日推算。",
                    f"The days of {year} are not in the calendar “{name}” yet: limits beyond New Year are provisional.",
                    "/calendars/announce/",
                ]
            ),
        )
        for person in administrators
    ]
    laid = lay_letters(letters)
    write(
        NewEntry(
            id=identity,
            chain=HOUSE,
            verb=VERB,
            doer_kind="clock",
            doer="",
            done_at=at,
            recorded_at=at,
            content={"answers": {"calendar": name, "year": year, "to": [one.username for one in administrators]}},
            **about,
        )
    )
    return len(laid)
