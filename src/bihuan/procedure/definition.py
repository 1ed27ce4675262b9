"""What a read procedure is: plain frozen data, one noun per class.

Reading makes it, checking judges it, the engine runs it. Nothing here computes.
Every entry carries its ``origin`` so that a refusal, a letter or a deadline can name its clause.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct


class Text(Struct, frozen=True, forbid_unknown_fields=True):
    """Words in Chinese and English. ``en`` is empty where no translation was written."""

    zh: str
    en: str = ""

    def say(self, language: str) -> str:
        """The words in ``language`` ("zh" or "en"); Chinese where English is missing."""
        return self.en if language == "en" and self.en else self.zh


class Origin(Struct, frozen=True):
    """Where an entry stands: file, line of its header, clause as printed, part of the clause."""

    file: str
    line: int
    clause: str
    part: str = ""

    def cite(self) -> str:
        """The clause as a reader would cite it, for example ``4.2(3) a``."""
        return f"{self.clause} {self.part}".strip()


Operator = Literal["equal", "one-of", "at-least", "more-than", "at-most", "less-than", "absent", "present"]


class Test(Struct, frozen=True):
    """One comparison. ``of`` means that ``value`` names another answer or fact.

    ``some`` turns "every line" into "at least one line".
    """

    key: str
    operator: Operator
    value: Any = None
    of: bool = False
    some: bool = False


# Any of the inner tuples, each of which must hold whole. An empty condition always holds.
Condition = tuple[tuple[Test, ...], ...]


class Argument(Struct, frozen=True):
    """A constant, or the name of the answer or fact to take the value from."""

    value: Any = None
    of: str = ""


class Effect(Struct, frozen=True):
    """A named effect of a register, carried out in the act's own transaction; it may refuse."""

    name: str
    arguments: dict[str, Argument]
    origin: Origin


class Letter(Struct, frozen=True):
    """A letter after commit to posts (``customer`` is the case's contact)."""

    posts: tuple[str, ...]
    origin: Origin
    say: Text | None = None


class Child(Struct, frozen=True):
    """Cases to open: kind, one per element of a list answer or fact, name of the group."""

    kind: str
    group: str
    origin: Origin
    per: str = ""
    answers: dict[str, Argument] = {}


class Way(Struct, frozen=True):
    """One way out of an act: taken when its condition holds and no earlier way did."""

    step: str
    condition: Condition
    origin: Origin
    effects: tuple[Effect, ...] = ()
    letters: tuple[Letter, ...] = ()
    children: tuple[Child, ...] = ()
    at_once: bool = False


class Who(Struct, frozen=True):
    """Who acts. Exactly one of posts, each, clock or cases is set."""

    posts: tuple[str, ...] = ()
    each: tuple[str, ...] = ()
    quorum: int = 0
    own: bool = False
    where: str = ""
    same: str = ""
    other: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    clock: bool = False
    cases: str = ""
    case_kind: str = ""
    all_at: str = ""


class Needs(Struct, frozen=True):
    """What must hold or the act is refused, citing ``origin``."""

    condition: Condition
    origin: Origin
    say: Text | None = None


class Act(Struct, frozen=True):
    """A named act at one step, several, or any (``at`` empty = every step that is no end)."""

    name: str
    at: tuple[str, ...]
    who: Who
    origin: Origin
    title: Text
    form: str = ""
    know: tuple[str, ...] = ()
    needs: tuple[Needs, ...] = ()
    condition: Condition = ()
    effects: tuple[Effect, ...] = ()
    ways: tuple[Way, ...] = ()
    letters: tuple[Letter, ...] = ()
    children: tuple[Child, ...] = ()
    after: str = ""
    undoes: str = ""
    standing: bool = False


class Addition(Struct, frozen=True):
    """``also … on``: what another clause adds to acts under its own words."""

    name: str
    on: tuple[str, ...]
    origin: Origin
    condition: Condition = ()
    know: tuple[str, ...] = ()
    needs: tuple[Needs, ...] = ()
    effects: tuple[Effect, ...] = ()
    letters: tuple[Letter, ...] = ()
    children: tuple[Child, ...] = ()


