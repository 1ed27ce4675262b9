"""How fast the clock acts: due cases swept through casework, each missing a promise and laying its letter."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bihuan.casework import actions as casework
from bihuan.casework.models import Case
from bihuan.ground.words import Trouble

from .acting import Stage
from .figures import Figure, Measured, at_least
from .story import do

CASES, QUICK_CASES = 100_000, 4_000
BATCH = 500
ROUND = 200
LONGEST = 100.0

HOW = """{count:,} copies of one case that was really opened at one outlet, with the entry of its opening, all past
their first promise. `casework.actions.sweep` is called as the worker calls it, {round} cases a round, one process,
until none is left (or for {longest:.0f} s): every case gets the broken promise marked, its next moment set, one entry
in the one chain and the letters its clause asks for ({letters:.1f} a case)."""

_COPY = """INSERT INTO casework_case (id, number, kind, version_id, step, stage, outlet, title, revision, work_order,
        opened_at, ended_at, due_at, promised_at, parent_id, "group", state)
    SELECT gen_random_uuid(), %(prefix)s || n, kind, version_id, step, stage, outlet, title, revision, work_order,
        opened_at, ended_at, due_at, promised_at, parent_id, "group", state
    FROM casework_case, generate_series(%(first)s::int, %(last)s::int) n WHERE number = %(number)s
    RETURNING id, number"""
_ENTRY = """SELECT count(w.o_seq) FROM casework_case k
    JOIN journal_entry e ON e.about_number = %(number)s
    JOIN journal_content c ON c.entry_id = e.id,
    LATERAL journal_append(gen_random_uuid(), e.chain, NULL, e.about_kind, k.id::text, k.number, e.verb, e.doer_kind,
        e.doer, e.post, e.instead_of, e.done_at, e.recorded_at, e.document, e.version, e.clause, e.content_digest,
        e.body_digest, e.content_digest, c.salt, c.text) w
    WHERE k.number = ANY (%(numbers)s)"""


def sweep(stage: Stage, quick: bool, say: Callable[[str], None]) -> Measured:
    """Cases swept a second."""
    count = QUICK_CASES if quick else CASES
    now = timezone.now()
    while casework.sweep(now, ROUND).ticked == ROUND:
        pass  # what the demonstration left due is not counted
    say(f"{count} …")
    _copies(stage, count, now)
    letters = _count("journal_letter")
    say("sweep …")
    done, begun = 0, time.perf_counter()
    while (passed := time.perf_counter() - begun) < LONGEST:
        ticked = casework.sweep(now, ROUND).ticked
        done += ticked
        if ticked < ROUND:
            break
    passed = time.perf_counter() - begun
    how = HOW.format(count=count, round=ROUND, longest=LONGEST, letters=(_count("journal_letter") - letters) / done)
    figures = (
        at_least("due cases swept", done / passed, "cases/s", 2_000),
        Figure(f"the whole of {done:,}", passed, "s"),
    )
    return Measured("sweep", "The sweep", " ".join(how.split()), figures)


def _copies(stage: Stage, count: int, now: datetime) -> None:
    """Open one case long enough ago, and copy it."""
    story = stage.story
    line = story.lines[0]
    number = do(story.kind, line, story.casts[0], "", now - timedelta(days=5), now)
    case = Case.objects.get(number=number)
    if case.due_at is None or case.due_at > now:
        raise Trouble("开立的事项没有时限可超", "The opened case has no promise to break")
    with connection.cursor() as cursor:
        for first in range(1, count + 1, BATCH):
            values: dict[str, Any] = {"prefix": "W", "first": first, "last": min(first + BATCH - 1, count)}
            with transaction.atomic():
                cursor.execute(_COPY, {**values, "number": number})
                numbers = [row[1] for row in cursor.fetchall()]
                cursor.execute(_ENTRY, {"number": number, "numbers": numbers})


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own table
        return int(cursor.fetchone()[0])
