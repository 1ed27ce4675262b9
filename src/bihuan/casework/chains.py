"""The chain of a case as plain data, the same for the page and for the API: what is open, whose it is, who checked.

Complaint → unit → part → action → measure → check: what is a complaint and what an action is told by who opened whom,
never by a name. A member nobody in the chain opened is an origin; whatever it opened is an action, and what that
opened a measure; a check is an act whose doer must be another than whoever did what it checks.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bihuan.people.models import Person
from bihuan.procedure.definition import Definition, Form, Text
from bihuan.procedure.state import ClockRun, State
from bihuan.registers.products import queries as products
from bihuan.registers.products.models import Unit

from . import derived, rights
from .checks import Check, checks_of
from .definitions import definition_for
from .linking import Chain, chain_of
from .masks import Masks
from .matters import matter_of
from .models import Case
from .seeing import hidden_forms, title_of, without
from .used_parts import Part, parts_of

SPOKEN = ("fault", "wish", "long-text")


@dataclass(frozen=True)
class Member:
    """One case of a chain. ``depth``: 0 for an origin, 1 for what it opened, and so on."""

    case: Case
    definition: Definition
    depth: int
    about: str
    links: tuple[str, ...]
    checks: tuple[Check, ...]
    hidden: frozenset[str] = frozenset()

    @property
    def pressing(self) -> ClockRun | None:
        """The promise that comes first, while the case is open."""
        return None if self.case.ended_at else derived.pressing(self.case.state)

    @property
    def awaited(self) -> tuple[str, ...]:
        """The posts whose act moves the case on from where it stands; none once it has ended."""
        return () if self.case.ended_at else awaited_posts(self.definition, self.case.state)


@dataclass(frozen=True)
class Whole:
    """A chain with what it is about."""

    members: tuple[Member, ...]
    units: tuple[tuple[str, str, Unit | None], ...]
    parts: tuple[Part, ...]
    cut: bool

    @property
    def open(self) -> list[Member]:
        """Members still going on, whatever presses first."""
        going = [one for one in self.members if one.case.ended_at is None]
        return sorted(going, key=lambda one: (one.case.promised_at is None, one.case.promised_at or one.case.opened_at))

    @property
    def unchecked(self) -> list[tuple[Member, Check]]:
        """Checks still to be done in members that are open."""
        return [(one, check) for one in self.open for check in one.checks if check.at is None]


def whole_of(person: Person, case: Case, at: datetime) -> Whole:
    """The chain ``case`` stands in, as far as ``person`` sees it, masked as they see numbers."""
    chain = chain_of(person, case, at)
    members = tuple(_members(person, chain, at))
    parts = tuple(part for one in members for part in parts_of(one.case, one.hidden))
    return Whole(members, tuple(_units(person, members, at)), parts, chain.cut)


def _members(person: Person, chain: Chain, at: datetime) -> list[Member]:
    numbers = {one.pk: one.number for one in chain.cases}
    found = []
    for origin in chain.origins:
        for depth, case in [(0, origin), *((depth + 1, one) for depth, one in chain.below(origin))]:
            definition = definition_for(case)
            masks = Masks(case, definition, whole=rights.sees_numbers(person, case.outlet, at))
            links = tuple(sorted(numbers[to] for of, to in chain.links if of == case.pk))
            hidden = hidden_forms(definition, case.state, person, at)
            about = masks.of(title_of(case, person, at) or about_of(case, definition, hidden))
            checks = tuple(checks_of(definition, case.state))
            found.append(Member(case, definition, depth, about, links, checks, hidden))
    return found


def about_of(case: Case, definition: Definition, hidden: Collection[str] = ()) -> str:
    """What the case is called; else the first thing said in words on the form it was opened with, if not ``hidden``."""
    if case.title:
        return case.title
    form = definition.forms.get(definition.acts[definition.opening.act].form)
    return _words(form, case.state.answers.get(form.name, {})) if form and form.name not in hidden else ""


def _words(form: Form, filled: dict[str, Any]) -> str:
    fields = sorted(form.fields.values(), key=lambda one: SPOKEN.index(one.kind) if one.kind in SPOKEN else len(SPOKEN))
    spoken = [one for one in fields if one.kind in (*SPOKEN, "text")]
    return next((str(filled[one.name])[:200] for one in spoken if filled.get(one.name)), "")


def awaited_posts(definition: Definition, state: State) -> tuple[str, ...]:
    """The posts of the acts that stand at this very step and lead on from it; an answer that names one is read."""
    found: dict[str, None] = {}
    for act in definition.acts.values():
        if state.step in act.at and act.ways and not act.standing:
            for post in (*act.who.posts, *act.who.each, *act.who.via):
                found.update(dict.fromkeys(_post(post, state)))
    return tuple(found)


def _post(name: str, state: State) -> list[str]:
    form, _, field = name.partition(".")
    if not field:
        return [name]
    value = state.answers.get(form, {}).get(field)
    return [str(one) for one in (value if isinstance(value, list) else [value]) if one]


def _units(person: Person, members: tuple[Member, ...], at: datetime) -> list[tuple[str, str, Unit | None]]:
    """(serial, model, device of the register or None) of everything the members are about."""
    found: dict[tuple[str, str], Unit | None] = {}
    for one in members:
        matter = matter_of(one.definition, without(one.case.state.answers, one.hidden))
        for serial in matter.devices:
            unit = products.unit_by_serial(person, serial, at)
            found.setdefault((serial, unit.model.code if unit else next(iter(matter.models), "")), unit)
        if not matter.devices:
            for model in matter.models:
                found.setdefault(("", model), None)
    named = {model for serial, model in found if serial}
    return [(serial, model, unit) for (serial, model), unit in found.items() if serial or model not in named]


def outcome_of(check: Check, member: Member) -> list[tuple[Text, bool]]:
    """(question, answer) of the yes-no questions on the form of a check that was done, if it is not hidden."""
    shown = check.at is not None and check.act.form not in member.hidden
    form = member.definition.forms.get(check.act.form) if shown else None
    filled = member.case.state.answers.get(check.act.form, {})
    fields = form.fields.values() if form else ()
    return [(one.ask, filled[one.name]) for one in fields if one.kind == "yes-no" and one.name in filled]


def told(person: Person, case: Case, at: datetime) -> dict[str, Any]:
    """The chain for the API."""
    whole = whole_of(person, case, at)
    return {
        "cases": [_told(one, at) for one in whole.members],
        "units": [_unit(*one) for one in whole.units],
        "parts": [_part(part, person, at) for part in whole.parts],
        "open": len(whole.open),
        "unchecked": len(whole.unchecked),
        "complete": not whole.cut,
    }


def _unit(serial: str, model: str, unit: Unit | None) -> dict[str, Any]:
    known = {"device": str(unit.pk), "batch": unit.batch} if unit else {"device": None, "batch": ""}
    return {"serial": serial, "model": model, **known}


def _part(part: Part, person: Person, at: datetime) -> dict[str, Any]:
    masks = Masks(part.case, definition_for(part.case), whole=rights.sees_numbers(person, part.case.outlet, at))
    beside = {field.name: masks.of(value) for field, value in part.beside}
    return {"part": masks.of(part.name), "beside": beside, "form": part.form, "case": part.case.number}


def _told(one: Member, at: datetime) -> dict[str, Any]:
    case, run = one.case, one.pressing
    return {
        "number": case.number,
        "kind": case.kind,
        "title": one.definition.title,
        "about": one.about,
        "depth": one.depth,
        "parent": case.parent.number if one.depth and case.parent else None,
        "group": case.group,
        "links": list(one.links),
        "step": case.step,
        "step_title": one.definition.steps[case.step].title,
        "opened_at": case.opened_at,
        "ended_at": case.ended_at,
        "person": case.person if not case.ended_at else "",
        "awaited": list(one.awaited),
        "due_at": run.due if run else None,
        "late": bool(run and run.due and run.due < at),
        "checks": [_checked(check, one) for check in one.checks],
    }


def _checked(check: Check, one: Member) -> dict[str, Any]:
    outcome = outcome_of(check, one)
    return {
        "act": check.act.name,
        "title": check.act.title,
        "clause": check.act.origin.cite(),
        "by": check.by or None,
        "post": check.post or None,
        "at": check.at,
        "checked": [{"act": act, "by": by} for act, by in check.checked],
        "outcome": [{"question": ask, "answer": answer} for ask, answer in outcome],
    }
