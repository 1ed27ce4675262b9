"""Conditions: they compare what can be compared, with values that can occur, and ask only facts that are asked for."""

from __future__ import annotations

from typing import Any

from bihuan.procedure.definition import Origin, Test

from .names import Asked, Meaning, Names, conditions, known_at, near

_ORDERED = ("at-least", "more-than", "at-most", "less-than")
_NUMBERS = ("number", "money")
_MOMENTS = ("date", "moment")


def check_conditions(names: Names) -> None:
    """All conditions of one definition."""
    for each in conditions(names.definition):
        asked = Asked(each.condition, names.at(each.origin, *each.path), each.act) if each.path else each
        for table in asked.condition:
            for test in table:
                _check_test(names, test, asked)


def _check_test(names: Names, test: Test, asked: Asked) -> None:
    meaning = names.meaning(test.key, asked.origin)
    other = names.meaning(str(test.value), asked.origin) if test.of else None
    for name, each in ((test.key, meaning), (str(test.value), other)):
        if each is not None and each.fact is not None:
            _check_known(names, name, asked)
    if meaning is None or meaning.whole or test.operator in ("absent", "present"):
        return
    kind, choices = _kind(meaning)
    if test.operator in _ORDERED and kind not in (*_NUMBERS, *_MOMENTS):
        names.add(
            "wrong-operator",
            asked.origin,
            f"{test.key} 不是数字也不是时间，不能比大小",
            f"{test.key} is neither a number nor a time and cannot be compared as more or less",
            "",
        )
        return
    if not test.of:
        values = test.value if test.operator == "one-of" and isinstance(test.value, tuple) else (test.value,)
        for value in values:
            _check_value(names, test, value, kind, choices, asked.origin)


def _check_known(names: Names, name: str, asked: Asked) -> None:
    """A fact has to be asked for by the act; the case's own counts and a duty's period are always at hand."""
    if not asked.act or name.startswith(("case.", "duty.")) or name in known_at(names.definition, asked.act):
        return
    names.add(
        "fact-not-known",
        asked.origin,
        f"条件用到 {name}，但行为 {asked.act} 的 know 里没有它",
        f"the condition uses {name}, but the act {asked.act} does not list it under know",
        f'know = ["{name}"]',
    )


def _kind(meaning: Meaning) -> tuple[str, tuple[str, ...]]:
    if meaning.field is not None:
        return meaning.field.kind, tuple(choice.name for choice in meaning.field.choices)
    if meaning.fact is not None:
        return meaning.fact.kind, meaning.fact.choices
    return "list", ()


def _check_value(names: Names, test: Test, value: Any, kind: str, choices: tuple[str, ...], origin: Origin) -> None:
    if choices:
        if value not in choices:
            hint = near(str(value), choices)
            names.add(
                "unknown-choice",
                origin,
                f"{test.key} 没有选项 {value}；有 {'、'.join(choices)}",
                f"{test.key} has no choice {value}; it has {', '.join(choices)}",
                f'"{test.key}" = "{hint or choices[0]}"',
            )
        return
    if not _fits(value, kind):
        names.add(
            "wrong-value",
            origin,
            f"{test.key}（{kind}）不能与 {value!r} 比较",
            f"{test.key} ({kind}) cannot be compared with {value!r}",
            f'"{test.key}" = {_SHOWN.get(kind, "…")}',
        )


_SHOWN = {"yes-no": "true", "number": "1", "money": "1", "date": '"2026-01-31"', "text": '"…"'}


def _fits(value: Any, kind: str) -> bool:
    if kind == "yes-no":
        return isinstance(value, bool)
    if kind in _NUMBERS:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind in ("list", "choice"):
        return not isinstance(value, dict)
    return isinstance(value, str)
