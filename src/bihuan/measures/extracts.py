"""Extracts: of every entry about a case the few things a report counts, read out once instead of at every report.

The worker follows the book and adds to them (``carry_on``); a report puts what was written since beside them and reads
a case without extract from the book itself (``queries``). They hold the very lines that are folded, less what nobody
counts: figures are the same with them and without, and they can be thrown away at any time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db import connection, transaction

from bihuan.casework.models import Case

from .models import Extract, Reach
from .reading import Reading
from .told import COUNTED_KINDS, Decided, Happened, Told, Whole, fold, particular, read_content

LOCK = 7_303_014_013
"""The advisory lock under which extracts are added to and, by the trigger on the book, taken away."""
PIECE = 2_000
MOST_BEHIND = 20_000
"""With more entries than this not extracted yet a report reads the book alone."""
SAID_OTHERWISE = b'{"~":true}'
"""Answers among which nothing is counted. Not the same as none at all, for which those of a signed act stand in."""


class Slim(msgspec.Struct, array_like=True, gc=False):
    """As ``Happened``, what it says in particular read already."""

    kind: str
    name: str
    at: datetime
    data: Decided


class Said(msgspec.Struct, array_like=True, gc=False):
    """As ``Content``: the answers that are counted, as JSON, and what happened that is counted."""

    answers: bytes
    happenings: list[Slim]


Line = tuple[datetime, datetime, bool, Said | None]


class Lines(msgspec.Struct, array_like=True, gc=False):
    """The entries of one case in one chain in their order, and their positions in the book."""

    positions: list[int]
    lines: list[Line]


class _Stored(msgspec.Struct, array_like=True, gc=False):
    """The same, its lines unread: to add to it."""

    positions: list[int]
    lines: list[msgspec.Raw]


class Written(NamedTuple):
    """One entry as the book has it."""

    about: str
    chain: str
    xid: int
    position: int
    done: datetime
    recorded: datetime
    by_hand: bool
    text: str | None


_NOBODY, _EVER = UUID(int=0), datetime.max.replace(tzinfo=UTC)
NOTHING = msgspec.msgpack.encode(Lines([], []))
read_whole = msgspec.msgpack.Decoder(Whole).decode
read_lines = msgspec.msgpack.Decoder(Lines).decode
_read_stored = msgspec.msgpack.Decoder(_Stored).decode
_read_answers = msgspec.json.Decoder(Any).decode
_write = msgspec.msgpack.Encoder().encode

_COLUMNS = """e.about_id, e.chain, e.xid::text::bigint, e.position, e.done_at, e.recorded_at,
    e.doer_kind = 'person', c.text FROM journal_entry e LEFT JOIN journal_content c ON c.entry_id = e.id"""
SETTLED = "e.xid < journal_horizon()"
_NEW = """SELECT e.about_kind, {columns} WHERE (e.xid, e.position) > (%s::xid8, %s) AND {settled}
    ORDER BY e.xid, e.position LIMIT %s"""
_WHOLE = f"SELECT {_COLUMNS} WHERE e.about_kind = 'case' AND e.about_id = ANY (%s) ORDER BY e.position"


def carry_on(limit: int = PIECE) -> int:
    """Read the book on by at most ``limit`` settled entries; how many it was. 0 also while another does the same.

    One transaction under ``LOCK``: what is disposed of meanwhile waits for it and takes the extract away again.
    """
    with transaction.atomic():
        if not _alone():
            return 0
        reach = Reach.objects.first() or Reach(xid=0, position=0)
        new = _asked(_NEW.format(columns=_COLUMNS, settled=SETTLED), [str(reach.xid), reach.position, limit])
        if not new:
            return 0
        reach.xid, reach.position = new[-1][3], new[-1][4]
        _take([Written(*row[1:]) for row in new if row[0] == "case"], reach)
        reach.save()
    return len(new)


def reach() -> tuple[int, int]:
    """The cursor of the journal up to which extracts hold everything."""
    found = Reach.objects.first()
    return (found.xid or 0, found.position) if found else (0, 0)


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _asked(sql: str, given: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchall()


def _take(new: list[Written], reach: Reach) -> None:
    """Add ``new`` to the extracts of their cases; one of a case that has none is made from all of its entries."""
    about = {one.about for one in new}
    reading = Reading()
    cases = {str(pk): (version, kind) for pk, version, kind in _cases(about) if _known(reading, version, kind)}
    there: dict[str, dict[str, Extract]] = defaultdict(dict)
    for extract in Extract.objects.filter(about_id__in=about):
        there[extract.about_id][extract.chain] = extract
    stale = [one for one, found in there.items() if not all(_fits(each, cases.get(one)) for each in found.values())]
    Extract.objects.filter(about_id__in=stale).delete()
    for one in stale:
        del there[one]
    whole = [Written(*row) for row in _asked(_WHOLE, [sorted(cases.keys() - there.keys())])]
    whole = [one for one in whole if (one.xid, one.position) <= (reach.xid, reach.position)]
    added: dict[tuple[str, str], list[Written]] = defaultdict(list)
    for one in [*whole, *(one for one in new if one.about in there)]:
        added[one.about, one.chain].append(one)
    for (one, chain), entries in added.items():
        extract = there[one].get(chain) or Extract(about_id=one, chain=chain, version_id=cases[one][0], told=NOTHING)
        there[one][chain] = extract
        _lengthen(extract, entries, reading, cases[one][1])
    made = [
        extract for one in {about for about, _chain in added} for extract in _summed(there[one], reading, cases[one][1])
    ]
    Extract.objects.bulk_create(
        made, update_conflicts=True, update_fields=["told", "whole"], unique_fields=["about_id", "chain"]
    )


def _known(reading: Reading, version: UUID, kind: str) -> bool:
    """Whether there is a definition that says what is counted; a case without one is read from the book."""
    try:
        reading.wanted(version, kind)
    except (KeyError, ValueError):
        return False
    return True


def _fits(extract: Extract, case: tuple[UUID, str] | None) -> bool:
    """Whether ``extract`` was made for this version and in this shape."""
    try:
        _read_stored(bytes(extract.told))
    except msgspec.MsgspecError:
        return False
    return case is not None and extract.version_id == case[0]


def _lengthen(extract: Extract, entries: Iterable[Written], reading: Reading, kind: str) -> None:
    """Put ``entries`` behind what is in it."""
    stored = _read_stored(bytes(extract.told))
    for one in entries:
        stored.positions.append(one.position)
        line = (one.done, one.recorded, one.by_hand, _said(one.text, reading, extract.version_id, kind))
        stored.lines.append(msgspec.Raw(_write(line)))
    extract.told = _write(stored)


def _summed(extracts: dict[str, Extract], reading: Reading, kind: str) -> list[Extract]:
    """The extracts of one case, with what they come to where they are one: a reader may not see every chain."""
    made = list(extracts.values())
    for one in made:
        one.whole = _write(_whole(one, reading, kind)) if len(made) == 1 else b""
    return made


def _whole(extract: Extract, reading: Reading, kind: str) -> Whole:
    lines = read_lines(bytes(extract.told)).lines
    told = Told(_NOBODY, kind, extract.version_id, "", False, _EVER, _EVER)
    fold(told, lines, _EVER)  # type: ignore[arg-type] # an extract's lines are read as the book's are
    definition = reading.under(extract.version_id, kind)
    _forms, names = reading.wanted(extract.version_id, kind)
    filled = {form: kept for form, said in told.answers(definition).items()
              if (kept := {name: value for name, value in said.items() if name in names})}  # fmt: skip
    late = [line[:2] for line in lines if _quarters(line[1]) > _quarters(line[0])]
    done, known = max(line[0] for line in lines), max(line[1] for line in lines)
    return Whole(
        done,
        known,
        told.step,
        told.ended,
        told.answered,
        told.recorded,
        told.gaps,
        list(told.runs.values()),
        late,
        filled,
    )


def _quarters(moment: datetime) -> int:
    """Quarters of an hour: in no zone does a day begin within one."""
    return int(moment.timestamp()) // 900


def _said(text: str | None, reading: Reading, version: UUID, kind: str) -> Said | None:
    """What is counted of an entry's content; None where it is gone or was tampered with and cannot be read."""
    try:
        content = read_content(text) if text is not None else None
        if content is None:
            return None
        forms, names = reading.wanted(version, kind)
        found = [_slim(one, names) for one in content.happenings
                 if one.kind in COUNTED_KINDS and (one.kind != "filled" or one.name in forms)]  # fmt: skip
        answering = any(one.kind in ("filled", "signed") for one in found)
        return Said(_kept(content.answers, names) if answering else b"null", found)
    except msgspec.MsgspecError:
        return None


def _slim(one: Happened, names: Collection[str]) -> Slim:
    data = particular(one)
    after = data.after if data.field in names else None
    return Slim(one.kind, one.name, one.at, Decided(data.run, data.due, data.was, data.form, data.field, after))


def _kept(answers: msgspec.Raw, names: Collection[str]) -> bytes:
    said = _read_answers(answers)
    if not isinstance(said, dict) or not said:
        return bytes(answers)
    kept = {}
    for name, value in said.items():
        if _last(name) in names:
            kept[name] = value
        elif isinstance(value, dict) and (inner := {key: each for key, each in value.items() if _last(key) in names}):
            kept[name] = inner
    return msgspec.json.encode(kept) if kept else SAID_OTHERWISE


def _cases(about: Collection[str]) -> Iterable[tuple[UUID, UUID, str]]:
    known = [identifier for one in about if (identifier := _id(one))]
    return Case.objects.filter(pk__in=known).values_list("pk", "version_id", "kind")


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _last(name: str) -> str:
    return name.rpartition(".")[2]
