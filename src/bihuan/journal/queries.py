"""Reading the book. Everywhere ``scope`` is the chains that may be seen: None = all; chains are outlets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from .models import Entry, Letter

Scope = frozenset[str] | None


class Cursor(NamedTuple):
    """How far a reader has read: the transaction and the position within it of the last entry seen."""

    xid: int
    position: int

    def __str__(self) -> str:
        return f"{self.xid}-{self.position}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """The cursor written as ``text``. Raises ValueError."""
        xid, dash, position = text.partition("-")
        if not dash or not xid.isdecimal() or not position.isdecimal():
            raise ValueError(f"not a cursor: {text!r}")
        return cls(int(xid), int(position))


BEGINNING = Cursor(0, 0)


def entry_of_act(act_id: UUID, scope: Scope = None) -> Entry | None:
    """The entry this act wrote, with its content; None if no such act counted (or it stands outside the scope)."""
    return _within(scope).filter(act_id=act_id).first()


def entries_about(
    kind: str, identifier: str | UUID, after: int | None = None, *, scope: Scope = None, limit: int | None = None
) -> list[Entry]:
    """What happened to one thing, in the order it happened, with content (one query).

    ``after`` is the ``position`` of the last entry already known.
    """
    entries = _within(scope).filter(about_kind=kind, about_id=str(identifier))
    if after is not None:
        entries = entries.filter(position__gt=after)
    entries = entries.order_by("position")
    return list(entries if limit is None else entries[:limit])


def entries_of_verb(kind: str, identifier: str | UUID, verb: str) -> list[Entry]:
    """The entries with this verb about one thing, in the order they happened, with content (one query)."""
    found = Entry.objects.filter(about_kind=kind, about_id=str(identifier), verb=verb).select_related("kept")
    return list(found.order_by("position"))


def entries_under(document: str, clause: str, limit: int, *, scope: Scope = None) -> list[Entry]:
    """The newest ``limit`` entries written under a clause of a document, newest first; a part of it ("4.2 a") counts.

    Two queries, each along its index and cut at ``limit``: as fast after years as on the first day.
    """
    entries = _within(scope).filter(document=document).order_by("-position")
    whole = entries.filter(clause=clause)[:limit]
    # "begins with" as the index says it: LIKE may use none behind the scope wall, these two comparisons may
    parts = entries.extra(
        where=["journal_entry.clause ~>=~ %s", "journal_entry.clause ~<~ %s"], params=[f"{clause} ", f"{clause}!"]
    )[:limit]
    return sorted([*whole, *parts], key=lambda entry: entry.position, reverse=True)[:limit]


def entries_by(doer: str, about_kind: str, limit: int, *, scope: Scope = None) -> list[Entry]:
    """The newest ``limit`` entries about things of one kind that ``doer`` (a username) did, newest first."""
    entries = Entry.objects.filter(doer=doer, doer_kind="person", about_kind=about_kind)
    within = entries if scope is None else entries.filter(chain__in=scope)
    newest = within.order_by("-id")[:limit]
    return sorted(newest, key=lambda entry: entry.position, reverse=True)


def entries_about_many(kind: str, identifiers: Iterable[str | UUID], *, content: bool = True) -> dict[str, list[Entry]]:
    """As ``entries_about`` for many things in one query: id as text → its entries in their order.

    ``content`` False: without what they say, where only who and when is asked.
    """
    found: dict[str, list[Entry]] = {str(one): [] for one in identifiers}
    entries = Entry.objects.filter(about_kind=kind, about_id__in=list(found))
    entries = entries.select_related("kept") if content else entries
    for entry in entries.order_by("position"):
        found[entry.about_id].append(entry)
    return found


def letters_to(
    person: str, posts: Iterable[str], after: datetime, limit: int, *, scope: Scope = None
) -> list[tuple[Entry, str]]:
    """The newest ``limit`` letters to ``person`` (a username) or to one of ``posts`` (``post@outlet``), newest first.

    Each with the entry it told of and its subject; only what was laid ``after`` that moment.
    """
    oldest = UUID(int=int(after.timestamp() * 1000) << 80)  # ids begin with the milliseconds they were made at
    mine = Q(to_kind="person", to=person) | Q(to_kind="post", to__in=list(posts))
    letters = list(Letter.objects.filter(mine, id__gte=oldest).order_by("-id")[:limit])
    seen = {one.pk: one for one in _within(scope).filter(pk__in={letter.entry_id for letter in letters})}
    return [(seen[one.entry_id], one.subject) for one in letters if one.entry_id in seen]


def since(cursor: Cursor, limit: int, *, scope: Scope = None) -> tuple[list[Entry], Cursor]:
    """The next entries after ``cursor`` and the cursor to come back with; the same cursor when there are none yet.

    Reads only what is settled: an entry is not shown while a transaction that began earlier could still add one before
    it. So nothing is ever skipped, and a long transaction anywhere on the server holds this reader back. Entries of one
    transaction keep their order; between transactions the order is that of their beginning.
    """
    entries = list(
        _within(scope)
        .extra(  # the comparison of pairs, which is what the index is made for, cannot be said otherwise
            where=[
                "(journal_entry.xid, journal_entry.position) > (%s::xid8, %s)",
                "journal_entry.xid < journal_horizon()",
            ],
            params=[str(cursor.xid), cursor.position],
        )
        .order_by("xid", "position")[:limit]
    )
    return entries, Cursor(entries[-1].xid, entries[-1].position) if entries else cursor


def _within(scope: Scope) -> QuerySet[Entry]:
    entries = Entry.objects.select_related("kept")
    return entries if scope is None else entries.filter(chain__in=scope)
