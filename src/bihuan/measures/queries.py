"""Which cases a period is about, and what the book tells of them: one question for the rows, one for the entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import Q

from bihuan.casework import queries as cases
from bihuan.ground.ids import new_id
from bihuan.journal.models import Entry
from bihuan.people.models import Person

from .periods import Period
from .reading import Reading
from .told import Content, Line, Told, fold, read_content

_ENTRIES = """SELECT e.about_id, e.done_at, e.recorded_at, e.doer_kind = 'person', c.text
    FROM journal_entry e LEFT JOIN journal_content c ON c.entry_id = e.id
    WHERE e.about_kind = 'case' AND e.about_id = ANY (%s) AND e.done_at < %s AND e.recorded_at <= %s
    ORDER BY e.about_id, e.position"""
PIECE = 2000
FIELDS = ("id", "kind", "version_id", "outlet", "parent_id", "opened_at", "ended_at", "step")


class Only(NamedTuple):
    """Narrowing of a report: kinds and outlets; empty = all."""

    kinds: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()


EVERYTHING = Only()


def told_of(person: Person, period: Period, known: datetime, at: datetime, only: Only = EVERYTHING) -> list[Told]:
    """Every case within ``person``'s scope that ``period`` is about, as the book told it at its end.

    That is every case opened before the end and not ended before the beginning. What was recorded after ``known`` does
    not count; a period not over yet ends at ``known``.
    """
    until = min(period.end, known)
    rows = _meant(person, period.start, until, known, at, only)
    told, reading = [], Reading()
    for row, lines in _entries(rows, until, known):
        one = Told(*row[:4], row[4] is not None, row[5], until)
        fold(one, lines, period.end, reading.under(one.version, one.kind))
        _fill_gaps(one, ended=row[6], step=row[7])
        # a case nobody had entered by then was not known
        if one.recorded is not None and (one.ended is None or one.ended >= period.start):
            told.append(one)
    return told


def _fill_gaps(told: Told, *, ended: datetime | None, step: str) -> None:
    """Where entries were disposed of the row of today is all there is: where it stands, and since when it is over."""
    if told.gaps and told.ended is None and ended is not None and ended < told.until:
        told.step, told.ended = step, ended
    elif not told.step:
        told.step = step


def _meant(
    person: Person, start: datetime, until: datetime, known: datetime, at: datetime, only: Only
) -> list[tuple[Any, ...]]:
    """The rows of all cases that can be meant: today's ends are a hint, because later entries may have moved them."""
    found = cases.visible_to(person, at).filter(opened_at__lt=until)
    if only.kinds:
        found = found.filter(kind__in=only.kinds)
    if only.outlets:
        found = found.filter(outlet__in=only.outlets)
    late = Entry.objects.filter(id__gte=new_id(known), recorded_at__gt=known, about_kind="case", done_at__lt=start)
    moved = list(late.values_list("about_id", flat=True).distinct())
    going = Q(ended_at__isnull=True) | Q(ended_at__gte=start) | Q(pk__in=moved)
    return list(found.filter(going).values_list(*FIELDS))


def _entries(
    rows: list[tuple[Any, ...]], until: datetime, known: datetime
) -> Iterator[tuple[tuple[Any, ...], list[Line]]]:
    for first in range(0, len(rows), PIECE):
        piece = {str(row[0]): row for row in rows[first : first + PIECE]}
        with connection.cursor() as cursor:
            cursor.execute(_ENTRIES, [list(piece), until, known])
            for about, entries in groupby(cursor.fetchall(), key=lambda entry: entry[0]):
                yield piece[about], _lines(entries)


def _lines(entries: Iterable[tuple[Any, ...]]) -> list[Line]:
    return [Line(done, recorded, by_hand, _content(text)) for _about, done, recorded, by_hand, text in entries]


def _content(text: str | None) -> Content | None:
    """What an entry says; None where it was disposed of, or was tampered with and cannot be read."""
    try:
        return None if text is None else read_content(text)
    except msgspec.MsgspecError:
        return None


def ids(told: Iterable[Told]) -> frozenset[UUID]:
    return frozenset(one.id for one in told)
