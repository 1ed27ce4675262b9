"""Whether answers fit their form: every problem is told at once, and nothing else is changed."""

import pytest

from bihuan.procedure.definition import Lines
from bihuan.procedure.refusals import WrongAnswers

from .engine_cases import CHEN, Played, act, condition, field, form, lines, origin, procedure

KINDS = form(
    "f",
    field("text"), field("figure", "number", at_least=1, at_most=9), field("price", "money"), field("day", "date"),
    field("when", "moment"), field("sure", "yes-no"), field("pick", choose=("a", "b")), field("picture", "file"),
    field("many", choose=("a", "b", "c"), several=True, least=2), field("step", "step"), field("contact", "contact"),
)  # fmt: skip


def played(*forms, **more):
    acts = [act("open", "new", form=more.pop("first", "")), act("fill", "new", form=forms[-1].name)]
    return Played(procedure("new done*", acts, forms), **more)


def problems(case, answers):
    before = case.state
    with pytest.raises(WrongAnswers) as caught:
        case.act("fill", CHEN, "03-02 10:00", answers)
    assert case.state is before
    return [(each.field, each.code) for each in caught.value.problems]


def test_every_problem_is_reported_not_only_the_first():
    assert problems(played(KINDS), {"f.figure": "x", "f.day": "2026-02-30", "colour": 1, "f.pick": "z"}) == [
        ("colour", "unknown"),
        ("f.figure", "number"),
        ("f.day", "date"),
        ("f.pick", "choice"),
    ]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("text", 3, "text"), ("text", "a\x00b", "text"), ("text", "\ud800", "text"), ("text", "   ", "text"),
        ("figure", True, "number"), ("figure", 0, "at-least"), ("figure", 10, "at-most"),
        ("figure", float("nan"), "number"),
        ("figure", 10**400, "at-most"), ("price", "1,000", "number"), ("price", "Infinity", "number"),
        ("day", "2026-3-2", "date"), ("day", 20260302, "date"), ("day", "2026-W10-1", "date"),
        ("when", "2026-03-02T09:00", "moment"), ("when", "2026-03-02", "moment"), ("sure", 1, "yes-no"),
        ("pick", ["a"], "one"), ("pick", {}, None), ("many", "a", "list"), ("many", ["a"], "least"),
        ("many", ["a", "z"], "choice"), ("step", "nowhere", "step"), ("picture", "x.jpg", "file"),
        ("picture", {"name": "x", "size": "3", "hash": "0"}, "file"), ("contact", {"name": 3}, "record"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_named(name, value, code):
    case = played(KINDS)
    if code is None:
        case.act("fill", CHEN, "03-02 10:00", {name: value})
        assert case.state.answers["f"] == {}
    else:
        assert problems(case, {name: value}) == [(f"f.{name}", code)]


def test_right_answers_are_kept_as_given_and_the_unanswered_left_out():
    case = played(KINDS)
    given = {
        "text": "甲", "figure": 9, "price": "12.50", "day": "2026-03-02", "when": "2026-03-02T09:00+08:00",
        "sure": False, "pick": "b", "picture": {"name": "x", "size": 3, "hash": "0"}, "many": ["a", "b"], "step": "new",
        "contact": {"name": "李"},
    }  # fmt: skip
    case.act("fill", CHEN, "03-02 10:00", {**given, "f.text": "甲"})
    assert case.state.answers["f"] == given
    case.act("fill", CHEN, "03-02 10:00", {"text": "乙", "figure": None, "many": []})
    assert case.state.answers["f"] == {"text": "乙"}


def test_the_newest_filling_counts_and_each_is_numbered():
    case = played(KINDS)
    case.act("fill", CHEN, "03-02 10:00", {"text": "一"})
    case.act("fill", CHEN, "03-02 10:00", {"sure": True})
    assert case.state.answers["f"] == {"sure": True}
    assert case.outcome.happenings[0].data == {"run": 2}


def test_a_must_under_a_condition_asks_only_where_it_holds():
    reason = form("f", field("done", "yes-no", must=True), field("why", must=condition(done=False)))
    case = played(reason)
    assert problems(case, {}) == [("f.done", "missing")]
    assert problems(case, {"done": False}) == [("f.why", "missing")]
    case.act("fill", CHEN, "03-02 10:00", {"done": True})
    whole = played(form("f", field("done", "yes-no"), field("why", must=condition(f__done=False))))
    assert problems(whole, {"done": False}) == [("f.why", "missing")]


def table(**more):
    return lines("goods", field("name", must=True), field("count", "number", must=condition(name="b")), **more)


def test_lines_are_checked_one_by_one():
    case = played(form("f", lines=(table(least=2),)))
    assert problems(case, {"goods": [{"name": "a"}]}) == [("f.goods", "least")]
    assert problems(case, {}) == [("f.goods", "least")]
    assert problems(case, {"goods": "a"}) == [("f.goods", "lines")]
    assert problems(case, {"f.goods": [{"name": "b"}, {"count": "x", "odd": 1}]}) == [
        ("f.goods.1.count", "missing"),
        ("f.goods.2.odd", "unknown"),
        ("f.goods.2.name", "missing"),
        ("f.goods.2.count", "number"),
    ]
    case.act("fill", CHEN, "03-02 10:00", {"f.goods": [{"name": "a"}, {"name": "b", "count": 2}]})
    assert case.state.answers["f"]["goods"] == [{"name": "a"}, {"name": "b", "count": 2}]


def test_lines_that_follow_another_list_have_a_line_for_each():
    sent = form("sent", lines=(table(),))
    got = form(
        "got",
        lines=(Lines("goods", sent.title, {"counted": field("counted", "number")}, origin("F"), 0, "sent.goods"),),
    )
    case = played(sent, got, first="sent", answers={"goods": [{"name": "a"}, {"name": "c"}]})
    assert problems(case, {"goods": [{"counted": 1}]}) == [("got.goods", "per")]
    case.act("fill", CHEN, "03-02 10:00", {"goods": [{"counted": 1}, {"counted": 2}]})


def test_asking_again_changes_the_newest_answer_to_the_earlier_question():
    first = form("first", field("urgency", choose=("urgent", "normal")))
    later = form("later", field("urgency", "choice", again="first.urgency"))
    case = played(first, later, first="first", answers={"urgency": "normal"})
    assert problems(case, {"urgency": "odd"}) == [("later.urgency", "choice")]
    case.act("fill", CHEN, "03-02 10:00", {"later.urgency": "urgent"})
    assert case.state.answers == {"first": {"urgency": "urgent"}, "later": {"urgency": "urgent"}}


def test_answers_to_an_act_without_a_form_are_refused():
    case = Played(procedure("new done*", [act("open", "new"), act("fill", "new")]))
    assert problems(case, {"a": 1}) == [("a", "unknown")]
