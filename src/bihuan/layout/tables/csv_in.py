"""Separated text in: encoding and separator recognised, records streamed."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from bihuan.procedure.definition import Text

from .cells import Row, meant
from .errors import TableRefusal

if TYPE_CHECKING:
    from .reading import Limits

CODES = "#codes"
SEPARATORS = ",;\t|"
PIECE = 1024 * 1024
LOOKED_AT = 20
# signs no text has: read in the wrong encoding, bytes show as these
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffe\uffff]")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def encoding_of(path: Path) -> str:
    """The encoding the whole file can be read in: its mark, UTF-8, UTF-16 without a mark, else GB18030.

    Raises TableRefusal where none fits: bytes that are no text at all.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    tried = [name for mark, name in _MARKS if head.startswith(mark)] or [*_without_mark(head), "utf-8", "gb18030"]
    for name in tried:
        if _reads(path, name):
            return name
    raise TableRefusal(
        "encoding",
        Text("认不出文字编码；请存为 UTF-8 或 XLSX", "The encoding is not known; save it as UTF-8 or XLSX"),
    )


def _without_mark(head: bytes) -> list[str]:
    """UTF-16 shows by its zero bytes: separators, digits and line ends are every second byte."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 50 < len(head):
        return []
    return ["utf-16-le" if odd > even else "utf-16-be"]


def _reads(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                if _NO_TEXT.search(decoder.decode(piece)):
                    return False
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def separator_of(path: Path, encoding: str) -> str:
    """The sign that cuts the first records into the same number of cells, the more cells the better."""
    best, found = (0, 0), ","
    for separator in SEPARATORS:
        counts = [len(record) for record in islice(_records(path, encoding, separator), LOOKED_AT)]
        # how many cells the header has, and how many records agree with it
        worth = (counts[0], counts.count(counts[0])) if counts and counts[0] > 1 else (0, 0)
        if worth > best:
            best, found = worth, separator
    return found


def rows(path: Path, encoding: str, separator: str, limits: Limits) -> Iterator[Row]:
    """The records with their numbers, without those that are empty and the line of codes."""
    for number, record in enumerate(_records(path, encoding, separator), 1):
        if number > limits.rows:
            raise TableRefusal("too-many-rows", Text(f"超过 {limits.rows} 行", f"More than {limits.rows} rows"), number)
        if len(record) > limits.columns:
            words = Text(f"超过 {limits.columns} 列", f"More than {limits.columns} columns")
            raise TableRefusal("too-many-columns", words, number)
        if not any(record) or is_codes(record):
            continue
        yield Row(number, tuple(meant(cell) for cell in record))


def codes(path: Path, encoding: str, separator: str) -> tuple[str, ...]:
    """What the line of codes says, one of the first two records; else ()."""
    for record in islice(_records(path, encoding, separator), 2):
        if is_codes(record):
            return (record[0].removeprefix(CODES).strip(), *record[1:])
    return ()


def is_codes(record: list[str]) -> bool:
    """Whether this record names the columns' codes: its first cell begins with ``#codes``."""
    return bool(record) and record[0].startswith(f"{CODES} ")


def _records(path: Path, encoding: str, separator: str) -> Iterator[list[str]]:
    count = 0
    with path.open(encoding=encoding, newline="") as text:
        try:
            for count, record in enumerate(csv.reader(text, delimiter=separator), 1):  # noqa: B007 - told when it fails
                yield record
        except csv.Error as error:
            words = Text(f"第 {count + 1} 行读不出来", f"Row {count + 1} cannot be read")
            raise TableRefusal("row-unreadable", words, count + 1) from error
