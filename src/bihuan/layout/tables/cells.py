"""What stands in a cell, what a column is, and which text a spreadsheet program would take for a formula."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from bihuan.procedure.definition import Text

Cell = str | int | float | Decimal | bool | date | datetime | None
Kind = Literal["text", "number", "money", "date", "moment", "yes-no"]

# OWASP, CSV injection: a text beginning so is run as a formula by the programs that open it
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r]")
# XML 1.0 and PostgreSQL know none of these
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Column:
    """One column: its stable ``code``, its ``label`` for people, the kind of its cells.

    ``choices``: offered as a drop-down. ``must`` marks the label, ``note`` and ``example`` stand on a template.
    """

    code: str
    label: Text
    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    must: bool = False
    note: Text | None = None
    example: str = ""
    width: int = 0


@dataclass(frozen=True)
class Row:
    """One row with its ``number`` as a spreadsheet program counts it: the first one is 1."""

    number: int
    cells: Sequence[Cell] = field(default_factory=tuple)


def neutral(text: str) -> str:
    """``text`` as a CSV cell no program takes for a formula; ``meant`` gives the text back."""
    return f"'{text}" if _FORMULA.match(text) else text


def meant(text: str) -> str:
    """What a CSV cell says without the sign that keeps it from being a formula."""
    return text[1:] if _NEUTRALISED.match(text) else text


def writable(text: str) -> str:
    """``text`` without the control signs no file and no database can hold."""
    return _UNWRITABLE.sub("", text)
