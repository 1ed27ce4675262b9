"""Waits, the clock and other cases: what is not done by a person, or not yet."""

import msgspec
import pytest

from bihuan.procedure import engine
from bihuan.procedure.definition import Argument, Who
from bihuan.procedure.refusals import NotYours, Refused, WrongAnswers
from bihuan.procedure.state import CLOCK, ChildCase, Doer

from .engine_cases import CHEN, HERE, Played, act, child, field, form, lines, moment, procedure, wait
from .test_engine_acts import SLIP, refused


def test_a_wait_always_starts_over_and_refuses_people_until_it_is_over():
    definition = procedure(
        "new trial done*",
        [
            act("open", "new"),
            act("begin", "new trial", to="trial"),
            act("accept", "trial", to="done", after="trial"),
        ],
        waits=[wait("trial", "begin", "72 hours")],
    )
    played = Played(definition)
    played.act("begin", CHEN, "03-02 10:00")
    played.act("begin", CHEN, "03-03 10:00")
    refusal = refused(played, "accept", CHEN, "03-06 09:59")
    assert (refusal.code, refusal.clause) == ("too-early", "T.trial")
    assert "2026-03-06 10:00" in refusal.words.zh
    played.act("accept", CHEN, "03-06 10:00")
    assert played.state.step == "done"


def test_the_clock_acts_when_its_wait_is_over():
    definition = procedure(
        "new done*",
        [act("open", "new"), act("close", "new", Who(clock=True), "done", after="quiet")],
        waits=[wait("quiet", "open", "2 hours")],
    )
    played = Played(definition)
    assert engine.next_due(definition, played.state) == moment("03-02 11:00")
    assert isinstance(refused(played, "close", CHEN, "03-02 12:00"), Refused)
    before = played.state
    assert played.tick("03-02 10:59").state == before
    played.tick("03-02 11:00")
    assert (played.state.step, played.state.ended) == ("done", moment("03-02 11:00"))
    assert played.happened("wait-over", "done") == [("wait-over", "quiet"), ("done", "close")]
    assert engine.next_due(definition, played.state) is None


def test_children_are_opened_per_line_and_the_parent_waits_for_the_newest_opening():
    goods = form("list", lines=(lines("goods", field("name", must=True)),))
    definition = procedure(
        "new waiting done*",
        [
            act(
                "open",
                "new",
                to="waiting",
                form="list",
                children=(
                    child("item", "items", per="list.goods", answers={"slip.name": Argument(of="list.goods.name")}),
                ),
            ),
            act("join", "waiting", Who(cases="items", all_at="ready"), "done"),
        ],
        [goods],
    )
    played = Played(definition, answers={"goods": [{"name": "a"}, {"name": "b"}]})
    opened_cases = [each.data for each in played.outcome.happenings if each.kind == "child"]
    assert [(each["case"], each["answers"]) for each in opened_cases] == [
        ("item", {"slip.name": "a"}),
        ("item", {"slip.name": "b"}),
    ]
    assert played.state.step == "waiting"

    def told(number, step, ended, at):
        case = ChildCase(number, step, ended)
        played.outcome = engine.child_moved(definition, played.state, "items", case, moment(at), HERE)

    told("I-1", "ready", False, "03-02 10:00")
    told("I-2", "new", False, "03-02 10:00")
    assert played.state.step == "waiting"
    told("I-2", "cancelled", True, "03-02 11:00")
    assert played.state.step == "done"
    assert played.happened("child", "done") == [("child", "items"), ("done", "join")]
    none = Played(definition, answers={})
    assert none.state.step == "done"


