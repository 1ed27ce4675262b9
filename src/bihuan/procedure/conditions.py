"""Whether a condition holds for what is known, and the words that say what it asks.

A condition is *any* of tables, each of which must hold whole. Against a list (the lines of a form, several
signers, several choices) a test means every element, with ``some`` at least one. Comparing something that was not
answered is false; only ``absent`` speaks of the missing. Nothing here raises on odd answers: what cannot be
compared does not hold.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from operator import ge, gt, le, lt
from typing import Any, Final

from .definition import Condition, Test, Text


class Missing:
    """The value of something nobody has answered."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing()

Look = Callable[[str], Any]


def unanswered(value: Any) -> bool:
    """Whether ``value`` counts as no answer: missing, nothing, empty words, an empty list."""
    return value is MISSING or value is None or value == "" or (isinstance(value, list | tuple | dict) and not value)


def holds(condition: Condition, look: Look) -> bool:
    """Whether ``condition`` holds. ``look(key)`` gives the value of an answer or fact, or ``MISSING``.

    An empty condition always holds.
    """
    if not condition:
        return True
    for table in condition:
        for test in table:
            if not test_holds(test, look):
                break
        else:
            return True
    return False


def could_hold(condition: Condition, look: Look, known: Callable[[str], bool]) -> bool:
    """Whether ``condition`` may still come to hold: a test of what is not ``known`` yet counts as held."""
    if not condition:
        return True
    return any(
        all(not known(test.key) or (test.of and not known(str(test.value))) or test_holds(test, look) for test in table)
        for table in condition
    )


def test_holds(test: Test, look: Look) -> bool:
    """Whether one comparison holds."""
    left = look(test.key)
    if test.operator in {"absent", "present"}:
        return _presence(test, left)
    right = look(str(test.value)) if test.of else test.value
    if unanswered(left) or (test.of and unanswered(right)):
        return False
    lists = isinstance(left, list | tuple), test.of and test.operator != "one-of" and isinstance(right, list | tuple)
    if lists == (False, False):
        return _compare(test.operator, left, right)
    if lists == (True, True):
        # Line by line; a line without a partner meets nothing.
        pairs = list(zip(left, right, strict=False))
        if len(left) != len(right) and not test.some:
            return False
    else:
        pairs = [(one, right) for one in left] if lists[0] else [(left, one) for one in right]
    found = [_compare(test.operator, one, other) for one, other in pairs]
    return any(found) if test.some else all(found)


def _presence(test: Test, left: Any) -> bool:
    absent = test.operator == "absent"
    if not isinstance(left, list | tuple) or not left:
        return unanswered(left) is absent
    found = [unanswered(each) is absent for each in left]
    return any(found) if test.some else all(found)


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "at-least": ge,
    "more-than": gt,
    "at-most": le,
    "less-than": lt,
}


def _compare(operator: str, left: Any, right: Any) -> bool:
    if unanswered(left):
        return False
    if operator == "equal":
        return same(left, right)
    if operator == "one-of":
        return isinstance(right, list | tuple | set | frozenset) and any(same(left, each) for each in right)
    pair = _orderable(left, right)
    return pair is not None and _ORDERS[operator](*pair)


def same(left: Any, right: Any) -> bool:
    """Equal as a reader means it: yes is not 1, and 2 is 2.0 is "2.00"."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if left == right:
        return True
    if isinstance(left, list | tuple) or isinstance(right, list | tuple):
        return False
    pair = _orderable(left, right)
    return pair is not None and bool(pair[0] == pair[1])


def _orderable(left: Any, right: Any) -> tuple[Any, Any] | None:
    """Both as values of one kind that can be put in order, or None."""
    if isinstance(left, bool) or isinstance(right, bool):
        return None
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left, right
    if isinstance(left, str) and isinstance(right, str):
        return _texts(left, right)
    first, second = _figure(left), _figure(right)
    return None if first is None or second is None else (first, second)


def _texts(left: str, right: str) -> tuple[Any, Any]:
    one, other = _moment(left), _moment(right)
    if one is not None and other is not None:
        return one, other
    # A day against a moment: compared as days, as written.
    if one is not None or other is not None:
        return left[:10], right[:10]
    first, second = _figure(left), _figure(right)
    return (left, right) if first is None or second is None else (first, second)


def _moment(words: str) -> datetime | None:
    if len(words) < 16 or words[4] != "-" or words[10] not in "T ":
        return None
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _figure(value: Any) -> Decimal | None:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if not isinstance(value, int | float | str):
        return None
    try:
        figure = Decimal(str(value))
    except InvalidOperation:
        return None
    return figure if figure.is_finite() else None


_WORDS: dict[str, tuple[str, str]] = {
    "equal": ("须为{value}", "must be {value}"),
    "one-of": ("须为{value}之一", "must be one of {value}"),
    "at-least": ("不得少于{value}", "must be at least {value}"),
    "more-than": ("须多于{value}", "must be more than {value}"),
    "at-most": ("不得多于{value}", "must be at most {value}"),
    "less-than": ("须少于{value}", "must be less than {value}"),
    "absent": ("须为空", "must be absent"),
    "present": ("须已填写", "must be answered"),
}


def describe(condition: Condition, name_of: Callable[[str], Text], value_of: Callable[[str, Any], Text]) -> Text:
    """What ``condition`` asks, in both languages.

    ``name_of(key)`` gives the label of an answer or fact, ``value_of(key, value)`` that of a constant.
    """
    tables = [[_describe_test(test, name_of, value_of) for test in table] for table in condition]
    return Text(
        "；或".join("，".join(each.zh for each in table) for table in tables),
        "; or ".join(", ".join(each.say("en") for each in table) for table in tables),
    )


def _describe_test(test: Test, name_of: Callable[[str], Text], value_of: Callable[[str, Any], Text]) -> Text:
    name = name_of(test.key)
    zh, en = _WORDS[test.operator]
    if test.of:
        other = name_of(str(test.value))
        value_zh, value_en = f"「{other.zh}」", f"“{other.say('en')}”"
    else:
        values = test.value if isinstance(test.value, list | tuple) else [test.value]
        labels = [value_of(test.key, each) for each in values]
        value_zh, value_en = "、".join(each.zh for each in labels), ", ".join(each.say("en") for each in labels)
    some_zh, some_en = ("至少一项", "at least one ") if test.some else ("", "")
    return Text(
        f"「{name.zh}」{some_zh}{zh.format(value=value_zh)}",
        f"{some_en}“{name.say('en')}” {en.format(value=value_en)}",
    )


def keys(condition: Condition) -> tuple[str, ...]:
    """Every answer and fact the condition speaks of, in order, each once."""
    found: dict[str, None] = {}
    for table in condition:
        for test in table:
            found[test.key] = None
            if test.of:
                found[str(test.value)] = None
    return tuple(found)
