"""What changed since somebody last looked: one read along the journal's cursor, numbers alone."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection

from bihuan.journal.queries import Cursor
from bihuan.people import scope

MOST = 500
ABOUT = ("case", "note")

_NEWEST = """
SELECT xid::text, position FROM journal_entry WHERE xid < journal_horizon() ORDER BY xid DESC, position DESC LIMIT 1
"""
_SINCE = """
SELECT xid::text, position, about_kind, about_number FROM journal_entry
 WHERE (xid, position) > (%s::xid8, %s) AND xid < journal_horizon() AND (%s::text[] IS NULL OR chain = ANY (%s))
 ORDER BY xid, position LIMIT %s
"""


def newest() -> Cursor:
    """The cursor of somebody who has seen everything that is settled."""
    # the end of the book is the same for everybody; within few outlets it would be looked for row by row
    with scope.everything(), connection.cursor() as cursor:
        cursor.execute(_NEWEST)
        row = cursor.fetchone()
    return Cursor(int(row[0]), row[1]) if row else Cursor(0, 0)


def changed(since: Cursor, topics: Collection[str], outlets: Collection[str] | None) -> tuple[dict[str, Any], Cursor]:
    """(topic → numbers of the cases touched, in order; the cursor to come back with), within ``outlets`` (None = all).

    Topics: ``cases`` (every case in sight) and ``case:<number>``. Only what is settled is told, so nothing is skipped.
    """
    within = None if outlets is None else sorted(outlets)
    with connection.cursor() as cursor:
        cursor.execute(_SINCE, [str(since.xid), since.position, within, within, MOST])
        rows = cursor.fetchall()
    touched = dict.fromkeys(number for _xid, _position, about, number in rows if about in ABOUT and number)
    found: dict[str, Any] = {}
    for topic in topics:
        name, _colon, number = topic.partition(":")
        if topic == "cases" and touched:
            found["cases"] = list(touched)
        elif name == "case" and number in touched:
            found[topic] = [number]
    return found, Cursor(int(rows[-1][0]), rows[-1][1]) if rows else since
