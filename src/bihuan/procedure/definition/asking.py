"""Forms, their questions, how long their records are kept."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from .conditions import Condition
from .words import Origin, Text

FieldKind = Literal[
    "text", "long-text", "number", "money", "date", "moment", "yes-no", "choice", "file", "signature", "person",
    "post", "place", "product", "part", "step", "case", "contact", "device", "fault", "address", "wish", "urgency",
    "region", "phone", "carrier", "skill", "customer", "rate",
]  # fmt: skip


class Choice(Struct, frozen=True):
    name: str
    label: Text


class Field(Struct, frozen=True):
    """One question. ``must`` holds the condition under which it has to be answered (``((),)`` = always)."""

    name: str
    ask: Text
    kind: FieldKind
    origin: Origin
    choices: tuple[Choice, ...] = ()
    must: Condition | None = None
    several: bool = False
    least: int = 0
    again: str = ""
    at_least: float | None = None
    at_most: float | None = None
    default: Any = None
    help: Text | None = None


class Lines(Struct, frozen=True):
    """A table on a form. ``per`` names the list it must follow line by line."""

    name: str
    ask: Text
    fields: dict[str, Field]
    origin: Origin
    least: int = 0
    per: str = ""


class KeepTerm(Struct, frozen=True):
    time: str
    condition: Condition = ()


class Keep(Struct, frozen=True):
    """How long a record is kept: ``terms`` in order, ``never`` for "not", ``longest`` for the longest of the case."""

    terms: tuple[KeepTerm, ...]
    origin: Origin
    start: str = "closed"
    by: str = ""
    never: bool = False
    longest: bool = False


class Form(Struct, frozen=True):
    name: str
    title: Text
    origin: Origin
    fields: dict[str, Field]
    lines: dict[str, Lines]
    number: str = ""
    copies: dict[str, Text] = {}
    copy_holders: dict[str, str] = {}
    keep: Keep | None = None
    seen_by: tuple[str, ...] = ()
    seen_until: str = ""
