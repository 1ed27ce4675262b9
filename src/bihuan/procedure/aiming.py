"""Aimed probes: sentences in which one clause decides and nothing else stands in the way.

For each row of each condition an act meets (its own, its needs, those of what other clauses add, its ways, its
questions, the limits it begins) the case and the sentence are set so that this row holds, everything else that is
asked holds too, and the other rows do not. Then each thing the row compares is set to each value that can matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from random import Random
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from .conditions import MISSING, Look, holds, keys, test_holds
from .definition import Act, Addition, Condition, Definition, Test
from .engine import NOWHERE, Working
from .engine.plan import plan_of
from .inventing import plain_answer, values_of
from .replay import Recorded
from .state import State

Case = tuple[State, Recorded]
_ROUNDS = 3  # setting one thing may upset another
_EARLIER = (timedelta(), timedelta(minutes=1), timedelta(hours=1), timedelta(days=40))


class _Aim(Struct, frozen=True):
    """What shall hold, what shall not, and what is then set otherwise."""

    focus: tuple[Condition, ...] = ()
    against: tuple[Condition, ...] = ()
    turned: tuple[str, ...] = ()
    both: tuple[str, ...] = ()
    """Set otherwise together with each of ``turned``: what a clause asks where its ``if`` nearly holds."""


def aimed(definition: Definition, state: State, entry: Recorded) -> Iterator[Case]:
    """Every aimed case and sentence next to ``entry``, which was accepted in ``state``. The same each time."""
    act = definition.acts.get(entry.act)
    if act is None:
        return
    base = (state, entry)
    if not _filled_before(act, state):
        base = (state, replace(entry, answers=_everything(definition, act, entry.answers)))
    for aim in dict.fromkeys(_aims(definition, act)):
        for alone in (True, False):
            case = _solved(definition, act, base, aim, alone)
            yield case
            yield from _turned(definition, act, case, aim, aim.turned)
            for near_by in _turned(definition, act, case, aim, aim.turned if aim.both else ()):
                yield from _turned(definition, act, near_by, aim, aim.both)


def _turned(definition: Definition, act: Act, case: Case, aim: _Aim, names: Iterable[str]) -> Iterator[Case]:
    """The case with each of ``names`` set to each value that can matter, the act's own needs met again beside it."""
    for key in names:
        for value in (*possible(definition, key), MISSING):
            turned = set_otherwise(definition, act, case, key, value)
            yield turned
            repaired = _repaired(definition, act, turned, aim, key)
            if repaired != turned:
                yield repaired


def told_earlier(definition: Definition, entry: Recorded) -> Iterator[Recorded]:
    """The sentence with each moment a promise counts from at, or shortly or long before, the act."""
    act = definition.acts.get(entry.act)
    for deadline in definition.deadlines.values():
        for key in (deadline.start, deadline.at):
            if act is not None and act.form and key.startswith(f"{act.form}."):
                for earlier in _EARLIER:
                    yield replace(entry, answers={**entry.answers, key: (entry.at - earlier).isoformat()})


def _filled_before(act: Act, state: State) -> bool:
    """Whether the first of several signers has filled the form: the next one only signs."""
    return bool(act.form) and not act.who.own and bool(state.signatures.get(act.name))


