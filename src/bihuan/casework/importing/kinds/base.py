"""What every kind of import is made of: columns, a check that finds all problems, a commit and an undo per batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from bihuan.layout.tables import Cell
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

Severity = Literal["error", "warning", "skip"]
Fate = Literal["new", "update", "skip"]


class Unreadable(Exception):
    """A cell that does not say what its column asks for."""

    def __init__(self, code: str, words: Text) -> None:
        super().__init__(words.zh)
        self.code = code
        self.words = words


@dataclass(frozen=True)
class Options:
    """How cells are understood: ``zone`` of moments without one, ``order`` of day and month ("ymd", "dmy", "mdy")."""

    zone: str = "Asia/Shanghai"
    order: str = "ymd"
    outlet: str = ""


Parser = Callable[[Cell, Options], Any]


@dataclass(frozen=True)
class ImportColumn:
    """One column a kind understands. ``parser`` gives something JSON can hold, or raises ``Unreadable``."""

    code: str
    label: Text
    parser: Parser
    aliases: tuple[str, ...] = ()
    must: bool = False
    choices: tuple[str, ...] = ()
    example: str = ""
    shown_as: Literal["text", "number", "money", "date", "moment"] = "text"


@dataclass(frozen=True)
class Problem:
    """What is wrong with one row: an error keeps it out, a warning does not, a skip says why nothing is to be done."""

    row: int
    code: str
    words: Text
    column: str = ""
    severity: Severity = "error"


@dataclass
class Parsed:
    """One row as understood: code → value. ``fate`` is what the check expects to come of it."""

    number: int
    values: dict[str, Any]
    fate: Fate = "new"

    def get(self, code: str, otherwise: Any = "") -> Any:
        value = self.values.get(code)
        return otherwise if value is None else value


@dataclass(frozen=True)
class Context:
    """Who imports what where and when; the same for check, commit and undo."""

    id: UUID
    by: Person
    at: datetime
    options: Options
    file_name: str = ""

    @property
    def source(self) -> str:
        """How an entry says where its rows came from."""
        return f"import {self.id} {self.file_name}"[:200]


@dataclass
class Made:
    """What came of one batch. ``made`` is what ``undo`` needs of it, as JSON can hold it."""

    new: int = 0
    updated: int = 0
    skipped: int = 0
    made: list[Any] = field(default_factory=list)


class Checker(Protocol):
    """Sees the readable rows of one file in pieces, in their order; remembers what it has seen."""

    def __call__(self, rows: Sequence[Parsed], context: Context) -> list[Problem]: ...


class Kind(Protocol):
    """What can be imported. ``roles``: interface roles that may, beside the administrator."""

    name: str
    title: Text
    columns: tuple[ImportColumn, ...]
    roles: frozenset[str]

    def checker(self) -> Checker: ...

    def prepare(self, context: Context) -> None:
        """What has to be there before the first batch, in a transaction of its own."""
        ...

    def commit(self, rows: Sequence[Parsed], context: Context) -> Made:
        """Carry out one batch inside the caller's transaction; the entry (or entries) of the book come last."""
        ...

    def undo(self, made: Sequence[Any], context: Context) -> None:
        """Take one batch back inside the caller's transaction. Raises ImportRefusal where something was built on it."""
        ...
