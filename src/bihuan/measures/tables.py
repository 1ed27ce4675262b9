"""A report as one flat table: every number a line, with the address of the cases behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bihuan.layout.tables import Cell as TableCell
from bihuan.layout.tables import Column
from bihuan.procedure.definition import Text

from .reports import Asked, Cell, Report, report

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


def flat(asked: Asked, site: str) -> tuple[list[Sequence[TableCell]], Sequence[Column], str]:
    """The lines, their columns and the name of the file. ``site``: scheme and host the addresses begin with."""
    found = report(asked)
    return list(_lines(found, site)), COLUMNS, f"{found.title} {asked.period.key}"


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
