"""Answers and facts invented for walks: drawn from the form, bent towards what a way or a need asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

import msgspec
from msgspec import Struct

from .conditions import MISSING
from .definition import Act, Addition, Condition, Definition, Field, Form, Operator, Test
from .engine import NOWHERE, QUESTIONS, Working, knows
from .state import State

Wishes = dict[str, Test]
"""What should hold, by the answer or fact it speaks of."""


_OTHER_SIDE: dict[str, Operator] = {
    "at-least": "less-than", "less-than": "at-least", "at-most": "more-than", "more-than": "at-most",
    "absent": "present", "present": "absent",
}  # fmt: skip


class _Need(Struct, frozen=True):
    """Context of one sentence."""

    definition: Definition
    state: State | None
    wishes: Wishes
    random: Random


def wishes_for(
    definition: Definition, act: Act, way: int, random: Random, additions: Sequence[Addition] = ()
) -> Wishes:
    """What to wish for so that ``act`` is possible and takes its ``way`` (from 1; 0 = any), with ``additions``."""
    conditions: list[Condition] = [act.condition, *(needs.condition for needs in act.needs)]
    for addition in definition.additions:
        # one that is there to refuse applies only where what it needs is not the case
        if act.name in addition.on and (addition not in additions or random.random() < 0.5):
            conditions += [needs.condition for needs in addition.needs]
    if 0 < way <= len(act.ways):
        conditions.append(act.ways[way - 1].condition)
    elif act.ways:
        conditions.append(random.choice(act.ways).condition)
    conditions += [each.condition for each in additions]
    wishes: Wishes = {}
    for earlier in act.ways[: max(way - 1, 0)]:
        for row in earlier.condition:
            turned = _turned(definition, random.choice(row), random)
            wishes.update({turned.key: turned} if turned is not None else {})
    return wishes | wished(conditions, random)


def wished(conditions: Iterable[Condition], random: Random) -> Wishes:
    """What to wish for so that each of the conditions holds."""
    return {test.key: test for condition in conditions if condition for test in random.choice(condition)}


def _turned(definition: Definition, test: Test, random: Random) -> Test | None:
    """A test that holds where ``test`` does not, as far as one can be named."""
    if test.operator in _OTHER_SIDE:
        return msgspec.structs.replace(test, operator=_OTHER_SIDE[test.operator])
    if test.of:
        return None
    if isinstance(test.value, bool):
        return msgspec.structs.replace(test, value=not test.value)
    taken = test.value if isinstance(test.value, list | tuple) else [test.value]
    form, _, name = test.key.partition(".")
    field = definition.forms[form].fields.get(name) if form in definition.forms else None
    others = [choice.name for choice in field.choices if choice.name not in taken] if field is not None else []
    return Test(test.key, "equal", random.choice(others)) if others else None


def invent(
    definition: Definition, state: State | None, act: Act, wishes: Wishes, random: Random
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Answers and facts for one act."""
    need = _Need(definition, state, wishes, random)
    answers: dict[str, Any] = {}
    form = definition.forms.get(act.form)
    if form is not None and not _already_filled(act, state):
        answers = _form(need, form)
    if act.standing:
        answers.update(_standing(need, act))
    facts: dict[str, Any] = {}
    for key in knows(definition, state, act.name):
        if key == act.who.where:
            facts[key] = "here"
        elif key in wishes or random.random() < 0.8:
            wished = key in wishes and random.random() < 0.85
            facts[key] = _wished(need, wishes[key]) if wished else _fact(need, key)
    return answers, {key: value for key, value in facts.items() if value is not MISSING}


def _already_filled(act: Act, state: State | None) -> bool:
    return not act.who.own and state is not None and bool(state.signatures.get(act.name))


def _form(need: _Need, form: Form) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for field in form.fields.values():
        if field.must is not None or need.random.random() < 0.6 or f"{form.name}.{field.name}" in need.wishes:
            value = _answer(need, field, f"{form.name}.{field.name}")
            if value is not MISSING:
                answers[f"{form.name}.{field.name}"] = value
    for lines in form.lines.values():
        model = _look(need, lines.per) if lines.per else MISSING
        count = len(model) if isinstance(model, list) else max(lines.least, 1) + need.random.randrange(2)
        rows: list[dict[str, Any]] = []
        for number in range(count):
            row = {}
            for field in lines.fields.values():
                value = _answer(need, field, f"{form.name}.{lines.name}.{field.name}")
                row[field.name] = value[number % len(value)] if isinstance(value, list) and value else value
            rows.append({key: value for key, value in row.items() if value is not MISSING})
        answers[f"{form.name}.{lines.name}"] = rows
    return answers


def _look(need: _Need, key: str) -> Any:
    if need.state is None:
        return MISSING
    return Working(need.definition, need.state, NOWHERE).look(key)


def _answer(need: _Need, field: Field, key: str) -> Any:
    # Whatever is drawn from the field is an answer: nothing to wish for beyond that.
    wish = need.wishes.get(key)
    if wish is not None and wish.operator != "present" and need.random.random() < 0.9:
        value = _wished(need, wish)
        if field.several and value is not MISSING and not isinstance(value, list):
            return [value]
        return value
    one = _near_a_limit(need, field, key)
    one = _one(need, field) if one is None else one
    return [one] if field.several else one


