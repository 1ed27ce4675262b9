"""Recomputing the book from its first entry, and naming what was done to it.

``verify`` needs nothing but a connection that may read; it trusts no function of the database. It reads everything at
one moment, in one pass, and keeps in memory only heads, hand-overs and disposal lists.

What it cannot know without a digest from outside the database: the removal of the newest entries of a chain by somebody
who also mends its head, and a chain rewritten from some entry to its end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from typing import Any
from uuid import UUID

from psycopg.pq import TransactionStatus

from .encoding import columns_digest, content_digest, sheet_hash
from .findings import Finding, finding
from .models import Digest
from .walking import Chain, Half, Head, Place

BATCH = 2000
Sheet = Mapping[str, Any]
Progress = Callable[[str, int, int], None]
"""Chain, entries read of it, entries it ought to have."""

# The columns behind list_entry_id are those of encoding.COLUMNS, in their order.
_ENTRIES = """
    SELECT e.chain, e.seq, e.previous, e.hash, e.xid::text::bigint, e.position, e.other_chain, e.other_seq,
        e.other_hash, c.salt, c.text, d.list_entry_id,
        e.id, e.act_id, e.about_kind, e.about_id, e.about_number, e.verb, e.doer_kind, e.doer, e.post, e.instead_of,
        e.done_at, e.recorded_at, e.document, e.version, e.clause, e.body_digest, e.content_digest
    FROM journal_entry e
        LEFT JOIN journal_content c ON c.entry_id = e.id
        LEFT JOIN journal_disposal d ON d.entry_id = e.id
    ORDER BY e.chain, e.seq, e.position
"""
_ORPHANS = """
    SELECT c.entry_id FROM journal_content c
    WHERE NOT EXISTS (SELECT FROM journal_entry e WHERE e.id = c.entry_id) ORDER BY 1
"""
_AHEAD = """
    SELECT (SELECT xid FROM journal_entry ORDER BY xid DESC LIMIT 1)::text::bigint
        >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint + coalesce((SELECT shift FROM journal_epoch), 0)
