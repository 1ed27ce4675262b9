"""Plain data the components draw. The rooms above fill them; nothing here knows what they mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bihuan.procedure.definition import Text

Words = str | Text


@dataclass
class MenuEntry:
    """One entry of the left menu. ``count`` only where a count calls for action (None = no badge)."""

    label: Words
    address: str
    icon: str = "circle"
    count: int | None = None
    current: bool = False


@dataclass(frozen=True)
class Crumb:
    """One step of the way here; the last one has no address."""

    label: Words
    address: str = ""


ChipState = Literal["on_time", "at_risk", "overdue", "paused", "met", "missed", "void", "none"]


@dataclass(frozen=True)
class Chip:
    """A promise as drawn.

    ``seconds`` is the *counted* time left (negative once over; for ``missed`` how much over it ended).
    ``counting`` is false while the clock stands (night, holiday, pause): the page then does not tick.
    ``address`` leads to the counted spans, ``refresh`` (optional) to this chip drawn anew at ``next_change``.
    """

    state: ChipState
    title: Words = ""
    seconds: int = 0
    due: datetime | None = None
    counting: bool = True
    next_change: datetime | None = None
    address: str = ""
    refresh: str = ""
    clause: str = ""
    provisional: bool = False


@dataclass(frozen=True)
class StageMark:
    """One mark of the stage line."""

    label: Words
    state: Literal["done", "current", "ahead"] = "ahead"
    at: datetime | None = None


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened. ``lines`` are (label, value) pairs or plain words shown under it."""

    at: datetime
    title: Words
    who: Words = ""
    clause: str = ""
    clause_address: str = ""
    lines: tuple[tuple[Words, Words] | Words, ...] = ()
    tone: Literal["plain", "good", "bad", "quiet"] = "plain"
    address: str = ""


@dataclass(frozen=True)
class Column:
    """One column of a table. ``sort`` is the address that sorts by it."""

    label: Words
    numeric: bool = False
    sort: str = ""
    sorted: Literal["", "ascending", "descending"] = ""


@dataclass(frozen=True)
class Pager:
    """Keyset pager: addresses of the neighbours ("" = none) and the count, exact to 999."""

    previous: str = ""
    next: str = ""
    count: int | None = None

    @property
    def count_words(self) -> str:
        """ "12", or "1000+" from a thousand on; "" where nobody counted."""
        if self.count is None:
            return ""
        return "1000+" if self.count > 999 else str(self.count)


@dataclass
class Question:
    """One question as ``c-field`` draws it; any object with these attributes will do.

    ``kind`` is a FieldKind of the definition, or "password", "email", "hidden". ``value`` is text as an input wants it
    ("yes"/"no", ``2026-03-02``, ``2026-03-02T09:00``), ``values`` the ticked ones where ``several``; ``choices`` are
    (value, label). ``sometimes`` marks a question that must be answered only in some cases.
    """

    name: str
    label: Words
    kind: str = "text"
    required: bool = False
    value: str = ""
    values: list[str] = field(default_factory=list)
    choices: list[tuple[str, Words]] = field(default_factory=list)
    several: bool = False
    help: Words = ""
    errors: list[Words] = field(default_factory=list)
    sometimes: bool = False
    autocomplete: str = ""


@dataclass
class QuestionLines:
    """A table of questions as ``c-lines`` draws it: ``rows`` of questions named ``<table>-<row>-<field>``.

    ``fixed`` = no rows may be added; otherwise a button sends ``add-row=<table>`` and the page draws more blank rows.
    """

    name: str
    label: Words
    columns: list[Words]
    rows: list[list[Question]]
    errors: list[Words] = field(default_factory=list)
    least: int = 0
    fixed: bool = False
