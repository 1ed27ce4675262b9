"""A report as one flat table: every number a line, with the address of the cases behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from bihuan.layout.tables import Cell as TableCell
from bihuan.layout.tables import Column
from bihuan.procedure.definition import Text

from .behind import SATISFACTION, titles
from .reports import Asked, Cell, Report, report
from .trends import trend

COLUMNS = (
    Column("table", Text("表", "Table"), width=26),
    Column("row", Text("项目", "Row"), width=36),
    Column("figure", Text("数字", "Figure"), width=16),
    Column("count", Text("本期", "This period"), "number"),
    Column("before", Text("上期", "The one before"), "number"),
    Column("share", Text("按时率", "On time"), width=10),
    Column("rule", Text("计法", "What is counted"), width=60),
    Column("cases", Text("事项列表", "The cases"), width=60),
)


TREND_COLUMNS = (
    Column("customer", Text("客户", "Customer"), width=30),
    Column("month", Text("月份", "Month"), width=10),
    Column("answers", Text("份数", "Answers"), "number"),
    Column("content", Text("满意", "Content"), "number"),
    Column("mean", Text("平均分", "Mean"), "number"),
    Column("share", Text("满意率", "Share"), width=10),
    Column("cases", Text("事项列表", "The cases"), width=60),
)
Flat = tuple[list[Sequence[TableCell]], Sequence[Column], str]


def flat(name: str, asked: Asked, site: str) -> Flat:
    """The lines, their columns and the name of the file. ``site``: scheme and host the addresses begin with."""
    if name == SATISFACTION:
        return _trend_lines(asked, site), TREND_COLUMNS, f"{titles()[name]} {asked.period.key}"
    found = report(asked)
    return list(_lines(found, site)), COLUMNS, f"{found.title} {asked.period.key}"


def _trend_lines(asked: Asked, site: str) -> list[Sequence[TableCell]]:
    """A month without answers has its line, with nothing where a mean would stand."""
    found = trend(asked)
    return [
        (row.label, month, cell.count, cell.content, Decimal(cell.mean) if cell.mean else None, cell.share,
         f"{site}{cell.address}" if cell.address else "")
        for row in found.rows for month, cell in zip(found.months, row.cells, strict=True)
    ]  # fmt: skip


def _lines(found: Report, site: str) -> Iterator[Sequence[TableCell]]:
    for _column, cell, label in found.totals:
        yield _line(found.title, "", label, cell, "", "", site)
    for table in found.tables:
        for row in table.rows:
            for label, cell in zip(table.columns, row.cells, strict=True):
                yield _line(table.title, row.label, label, cell, row.share, table.rule, site)


def _line(table: str, row: str, label: str, cell: Cell, share: str, rule: str, site: str) -> Sequence[TableCell]:
    address = f"{site}{cell.address}" if cell.address else ""
    return (table, row, label, cell.count, cell.before, share, rule, address)
