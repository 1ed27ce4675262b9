"""Every case replayed from its own entries: what the book says happened must happen again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from django.db import DatabaseError

from bihuan.journal import queries as journal
from bihuan.procedure.calendars import Calendar
from bihuan.procedure.definition import Text
from bihuan.procedure.replay import Recorded, replay_state
from bihuan.procedure.state import Doer, Happening
from bihuan.registers.calendars import queries as calendars

from .definitions import definition_for
from .models import Case

UNREADABLE = Text("事项或其记录已无法读取、无法重放", "The case or its entries can no longer be read and replayed")
ELSEWHERE = Text("事项不在其记录所指的位置", "The case does not stand where its entries lead")


@dataclass(frozen=True)
class Difference:
    """Where a case and its entries part: the case, the entry's place in the case's history, what differs."""

    number: str
    entry: int
    words: Text


def recorded(case: Case) -> list[Recorded] | None:
    """The case's entries as the engine can replay them; None when content was disposed of."""
    entries = []
    for entry in journal.entries_about("case", case.pk):
        content = entry.content
        if content is None:
            return None
        entries.append(recorded_entry(entry, content))
    return entries


def recorded_entry(entry: Any, content: dict[str, Any]) -> Recorded:
    """One entry of a case as the engine can replay it."""
    return Recorded(
        kind=content["kind"],
        act=content["act"],
        doer=msgspec.convert(content["doer"], Doer),
        post=entry.post,
        answers=content["answers"],
        facts=content["facts"],
        at=entry.done_at,
        happenings=tuple(msgspec.convert(one, Happening) for one in content["happenings"]),
        calendar=content["calendar"],
        places=tuple(content["places"]),
    )


def differences(cases: Any) -> Iterator[Difference]:
    """Replay each of ``cases`` and compare happening by happening, then with where the case says it stands.

    A record that was tampered with may not even be readable: that is a difference too, never an error.
    """
    # what is in a calendar never changes, so each is looked up once and not for every entry
    calendar = lru_cache(maxsize=None)(calendars.calendar_of)
    for case in cases.defer("state").iterator(chunk_size=200):
        try:
            difference = _difference(case, calendar)
        except DatabaseError:
            raise
        except Exception:
            difference = Difference(case.number, 0, UNREADABLE)
        if difference is not None:
            yield difference


def _difference(case: Case, calendar: Callable[[str], Calendar]) -> Difference | None:
    entries = recorded(case)
    if entries is None:
        return None
    found, state = replay_state(definition_for(case), calendar, entries)
    if found is not None:
        return Difference(case.number, found.entry, found.words)
    return None if state == case.state else Difference(case.number, len(entries), ELSEWHERE)
