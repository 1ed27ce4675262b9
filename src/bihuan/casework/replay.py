"""Every case replayed from its own entries: what the book says happened must happen again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

import msgspec
from django.db import DatabaseError

from bihuan.journal import queries as journal
from bihuan.procedure.calendars import Calendar
from bihuan.procedure.definition import Text
from bihuan.procedure.replay import Recorded, replay_state
from bihuan.procedure.state import Doer, Happening
from bihuan.registers.calendars import queries as calendars

from .definitions import began_under, versions_of
from .models import Case

CHUNK = 200
"""Cases read together, with their entries in one question more."""
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
    return _recorded(journal.entries_about("case", case.pk))


def _recorded(entries: Iterable[Any]) -> list[Recorded] | None:
    found = []
    for entry in entries:
        content = entry.content
        if content is None:
            return None
        found.append(recorded_entry(entry, content))
    return found


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


def differences(cases: Any, progress: Callable[[int], None] | None = None) -> Iterator[Difference]:
    """Replay each of ``cases`` and compare happening by happening, then with where the case says it stands.

    A record that was tampered with may not even be readable: that is a difference too, never an error. ``progress``
    is told how many cases were replayed so far.
    """
    # what is in a calendar never changes, so each is looked up once and not for every entry
    calendar = lru_cache(maxsize=None)(calendars.calendar_of)
    done = 0
    for chunk in _chunks(cases.defer("state").iterator(chunk_size=CHUNK)):
        _read_states(chunk)
        told = journal.entries_about_many("case", [case.pk for case in chunk])
        for case in chunk:
            try:
                difference = _difference(case, told[str(case.pk)], calendar)
            except DatabaseError:
                raise
            except Exception:
                difference = Difference(case.number, 0, UNREADABLE)
            if difference is not None:
                yield difference
        done += len(chunk)
        if progress is not None:
            progress(done)


def _chunks(cases: Iterator[Case]) -> Iterator[list[Case]]:
    while chunk := list(islice(cases, CHUNK)):
        yield chunk


def _read_states(chunk: list[Case]) -> None:
    """Where all of them stand, in one question; where one cannot be read any more, each is asked for when it is due."""
    try:
        states = dict(Case.objects.filter(pk__in=[case.pk for case in chunk]).values_list("pk", "state"))
    except DatabaseError:
        raise
    except Exception:
        return
    for case in chunk:
        case.state = states[case.pk]


def _difference(case: Case, told: list[Any], calendar: Callable[[str], Calendar]) -> Difference | None:
    entries = _recorded(told)
    if entries is None:
        return None
    found, state = replay_state(began_under(case, entries), calendar, entries, versions_of(case))
    if found is not None:
        return Difference(case.number, found.entry, found.words)
    return None if state == case.state else Difference(case.number, len(entries), ELSEWHERE)
