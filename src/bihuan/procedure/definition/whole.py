"""The procedure whole, its clauses and steps, and the pack it belongs to."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from .acting import Act, Addition, Opening
from .asking import Form, Keep
from .printing import Sheet
from .promising import Deadline, Duty, Target, Wait
from .words import Origin, Text, Time

Stage = Literal["received", "assigned", "accepted", "under-way", "on-site", "waiting", "done", "followed-up", "closed"]


Ladders = Literal["any-hour", "in-hours"]


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


class Definition(Struct, frozen=True, dict=True):
    """One procedure, whole. ``dict=True`` lets the engine keep its compiled plan beside it.

    ``posts`` are the titles of the pack's posts, so that a refusal names people's posts as they know them.
    """

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
    sheets: dict[str, Sheet] = {}
    keep: Keep | None = None
    duty_of: str = ""
    effective: str = ""
    posts: dict[str, Text] = {}
    ladders: Ladders = "any-hour"

    @property
    def first(self) -> str:
        return next(iter(self.steps))


class Post(Struct, frozen=True):
    name: str
    title: Text
    role: str
    deputies: tuple[str, ...] = ()


class Hours(Struct, frozen=True):
    """The pack's working week: ISO weekdays and windows in minutes of the day.

    ``ladders``: when the rungs of a late promise are climbed. A text written before the word has "any-hour".
    """

    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)
    windows: tuple[tuple[int, int], ...] = ((510, 720), (810, 1050))
    zone: str = "Asia/Shanghai"
    country: str = "CN"
    ladders: Ladders = "any-hour"


class Pack(Struct, frozen=True):
    """What one organisation has written: posts, numbers, words of time, hours, its procedures.

    ``complaints`` are the kinds of case in which the organisation handles complaints, in its own order, each with the
    place that says so: what a complaint is, only the organisation's documents can tell.
    """

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
    complaints: dict[str, Origin] = {}
