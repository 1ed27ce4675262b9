"""Who acts, what must hold, what follows."""

from __future__ import annotations

from msgspec import Struct

from .conditions import Condition
from .words import Argument, Origin, Text


class Effect(Struct, frozen=True):
    """A named effect of a register, carried out in the act's own transaction; it may refuse."""

    name: str
    arguments: dict[str, Argument]
    origin: Origin


class Letter(Struct, frozen=True):
    """A letter after commit to posts (``customer`` is the case's contact).

    A dotted name is an answer: the person it names (kind ``person``), else the post it names.
    """

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
    """Who acts. Exactly one of posts, each, clock or cases is set. ``named``: the answer that says which person."""

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
    named: str = ""


class Needs(Struct, frozen=True):
    """What must hold or the act is refused, citing ``origin``."""

    condition: Condition
    origin: Origin
    say: Text | None = None


class Act(Struct, frozen=True):
    """A named act at one step, several, or any (``at`` empty = every step that is no end).

    ``with_children``: a cancellation that cancels the open cases the case has opened, too. ``together``: when it may
    be agreed to for several cases at once (``((),)`` always, None never).
    """

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
    with_children: bool = False
    together: Condition | None = None


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


class Opening(Struct, frozen=True):
    """How a case of this kind begins: ``act`` names the opening act, done at the first step.

    ``by_hand`` is false where only another case or a duty may open it.
    """

    kind: str
    act: str
    origin: Origin
    by_hand: bool = True