"""


def verify(
    connection: Any, digest: Digest | Sheet | str | None = None, progress: Progress | None = None
) -> Iterator[Finding]:
    """Every finding, chain after chain, in the order of their entries; nothing when the book is sound.

    ``connection`` is Django's or psycopg's own; ``digest`` a sealed digest (row, file text or its JSON) from outside
    the database. Findings with ``damage`` False tell what was disposed of rightly. ``progress`` is told of each chain
    how many entries were read of how many, every ``BATCH`` and at its end.
    """
    if hasattr(connection, "ensure_connection"):
        connection.ensure_connection()
        connection = connection.connection
    idle = connection.info.transaction_status == TransactionStatus.IDLE
    with connection.transaction() if idle else nullcontext():
        if idle:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield from _Reading(connection, progress or _quietly).findings(digest)


def _quietly(chain: str, done: int, total: int) -> None:
    """Nobody asked how far it is."""


class _Reading:
    """One pass over the book on one connection."""

    def __init__(self, connection: Any, progress: Progress) -> None:
        self.connection, self.progress = connection, progress
        self.heads: dict[str, Head] = {
            chain: (seq, bytes(newest))
            for chain, seq, newest in self._rows("SELECT chain, seq, hash FROM journal_chainhead WHERE seq > 0")
        }
        self.halves: dict[tuple[str, int], Half] = {}
        self.lists: dict[UUID, tuple[str, frozenset[str]]] = {}

    def findings(self, digest: Digest | Sheet | str | None) -> Iterator[Finding]:
        sealed: dict[str, Head] = {}
        if digest is not None:
            try:
                sealed = _sealed(digest)
            except (ValueError, KeyError, TypeError, AttributeError):
                yield finding("digest-damaged")
        if self._rows(_AHEAD)[0][0]:
            yield finding("ahead")
        seen: set[str] = set()
        for chain in self._walk(sealed, seen):
            yield from chain
        for name in sorted((self.heads.keys() | sealed.keys()) - seen):
            yield from Chain(name, self.heads.get(name), sealed.get(name)).finish()
        yield from self._lone_halves()
        for (entry_id,) in self._rows(_ORPHANS):
            yield finding("orphan-content", entry=entry_id, note=str(entry_id))

    def _walk(self, sealed: Mapping[str, Head], seen: set[str]) -> Iterator[Iterator[Finding]]:
        chain: Chain | None = None
        read = 0
        with self.connection.cursor(name="journal_verify", binary=True) as cursor:
            cursor.itersize = BATCH
            cursor.execute(_ENTRIES)
            for row in cursor:
                if chain is None or chain.name != row[0]:
                    if chain is not None:
                        yield self._ended(chain, read)
                    chain, read = Chain(row[0], self.heads.get(row[0]), sealed.get(row[0])), 0
                    seen.add(row[0])
                read += 1
                if read % BATCH == 0:
                    self._tell(chain, read)
                yield self._entry(chain, row)
        if chain is not None:
            yield self._ended(chain, read)

    def _ended(self, chain: Chain, read: int) -> Iterator[Finding]:
        self._tell(chain, read)
        yield from chain.finish()
        self.halves.update(chain.halves)

    def _tell(self, chain: Chain, read: int) -> None:
        self.progress(chain.name, read, chain.head[0] if chain.head else read)

    def _entry(self, chain: Chain, row: tuple[Any, ...]) -> Iterator[Finding]:
        name, seq, previous, newest, xid, position, *other, salt, text, list_entry = row[:12]
        columns = row[12:]
        place = Place(
            columns[0],
            columns_digest(columns),
            seq,
            previous,
            newest,
            xid,
            position,
            None if other[0] is None else tuple(other),
        )
        damage = list(chain.feed(place))
        yield from damage
        if text is not None:
            if not damage and content_digest(salt, text.encode()) != columns[-1]:
                yield finding("content-edited", name, seq, entry=place.id)
            return
        listed = self._list(list_entry) if list_entry is not None else None
        if listed is not None and str(place.id) in listed[1]:
            yield finding("disposed", name, seq, entry=place.id, note=listed[0])
        else:
            yield finding("content-removed", name, seq, entry=place.id)

    def _list(self, list_entry: UUID) -> tuple[str, frozenset[str]]:
        """Name and entries of a disposal list, from the list's own content, which its entry vouches for."""
        if list_entry not in self.lists:
            found = self._rows(
                "SELECT c.text FROM journal_entry e JOIN journal_content c ON c.entry_id = e.id"
                " WHERE e.id = %s AND e.verb = 'dispose'",
                [list_entry],
            )
            facts = json.loads(found[0][0])["facts"] if found else {"list": "", "entries": ()}
            self.lists[list_entry] = (facts["list"], frozenset(facts["entries"]))
        return self.lists[list_entry]

    def _lone_halves(self) -> Iterator[Finding]:
        for (chain, seq), half in sorted(self.halves.items()):
            other_chain, other_seq, other_own = half.other
            there = self.halves.get((other_chain, other_seq))
            if half.edited or (there is not None and (there.edited or there.own == other_own)):
                continue
            yield finding("half-missing", chain, seq, entry=half.entry, note=f"{other_chain} {other_seq}")

    def _rows(self, sql: str, params: list[Any] | None = None) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            return cursor.execute(sql, params).fetchall()


def _sealed(digest: Digest | Sheet | str) -> dict[str, Head]:
    """The heads a digest vouches for. Raises ValueError for one whose own hash is wrong."""
    text = digest.text if isinstance(digest, Digest) else digest
    sheet = json.loads(text) if isinstance(text, str | bytes) else text
    if sheet_hash(sheet) != bytes.fromhex(sheet["hash"]):
        raise ValueError("the digest is not what was sealed")
    return {chain: (seq, bytes.fromhex(newest)) for chain, (seq, newest) in sheet["chains"].items()}