FieldKind = Literal[
    "text", "long-text", "number", "money", "date", "moment", "yes-no", "choice", "file", "signature", "person",
    "post", "place", "product", "part", "step", "case", "contact", "device", "fault", "address", "wish", "urgency",
    "region", "phone", "carrier", "skill",
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


Unit = Literal["minutes", "hours", "days", "weeks", "months", "years", "working-minutes", "working-hours", "working-days"]


class Time(Struct, frozen=True):
    """An amount of time. ``word`` keeps the source's word ("promptly") when the figure comes from the pack."""

    amount: int
    unit: Unit
    word: str = ""


class Within(Struct, frozen=True):
    time: Time
    condition: Condition = ()


class Warn(Struct, frozen=True):
    before: Time
    letters: tuple[Letter, ...]


class Rung(Struct, frozen=True):
    """One rung of the ladder once late: ``after`` so long past the due moment (None = at once)."""

    letters: tuple[Letter, ...]
    effects: tuple[Effect, ...] = ()
    after: Time | None = None


class Pause(Struct, frozen=True):
    """The clock stands while the case is in one of ``steps``."""

    steps: tuple[str, ...]
    because: Text
    origin: Origin


class Deadline(Struct, frozen=True):
    """A promise: from a moment until an act, within a time, or at a named moment (plus ``within``)."""

    name: str
    title: Text
    start: str
    until: tuple[str, ...]
    origin: Origin
    within: tuple[Within, ...] = ()
    at: str = ""
    pauses: tuple[Pause, ...] = ()
    while_steps: tuple[str, ...] = ()
    warn: tuple[Warn, ...] = ()
    late: tuple[Rung, ...] = ()


class Wait(Struct, frozen=True):
    """Not before: the newest ``start`` counts, for ``lasts``."""

    name: str
    start: str
    lasts: Time
    origin: Origin


class Every(Struct, frozen=True):
    """The beat of a duty; exactly one way of saying it is set.

    ``weekday`` 1 = Monday … 7. ``month_day`` 1–31, with ``months`` naming the months it applies to
    (empty = every month). ``time`` = so long after the last one was done; ``terms`` the same by conditions.
    """

    weekday: int = 0
    month_day: int = 0
    months: tuple[int, ...] = ()
    time: Time | None = None
    terms: tuple[Within, ...] = ()


class Duty(Struct, frozen=True):
    """Something owed on a beat. Each period opens a case of its own (see ``duty_definition``)."""

    name: str
    title: Text
    every: Every
    who: Who
    origin: Origin
    form: str = ""
    about: str = ""
    holiday: Literal["stay", "skip", "next", "shown"] = "shown"
    per: str = ""
    until: Condition = ()
    received_by: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    warn: tuple[Warn, ...] = ()
    late: tuple[Rung, ...] = ()
    while_steps: tuple[str, ...] = ()


class Target(Struct, frozen=True):
    """What is promised in figures; measured elsewhere."""

    name: str
    title: Text
    measure: str
    origin: Origin
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""


Stage = Literal[
    "received", "assigned", "accepted", "under-way", "on-site", "waiting", "done", "followed-up", "closed"
]


class Step(Struct, frozen=True):
    name: str
    title: Text
    end: bool
    stage: Stage
    origin: Origin | None = None


class Clause(Struct, frozen=True):
    """One heading of the document with the prose under it."""

    number: str
    anchor: str
    title: str
    level: int
    line: int
    prose: str
    explains: bool = False
    carried: tuple[str, ...] = ()
    read_as: str = ""
    accept: dict[str, str] = {}
    blocks: tuple[tuple[int, str], ...] = ()
    binding: bool = True
    references: tuple[tuple[int, str], ...] = ()


class Opening(Struct, frozen=True):
    """How a case of this kind begins: ``act`` names the opening act, done at the first step.

    ``by_hand`` is false where only another case or a duty may open it.
    """

    kind: str
    act: str
    origin: Origin
    by_hand: bool = True


class Definition(Struct, frozen=True, dict=True):
    """One procedure, whole. ``dict=True`` lets the engine keep its compiled plan beside it."""

    pack: str
    kind: str
    number: str
    version: str
    title: Text
    owner: str
    opening: Opening
    steps: dict[str, Step]
    acts: dict[str, Act]
    forms: dict[str, Form]
    clauses: tuple[Clause, ...]
    file: str
    digest: str
    days: str = "calendar, end of day"
    grammar: int = 1
    work_order: bool = False
    additions: tuple[Addition, ...] = ()
    deadlines: dict[str, Deadline] = {}
    waits: dict[str, Wait] = {}
    duties: dict[str, Duty] = {}
    targets: dict[str, Target] = {}
    keep: Keep | None = None
    duty_of: str = ""
    effective: str = ""

    @property
    def first(self) -> str:
        return next(iter(self.steps))


class Post(Struct, frozen=True):
    name: str
    title: Text
    role: str
    deputies: tuple[str, ...] = ()


class Hours(Struct, frozen=True):
    """The pack's working week: ISO weekdays and windows in minutes of the day."""

    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)
    windows: tuple[tuple[int, int], ...] = ((510, 720), (810, 1050))
    zone: str = "Asia/Shanghai"
    country: str = "CN"


class Pack(Struct, frozen=True):
    """What one organisation has written: posts, numbers, words of time, hours, its procedures."""

    name: str
    title: Text
    folder: str
    posts: dict[str, Post]
    procedures: dict[str, Definition]
    times: dict[str, Time] = {}
    numbers: dict[str, str] = {}
    hours: Hours = Hours()
    settings: dict[str, str] = {}
    languages: tuple[str, ...] = ("zh", "en")
    cover: dict[str, str] = {}
    documents: dict[str, Text] = {}
    contents: dict[str, str] = {}
