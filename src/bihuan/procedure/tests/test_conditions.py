"""What a condition means: tables all, lists any, every line unless some, and false for the unanswered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.procedure.conditions import MISSING, could_hold, describe, holds, keys, test_holds
from bihuan.procedure.definition import Test as Comparison
from bihuan.procedure.definition import Text

test_holds.__test__ = False  # the function under test is called so, and is no test itself

KNOWN = {
    "n": 3, "t": "a", "yes": True, "day": "2026-03-02", "moment": "2026-03-02T09:00:00+08:00", "price": "12.50",
    "lines": [1, 2, 3], "gap": [1, MISSING], "none": None, "empty": [],
    "words": ["a", "b"], "same": [1, 2, 3], "short": [1, 2],
}  # fmt: skip


def look(key):
    return KNOWN.get(key, MISSING)


def says(key, operator, value=None, **more):
    return holds(((Comparison(key, operator, value, **more),),), look)


def test_an_empty_condition_always_holds():
    assert holds((), look)
    assert holds(((),), look)


def test_keys_of_a_table_all_hold_and_tables_are_alternatives():
    right, wrong = Comparison("n", "equal", 3), Comparison("t", "equal", "z")
    assert not holds(((right, wrong),), look)
    assert holds(((wrong,), (right,)), look)


@pytest.mark.parametrize(
    ("key", "operator", "value", "held"),
    [
        ("n", "equal", 3, True), ("n", "equal", 3.0, True), ("n", "at-least", 3, True), ("n", "more-than", 3, False),
        ("n", "at-most", 3, True), ("n", "less-than", 3, False), ("n", "one-of", (1, 3), True),
        ("n", "one-of", "123", False),
        ("yes", "equal", True, True), ("yes", "equal", 1, False), ("n", "at-least", True, False),
        ("t", "at-least", 1, False),
        ("price", "equal", 12.5, True), ("price", "less-than", 13, True), ("price", "less-than", "9", False),
        ("day", "at-least", "2026-03-01", True), ("day", "less-than", "2026-03-02", False),
        ("moment", "equal", "2026-03-02T01:00:00+00:00", True), ("moment", "at-most", "2026-03-02", True),
        ("moment", "more-than", "2026-03-02T01:30:00+00:00", False),
        ("unknown", "equal", None, False), ("unknown", "at-most", 9, False), ("none", "equal", None, False),
        ("unknown", "absent", None, True), ("none", "absent", None, True), ("empty", "absent", None, True),
        ("n", "absent", None, False), ("n", "present", None, True), ("unknown", "present", None, False),
    ],
)  # fmt: skip
def test_one_comparison(key, operator, value, held):
    assert says(key, operator, value) is held


def test_against_lines_every_one_must_meet_it_and_with_some_one_is_enough():
    assert says("lines", "at-least", 1)
    assert not says("lines", "at-least", 2)
    assert says("lines", "at-least", 2, some=True)
    assert not says("gap", "at-least", 1)
    assert says("gap", "at-least", 1, some=True)
    assert not says("empty", "at-least", 1)
    assert says("words", "one-of", ("a", "b", "c"))
    assert not says("words", "one-of", ("a",))
    assert says("gap", "absent", some=True)
    assert not says("gap", "absent")


def test_of_compares_with_another_answer_line_by_line():
    assert says("lines", "equal", "same", of=True)
    assert not says("lines", "equal", "short", of=True)
    assert says("lines", "at-most", "n", of=True)
    assert not says("n", "equal", "lines", of=True)
    assert says("n", "equal", "lines", of=True, some=True)
    assert not says("n", "equal", "unknown", of=True)
    assert says("n", "one-of", "lines", of=True)


def test_what_cannot_be_told_yet_may_still_come_to_hold():
    condition = ((Comparison("n", "equal", 4), Comparison("unknown", "equal", 1)),)
    assert not could_hold(condition, look, lambda key: key == "n")
    assert could_hold(condition, look, lambda key: False)


def test_a_condition_says_what_it_asks_in_both_languages():
    condition = ((Comparison("n", "at-least", 4), Comparison("t", "equal", "n", of=True)), (Comparison("x", "absent"),))
    words = describe(condition, lambda key: Text(f"甲{key}", key), lambda key, value: Text(str(value)))
    assert words.zh == "「甲n」不得少于4，「甲t」须为「甲n」；或「甲x」须为空"
    assert words.en == "“n” must be at least 4, “t” must be “n”; or “x” must be absent"
    assert keys(condition) == ("n", "t", "x")


PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
ANYTHING = PLAIN | st.lists(PLAIN, max_size=3)
OPERATORS = st.sampled_from(["equal", "one-of", "at-least", "more-than", "at-most", "less-than", "absent", "present"])


@given(ANYTHING, ANYTHING, OPERATORS, st.booleans())
def test_nothing_that_can_be_answered_makes_a_comparison_raise(left, right, operator, some):
    found = test_holds(Comparison("x", operator, right, some=some), lambda key: left)
    assert found in {True, False}