def _everything(definition: Definition, act: Act, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers with every question answered: what is asked only sometimes then refuses nothing."""
    form = definition.forms.get(act.form)
    full = dict(answers)
    for field in form.fields.values() if form is not None else ():
        full.setdefault(f"{act.form}.{field.name}", plain_answer(definition, field, Random(1)))  # noqa: S311
    return full


# --------------------------------------------------------------------------------------------- what is aimed at


def _aims(definition: Definition, act: Act) -> Iterator[_Aim]:
    yield _Aim()
    for condition in (act.condition, *(each.condition for each in act.needs)):
        yield from _rows(condition)
    for addition in definition.additions:
        if act.name in addition.on:
            yield from _of_addition(addition)
    earlier: tuple[Condition, ...] = ()
    for way in act.ways:
        for aim in _rows(way.condition):
            yield replace(aim, against=(*aim.against, *earlier))
        earlier = (*earlier, way.condition) if way.condition else earlier
    form = definition.forms.get(act.form)
    for field in form.fields.values() if form is not None else ():
        for aim in _rows(field.must or ()):
            yield replace(aim, turned=(f"{act.form}.{field.name}",))
            for test in aim.focus[0][0]:
                yield _Aim((), (((test,),),), (f"{act.form}.{field.name}",))
    for deadline in definition.deadlines.values():
        earlier = ()
        for within in deadline.within:
            for aim in _rows(within.condition):
                yield replace(aim, against=(*aim.against, *earlier), turned=())
            earlier = (*earlier, within.condition) if within.condition else earlier


def _of_addition(addition: Addition) -> Iterator[_Aim]:
    asked = tuple(dict.fromkeys(key for needs in addition.needs for key in keys(needs.condition) if "." in key))
    for head in list(_rows(addition.condition)) or [_Aim()]:
        yield replace(head, turned=asked)
        yield replace(head, both=asked)
        for needs in addition.needs:
            for row in _rows(needs.condition):
                yield _Aim((*head.focus, *row.focus), (*head.against, *row.against), (*head.turned, *row.turned))


def _rows(condition: Condition) -> Iterator[_Aim]:
    for index, row in enumerate(condition):
        others = tuple((other,) for place, other in enumerate(condition) if place != index)
        yield _Aim(((row,),), others, tuple(dict.fromkeys(key for key in keys((row,)) if "." in key)))


# --------------------------------------------------------------------------------------------- making it so


def _solved(definition: Definition, act: Act, case: Case, aim: _Aim, alone: bool) -> Case:
    """The case with what the aim asks; ``alone``: what other clauses add to the act applies as little as can be."""
    fixed = {key for condition in aim.focus for key in keys(condition)}
    added = [addition for addition in definition.additions if act.name in addition.on]
    own = [act.condition, *(each.condition for each in act.needs)]
    for _round in range(_ROUNDS):
        for condition in aim.focus:
            case = _made(definition, act, case, condition, set())
        unwanted = [*aim.against, *(each.condition for each in added if alone and each.condition)]
        for condition in unwanted:
            case = _unmade(definition, act, case, condition, fixed)
        look = _look(definition, act, case)
        asked = [needs.condition for each in added if holds(each.condition, look) for needs in each.needs]
        for condition in (*own, *asked):
            case = _made(definition, act, case, condition, fixed)
    return case


def _repaired(definition: Definition, act: Act, case: Case, aim: _Aim, key: str) -> Case:
    """The case in which nothing but what is aimed at stands in the way, after ``key`` was set otherwise."""
    fixed = {key, *(each for condition in aim.focus for each in keys(condition)), *aim.turned}
    for condition in (act.condition, *(each.condition for each in act.needs)):
        case = _made(definition, act, case, condition, fixed)
    return case


def _made(definition: Definition, act: Act, case: Case, condition: Condition, fixed: set[str]) -> Case:
    """The case in which ``condition`` holds, by the first of its rows that can be met without what is ``fixed``."""
    if holds(condition, _look(definition, act, case)):
        return case
    for row in condition:
        tried = case
        for test in row:
            look = _look(definition, act, tried)
            if test_holds(test, look):
                continue
            if test.key not in fixed:
                tried = set_otherwise(definition, act, tried, test.key, _meeting(definition, test, look))
            elif test.of and str(test.value) not in fixed:
                tried = set_otherwise(definition, act, tried, str(test.value), look(test.key))
        if holds((row,), _look(definition, act, tried)):
            return tried
    return case


def _unmade(definition: Definition, act: Act, case: Case, condition: Condition, fixed: set[str]) -> Case:
    """The case in which ``condition`` does not hold, as far as that needs nothing ``fixed``."""
    for row in condition:
        if not holds((row,), _look(definition, act, case)):
            continue
        tries = (
            set_otherwise(definition, act, case, test.key, value)
            for test in row
            if test.key not in fixed
            for value in (*possible(definition, test.key), MISSING)
        )
        case = next((one for one in tries if not holds((row,), _look(definition, act, one))), case)
    return case


def _look(definition: Definition, act: Act, case: Case) -> Look:
    state, entry = case
    work = Working(definition, state, NOWHERE)
    if _filled_before(act, state):
        work.fresh = {act.form: state.signatures[act.name][0].answers}
    elif act.form:
        prefix = f"{act.form}."
        work.fresh = {
            act.form: {key[len(prefix) :]: value for key, value in entry.answers.items() if key.startswith(prefix)}
        }
    work.given, work.know, work.tried = entry.facts, plan_of(definition).acts[act.name].know, act.name
    look: Callable[[str], Any] = work.look
    return look


def _meeting(definition: Definition, test: Test, look: Look) -> Any:
    """A value for which the test holds."""
    value = look(str(test.value)) if test.of else test.value
    if test.operator == "absent":
        return MISSING
    if test.operator == "one-of":
        return next(iter(value), MISSING) if isinstance(value, list | tuple) else MISSING
    if test.operator == "present" or value is MISSING:
        return next(iter(possible(definition, test.key)), True)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value + {"more-than": 1, "less-than": -1}.get(test.operator, 0)
    return value


# --------------------------------------------------------------------------------------------- values


def near(value: Any) -> list[Any]:
    """The value and those beside it."""
    if isinstance(value, bool):
        return [True, False]
    return [value - 1, value, value + 1] if isinstance(value, int | float) else [value, "another"]


def possible(definition: Definition, key: str) -> list[Any]:
    """The values of ``key`` that can matter: its choices and both sides of what the text compares it with."""
    values = [other for value in values_of(definition, key) for other in near(value)]
    form, _, name = key.partition(".")
    field = definition.forms[form].fields.get(name) if form in definition.forms else None
    if field is not None:
        values = [choice.name for choice in field.choices] or [each for each in values if each is not None]
        if not values:
            values.append(_single(plain_answer(definition, field, Random(1))))  # noqa: S311 - repeatable
        if field.several:
            values = [[each] for each in values]
    return _distinct(values) or [True, False]


def _distinct(values: Iterable[Any]) -> list[Any]:
    return list({repr(value): value for value in values}.values())


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def set_otherwise(definition: Definition, act: Act, case: Case, key: str, value: Any) -> Case:
    """The case and the sentence with another answer or fact (``MISSING``: with none)."""
    state, entry = case
    head, _, name = key.partition(".")
    if head == "case":
        return _of_case(act, state, entry.at, name, value), entry
    if head == act.form and _filled_before(act, state):
        first, *others = state.signatures[act.name]
        first = replace(first, answers=told(first.answers, name, value))
        return replace(state, signatures={**state.signatures, act.name: (first, *others)}), entry
    if head == act.form:
        return state, replace(entry, answers=told(entry.answers, key, value))
    if head in definition.forms:
        fill = told(state.answers.get(head, {}), name, value)
        return replace(state, answers={**state.answers, head: fill}), entry
    state = replace(state, facts=told(state.facts, key, value))
    return state, replace(entry, facts=told(entry.facts, key, value))


def _of_case(act: Act, state: State, at: Any, name: str, value: Any) -> State:
    """The case with another count, or with a promise late or not late."""
    what, _, of = name.partition(".")
    if value is MISSING:
        return state
    table = {"times-done": "done", "times-entered": "entered"}.get(what, "")
    if table:
        return msgspec.structs.replace(state, **{table: {**getattr(state, table), of or act.name: value}})
    if what != "late" or not isinstance(value, bool):
        return state
    missed = at - timedelta(hours=1) if value else None
    due = missed or at + timedelta(hours=1)
    runs = [
        replace(run, state="missed" if value else "running", missed_at=missed, due=due, stopped=None, next=None)
        if run.name == of
        else run
        for run in state.clocks
    ]
    return replace(state, clocks=tuple(runs))


def told(table: Mapping[str, Any], key: str, value: Any) -> dict[str, Any]:
    """``table`` with another value for ``key``, which may name a column of lines."""
    if value is MISSING:
        return {name: one for name, one in table.items() if name != key}
    lines, dot, column = key.rpartition(".")
    if dot and isinstance(table.get(lines), list):
        return {**table, lines: [{**row, column: value} for row in table[lines]]}
    return {**table, key: value}
