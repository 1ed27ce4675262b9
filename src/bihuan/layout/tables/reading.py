"""A file somebody handed in, as sheets of rows. What it is is told by its first bytes, never by its name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bihuan.procedure.definition import Text

from .cells import Row
from .errors import TableRefusal

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What is taken at most: bytes of the file, of what it unpacks to, rows and columns of a sheet, cells in all."""

    file_bytes: int = 64 * MEBIBYTE
    unpacked_bytes: int = 768 * MEBIBYTE
    rows: int = 250_000
    columns: int = 256
    cells: int = 10_000_000


@dataclass(frozen=True)
class Table:
    """A file that can be read. ``sheets`` by name (a CSV file has one, ""); ``codes`` by column where it names them.

    ``encoding`` and ``separator`` are those of a CSV file, "" for a workbook.
    """

    path: Path
    sheets: tuple[str, ...]
    encoding: str = ""
    separator: str = ""
    limits: Limits = Limits()

    def rows(self, sheet: str = "") -> Iterator[Row]:
        """Every row that is not empty, header included, with its number. Raises TableRefusal while being read."""
        from . import csv_in, xlsx_in  # noqa: PLC0415 - they read Limits from here

        if self.encoding:
            return csv_in.rows(self.path, self.encoding, self.separator, self.limits)
        return xlsx_in.rows(self.path, sheet or self.sheets[0], self.limits)

    def codes(self) -> tuple[str, ...]:
        """The stable codes of the columns where the file carries them, else ()."""
        from . import csv_in, xlsx_in  # noqa: PLC0415

        if self.encoding:
            return csv_in.codes(self.path, self.encoding, self.separator)
        return xlsx_in.codes(self.path)


def open_table(path: Path, limits: Limits | None = None) -> Table:
    """What ``path`` is and how it is read. Raises TableRefusal for what is no table or larger than ``limits``."""
    from . import csv_in, xlsx_in  # noqa: PLC0415

    limits = limits or Limits()
    size = path.stat().st_size
    if size > limits.file_bytes:
        most = limits.file_bytes // MEBIBYTE
        raise TableRefusal("too-large", Text(f"文件超过 {most} MB", f"The file is larger than {most} MB"))
    if not size:
        raise TableRefusal("empty", Text("文件是空的", "The file is empty"))
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"PK"):
        return Table(path, xlsx_in.sheets(path, limits), limits=limits)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        words = Text(
            "这是旧的 .xls 或加密文件，请另存为不加密的 .xlsx", "An old .xls or a locked file: save it as plain .xlsx"
        )
        raise TableRefusal("old-format", words)
    encoding = csv_in.encoding_of(path)
    return Table(path, ("",), encoding, csv_in.separator_of(path, encoding), limits)
