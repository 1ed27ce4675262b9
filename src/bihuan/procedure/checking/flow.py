"""The way through the steps: what is never reached, what never ends, which answers have no way."""

from __future__ import annotations

import itertools

from bihuan.procedure.definition import Act, Condition, Definition, Test, Way

from .names import Names

_MOST_COMBINATIONS = 4096


def check_flow(names: Names) -> None:
    """Steps that cannot be reached or have no way to an end, and the ways of each act."""
    definition = names.definition
    arrows = edges(definition)
    reached = _from({definition.first}, arrows)
    ends = {step.name for step in definition.steps.values() if step.end}
    backwards: dict[str, set[str]] = {}
    for start, stops in arrows.items():
        for stop in stops:
            backwards.setdefault(stop, set()).add(start)
    ending = _from(ends, backwards)
    origin = names.at(definition.opening.origin, "steps")
    if not ends:
        names.add(
            "no-end",
            origin,
            "没有结束步骤：名称后加 *",
            "there is no end step: write * after its name",
            'steps = ["…", "closed*"]',
        )
    for step in definition.steps.values():
        where = step.origin or origin
        if step.name not in reached:
            names.add(
                "step-unreachable",
                where,
                f"步骤 {step.name} 到不了",
                f"the step {step.name} cannot be reached",
                f'to = "{step.name}"',
            )
        elif step.name not in ending and ends:
            names.add(
                "step-without-end",
                where,
                f"步骤 {step.name} 走不到结束",
                f"no way leads from the step {step.name} to an end",
            )
    for act in definition.acts.values():
        _check_ways(names, act)


def edges(definition: Definition) -> dict[str, set[str]]:
    """From each step, the steps that acts lead to."""
    arrows: dict[str, set[str]] = {}
    running = [step.name for step in definition.steps.values() if not step.end]
    for act in definition.acts.values():
        targets = {way.step for way in act.ways if way.step}
        for step in act.at or running:
            arrows.setdefault(step, set()).update(targets)
    return arrows


def _from(starts: set[str], arrows: dict[str, set[str]]) -> set[str]:
    reached = set(starts)
    waiting = list(starts)
    while waiting:
        for step in arrows.get(waiting.pop(), ()):
            if step not in reached:
                reached.add(step)
                waiting.append(step)
    return reached


def _check_ways(names: Names, act: Act) -> None:
    open_ways = [position for position, way in enumerate(act.ways) if not way.condition]
    if open_ways and open_ways[0] < len(act.ways) - 1:
        late = act.ways[open_ways[0] + 1]
        names.add(
            "way-after-unconditional",
            late.origin,
            "前一条去向没有条件，这一条永远走不到",
            "the way before it has no condition, so this one is never taken",
        )
    if act.ways and not open_ways and not _all_covered(names, act, act.ways):
        last = act.ways[-1]
        names.add(
            "ways-not-covering",
            last.origin,
            f"{act.name} 的去向没有包括所有答案：最后一条不写条件，或写全选项",
            f"the ways of {act.name} do not cover every answer: leave the last without a condition or name all choices",
            f'{{ step = "{last.step}" }}',
        )


def _all_covered(names: Names, act: Act, ways: tuple[Way, ...]) -> bool:
    return covered(names, tuple(way.condition for way in ways))


def covered(names: Names, conditions: tuple[Condition, ...]) -> bool:
    """Whether for every combination of choices at least one condition holds.

    Only closed questions that must be answered count: choices and yes-no. Anything else is never known to cover.
    """
    tests = [test for condition in conditions for table in condition for test in table]
    values: dict[str, list[object]] = {}
    for test in tests:
        domain = _domain(names, test)
        if domain is None:
            return False
        values.setdefault(test.key, domain)
    size = 1
    for domain in values.values():
        size *= len(domain)
    if size > _MOST_COMBINATIONS:
        return False
    keys = list(values)
    return all(
        any(
            any(all(_holds(test, dict(zip(keys, combination, strict=True))) for test in table) for table in condition)
            for condition in conditions
        )
        for combination in itertools.product(*(values[key] for key in keys))
    )


_ABSENT = object()


def _domain(names: Names, test: Test) -> list[object] | None:
    if test.of or test.operator not in ("equal", "one-of", "absent", "present"):
        return None
    head, _, rest = test.key.partition(".")
    form = names.definition.forms.get(head)
    field = form.fields.get(rest) if form is not None else None
    if field is None or field.several:
        # Known or unknown is closed too, whatever the value.
        return [_ABSENT, object()] if test.operator in ("absent", "present") else None
    if field.choices:
        domain: list[object] = [choice.name for choice in field.choices]
    elif field.kind == "yes-no":
        domain = [True, False]
    elif test.operator in ("absent", "present"):
        domain = [object()]
    else:
        return None
    return domain if field.must == ((),) else [*domain, _ABSENT]


def _holds(test: Test, values: dict[str, object]) -> bool:
    value = values[test.key]
    if test.operator == "absent":
        return value is _ABSENT
    if test.operator == "present":
        return value is not _ABSENT
    if value is _ABSENT:
        return False
    return value in test.value if test.operator == "one-of" else value == test.value
