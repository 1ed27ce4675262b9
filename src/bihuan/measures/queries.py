"""Which cases a period is about, and what the book tells of them: one question for the rows, one for the entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db import connection
from django.db.models import Q

from bihuan.casework import queries as cases
from bihuan.ground.ids import new_id
from bihuan.journal.models import Entry
from bihuan.people.models import Person

from .periods import Period
from .told import Content, Line, Told, fold, read_content, read_lines

_ENTRIES = """SELECT e.about_id, '[' || string_agg('[' || to_json(e.done_at) || ',' || to_json(e.recorded_at) || ','
        || (e.doer_kind = 'person')::text || ',' || coalesce({content}, 'null') || ']', ',' ORDER BY e.position) || ']'
    FROM journal_entry e LEFT JOIN journal_content c ON c.entry_id = e.id
    WHERE e.about_kind = 'case' AND e.about_id = ANY (%s) AND e.done_at < %s AND e.recorded_at <= %s
    GROUP BY e.about_id"""
# a text in quotes is read for itself afterwards: one that is no JSON any more spoils no other
_WHOLE, _QUOTED = _ENTRIES.format(content="c.text"), _ENTRIES.format(content="to_json(c.text)::text")
PIECE = 1000
FIELDS = ("id", "kind", "version_id", "outlet", "parent_id", "opened_at", "ended_at", "step")


class Only(NamedTuple):
    """Narrowing of a report: kinds and outlets; empty = all."""

    kinds: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()


EVERYTHING = Only()


def told_of(
    person: Person, periods: Sequence[Period], known: datetime, at: datetime, only: Only = EVERYTHING
) -> list[list[Told]]:
    """For each of ``periods`` every case within ``person``'s scope it is about, as the book told it at its end.

    That is every case opened before the end and not ended before the beginning. What was recorded after ``known`` does
    not count; a period not over yet ends at ``known``.
    """
    start, until = min(one.start for one in periods), min(max(one.end for one in periods), known)
    found: list[list[Told]] = [[] for _period in periods]
    for row, lines in _entries(_meant(person, start, until, known, at, only), until, known):
        for period, told in zip(periods, found, strict=True):
            one = Told(*row[:4], row[4] is not None, row[5], min(period.end, known))
            if one.opened >= one.until:
                continue
            fold(one, lines, period.end)
            _fill_gaps(one, ended=row[6], step=row[7])
            # a case nobody had entered by then was not known
            if one.recorded is not None and (one.ended is None or one.ended >= period.start):
                told.append(one)
    return found


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
        for about, lines in _asked(_WHOLE, list(piece), until, known):
            yield piece[about], _read(about, lines, until, known)


def _asked(question: str, about: list[str], until: datetime, known: datetime) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(question, [about, until, known])
        return cursor.fetchall()


def _read(about: str, lines: str, until: datetime, known: datetime) -> list[Line]:
    """The entries of one case; one that was tampered with and cannot be read counts as one whose content is gone."""
    try:
        return read_lines(lines)
    except msgspec.MsgspecError:
        ((_about, quoted),) = _asked(_QUOTED, [about], until, known)
        told = msgspec.json.decode(quoted, type=list[tuple[datetime, datetime, bool, str | None]])
        return [(*line[:3], _content(line[3])) for line in told]


def _content(text: str | None) -> Content | None:
    try:
        return None if text is None else read_content(text)
    except msgspec.MsgspecError:
        return None
