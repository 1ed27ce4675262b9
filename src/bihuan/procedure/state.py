"""What the engine takes and gives: the doer, where a case stands, what happened, what was refused.

All of it can be written as JSON (``msgspec.json``) and read back equal: golden histories and replay rest on it.
Moments are aware datetimes in UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from .definition import Text


class Doer(Struct, frozen=True):
    """Who acts. ``holds`` are (post, place) pairs held today; ``post`` the one chosen, if a choice was made.

    The clock is ``Doer(kind="clock")``; another case ``Doer(kind="case", name=<number>, holds=((kind, ""),))``.
    """

    name: str = ""
    holds: tuple[tuple[str, str], ...] = ()
    post: str = ""
    kind: Literal["person", "clock", "case"] = "person"
    instead_of: str = ""


CLOCK = Doer(kind="clock")


class Signature(Struct, frozen=True):
    """One signature under ``each``."""

    person: str
    post: str
    at: datetime
    answers: dict[str, Any]


class Paused(Struct, frozen=True):
    start: datetime
    end: datetime | None
    step: str
    clause: str


ClockState = Literal["running", "paused", "met", "missed", "void"]


class ClockRun(Struct, frozen=True):
    """One run of a deadline. ``due`` is None only while paused. ``next``: when the clock next owes it something."""

    name: str
    run: int
    state: ClockState
    started: datetime
    due: datetime | None
    time: str
    clause: str
    calendar: str
    stopped: datetime | None = None
    missed_at: datetime | None = None
    pauses: tuple[Paused, ...] = ()
    warned: int = 0
    rungs: int = 0
    provisional: bool = False
    next: datetime | None = None


class ChildCase(Struct, frozen=True):
    number: str
    step: str
    ended: bool


class Undoing(Struct, frozen=True):
    """What taking back the newest act has to give back: the promises it changed, as they were, and those it began."""

    changed: tuple[ClockRun, ...] = ()
    begun: tuple[tuple[str, int], ...] = ()


class State(Struct, frozen=True):
    """Where a case stands. The newest filling of each form, how often each act was done and step entered.

    ``newest`` is the act done last (corrections and reassignments aside); ``undoing`` is kept for as long as it may be
    taken back.
    """

    step: str
    revision: int
    opened: datetime
    moment: datetime
    places: tuple[str, ...] = ()
    ended: datetime | None = None
    answers: dict[str, dict[str, Any]] = {}
    facts: dict[str, Any] = {}
    done: dict[str, int] = {}
    entered: dict[str, int] = {}
    doers: dict[str, tuple[str, str]] = {}
    moments: dict[str, datetime] = {}
    clocks: tuple[ClockRun, ...] = ()
    waits: dict[str, datetime] = {}
    signatures: dict[str, tuple[Signature, ...]] = {}
    children: dict[str, tuple[ChildCase, ...]] = {}
    assigned: dict[str, str] = {}
    newest: str = ""
    undoing: Undoing | None = None


HappeningKind = Literal[
    "opened", "filled", "signed", "left", "entered", "ended", "deadline-started", "deadline-paused",
    "deadline-resumed", "deadline-met", "deadline-missed", "deadline-void", "deadline-moved", "wait-started",
    "wait-over", "letter", "effect", "child", "corrected", "reassigned", "merged", "done", "deadline-stopped",
    "cancelled", "departed", "moved",
]  # fmt: skip


class Happening(Struct, frozen=True):
    """One thing that followed, in order. ``data`` is JSON-plain; ``clause`` says by which words."""

    kind: HappeningKind
    name: str
    at: datetime
    clause: str = ""
    data: dict[str, Any] = {}


class Outcome(Struct, frozen=True):
    """The new case and what happened. ``facts``: what was known, to be recorded with the act and replayed."""

    state: State
    happenings: tuple[Happening, ...]
    act: str = ""
    post: str = ""
    signed_only: bool = False
    facts: dict[str, Any] = {}


class Problem(Struct, frozen=True):
    """One wrong answer: the dotted field and why."""

    field: str
    code: str
    words: Text


class Offer(Struct, frozen=True):
    """An act as it stands for this doer: ``allowed``, or why not and who can (``posts``)."""

    act: str
    allowed: bool
    post: str = ""
    code: str = ""
    clause: str = ""
    words: Text | None = None
    until: datetime | None = None
    posts: tuple[str, ...] = ()
