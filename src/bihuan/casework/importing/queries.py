"""What is shown of imports: one's own, everybody's to administrators."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from bihuan.people import access
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from .kinds import KINDS
from .models import Import

ROWS_NAMED = 12
CAUSES = 200


def visible_to(person: Person) -> QuerySet[Import]:
    """The imports this person may see: those handed in by themselves, all of them for administrators."""
    found = Import.objects.select_related("by").order_by("-id")
    return found if access.may_manage_people(person) else found.filter(by=person)


@dataclass
class Cause:
    """One thing wrong with many rows: the words, how many rows, the first of them."""

    severity: str
    code: str
    column: str
    label: Text
    words: Text
    count: int = 0
    rows: list[int] = field(default_factory=list)


def causes(one: Import) -> list[Cause]:
    """The problems grouped by what caused them: errors first, the most frequent first, rows in their order."""
    labels = {column.code: column.label for column in KINDS[one.kind].columns}
    found: dict[tuple[str, ...], Cause] = {}
    counts: dict[tuple[str, ...], int] = defaultdict(int)
    for row, column, severity, code, zh, en in (
        one.problems.order_by("row", "id").values_list("row", "column", "severity", "code", "zh", "en").iterator()
    ):
        key = (severity, column, code, zh)
        counts[key] += 1
        if key not in found:
            found[key] = Cause(severity, code, column, labels.get(column, Text("", "")), Text(zh, en))
        if len(found[key].rows) < ROWS_NAMED:
            found[key].rows.append(row)
    for key, cause in found.items():
        cause.count = counts[key]
    order = {"error": 0, "warning": 1, "skip": 2}
    return sorted(found.values(), key=lambda one: (order[one.severity], -one.count, one.rows[0]))[:CAUSES]


def report(one: Import) -> dict[str, Any]:
    """The import as data: for the command line and for whoever asks by program."""
    return {
        "id": str(one.pk),
        "kind": one.kind,
        "file": one.file_name,
        "sha256": one.sha256,
        "state": one.state,
        "rows": one.rows,
        "done": one.progress,
        "new": one.new,
        "updated": one.updated,
        "skipped": one.skipped,
        "errors": one.errors,
        "warnings": one.warnings,
        "words": {"zh": one.words_zh, "en": one.words_en} if one.words_zh else None,
        "problems": [
            {
                "severity": cause.severity,
                "code": cause.code,
                "column": cause.column,
                "zh": cause.words.zh,
                "en": cause.words.say("en"),
                "count": cause.count,
                "rows": cause.rows,
            }
            for cause in causes(one)
        ],
    }


@dataclass(frozen=True)
class Pace:
    """How an import goes: rows a second, and how many seconds are left; None while too early to say."""

    per_second: int | None
    seconds_left: int | None


def pace(one: Import, at: datetime) -> Pace:
    """From five seconds on; before that nobody can tell."""
    if one.phase_at is None or one.state != Import.RUNNING:
        return Pace(None, None)
    seconds = (at - one.phase_at).total_seconds()
    if seconds < 5 or not one.progress:
        return Pace(None, None)
    rate = one.progress / seconds
    return Pace(int(rate), int(max(total(one) - one.progress, 0) / rate))


def total(one: Import) -> int:
    """How many rows are to be carried out."""
    return max(one.rows - one.errors - one.skipped, one.progress)
