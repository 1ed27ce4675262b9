"""Which cases a period is about, and what the book tells of them: one question for the rows, one for the entries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db import connection
from django.db.models import Q

from bihuan.casework import queries as cases
from bihuan.ground.ids import new_id
from bihuan.journal.models import Entry
from bihuan.people.models import Person

from . import extracts
from .periods import Period
from .told import Content, Line, Told, Whole, fold, read_content, read_lines

_ENTRIES = """SELECT e.about_id, '[' || string_agg('[' || to_json(e.done_at) || ',' || to_json(e.recorded_at) || ','
        || (e.doer_kind = 'person')::text || ',' || coalesce({content}, 'null') || ']', ',' ORDER BY e.position) || ']'
    FROM journal_entry e LEFT JOIN journal_content c ON c.entry_id = e.id
    WHERE e.about_kind = 'case' AND e.about_id = ANY (%s) AND e.done_at < %s AND e.recorded_at <= %s
    GROUP BY e.about_id"""
# a text in quotes is read for itself afterwards: one that is no JSON any more spoils no other
_WHOLE, _QUOTED = _ENTRIES.format(content="c.text"), _ENTRIES.format(content="to_json(c.text)::text")
_SINCE = """SELECT e.about_kind, e.about_id, e.position, e.done_at, e.recorded_at, e.doer_kind = 'person', c.text
    FROM journal_entry e LEFT JOIN journal_content c ON c.entry_id = e.id
    WHERE (e.xid, e.position) > (%s::xid8, %s) ORDER BY e.xid, e.position LIMIT %s"""
_EXTRACTS = "SELECT about_id, version_id, whole FROM measures_extract WHERE about_id = ANY (%s)"
_LINES = "SELECT about_id, told FROM measures_extract WHERE about_id = ANY (%s)"
PIECE = 1000
Row = tuple[Any, ...]
"""A case's ``FIELDS``."""
Placed = tuple[int, Line]
"""An entry and its position in the book."""
FIELDS = ("id", "kind", "version_id", "outlet", "parent_id", "opened_at", "ended_at", "step")


class Only(NamedTuple):
    """Narrowing of a report: kinds and outlets; empty = all."""

    kinds: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()


EVERYTHING = Only()


def told_of(
    person: Person, periods: Sequence[Period], known: datetime, at: datetime, only: Only = EVERYTHING
) -> Iterator[tuple[int, Told]]:
    """For each of ``periods`` (its place) every case within ``person``'s scope it is about, as told at its end.

    That is every case opened before the end and not ended before the beginning. What was recorded after ``known`` does
    not count; a period not over yet ends at ``known``.
    """
    start, until = min(one.start for one in periods), min(max(one.end for one in periods), known)
    in_order = sorted(enumerate(periods), key=lambda one: one[1].start)
    ends = [min(one.end, known) for _place, one in in_order]
    for row, entries in _entries(_meant(person, start, until, known, at, only), ends, known):
        over = None
        for (place, period), end in zip(in_order, ends, strict=True):
            # of a case of which everything was told before, a later period reads nothing else
            if row[5] >= end or (over is not None and over < period.start):
                continue
            one = Told(*row[:4], row[4] is not None, row[5], end)
            _ = entries.into(one, period.end) if isinstance(entries, Whole) else fold(one, entries, period.end)
            _fill_gaps(one, ended=row[6], step=row[7])
            # a case nobody had entered by then was not known
            if one.recorded is not None and (one.ended is None or one.ended >= period.start):
                yield place, one
            over = one.ended if one.whole else None


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
    rows: list[Row], ends: Sequence[datetime], known: datetime
) -> Iterator[tuple[Row, Whole | Sequence[Line]]]:
    """Each of ``rows`` with its entries: from its extract and what was written since, else from the book itself."""
    until = max(ends)
    # first what was written since: an extract read afterwards holds at least everything before that
    since = _since(until, known)
    for first in range(0, len(rows), PIECE):
        piece = {str(row[0]): row for row in rows[first : first + PIECE]}
        if since is not None:
            found = list(_extracted(piece, since, ends, known))
            for about, entries in found:
                yield piece.pop(about), entries
        for about, lines in _asked(_WHOLE, [list(piece), until, known]) if piece else ():
            yield piece[about], _read(about, lines, until, known)


def _extracted(
    piece: dict[str, Row], since: dict[str, list[Placed]], ends: Sequence[datetime], known: datetime
) -> Iterator[tuple[str, Whole | Sequence[Line]]]:
    """Of the cases that have an extract what it comes to, where nothing was done or recorded later; else its lines.

    An extract made under another version than the case stands under now, or in another shape, is none.
    """
    wanted = []
    for about, version, told in _asked(_EXTRACTS, [list(piece)]):
        row = piece[about]
        if row[2] != version:
            continue
        whole = _shaped(extracts.read_whole, told) if told and about not in since else None
        if whole is None or whole.known > known or any(row[5] < end <= whole.done for end in ends):
            wanted.append(about)
        else:
            yield about, whole
    parts: dict[str, list[extracts.Lines | None]] = {}
    for about, told in _asked(_LINES, [wanted]) if wanted else ():
        parts.setdefault(about, []).append(_shaped(extracts.read_lines, told))
    for about, found in parts.items():
        lines = [one for one in found if one is not None]
        if len(lines) == len(found):
            yield about, _together(lines, since.get(about, ()), known)


def _shaped(read: Callable[[bytes], Any], told: bytes) -> Any:
    """What an extract says; None for one of another shape, as an earlier or later program made it."""
    try:
        return read(told)
    except msgspec.MsgspecError:
        return None


def _since(until: datetime, known: datetime) -> dict[str, list[Placed]] | None:
    """Entries no extract holds yet, by their case; None where they are too many and the book is read alone."""
    given = [*map(str, extracts.reach()), extracts.MOST_BEHIND + 1]
    found: dict[str, list[Placed]] = {}
    rows = _asked(_SINCE, given)
    for kind, about, position, done, recorded, by_hand, text in rows:
        if kind == "case" and done < until and recorded <= known:
            found.setdefault(about, []).append((position, (done, recorded, by_hand, _content(text))))
    return found if len(rows) <= extracts.MOST_BEHIND else None


def _together(parts: list[extracts.Lines], since: Sequence[Placed], known: datetime) -> list[Line]:
    """One case's entries in the order of the book, each once, none recorded after ``known``."""
    if len(parts) == 1 and not since:
        return [line for line in parts[0].lines if line[1] <= known]
    placed = {place: line for part in parts for place, line in zip(part.positions, part.lines, strict=True)}
    placed |= dict(since)
    return [line for _place, line in sorted(placed.items()) if line[1] <= known]


def _asked(question: str, given: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, given)
        return cursor.fetchall()


def _read(about: str, lines: str, until: datetime, known: datetime) -> list[Line]:
    """The entries of one case; one that was tampered with and cannot be read counts as one whose content is gone."""
    try:
        return read_lines(lines)
    except msgspec.MsgspecError:
        ((_about, quoted),) = _asked(_QUOTED, [[about], until, known])
        told = msgspec.json.decode(quoted, type=list[tuple[datetime, datetime, bool, str | None]])
        return [(*line[:3], _content(line[3])) for line in told]


def _content(text: str | None) -> Content | None:
    try:
        return None if text is None else read_content(text)
    except msgspec.MsgspecError:
        return None
