"""For whom or what a duty is owed: one case for each outlet, each customer of a grade, or the house as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bihuan.people import queries as people
from bihuan.procedure.definition import Duty
from bihuan.procedure.vocabulary import tail
from bihuan.registers.customers import queries as customers
from bihuan.registers.outlets import queries as outlets


@dataclass(frozen=True)
class Subject:
    """One of those a duty is owed for: its name in ``duty.per``, the outlet whose case it is, what a title adds."""

    per: str
    outlet: str
    words: str = ""


def subjects_of(duty: Duty, at: datetime) -> list[Subject]:
    """Each of the duty's ``per`` that day; without one the outlets where its post is held, else the house.

    A post is held at a place, and the list handed in there names that place's cases: opened at the house alone, a
    duty of an outlet's post could be done by nobody. A list whose register is not here yet is owed by nobody.
    """
    if duty.per:
        name, argument = next(((one, tail(duty.per)) for one in LISTS if _names(one, duty.per)), ("", ""))
        return LISTS[name](argument, at) if name else []
    return [Subject(place, place) for place in people.places_holding(duty.who.posts, at) or [people.root_outlet()]]


def _names(word: str, per: str) -> bool:
    return per == word or per.startswith(f"{word}.")


def _contracted(_argument: str, at: datetime) -> list[Subject]:
    return [Subject(code, code) for code in sorted(outlets.contracted(at).values_list("key_id", flat=True))]


def _every_outlet(_argument: str, _at: datetime) -> list[Subject]:
    return [Subject(code, code) for code in people.outlet_codes()]


def _customers(grade: str, _at: datetime) -> list[Subject]:
    return [Subject(number, outlet, number) for number, outlet in customers.of_grade(grade)]


LISTS: dict[str, Callable[[str, datetime], list[Subject]]] = {
    "outlets.contracted": _contracted,
    "outlets.all": _every_outlet,
    "customers.of-grade": _customers,
}
