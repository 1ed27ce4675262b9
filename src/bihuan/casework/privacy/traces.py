"""Where a person may be written: of every content a few whole numbers that stand for its figures, words and ids.

Looking for one person means looking through all that was ever written. The traces say of nearly every content that the
person cannot be in it; the rest is read as before, so that what is found is the same with them and without. They are
made by the worker, which follows the book (``carry_on``); what was written since, and everything while they are not
complete, is read itself. They go with the content they are of (a trigger on the book) and can be thrown away at any
time (``forget``).

One trace is one of four, told apart by its highest bits:

* the last seven figures before the end of a telephone number, whatever stands between them
* two signs beyond ASCII that stand beside each other: names in Chinese, also as an address line writes them
* a capital and the two Latin letters behind it
* the beginning of an id's last part
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import unquote

from django.db import connection, transaction

from .models import Trace, Traced
from .terms import Terms, national_digits

LOCK = 7_303_014_017
"""The advisory lock under which traces are added and, by the trigger on the book, taken away."""
SHAPE = 1
"""Raised whenever ``of_text`` tells something else: traces of another shape are made anew."""
PIECE = 2_000
MOST_BEHIND = 50_000
"""With more entries than this without traces everything is read itself."""
SETTLED = "e.xid < journal_horizon()"
TAIL = 7
_PAIR, _LETTERS, _ID = 1 << 30, 1 << 29, 1 << 28

# wider than what PostgreSQL calls a blank: joining too much adds a trace, joining too little would lose one
_APART = r"(?:[-\s().+\u180e\u200b]|%20|%2B)"
_FIGURES = re.compile(rf"[0-9]+(?:{_APART}+[0-9]+)*")
_BETWEEN = re.compile(rf"{_APART}+")
_BEYOND = re.compile(r"[^\x00-\x7f]{2,}")
_CAPITAL = re.compile(r"(?=([A-Z][A-Za-z]{2}))")
_ID_END = re.compile(r"-([0-9a-f]{12})")
_QUOTED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


class Reached(NamedTuple):
    """The cursor of the journal up to which every content has its traces."""

    xid: int
    position: int


def of_text(text: str) -> set[int]:
    """The traces of one content."""
    found = {*_tails(text), *_pairs(text), *_letters(text), *_ids(text)}
    if "%" in text:
        for quoted in _QUOTED.findall(text):
            found |= {*_pairs(unquote(quoted))}
    return found


def sought(terms: Terms) -> list[list[int]] | None:
    """Every way this person may be written, each as the traces such a content has all of; None = some way has none.

    A number of fewer figures than seven, a name of one sign beyond ASCII or of small letters only has none.
    """
    ways = [[digits] for digits in map(_tail_of, terms.phones)]
    ways += [[*_pairs(name)] or [*_letters(name)] for name in terms.names]
    ways += [[*_ids(str(one))] for one in terms.contacts]
    if not all(way and None not in way for way in ways):
        return None
    return [sorted({one for one in way if one is not None}) for way in ways]


def reached() -> Reached | None:
    """How far the book has been traced; None where it is not, or in another shape."""
    found = Traced.objects.filter(shape=SHAPE).first()
    return Reached(found.xid or 0, found.position) if found else None


def carry_on(limit: int = PIECE) -> int:
    """Trace at most ``limit`` settled entries more; how many it was. 0 also while another does the same.

    One transaction under ``LOCK``: what is disposed of meanwhile waits for it and takes the traces away again.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        reach = reached()
        if reach is None:
            _forget()
            reach = Reached(0, 0)
        cursor.execute(_NEW.format(settled=SETTLED), [str(reach.xid), reach.position, limit])
        new = cursor.fetchall()
        if not new:
            return 0
        with cursor.copy("COPY privacy_trace (entry_id, told) FROM STDIN") as rows:
            for entry, _xid, _position, text in new:
                if text is not None:
                    rows.write_row([entry, [*of_text(text)]])
        values = {"shape": SHAPE, "xid": new[-1][1], "position": new[-1][2]}
        Traced.objects.update_or_create(one=True, defaults=values)
    return len(new)


_NEW = """SELECT e.id, e.xid::text::bigint, e.position, c.text
    FROM journal_entry e LEFT JOIN journal_content c ON c.entry_id = e.id
    WHERE (e.xid, e.position) > (%s::xid8, %s) AND {settled}
    ORDER BY e.xid, e.position LIMIT %s"""


def forget() -> None:
    """Throw all of them away; the worker begins again, and until it is through everything is read itself."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        _forget()


def _forget() -> None:
    Trace.objects.all().delete()
    Traced.objects.all().delete()


def possible(ways: Iterable[Iterable[int]], reach: Reached) -> list[Any] | None:
    """The entries that may say one of these ``ways``, and those without traces yet; None = too many of these.

    ``reach`` has to be asked before: what is traced meanwhile is told twice, nothing is passed over.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SINCE, [str(reach.xid), reach.position, MOST_BEHIND + 1])
        since = [row[0] for row in cursor.fetchall()]
        if len(since) > MOST_BEHIND:
            return None
        wanted = [list(way) for way in ways]
        cursor.execute(" UNION ".join([_HAVING] * len(wanted)), wanted)
        return [*since, *(row[0] for row in cursor.fetchall())]


_SINCE = "SELECT id FROM journal_entry WHERE (xid, position) > (%s::xid8, %s) ORDER BY xid, position LIMIT %s"
_HAVING = "SELECT entry_id FROM privacy_trace WHERE told @> %s::int[]"


# ------------------------------------------------------------------------------------------------- the four of them


def _tails(text: str) -> Iterator[int]:
    """The seven figures before every end of a run of figures, across what stands between the parts of a number."""
    for match in _FIGURES.finditer(text):
        joined = match.group()
        if len(joined) < TAIL:
            continue
        so_far = ""
        for part in _BETWEEN.split(joined):
            so_far += part
            if len(so_far) >= TAIL:
                yield int(so_far[-TAIL:])


def _tail_of(number: str) -> int | None:
    digits = national_digits(number)
    return int(digits[-TAIL:]) if len(digits) >= TAIL else None


def _pairs(text: str) -> Iterator[int]:
    for run in _BEYOND.findall(text):
        codes = [*map(ord, run)]
        for first, second in pairwise(codes):
            yield (first << 15 ^ second) & (_PAIR - 1) | _PAIR


def _letters(text: str) -> Iterator[int]:
    for letters in _CAPITAL.findall(text):
        first, second, third = map(ord, letters)
        yield first << 14 | second << 7 | third | _LETTERS


def _ids(text: str) -> Iterator[int]:
    for end in _ID_END.findall(text):
        yield int(end[:6], 16) | _ID
