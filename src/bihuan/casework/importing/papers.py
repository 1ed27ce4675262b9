"""Papers of an import: the template to fill in, and the rejected rows with the reason beside them."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from bihuan.layout.tables import Cell, Column, open_table, write_xlsx
from bihuan.procedure.definition import Text

from .kinds.base import ImportColumn, Kind
from .models import Import
from .receiving import LIMITS, header, labels_of

REASON = Column("reason", Text("错误说明", "What is wrong"), width=48)
ROW = Column("row", Text("原行号", "Row"), "number", width=8)
CHOICE_ROWS = 2000
_HELP = {
    "zh": ("列", "必填", "说明", "示例", "也认得这些列名"),
    "en": ("Column", "Required", "Kind", "Example", "Also known as"),
}
_KINDS = {
    "text": Text("文字", "text"), "number": Text("数字", "number"),
    "money": Text("金额，两位小数", "amount, two decimals"),
    "date": Text("日期，如 2026-03-02", "day such as 2026-03-02"),
    "moment": Text("日期和时间，如 2026-03-02 14:30", "day and time such as 2026-03-02 14:30"),
}  # fmt: skip


def template(kind: Kind, language: str, zone: ZoneInfo) -> bytes:
    """An empty sheet with the labels, one example row, drop-downs and a sheet of instructions."""
    columns = [_column(one) for one in kind.columns]
    example = [one.example for one in kind.columns]
    place = 0 if language == "zh" else 1
    head = Text("带 * 的列必填；示例行可以删掉。", "Columns with * are required; the example row may be deleted.")
    lines: list[Sequence[str]] = [(kind.title.say(language),), (head.say(language),), (), _HELP[language]]
    lines += [
        (
            one.label.say(language),
            ("是", "yes")[place] if one.must else "",
            " / ".join(one.choices) or _KINDS[one.shown_as].say(language),
            one.example,
            "、".join(one.aliases),
        )
        for one in kind.columns
    ]
    target = io.BytesIO()
    write_xlsx(
        target, kind.title.say(language), columns, [example], zone=zone, language=language, help_lines=lines,
        choice_rows=CHOICE_ROWS,
    )  # fmt: skip
    return target.getvalue()


def _column(one: ImportColumn) -> Column:
    star = " *" if one.must else ""
    label = Text(f"{one.label.zh}{star}", f"{one.label.say('en')}{star}")
    shown = one.shown_as if one.shown_as in {"date", "moment", "money"} else "text"
    return Column(one.code, label, shown, one.choices, one.must)  # type: ignore[arg-type]  # one of the kinds above


def rejected(one: Import, language: str) -> tuple[list[Column], Iterator[Sequence[Cell]]]:
    """The rows with errors as they stood in the file, each with its number and everything that is wrong with it."""
    table = open_table(one.file, LIMITS)
    labels = labels_of(header(table, one.sheet))
    codes = {int(place): code for place, code in one.mapping.items()}
    columns = [
        Column(codes.get(place, f"column-{place + 1}"), Text(label or f"{place + 1}", label or f"{place + 1}"))
        for place, label in enumerate(labels)
    ]
    reasons: dict[int, list[str]] = defaultdict(list)
    problems = one.problems.filter(severity="error").order_by("row", "id")
    for row, zh, en in problems.values_list("row", "zh", "en").iterator():
        reasons[row].append(zh if language == "zh" else en)

    def rows() -> Iterator[Sequence[Cell]]:
        for row in table.rows(one.sheet):
            if row.number in reasons:
                cells = [*row.cells[: len(labels)], *[None] * (len(labels) - len(row.cells))]
                yield (*cells, row.number, "；".join(reasons[row.number]))

    return [*columns, ROW, REASON], rows()
