"""A definition compiled once into what an act needs to look up. Kept beside the definition, never in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from msgspec import Struct

from ..conditions import keys
from ..definition import Act, Addition, Argument, Condition, Deadline, Definition, Effect, Form, Wait

Entry = TypeVar("Entry")


class ActPlan(Struct, frozen=True):
    """One act with what other clauses add to it and the facts it reads."""

    act: Act
    additions: tuple[Addition, ...]
    know: frozenset[str]
    wants: tuple[str, ...]
    form: Form | None


class Plan(Struct, frozen=True):
    """Indexes over one definition. ``starts``, ``stops`` and ``waits`` are keyed by the name of a moment."""

    definition: Definition
    acts: dict[str, ActPlan]
    at_step: dict[str, tuple[str, ...]]
    automatic: dict[str, tuple[str, ...]]
    starts: dict[str, tuple[Deadline, ...]]
    stops: dict[str, tuple[Deadline, ...]]
    waits: dict[str, tuple[Wait, ...]]
    floating: tuple[Deadline, ...]
    dated_waits: tuple[Wait, ...]
    signer_lists: dict[str, tuple[tuple[str, str], ...]]
    undoable: frozenset[str]


def plan_of(definition: Definition) -> Plan:
    """The compiled plan of ``definition``, made at the first asking."""
    kept = definition.__dict__.get("_plan")
    if isinstance(kept, Plan):
        return kept
    plan = _compile(definition)
    definition.__dict__["_plan"] = plan
    return plan


NUMBER = "case.number"
"""The one thing said of the case that the engine cannot know: whoever keeps cases gives it as a fact."""


def names_number(definition: Definition) -> bool:
    """Whether the text reads the number of its own case, so that it has to be told at the opening."""
    return any(NUMBER in planned.wants for planned in plan_of(definition).acts.values())


def is_value(moment: str) -> bool:
    """Whether the name of a moment means an answer or a fact and not an act or a step."""
    return "." in moment


def _compile(definition: Definition) -> Plan:
    acts = {name: _act_plan(definition, act) for name, act in definition.acts.items()}
    at_step: dict[str, list[str]] = {step: [] for step in definition.steps}
    ordered = sorted(definition.acts.values(), key=lambda act: act.standing)
    for act in ordered:
        for step in act.at or tuple(name for name, step in definition.steps.items() if not step.end):
            at_step.setdefault(step, []).append(act.name)
    automatic = {
        step: tuple(name for name in names if _acts_by_itself(definition.acts[name])) for step, names in at_step.items()
    }
    signer_lists: dict[str, list[tuple[str, str]]] = {}
    for step, names in at_step.items():
        for name in names:
            for key in definition.acts[name].who.each:
                if is_value(key):
                    signer_lists.setdefault(step, []).append((name, key))
    deadlines = tuple(definition.deadlines.values())
    return Plan(
        definition=definition,
        acts=acts,
        at_step={step: tuple(names) for step, names in at_step.items()},
        automatic=automatic,
        starts=_group((each.start, each) for each in deadlines if not _floats(each)),
        stops=_group((name, each) for each in deadlines for name in each.until),
        waits=_group((each.start, each) for each in definition.waits.values() if not is_value(each.start)),
        floating=tuple(each for each in deadlines if _floats(each)),
        dated_waits=tuple(each for each in definition.waits.values() if is_value(each.start)),
        signer_lists={step: tuple(pairs) for step, pairs in signer_lists.items()},
        undoable=frozenset(act.undoes for act in definition.acts.values() if act.undoes),
    )


def _acts_by_itself(act: Act) -> bool:
    return act.who.clock or bool(act.who.cases)


def _floats(deadline: Deadline) -> bool:
    """Deadlines whose start or figure may be unknown when their moment comes: looked at after every act."""
    open_figure = bool(deadline.within) and bool(deadline.within[-1].condition)
    return is_value(deadline.start) or bool(deadline.at) or open_figure


def _group(pairs: Iterable[tuple[str, Entry]]) -> dict[str, tuple[Entry, ...]]:
    found: dict[str, list[Entry]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}


def _act_plan(definition: Definition, act: Act) -> ActPlan:
    additions = tuple(each for each in definition.additions if act.name in each.on)
    know = dict.fromkeys(act.know)
    for addition in additions:
        know.update(dict.fromkeys(addition.know))
    wants = dict(know)
    for key in _read_keys(definition, act, additions):
        if is_value(key) and not _own(definition, key):
            wants[key] = None
    form = definition.forms.get(act.form) if act.form else None
    return ActPlan(act, additions, frozenset(know), tuple(wants), form)


def _own(definition: Definition, key: str) -> bool:
    """Whether the case itself answers ``key``: a form, the case, a group of children."""
    head = key.partition(".")[0]
    if head in definition.forms or head == "case":
        return key != NUMBER
    return any(
        child.group == head
        for act in definition.acts.values()
        for child in (*act.children, *(each for way in act.ways for each in way.children))
    ) or any(child.group == head for addition in definition.additions for child in addition.children)


def _read_keys(definition: Definition, act: Act, additions: tuple[Addition, ...]) -> Iterable[str]:
    conditions: list[Condition] = [act.condition, *(needs.condition for needs in act.needs)]
    effects: list[Effect] = list(act.effects)
    arguments: list[Argument] = [value for child in act.children for value in child.answers.values()]
    conditions += [way.condition for way in act.ways]
    for way in act.ways:
        effects += way.effects
        arguments += [value for child in way.children for value in child.answers.values()]
    for addition in additions:
        conditions += [addition.condition, *(needs.condition for needs in addition.needs)]
        effects += addition.effects
    for condition in conditions:
        yield from keys(condition)
    for argument in (*arguments, *(value for effect in effects for value in effect.arguments.values())):
        if argument.of:
            yield argument.of
    if act.who.where:
        yield act.who.where
    yield from _deadline_keys(definition, act)


def _deadline_keys(definition: Definition, act: Act) -> Iterable[str]:
    triggers = {act.name} | {f"enter {way.step}" for way in act.ways} | {f"leave {step}" for step in act.at}
    if act.name == definition.opening.act:
        triggers |= {"opened", f"enter {definition.first}"}
    for deadline in definition.deadlines.values():
        if deadline.start not in triggers and not is_value(deadline.start):
            continue
        yield from (key for key in (deadline.start, deadline.at) if key and is_value(key))
        for within in deadline.within:
            yield from keys(within.condition)
