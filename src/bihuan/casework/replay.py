"""Every case replayed from its own entries: what the book says happened must happen again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from bihuan.journal import queries as journal
from bihuan.procedure.replay import Recorded, replay
from bihuan.procedure.state import Doer, Happening

from .actions.keeping import surroundings_of
from .definitions import definition_for
from .models import Case


@dataclass(frozen=True)
class Difference:
    """Where a case and its entries part: the case, the entry's place in the case's history, what differs."""

    number: str
    entry: int
    words: str


def recorded(case: Case) -> list[Recorded] | None:
    """The case's entries as the engine can replay them; None when content was disposed of."""
    entries = []
    for entry in journal.entries_about("case", case.pk):
        content = journal.content_of(entry)
        if "happenings" not in content:
            return None
        entries.append(_recorded(entry, content))
    return entries


def _recorded(entry: Any, content: dict[str, Any]) -> Recorded:
    return Recorded(
        kind=content["kind"],
        act=content["act"],
        doer=msgspec.convert(content["doer"], Doer),
        post=entry.post,
        answers=content["answers"],
        facts=content["facts"],
        at=entry.done_at,
        happenings=tuple(msgspec.convert(one, Happening) for one in content["happenings"]),
    )


def differences(cases: Any) -> Iterator[Difference]:
    """Replay each of ``cases`` and compare happening by happening, then with where the case says it stands."""
    for case in cases.iterator(chunk_size=200):
        entries = recorded(case)
        if entries is None:
            continue
        found = replay(definition_for(case), surroundings_of(case.outlet), entries)
        if found.difference is not None:
            yield Difference(case.number, found.difference.entry, found.difference.words)
        elif found.state != case.state:
            yield Difference(case.number, len(entries), "the case does not stand where its entries lead")
