"""XLSX and DOCX are zip files: opened only as far as it takes to know what they are and that they are no bomb."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from bihuan.procedure.definition import Text

from .errors import WrongKind

MOST_ENTRIES = 2_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 200
"""Unpacked to packed, of the whole; honest workbooks stay below 50."""
RATIO_FROM = 4 * 1024 * 1024
STEP = 256 * 1024

BOMB = Text("压缩内容异常大，没有保存", "What is packed inside is abnormally large; it was not kept")
BROKEN = Text("文件已损坏，打不开", "The file is damaged and cannot be opened")
MACROS = Text("带宏的文件不能接受", "Files with macros are not taken")
LOCKED = Text("加了密码的文件不能接受", "Files with a password are not taken")


def office_kind(path: Path) -> str:
    """ "xlsx" or "docx"; every entry is unpacked once, into nothing, counting. Raises WrongKind."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _count(entries, path.stat().st_size)
            _unpack(archive, entries)
            return _kind({entry.filename for entry in entries})
    except WrongKind:
        raise
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise WrongKind(BROKEN) from error


def _count(entries: list[zipfile.ZipInfo], packed: int) -> None:
    """What the directory of the archive claims; ``_unpack`` holds it to that."""
    if any(entry.flag_bits & 1 for entry in entries):
        raise WrongKind(LOCKED)
    claimed = sum(entry.file_size for entry in entries)
    too_steep = claimed > RATIO_FROM and claimed > packed * MOST_RATIO
    if len(entries) > MOST_ENTRIES or claimed > MOST_UNPACKED or too_steep:
        raise WrongKind(BOMB)


def _unpack(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    unpacked = 0
    for entry in entries:
        with archive.open(entry) as opened:
            while piece := opened.read(STEP):
                unpacked += len(piece)
                if unpacked > MOST_UNPACKED:
                    raise WrongKind(BOMB)


def _kind(names: set[str]) -> str:
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise WrongKind(MACROS)
    if "[Content_Types].xml" in names:
        if "xl/workbook.xml" in names:
            return "xlsx"
        if "word/document.xml" in names:
            return "docx"
    raise WrongKind