def _near_a_limit(need: _Need, field: Field, key: str) -> int | float | None:
    """Now and then a figure beside one the text compares the answer with; one drawn from the field rarely meets it."""
    if field.kind not in {"number", "money"} or need.random.random() < 0.6:
        return None
    figures = [each for each in values_of(need.definition, key) if type(each) in (int, float)]
    if not figures:
        return None
    one: int | float = need.random.choice(figures) + need.random.choice((-1, 0, 1))
    low = one if field.at_least is None else field.at_least
    high = one if field.at_most is None else field.at_most
    return one if low <= one <= high else None


def plain_answer(definition: Definition, field: Field, random: Random) -> Any:
    """An answer that fits ``field``, with nothing wished for."""
    one = _one(_Need(definition, None, {}, random), field)
    return [one] if field.several else one


def _one(need: _Need, field: Field) -> Any:
    if field.choices:
        return need.random.choice(field.choices).name
    if field.kind == "step":
        return need.random.choice(list(need.definition.steps))
    return _plain(field, need.random)


def _plain(field: Field, random: Random) -> Any:
    if field.kind in {"number", "money"}:
        low = int(field.at_least if field.at_least is not None else 0)
        high = int(field.at_most if field.at_most is not None else low + 20)
        return random.randint(low, max(low, high))
    day = f"2026-{random.randrange(3, 7):02d}-{random.randrange(1, 29):02d}"
    made: dict[str, Any] = {
        "date": day,
        "moment": f"{day}T{random.randrange(24):02d}:30:00+08:00",
        "yes-no": random.random() < 0.5,
        "file": {"name": "a.jpg", "size": 3, "hash": "00"},
    }
    return made.get(field.kind) if field.kind in made else random.choice(("甲", "乙", "丙"))


def _fact(need: _Need, key: str) -> Any:
    """A fact nobody wishes anything of: one of the values the text compares it with, or a day, or yes or no."""
    flat = values_of(need.definition, key)
    if any(isinstance(each, bool) for each in flat):
        return need.random.random() < 0.5
    if flat:
        return need.random.choice([each for each in flat if each is not None] or [True])
    if key.endswith(("date", "due", "at")):
        return f"2026-03-{need.random.randrange(1, 29):02d}"
    return need.random.random() < 0.5


def values_of(definition: Definition, key: str) -> list[Any]:
    """The constants the text compares ``key`` with."""
    kept: dict[str, list[Any]] | None = definition.__dict__.get("_values")
    if kept is None:
        kept = definition.__dict__["_values"] = {}
        for test in _tests(definition):
            if not test.of:
                kept.setdefault(test.key, []).extend(
                    test.value if isinstance(test.value, list | tuple) else [test.value]
                )
    return kept.get(key, [])


def _tests(definition: Definition) -> Iterable[Test]:
    conditions: list[Condition] = []
    for act in definition.acts.values():
        conditions += [act.condition, *(each.condition for each in act.needs), *(each.condition for each in act.ways)]
    for addition in definition.additions:
        conditions += [addition.condition, *(each.condition for each in addition.needs)]
    for deadline in definition.deadlines.values():
        conditions += [each.condition for each in deadline.within]
    return [test for condition in conditions for table in condition for test in table]


def _wished(need: _Need, test: Test) -> Any:
    """A value for which the test holds, as far as one can be named."""
    value = _look(need, str(test.value)) if test.of else test.value
    if test.operator == "absent":
        return MISSING
    if test.operator == "present":
        return True
    if test.operator == "one-of":
        return need.random.choice(list(value)) if isinstance(value, list | tuple) and value else MISSING
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value + {"more-than": 1, "less-than": -1}.get(test.operator, 0)
    return value


def _standing(need: _Need, act: Act) -> dict[str, Any]:
    random, state = need.random, need.state
    answers: dict[str, Any] = {}
    for name in QUESTIONS.get(act.name, {}):
        if name == "to":
            answers[f"{act.name}.to"] = random.choice(list(need.definition.steps))
        elif name == "act":
            answers[f"{act.name}.act"] = random.choice(list(need.definition.acts))
        elif name not in {"form", "field", "value", "entry"}:
            answers[f"{act.name}.{name}"] = "甲"
    filled = [
        (form, field)
        for form in (state.answers if state else {})
        for field in need.definition.forms[form].fields.values()
    ]
    if act.name == "correct" and filled:
        form, field = random.choice(filled)
        one = _one(need, field)
        answers |= {
            "correct.form": form, "correct.field": field.name, "correct.value": [one] if field.several else one,
        }  # fmt: skip
    return answers


def spoil(answers: dict[str, Any], random: Random) -> dict[str, Any]:
    """The answers with one thing wrong: missing, unknown, or of another type."""
    spoilt = dict(answers)
    draw = random.randrange(3)
    if draw == 0 or not spoilt:
        spoilt["nobody-asked"] = 1
    elif draw == 1:
        del spoilt[random.choice(sorted(spoilt))]
    else:
        spoilt[random.choice(sorted(spoilt))] = {"odd": [None]}
    return spoilt
