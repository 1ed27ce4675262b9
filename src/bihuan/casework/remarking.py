"""What cases are found by made anew from what they say now: for houses in which corrected values still marked them."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from . import rows
from .definitions import definition_for
from .linking import LINK
from .marks import Told, told_by
from .models import Case, Mark

CHUNK = 200


def renew(progress: Callable[[int], None] | None = None) -> int:
    """Let every case be found by what it says now and nothing else; returns how many were changed.

    A restricted case is found by nothing and stays so. Chunk by chunk, each in a transaction of its own.
    """
    changed = done = 0
    last: UUID | None = None
    while chunk := _next(last):
        with transaction.atomic():
            changed += _renewed(chunk)
        last = chunk[-1]
        done += len(chunk)
        if progress is not None:
            progress(done)
    return changed


def _next(last: UUID | None) -> list[UUID]:
    cases = Case.objects.order_by("pk") if last is None else Case.objects.order_by("pk").filter(pk__gt=last)
    return list(cases.values_list("pk", flat=True)[:CHUNK])


def _renewed(chunk: list[UUID]) -> int:
    had: dict[UUID, set[Told]] = {}
    cases = list(Case.objects.select_for_update().filter(pk__in=chunk, restricted=False).order_by("pk"))
    marks = Mark.objects.filter(case__in=[one.pk for one in cases]).exclude(kind=LINK)
    for case, kind, value, posts in marks.values_list("case_id", "kind", "value", "posts"):
        had.setdefault(case, set()).add(Told(kind, value, tuple(sorted(posts))))
    changes, count = [], 0
    for case in cases:
        told = told_by(definition_for(case), case.state)
        if set(told) == had.get(case.pk, set()):
            continue
        count += 1
        changes += [
            rows.unmarking(case, told),
            *([rows.marking(case, told)] if told else []),
            rows.indexing(case, told),
        ]
    rows.carry_out(changes)
    return count
