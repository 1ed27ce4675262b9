"""Workbooks in. What a packed file would become in memory is judged before anything is unpacked into cells."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from bihuan.procedure.definition import Text

from .cells import Cell, Row
from .errors import TableRefusal

if TYPE_CHECKING:
    from .reading import Limits

CODES_SHEET = "codes"
HELP_SHEETS = frozenset({"说明", "Instructions"})
TIGHTEST = 1000
PIECE = 1024 * 1024
_PLACE = re.compile(rb'<c [^>]*?r="([A-Z]{1,7})(\d{1,10})"')
_NOT_A_TABLE = Text("不是表格文件（XLSX 或 CSV）", "This is no table (XLSX or CSV)")


def sheets(path: Path, limits: Limits) -> tuple[str, ...]:
    """The names of the sheets somebody can see. Raises TableRefusal for what is no workbook or would swell up."""
    _judge(path, limits)
    shown = [
        one.name
        for one in _opened(path).sheets_metadata
        if one.visible == SheetVisibleEnum.Visible and one.name not in HELP_SHEETS
    ]
    if not shown:
        raise TableRefusal("empty", Text("工作簿里没有可见的工作表", "The workbook has no visible sheet"))
    return tuple(shown)


def rows(path: Path, sheet: str, limits: Limits) -> Iterator[Row]:
    """The rows of one sheet that are not empty, numbered as the sheet numbers them."""
    book = _opened(path)
    if sheet not in book.sheet_names:
        raise TableRefusal("no-such-sheet", Text(f"没有工作表“{sheet}”", f"There is no sheet “{sheet}”"))
    try:
        page = book.get_sheet_by_name(sheet)
        # columns left of the first filled one are not handed out
        left = (page.start or (0, 0))[1]
        for number, cells in enumerate(page.iter_rows(), 1):
            if number > limits.rows:
                words = Text(f"超过 {limits.rows} 行", f"More than {limits.rows} rows")
                raise TableRefusal("too-many-rows", words, number)
            if any(cell != "" for cell in cells):
                yield Row(number, (None,) * left + tuple(_cell(cell) for cell in cells))
    except CalamineError as error:
        raise TableRefusal("not-a-table", _NOT_A_TABLE) from error


def codes(path: Path) -> tuple[str, ...]:
    """The stable codes on the hidden sheet of a workbook we wrote, else ()."""
    book = _opened(path)
    if CODES_SHEET not in book.sheet_names:
        return ()
    first = next(iter(book.get_sheet_by_name(CODES_SHEET).iter_rows()), [])
    return tuple(str(cell) for cell in first)


def _opened(path: Path) -> Any:
    try:
        return CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError) as error:
        raise TableRefusal("not-a-table", _NOT_A_TABLE) from error


def _judge(path: Path, limits: Limits) -> None:
    """Refuse what unpacks to too much, and sheets whose far corner would make the reader take all memory."""
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            whole = sum(part.file_size for part in parts)
            tight = any(part.file_size > PIECE and part.file_size > TIGHTEST * part.compress_size for part in parts)
            if whole > limits.unpacked_bytes or tight:
                words = Text("压缩包展开后过大，不予读取", "The packed file would become too large")
                raise TableRefusal("packed-too-tight", words)
            for part in parts:
                if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                    with packed.open(part) as stream:
                        _corner(stream, limits, part.file_size)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise TableRefusal("not-a-table", _NOT_A_TABLE) from error


def _corner(stream: IO[bytes], limits: Limits, told: int) -> None:
    columns, last, rest, read = 0, 0, b"", 0
    known: dict[bytes, int] = {}
    while piece := stream.read(PIECE):
        read += len(piece)
        if read > told:
            raise TableRefusal("packed-too-tight", Text("压缩包与目录不符", "The packed file is not what it says"))
        text = rest + piece
        for letters, digits in _PLACE.findall(text):
            column = known.get(letters)
            if column is None:
                column = known[letters] = _column(letters)
                columns = max(columns, column)
            last = max(last, int(digits))
        rest = text[-200:]
        if columns > limits.columns:
            words = Text(f"超过 {limits.columns} 列", f"More than {limits.columns} columns")
            raise TableRefusal("too-many-columns", words)
        if last > limits.rows or columns * last > limits.cells:
            raise TableRefusal("too-many-rows", Text(f"超过 {limits.rows} 行", f"More than {limits.rows} rows"), last)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _cell(value: Any) -> Cell:
    if value == "":
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date()
    return value
