"""Probes: single sentences said to a case where it stands, with what came of each.

A walk alone cannot notice that a text grew laxer: what was accepted is accepted still. So beside each step of a walk
stand the sentences next to it: another post, an answer left out, a figure one higher, a fact the other way round, the
clock run on. Most are refused, and the refusal, its clause included, is as much a part of the record as an outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from random import Random
from typing import Any

import msgspec
from msgspec import Struct

from . import engine
from .aiming import aimed, near, possible, set_otherwise, told_earlier
from .branches import ALSO, taken
from .calendars import Calendar
from .conditions import MISSING, keys
from .definition import Act, Condition, Definition, Field, Form
from .engine.plan import plan_of
from .inventing import invent, plain_answer, values_of, wishes_for
from .refusals import Refusal, WrongAnswers
from .replay import Recorded, again
from .state import CLOCK, Doer, Outcome, State
from .walks import Walk

Came = tuple[Any, ...]
_SAMPLES = 20  # for each thing compared
_OPENINGS = 8
_OTHERWISE = 0.25  # how often one of the things compared is set otherwise
_TICKS = (timedelta(hours=1), timedelta(days=4), timedelta(days=400))


class Probe(Struct, frozen=True):
    """One sentence to a case in ``state`` (None: it opens one), and what came of it."""

    state: State | None
    entry: Recorded
    came: Came


def came_of(definition: Definition, probe: Probe, calendar: Calendar) -> Came:
    """What ``definition`` makes of the sentence: happenings, post, promises, or the refusal with its clause."""
    surroundings = engine.Surroundings(calendar, probe.entry.places)
    try:
        outcome: Outcome = again(definition, probe.state, probe.entry, surroundings)
    except Refusal as refusal:
        fields = [(one.field, one.code) for one in refusal.problems] if isinstance(refusal, WrongAnswers) else []
        return "refused", refusal.code, refusal.clause, fields
    except (KeyError, IndexError) as broken:
        return "broken", repr(broken)
    return "done", outcome.post, outcome.signed_only, outcome.happenings, outcome.state.clocks


def probes(
    definition: Definition, walk: Walk, calendar: Calendar, once: set[object] | None = None, posts: Iterable[str] = ()
) -> list[Probe]:
    """Every sentence next to those of ``walk``, said by the posts of the text and by ``posts``.

    ``once`` remembers between walks which act was probed at which step.
    """
    once = set() if once is None else once
    found: list[Probe] = []
    state: State | None = None
    random = Random(walk.seed)  # noqa: S311 - repeatable sentences, nothing secret
    for entry in walk.entries:
        surroundings = engine.Surroundings(calendar, entry.places)
        # openings are rare, and much hangs on what they say: several of them are looked at
        where_or_which = state.step if state else walk.seed % _OPENINGS
        outcome = again(definition, state, entry, surroundings)
        # what other clauses add is looked at where it applies
        added = frozenset(name for name, _ in taken(definition, state, outcome, surroundings) if name.startswith(ALSO))
        mark = (entry.act, entry.kind, where_or_which, _way(entry), added)
        sentences = [entry]
        if entry.kind in {"start", "act"} and mark not in once:
            once.add(mark)
            sentences += _beside(definition, entry, state)
            sentences += told_earlier(definition, entry)
            sentences += [msgspec.structs.replace(entry, doer=Doer(f"another-{post}", ((post, ""),))) for post in posts]
            if state is not None and (entry.act, "otherwise", _way(entry), added) not in once:
                once.add((entry.act, "otherwise", _way(entry), added))
                for where, sentence in aimed(definition, state, entry):
                    found.append(_probed(definition, where, sentence, calendar, entry.places))
                found += _elsewhere(definition, state, entry, calendar, random)
                found += _named_and_shut_out(definition, state, entry, calendar)
        if state is not None and ("step", state.step, len(state.clocks)) not in once:
            once.add(("step", state.step, len(state.clocks)))
            sentences += [Recorded("tick", entry.at + later) for later in _TICKS]
            sentences += _others(definition, state, entry, random)
        for sentence in sentences:
            found.append(_probed(definition, state, sentence, calendar, entry.places))
        state = outcome.state
    return found


def _way(entry: Recorded) -> tuple[object, ...]:
    return tuple(each.data.get("way") for each in entry.happenings if each.kind == "done")


def _probed(
    definition: Definition, state: State | None, sentence: Recorded, calendar: Calendar, places: tuple[str, ...]
) -> Probe:
    bare = Probe(state, msgspec.structs.replace(sentence, places=places, happenings=()), ())
    return msgspec.structs.replace(bare, came=came_of(definition, bare, calendar))


# --------------------------------------------------------------------------------------------- who


def _doers(definition: Definition, place: str = "") -> Iterator[Doer]:
    """One doer for every post, one with none, the clock, another case."""
    posts = dict.fromkeys(
        post for act in definition.acts.values() for post in (*act.who.posts, *act.who.each, *act.who.via)
    )
    for post in posts:
        yield Doer(f"another-{post}", ((post, place),))
    yield Doer("nobody")
    yield CLOCK
    yield Doer("9-9", (("another-kind", ""),), kind="case")


def _others(definition: Definition, state: State, entry: Recorded, random: Random) -> Iterator[Recorded]:
    """Every act, standing here or not, by every post in turn."""
    for name, act in definition.acts.items():
        if name not in plan_of(definition).at_step.get(state.step, ()):
            yield Recorded("act", entry.at, name, next(_doers(definition)))
            continue
        for _try in range(3):
            answers, facts = invent(definition, state, act, wishes_for(definition, act, 0, random), random)
            for doer in (*_doers(definition), *_named(act, state)):
                yield Recorded("act", entry.at, name, doer, answers=answers, facts=facts)
                if act.after:
                    # as soon as the step was entered, when its wait has hardly begun
                    yield Recorded("act", state.moment, name, doer, answers=answers, facts=facts)


def _named(act: Act, state: State) -> Iterator[Doer]:
    """Whoever an answer names for the act, in each of its posts."""
    form, _dot, field = act.who.named.partition(".")
    person = state.answers.get(form, {}).get(field)
    if isinstance(person, str):
        for post in act.who.posts:
            yield Doer(person, ((post, ""),))


def _named_and_shut_out(definition: Definition, state: State, entry: Recorded, calendar: Calendar) -> Iterator[Probe]:
    """The one named for the act is somebody whose own act shuts them out of it."""
    act = definition.acts.get(entry.act)
    if act is None or not act.who.named:
        return
    for other in act.who.other:
        person = state.doers.get(other, ("", ""))[0]
        if person:
            where, sentence = set_otherwise(definition, act, (state, entry), act.who.named, person)
            sentence = msgspec.structs.replace(sentence, doer=Doer(person, entry.doer.holds))
            yield _probed(definition, where, sentence, calendar, entry.places)


# --------------------------------------------------------------------------------------------- what


def _beside(definition: Definition, entry: Recorded, state: State | None) -> Iterator[Recorded]:
    act = definition.acts.get(entry.act)
    if act is None:
        return
    same = entry.doer
    for doer in _doers(definition):
        yield msgspec.structs.replace(entry, doer=doer)
        if doer.kind == "person" and act.who.named:
            # who is named, but comes in another post
            yield msgspec.structs.replace(entry, doer=Doer(same.name, doer.holds))
    yield msgspec.structs.replace(entry, doer=Doer(f"{same.name}-another", same.holds, same.post, same.kind))
    yield msgspec.structs.replace(entry, doer=Doer(same.name, tuple((post, "elsewhere") for post, _ in same.holds)))
    for person, _post in (state.doers if state else {}).values():
        yield msgspec.structs.replace(entry, doer=Doer(person, same.holds))
    if act.who.where:
        here = Doer(same.name, tuple((post, entry.places[0]) for post, _ in same.holds))
        yield msgspec.structs.replace(entry, doer=here, facts={**entry.facts, act.who.where: "elsewhere"})
    for answers in _answers(definition, definition.forms.get(act.form), entry.answers):
        yield msgspec.structs.replace(entry, answers=answers)
    for facts in _facts(definition, entry.facts):
        yield msgspec.structs.replace(entry, facts=facts)
    yield from _both(definition, act, entry)


def _both(definition: Definition, act: Act, entry: Recorded) -> Iterator[Recorded]:
    """All that is compared set to each of its constants, one comparison after the other turned round."""
    constants = {
        key: values_of(definition, key)
        for condition in _conditions(definition, act)
        for key in keys(condition)
        if "." in key
    }
    form = definition.forms.get(act.form)
    for key, values in constants.items():
        for value in values:
            for other in near(value):
                if form is not None and key.partition(".")[0] == form.name:
                    told = {**entry.answers, key: other}
                    yield msgspec.structs.replace(entry, answers=told)
                    for field in form.fields.values():
                        if field.must:
                            left = {name: one for name, one in told.items() if name != f"{form.name}.{field.name}"}
                            yield msgspec.structs.replace(entry, answers=left)
                elif key.partition(".")[0] not in definition.forms:
                    yield msgspec.structs.replace(entry, facts={**entry.facts, key: other})


def _conditions(definition: Definition, act: Act) -> Iterator[Condition]:
    yield act.condition
    yield from (each.condition for each in act.needs)
    yield from (each.condition for each in act.ways)
    for addition in definition.additions:
        if act.name in addition.on:
            yield addition.condition
            yield from (each.condition for each in addition.needs)
    form = definition.forms.get(act.form)
    if form is not None:
        yield from (field.must for field in form.fields.values() if field.must)


def _answers(definition: Definition, form: Form | None, answers: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for key in answers:
        yield {name: value for name, value in answers.items() if name != key}
    if form is None:
        return
    every = dict(answers)
    for field in form.fields.values():
        key = f"{form.name}.{field.name}"
        yield {**answers, key: plain_answer(definition, field, Random(1))}  # noqa: S311 - repeatable
        every.setdefault(key, plain_answer(definition, field, Random(1)))  # noqa: S311 - repeatable
        for value in _values(definition, field, key):
            yield {**answers, key: value}
    yield every
    for lines in form.lines.values():
        key = f"{form.name}.{lines.name}"
        rows = list(answers.get(key, [])) or [{}]
        full = {name: plain_answer(definition, field, Random(1)) for name, field in lines.fields.items()}  # noqa: S311
        yield {**answers, key: []}
        yield {**answers, key: [*rows, full]}
        yield {**answers, key: [{**full, **row} for row in rows]}
        for name, field in lines.fields.items():
            for second in lines.fields:
                less = [{each: one for each, one in (full | row).items() if each not in {name, second}} for row in rows]
                yield {**answers, key: less}
            for value in _values(definition, field, f"{key}.{name}"):
                yield {**answers, key: [{**full, **row, name: value} for row in rows]}


def _values(definition: Definition, field: Field, key: str) -> Iterator[Any]:
    """Every choice, both sides of every bound and of every figure compared with, too few of several."""
    values: list[Any] = [choice.name for choice in field.choices]
    if field.kind == "yes-no":
        values += [True, False]
    for bound in (field.at_least, field.at_most):
        values += near(int(bound)) if bound is not None else []
    for value in values_of(definition, key):
        values += near(value)
    if field.kind in {"text", "long-text", "product", "part", "person"} and not values:
        values = ["another"]
    for value in values:
        yield [value] if field.several else value
    if field.several:
        some = [value for value in values if value is not None] or [plain_answer(definition, field, Random(1))]  # noqa: S311
        for count in range(max(field.least, 1) + 1):
            yield (some * (count + 1))[:count]


def _facts(definition: Definition, facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for key, value in facts.items():
        yield {name: one for name, one in facts.items() if name != key}
        for other in [each for constant in values_of(definition, key) for each in near(constant)] or near(value):
            yield {**facts, key: other}


# --------------------------------------------------------------------------------------------- where


def _elsewhere(
    definition: Definition, state: State, entry: Recorded, calendar: Calendar, random: Random
) -> Iterator[Probe]:
    """The sentence where what its conditions compare is sometimes otherwise: in the case, the answers, the facts."""
    act = definition.acts.get(entry.act)
    if act is None:
        return
    candidates = _candidates(definition, act, state, entry)
    ties = [
        (test.key, str(test.value))
        for condition in _conditions(definition, act)
        for table in condition
        for test in table
        if test.of
    ]
    for _sample in range(_SAMPLES * len(candidates)):
        case = (state, entry)
        for key, values in candidates.items():
            if random.random() < _OTHERWISE:
                case = set_otherwise(definition, act, case, key, random.choice(values))
        for tie in ties:
            value = random.choice(candidates[tie[0]])
            for key in tie if random.random() < 0.5 else ():
                case = set_otherwise(definition, act, case, key, value)
        yield _probed(definition, *case, calendar, entry.places)


def _candidates(definition: Definition, act: Act, state: State, entry: Recorded) -> dict[str, list[Any]]:
    """For each answer and fact the act's conditions compare, the values that can matter, none among them."""
    form = definition.forms.get(act.form)
    tests = [test for condition in _conditions(definition, act) for table in condition for test in table]
    names = dict.fromkeys(test.key for test in tests if "." in test.key)
    names.update(dict.fromkeys(str(test.value) for test in tests if test.of))
    if form is not None:
        names.update(dict.fromkeys(f"{form.name}.{field.name}" for field in form.fields.values() if field.must))
    found: dict[str, list[Any]] = {key: [MISSING, *possible(definition, key)] for key in names}
    for test in tests:
        if test.of and test.key in found:
            # how often an act was done is counted on: a word there is no case that could be
            words = [] if test.key.startswith("case.times-") else ["another"]
            both = [*found.get(test.key, []), *found[str(test.value)], 1, *words]
            found[test.key] = found[str(test.value)] = both
    own = {key: value for key, value in entry.answers.items() if key in found}
    return {key: [*values, *([own[key]] if key in own else [])] for key, values in found.items()}
