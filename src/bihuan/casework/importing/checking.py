"""The dry run: every row read and judged, every problem kept, nothing changed but the import's own report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction

from bihuan.ground.system_user import give
from bihuan.layout.tables import Row, TableRefusal, open_table
from bihuan.procedure.definition import Text

from .kinds import KINDS
from .kinds.base import Context, ImportColumn, Kind, Options, Parsed, Problem, Unreadable
from .models import Import, ImportProblem
from .receiving import LIMITS, options_of

PIECE = 1000
MOST_PROBLEMS = 100_000
_encode = msgspec.json.Encoder().encode


class Reader:
    """Cells to values by the columns of a kind. The same text in the same column is understood once."""

    def __init__(self, kind: Kind, mapping: dict[str, str], options: Options) -> None:
        columns = {column.code: column for column in kind.columns}
        self.options = options
        self.places: list[tuple[int, ImportColumn]] = sorted(
            ((int(place), columns[code]) for place, code in mapping.items() if code in columns), key=lambda one: one[0]
        )
        self.must = [column for column in kind.columns if column.must]

    def __call__(self, row: Row) -> tuple[Parsed, list[Problem]]:
        """The row as understood, and every cell that was not."""
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        cells, count = row.cells, len(row.cells)
        for place, column in self.places:
            cell = cells[place] if place < count else None
            if cell is None or (isinstance(cell, str) and not cell.strip()):
                continue
            try:
                values[column.code] = column.parser(cell, self.options)
            except Unreadable as error:
                problems.append(Problem(row.number, error.code, error.words, column.code))
        wrong = {one.column for one in problems}
        for column in self.must:
            if column.code not in wrong and values.get(column.code) in (None, ""):
                words = Text(f"缺少{column.label.zh}", f"{column.label.en} is missing")
                problems.append(Problem(row.number, "missing", words, column.code))
        return Parsed(row.number, values), problems


def context_of(one: Import, at: datetime) -> Context:
    return Context(one.pk, one.by, at, options_of(one), one.file_name)


def body(one: Import) -> Iterator[Row]:
    """The rows under the labels."""
    rows = open_table(one.file, LIMITS).rows(one.sheet)
    next(rows, None)
    return rows


def check(one: Import, at: datetime) -> None:
    """Judge the whole file; afterwards ``one`` is checked, with its counts, its problems and the rows to carry out.

    Begun again after a break it begins at the beginning: nothing but the report was written.
    """
    ImportProblem.objects.filter(of=one).delete()
    kind = KINDS[one.kind]
    reader, checker, context = Reader(kind, one.mapping, options_of(one)), kind.checker(), context_of(one, at)
    tally = _Tally(one)
    try:
        with one.checked_rows.open("wb") as kept:
            give(one.checked_rows)
            for piece in _pieces(body(one)):
                if _cancelled(one):
                    return
                good = tally.read(reader, piece)
                for row in tally.judge(good, checker(good, context)):
                    kept.write(_encode([row.number, row.values]) + b"\n")
                tally.save_progress()
    except TableRefusal as error:
        tally.add([Problem(error.row, error.code, error.words)])
    tally.finish(at)


def _pieces(rows: Iterator[Row]) -> Iterator[list[Row]]:
    piece: list[Row] = []
    for row in rows:
        piece.append(row)
        if len(piece) == PIECE:
            yield piece
            piece = []
    if piece:
        yield piece


def _cancelled(one: Import) -> bool:
    return not Import.objects.filter(pk=one.pk, state=Import.MAPPED).exists()


class _Tally:
    """Counts rows by what will come of them, and keeps the problems."""

    def __init__(self, one: Import) -> None:
        self.one = one
        self.rows = self.errors = self.warnings = self.kept = 0
        self.fates = {"new": 0, "update": 0, "skip": 0}

    def read(self, reader: Reader, piece: Sequence[Row]) -> list[Parsed]:
        """The rows whose cells could all be understood; the problems of the others are kept."""
        good, problems = [], []
        for row in piece:
            parsed, wrong = reader(row)
            if wrong:
                problems += wrong
                self.errors += 1
            else:
                good.append(parsed)
        self.rows += len(piece)
        self.add(problems)
        return good

    def judge(self, rows: Sequence[Parsed], problems: list[Problem]) -> Iterator[Parsed]:
        """The rows that may be carried out."""
        wrong = {one.row for one in problems if one.severity == "error"}
        warned = {one.row for one in problems if one.severity == "warning"} - wrong
        self.errors += len(wrong)
        self.warnings += len(warned)
        self.add(problems)
        for row in rows:
            if row.number in wrong:
                continue
            self.fates[row.fate] += 1
            if row.fate != "skip":
                yield row

    def add(self, problems: Sequence[Problem]) -> None:
        fresh = problems[: max(MOST_PROBLEMS - self.kept, 0)]
        self.kept += len(fresh)
        ImportProblem.objects.bulk_create(
            ImportProblem(
                of=self.one, row=p.row, column=p.column, severity=p.severity, code=p.code,
                zh=p.words.zh[:300], en=p.words.say("en")[:300],
            )
            for p in fresh
        )  # fmt: skip
        if any(p.severity == "error" and not p.column and p.row == 0 for p in problems):
            self.errors += 1

    def save_progress(self) -> None:
        Import.objects.filter(pk=self.one.pk).update(progress=self.rows)

    def finish(self, at: datetime) -> None:
        """The report, unless somebody cancelled meanwhile."""
        with transaction.atomic():
            one = Import.objects.select_for_update().get(pk=self.one.pk)
            if one.state != Import.MAPPED:
                return
            one.state, one.rows, one.progress, one.position = Import.CHECKED, self.rows, self.rows, 0
            one.errors, one.warnings = self.errors, self.warnings
            one.new, one.updated, one.skipped = (self.fates[fate] for fate in ("new", "update", "skip"))
            one.phase_at = at
            one.save()
        self.one.refresh_from_db()