def test_children_opened_again_in_the_minute_the_last_ones_ended_are_waited_for_and_followed_at_once():
    repair = child("repair", "repairs")
    definition = procedure(
        "new waiting judging done*",
        [
            act("open", "new", to="waiting", children=(repair,)),
            act("join", "waiting", Who(cases="repairs", all_at="closed"), "judging"),
            act("again", "judging", to="waiting", children=(repair,)),
            act("close", "judging", to="done"),
        ],
    )
    played = Played(definition)

    def ended(number, at):
        case = ChildCase(number, "closed", True)
        played.outcome = engine.child_moved(definition, played.state, "repairs", case, moment(at), HERE)

    ended("R-1", "03-02 10:00")
    assert played.state.step == "judging"
    played.act("again", CHEN, "03-02 10:00")
    assert played.state.step == "waiting"
    assert engine.next_due(definition, played.state) is None
    ended("R-2", "03-02 11:00")
    assert (played.state.step, played.happened("done")) == ("judging", [("done", "join")])
    assert engine.next_due(definition, played.state) is None
    played.act("again", CHEN, "03-02 11:00")
    ended("R-3", "03-02 11:00")
    assert (played.state.step, played.happened("done")) == ("judging", [("done", "join")])


def test_another_case_acts_where_the_text_says_so():
    definition = procedure("new done*", [act("open", "new"), act("archive", "new", Who(case_kind="hand-in"), "done")])
    played = Played(definition)
    assert isinstance(refused(played, "archive", CHEN, "03-02 10:00"), NotYours)
    assert isinstance(refused(played, "archive", Doer("X-1", (("other", ""),), kind="case"), "03-02 10:00"), NotYours)
    played.act("archive", Doer("H-1", (("hand-in", ""),), kind="case"), "03-02 10:00")
    assert played.state.step == "done"


def test_a_case_not_opened_by_hand_is_opened_by_a_case_or_the_clock():
    definition = procedure("new done*", [act("open", "new", form="slip")], [SLIP], by_hand=False)
    with pytest.raises(Refused) as caught:
        Played(definition, answers={"problem": "x", "urgency": "normal"})
    assert caught.value.code == "not-by-hand"
    case = Doer("R-1", (("repair", ""),), kind="case")
    assert Played(definition, case, answers={"problem": "x", "urgency": "normal"}).state.doers["open"] == ("R-1", "")
    with pytest.raises(WrongAnswers):
        Played(definition, CLOCK)


def test_an_act_by_the_clock_that_stays_is_done_once_per_entering_and_start_of_its_wait():
    definition = procedure(
        "new done*",
        [act("open", "new"), act("remind", "new", Who(clock=True), after="quiet"), act("again", "new")],
        waits=[wait("quiet", "again", "2 hours")],
    )
    played = Played(definition)
    assert engine.next_due(definition, played.state) is None
    played.act("again", CHEN, "03-02 10:00")
    played.tick("03-05 10:00")
    assert played.state.done["remind"] == 1
    assert engine.next_due(definition, played.state) is None
    played.act("again", CHEN, "03-05 11:00")
    played.tick("03-05 13:00")
    assert played.state.done["remind"] == 2


def test_what_cancelling_names_does_not_hang_on_the_order_the_state_was_kept_in():
    """A database hands the groups back shorter names first; a replay has them as they were opened."""
    definition = procedure(
        "new waiting cancelled*",
        [
            act("open", "new", to="waiting", children=(child("part", "requests"), child("swap", "swaps"))),
            act("cancel", "any", "clerk", "cancelled", standing=True),
        ],
    )
    played = Played(definition)
    at = moment("03-02 10:00")
    for group, number in (("requests", "R-1"), ("swaps", "S-1")):
        case = ChildCase(number, "new", False)
        played.outcome = engine.child_moved(definition, played.state, group, case, at, HERE)
    kept = dict(sorted(played.state.children.items(), key=lambda one: len(one[0])))
    assert list(kept) == list(reversed(played.state.children)) == ["swaps", "requests"]
    said = []
    for children in (played.state.children, kept):
        state = msgspec.structs.replace(played.state, children=children)
        outcome = engine.act(definition, state, "cancel", CHEN, {"cancel.reason": "x"}, {}, at, HERE, None)
        said.append([one.data["children"] for one in outcome.happenings if one.kind == "cancelled"])
    assert said[0] == said[1] == [[{"group": "swaps", "number": "S-1"}, {"group": "requests", "number": "R-1"}]]
