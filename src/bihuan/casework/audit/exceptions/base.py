"""What an exception is: a name, its definition in words, and the query that finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from bihuan.journal.models import Entry
from bihuan.procedure.definition import Text

from ...models import Case
from .. import log

MOST = 1000
"""Found up to so many in a period: counted exactly below, "1000+" from there on."""
LOOKED_AT = 50_000
"""Entries looked at for one exception at most; a longer period is to be taken in parts."""


@dataclass(frozen=True)
class Period:
    """From a moment up to another, in whose sight: ``chains`` of the book and ``outlets`` of the work (None = all)."""

    start: datetime
    until: datetime
    chains: frozenset[str] | None
    outlets: frozenset[str] | None
    numbers: dict[str, int]

    def entries(self) -> QuerySet[Entry]:
        """The entries recorded in it, newest first."""
        found = log.within(self.chains).filter(pk__gte=log.floor_id(self.start), pk__lt=log.floor_id(self.until))
        return found.order_by("-id")

    def rows(self, found: QuerySet[Any], scope: str = "outlet") -> QuerySet[Any]:
        """Rows of a register made in it (``at``), of the outlets in sight, newest first."""
        found = found.filter(at__gte=self.start, at__lt=self.until)
        if self.outlets is not None:
            found = found.filter(**{f"{scope}__in": self.outlets})
        return found.order_by("-at", "-pk")


NOTHING = Text("")


@dataclass(frozen=True)
class Found:
    """One thing found: when, who, which case, which entry says so, and what it is, in words."""

    at: datetime
    who: str = ""
    number: str = ""
    outlet: str = ""
    entry: UUID | None = None
    words: Text = NOTHING
    clause: str = ""
    also: tuple[str, ...] = ()
    """Further cases it is about, where one finding gathers several."""


Find = Callable[[Period], Iterator[Found]]


@dataclass(frozen=True)
class Catalogued:
    """One exception of the catalogue. ``words`` define it; ``numbers``: the thresholds it hangs on."""

    name: str
    title: Text
    words: Text
    find: Find
    numbers: tuple[str, ...] = ()

    def found(self, period: Period, limit: int = MOST) -> list[Found]:
        """What there is in the period, newest first, at most ``limit``."""
        return list(islice(self.find(period), limit))


def with_content(entries: QuerySet[Entry]) -> Iterator[Entry]:
    """Entries with what they say, as they come; those whose content is gone are passed over."""
    for entry in entries.select_related("kept")[:LOOKED_AT].iterator(chunk_size=500):
        if entry.content is not None:
            yield entry


def in_chunks(entries: Iterable[Entry], size: int = 200) -> Iterator[list[Entry]]:
    """So many at a time, for what is looked up together."""
    iterator = iter(entries)
    while chunk := list(islice(iterator, size)):
        yield chunk


def cases_of(entries: Sequence[Entry]) -> dict[str, Case]:
    """Id as text → the case an entry is about."""
    ids = {one.about_id for one in entries if one.about_kind in log.OF_A_CASE}
    found = Case.objects.filter(pk__in=ids).select_related("version", "parent").defer("version__text", "state")
    return {str(one.pk): one for one in found}


def entry_at(number: str, at: datetime) -> UUID | None:
    """The entry of the act of this case that was done at this moment; None where there is none."""
    case = Case.objects.filter(number=number).values_list("pk", flat=True).first()
    found = Entry.objects.filter(about_kind="case", about_id=str(case), done_at=at).order_by("position")
    return found.values_list("pk", flat=True).first() if case else None
