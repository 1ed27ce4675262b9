"""Rows out: XLSX with real dates and numbers and text that stays text; CSV every spreadsheet program opens rightly."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from zoneinfo import ZoneInfo

from bihuan.procedure.definition import Text

from .cells import Cell, Column, neutral, writable
from .csv_in import CODES
from .errors import TableRefusal
from .xlsx_in import CODES_SHEET

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

# format -> what a browser is told it gets
FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
# a sheet has 2^20 rows, the first is the header; a cell holds no more signs than this
MOST_ROWS = 1_048_575
LONGEST = 32_767
# beyond this a number in a cell loses its last digits
DIGITS = 15
PIECE_ROWS = 500
YES, NO = Text("是", "Yes"), Text("否", "No")
_SHEET_SIGNS = str.maketrans("[]:*?/\\'", "________")
_SHOWN = {"date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss", "money": "#,##0.00", "text": "@"}
_WIDTHS = {"date": 12, "moment": 20, "money": 12, "number": 12, "yes-no": 8, "text": 20}


def write_table(
    target: Path | BinaryIO,
    form: str,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    zone: ZoneInfo,
    language: str = "zh",
) -> int:
    """Write ``rows`` as ``form`` ("xlsx" or "csv"); returns how many. Aware moments are shown in ``zone``."""
    if form == "xlsx":
        return write_xlsx(target, title, columns, rows, zone=zone, language=language)
    count = 0

    def counted() -> Iterator[Sequence[Cell]]:
        nonlocal count
        for count, row in enumerate(rows, 1):  # noqa: B007 - told at the end
            yield row

    pieces = write_csv(columns, counted(), zone=zone, language=language)
    if isinstance(target, Path):
        with target.open("wb") as file:
            file.writelines(pieces)
    else:
        for piece in pieces:
            target.write(piece)
    return count


def write_csv(
    columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, zone: ZoneInfo, language: str = "zh"
) -> Iterator[bytes]:
    """RFC 4180 in UTF-8 with a mark: labels, the line of codes, the rows; in pieces, so that nothing grows."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([neutral(one.label.say(language)) for one in columns])
    writer.writerow([f"{CODES} {columns[0].code}", *(one.code for one in columns[1:])])
    yield "\ufeff".encode()
    for count, row in enumerate(rows, 1):
        writer.writerow([_said(cell, zone, language) for cell in row])
        if count % PIECE_ROWS == 0:
            yield _taken(text)
    yield _taken(text)


def _taken(text: io.StringIO) -> bytes:
    piece = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return piece


def _said(cell: Cell, zone: ZoneInfo, language: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return (YES if cell else NO).say(language)
    if isinstance(cell, datetime):
        return _local(cell, zone).isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return neutral(writable(cell)) if isinstance(cell, str) else str(cell)


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment


def write_xlsx(
    target: Path | BinaryIO,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    zone: ZoneInfo,
    language: str = "zh",
    help_lines: Sequence[Sequence[str]] = (),
    choice_rows: int = 0,
) -> int:
    """One visible sheet ``title``, a hidden one with the columns' codes; returns how many rows were written.

    ``help_lines`` make a sheet of instructions; ``choice_rows`` rows get the columns' choices as drop-downs. Rows are
    written as they come and not kept. Raises TableRefusal for more rows than a sheet has.
    """
    import xlsxwriter  # noqa: PLC0415 - loaded when a sheet is asked for, not by every idle process

    place = str(target) if isinstance(target, Path) else target
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(place, options) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        shown = {kind: book.add_format({"num_format": form}) for kind, form in _SHOWN.items()}
        sheet = book.add_worksheet(title.translate(_SHEET_SIGNS)[:31] or "1")
        sheet.freeze_panes(1, 1)
        for place_of, column in enumerate(columns):
            width = column.width or max(_WIDTHS[column.kind], 2 * len(column.label.say(language)) + 4)
            sheet.set_column(place_of, place_of, width, shown.get(column.kind))
            sheet.write_string(0, place_of, column.label.say(language), head)
            _help(sheet, place_of, column, choice_rows, language)
        writers = [_Writer(sheet, place_of, column, shown, zone, language) for place_of, column in enumerate(columns)]
        count = 0
        for count, row in enumerate(rows, 1):
            if count > MOST_ROWS:
                words = Text(f"超过一张表的 {MOST_ROWS} 行，请用 CSV", f"More than {MOST_ROWS} rows: take CSV")
                raise TableRefusal("too-many-rows", words)
            for writer, cell in zip(writers, row, strict=True):
                writer(count, cell)
        _side_sheets(book, columns, help_lines, language)
    return count


def _help(sheet: Worksheet, place: int, column: Column, choice_rows: int, language: str) -> None:
    # a list of choices in a cell may have 255 signs
    if choice_rows and column.choices and len(",".join(column.choices)) <= 255:
        sheet.data_validation(
            1, place, choice_rows, place, {"validate": "list", "source": list(column.choices), "error_type": "warning"}
        )


def _side_sheets(book: Any, columns: Sequence[Column], help_lines: Sequence[Sequence[str]], language: str) -> None:
    if help_lines:
        sheet = book.add_worksheet("说明" if language == "zh" else "Instructions")
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 5, 36)
        for row, line in enumerate(help_lines):
            for place, words in enumerate(line):
                sheet.write_string(row, place, words)
    hidden = book.add_worksheet(CODES_SHEET)
    for place, column in enumerate(columns):
        hidden.write_string(0, place, column.code)
    hidden.hide()


class _Writer:
    """Writes the cells of one column, each as what it is; a number too long to keep its digits becomes text."""

    def __init__(
        self, sheet: Worksheet, place: int, column: Column, shown: dict[str, Any], zone: ZoneInfo, language: str
    ) -> None:
        self.sheet, self.place, self.zone, self.language = sheet, place, zone, language
        self.kind = column.kind
        self.shown = shown

    def __call__(self, row: int, cell: Cell) -> None:
        sheet, place = self.sheet, self.place
        if cell is None or cell == "":
            return
        if isinstance(cell, str):
            sheet.write_string(row, place, writable(cell)[:LONGEST], self.shown["text"])
        elif isinstance(cell, bool):
            sheet.write_string(row, place, (YES if cell else NO).say(self.language))
        elif isinstance(cell, datetime):
            self._moment(row, _local(cell, self.zone))
        elif isinstance(cell, date):
            if cell.year < 1900:
                sheet.write_string(row, place, cell.isoformat())
            else:
                sheet.write_datetime(row, place, cell, self.shown["date"])
        elif self.kind == "text" or _digits(cell) > DIGITS:
            sheet.write_string(row, place, str(cell), self.shown["text"])
        else:
            sheet.write_number(row, place, cell, self.shown.get(self.kind))

    def _moment(self, row: int, moment: datetime) -> None:
        if moment.year < 1900:
            self.sheet.write_string(row, self.place, moment.isoformat(" ", "seconds"))
        else:
            self.sheet.write_datetime(row, self.place, moment, self.shown["moment"])


def _digits(number: int | float | Decimal) -> int:
    if isinstance(number, float):
        return 0
    return len(Decimal(number).as_tuple().digits)
