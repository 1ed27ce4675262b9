"""Plain data the components draw. The rooms above fill them; nothing here knows what they mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bihuan.procedure.definition import Text

from .numbers import count_words

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
class RoleChoice:
    """One of several roles of a person: which menu and home they see now."""

    name: str
    label: Words
    current: bool = False


@dataclass(frozen=True)
class Bar:
    """The global bar: address of the search and of its suggestions ("" = no box), what "new" opens, what waits.

    ``goto`` are (letter, label, address) for G and then the letter; ``own`` more entries under the person's name;
    ``roles`` the choices of a person with several.
    """

    search: str = ""
    suggest: str = ""
    new: MenuEntry | None = None
    to_do: MenuEntry | None = None
    goto: tuple[tuple[str, Words, str], ...] = ()
    own: tuple[MenuEntry, ...] = ()
    roles: tuple[RoleChoice, ...] = ()


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
    (value, label). ``sometimes`` marks a question that must be answered only in some cases, ``when`` says in which.
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
    when: Words = ""
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


@dataclass(frozen=True)
class Tab:
    """One of several views of the same page. ``count`` None = not counted; ``more``: nobody counted further."""

    label: Words
    address: str
    current: bool = False
    count: int | None = None
    more: bool = False

    @property
    def count_words(self) -> str:
        return f"{self.count}+" if self.more else count_words(self.count)


@dataclass(frozen=True)
class FilterChip:
    """One filter that is set; ``without`` is the address of the list without it."""

    label: Words
    without: str = ""


@dataclass(frozen=True)
class FileLine:
    """One attachment; ``size`` in words ("1.2 MB")."""

    name: str
    address: str
    size: str = ""
    note: Words = ""


@dataclass(frozen=True)
class Photo:
    """A picture behind its small preview; ``words`` say what is on it."""

    address: str
    preview: str
    words: Words = ""


@dataclass(frozen=True)
class ContactLine:
    """Whom to call: either the ``phone``, or it ``masked`` with the address that ``reveal``s it (recorded)."""

    name: str
    phone: str = ""
    post: Words = ""
    masked: str = ""
    reveal: str = ""


@dataclass(frozen=True)
class SiteLine:
    """Where to go, and how one gets in."""

    address: str
    access: str = ""


@dataclass(frozen=True)
class CustomerCard:
    """A customer beside a case. ``address`` leads to the customer's own page."""

    name: str
    number: str = ""
    address: str = ""
    grade: Words = ""
    contacts: tuple[ContactLine, ...] = ()
    sites: tuple[SiteLine, ...] = ()
    note: Words = ""


@dataclass(frozen=True)
class DeviceCard:
    """A device beside a case. ``facts`` are (label, value); ``warranty_tone`` plain · good · bad."""

    model: Words
    serial: str = ""
    address: str = ""
    warranty: Words = ""
    warranty_tone: str = "plain"
    facts: tuple[tuple[Words, Words], ...] = ()
    note: Words = ""


@dataclass(frozen=True)
class Kpi:
    """One number against its target; ``address`` opens the list behind it. tone plain · good · warn · bad."""

    label: Words
    value: Words
    address: str = ""
    unit: Words = ""
    target: Words = ""
    note: Words = ""
    tone: Literal["plain", "good", "warn", "bad"] = "plain"
    icon: str = ""


@dataclass(frozen=True)
class ApprovalCard:
    """What somebody needs in order to decide. ``points`` are (label, value); ``chain`` what was said so far.

    ``weighs``: what was reckoned, (label, value); ``notes``: what calls for a second look; ``opinions``: what was
    decided before, oldest first.
    """

    title: Words
    number: str
    address: str
    asked_by: Words = ""
    asked_at: datetime | None = None
    subject: Words = ""
    amount: str = ""
    chip: Chip | None = None
    chips: tuple[Chip, ...] = ()
    points: tuple[tuple[Words, Words], ...] = ()
    weighs: tuple[tuple[Words, Words], ...] = ()
    notes: tuple[Words, ...] = ()
    opinions: tuple[TimelineEntry, ...] = ()
    clause: str = ""
    clause_address: str = ""
    clause_title: Words = ""
    rule: Words = ""
    files: tuple[FileLine, ...] = ()
    chain: tuple[TimelineEntry, ...] = ()
    instead_of: Words = ""
