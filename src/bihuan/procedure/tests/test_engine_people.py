"""Signatures of several, and the standing acts: correct, cancel, depart, merge, reassign."""

import msgspec
import pytest

from bihuan.procedure import engine
from bihuan.procedure.definition import Test as Comparison
from bihuan.procedure.definition import Way, Who
from bihuan.procedure.refusals import NotYours, Refusal, Refused, WrongAnswers
from bihuan.procedure.state import Doer

from .engine_cases import (
    CHEN,
    HERE,
    LI,
    QIAN,
    ZHOU,
    Played,
    act,
    condition,
    deadline,
    field,
    form,
    lines,
    moment,
    origin,
    procedure,
)

PLAN = form("plan", field("text", must=True))
OPINION = form("opinion", field("agreed", "yes-no", must=True))
MA = Doer("ma", (("clerk", "head"),))


def refused(played, name, doer, answers=None):
    before = msgspec.json.encode(played.state)
    with pytest.raises(Refusal) as caught:
        played.act(name, doer, "03-02 12:00", answers)
    assert msgspec.json.encode(played.state) == before
    return caught.value


def signed_by(who, *ways, form_name="plan", forms=(PLAN, OPINION)):
    acts = [
        act("open", "new"),
        act("agree", "new", who, ways or "done", form=form_name, clause="5.2"),
        act("note", "new"),
        act("restart", "new", to="new"),
    ]
    return Played(procedure("new back done*", [*acts, act("again", "back", to="new")], forms))


def test_the_first_named_fills_and_the_others_sign_without_raising_the_count():
    played = signed_by(Who(each=("clerk", "leader")))
    assert refused(played, "agree", QIAN).code == "not-filled"
    outcome = played.act("agree", CHEN, "03-02 10:00", {"text": "x"}, expect=1)
    assert (outcome.signed_only, played.state.revision, played.state.step) == (True, 1, "new")
    assert played.happened() == [("signed", "agree")]
    assert played.state.answers == {}
    assert refused(played, "agree", CHEN).code == "already-signed"
    assert isinstance(refused(played, "agree", LI), NotYours)
    assert isinstance(refused(played, "agree", QIAN, {"plan.text": "y"}), WrongAnswers)
    outcome = played.act("agree", QIAN, "03-02 11:00", expect=1)
    assert (outcome.signed_only, played.state.revision, played.state.step) == (False, 2, "done")
    assert played.state.answers == {"plan": {"text": "x"}}
    assert played.state.doers["agree"] == ("chen", "clerk")
    assert played.state.doers["agree#2"] == ("qian", "leader")
    assert played.state.signatures == {}


def test_signatures_fall_when_the_step_is_left():
    played = signed_by(Who(each=("clerk", "leader")))
    played.act("agree", CHEN, "03-02 10:00", {"text": "x"})
    played.act("note", CHEN, "03-02 10:10")
    assert len(played.state.signatures["agree"]) == 1
    played.act("restart", CHEN, "03-02 10:20")
    assert played.state.signatures == {}


def test_with_own_every_signer_fills_and_every_one_must_meet_the_condition():
    yes = condition(opinion__agreed=True)
    played = signed_by(Who(each=("clerk", "leader"), own=True), (yes, "done"), "back", form_name="opinion")
    played.act("agree", QIAN, "03-02 10:00", {"agreed": False})
    assert played.state.step == "new"
    played.act("agree", CHEN, "03-02 10:10", {"agreed": True})
    assert played.state.step == "back"
    assert played.state.answers["opinion"] == {"*": [{"agreed": False}, {"agreed": True}]}
    fine = signed_by(Who(each=("clerk", "leader"), own=True), (yes, "done"), "back", form_name="opinion")
    fine.act("agree", QIAN, "03-02 10:00", {"agreed": True})
    fine.act("agree", CHEN, "03-02 10:10", {"agreed": True})
    assert fine.state.step == "done"


def test_one_signature_takes_the_way_marked_at_once():
    no = Way("back", condition(opinion__agreed=False), origin("3-12"), at_once=True)
    played = signed_by(Who(each=("clerk", "leader", "dispatcher"), own=True), no, "done", form_name="opinion")
    played.act("agree", CHEN, "03-02 10:00", {"agreed": True})
    outcome = played.act("agree", QIAN, "03-02 10:10", {"agreed": False})
    assert (outcome.signed_only, played.state.step) == (False, "back")


def test_some_means_at_least_one_signer():
    some = ((Comparison("opinion.agreed", "equal", True, some=True),),)
    played = signed_by(Who(each=("clerk", "leader"), own=True), (some, "done"), "back", form_name="opinion")
    played.act("agree", CHEN, "03-02 10:00", {"agreed": True})
    played.act("agree", QIAN, "03-02 10:10", {"agreed": False})
    assert played.state.step == "done"


def test_a_quorum_of_a_post_is_of_different_persons():
    played = signed_by(Who(posts=("clerk",), quorum=2, own=True), form_name="opinion")
    played.act("agree", CHEN, "03-02 10:00", {"agreed": True})
    assert refused(played, "agree", CHEN, {"agreed": True}).code == "already-signed"
    played.act("agree", MA, "03-02 10:10", {"agreed": True})
    assert played.state.step == "done"


def test_a_quorum_of_named_posts_needs_only_so_many():
    played = signed_by(Who(each=("clerk", "leader", "dispatcher"), quorum=2, own=True), form_name="opinion")
    played.act("agree", ZHOU, "03-02 10:00", {"agreed": True})
    played.act("agree", CHEN, "03-02 10:00", {"agreed": True})
    assert played.state.step == "done"


def test_chosen_departments_are_fixed_on_entering_the_step():
    choose = form("choose", field("posts", "post", several=True))
    acts = [
        act("open", "new", form="choose", to="signing"),
        act("change", "signing", form="choose"),
        act("agree", "signing", Who(each=("choose.posts",), own=True), "done", form="opinion"),
    ]
    played = Played(procedure("new signing done*", acts, [choose, OPINION]), answers={"posts": ["clerk", "leader"]})
    played.act("change", CHEN, "03-02 10:00", {"posts": ["clerk"]})
    played.act("agree", CHEN, "03-02 10:00", {"agreed": True})
    assert played.state.step == "signing"
    played.act("agree", QIAN, "03-02 10:00", {"agreed": True})
    assert played.state.step == "done"


# ------------------------------------------------------------------------------------------------- standing acts

SLIP = form("slip", field("problem", must=True), field("count", "number"), lines=(lines("goods", field("name")),))


def standing():
    def always(name, to=()):
        return act(name, "any", "leader", to, clause=f"3.{name}", standing=True)

    acts = [
        act("open", "new", form="slip"),
        act("send", "new", "clerk", "out", clause="4.2"),
        act("check", "out", Who(posts=("clerk",), same="send"), "end", clause="4.3"),
        act("finish", "end", to="done", clause="4.4"),
        always("correct"), always("cancel", "cancelled"), always("depart"), always("merge"), always("reassign"),
    ]  # fmt: skip
    definition = procedure(
        "new out end done* cancelled* merged*", acts, [SLIP], deadlines=[deadline("d", "open", "send", "4 hours")]
    )
    return Played(definition, answers={"problem": "坏", "count": 2, "goods": [{"name": "a"}, {"name": "b"}]})


def test_the_doer_corrects_until_the_next_act_and_then_the_named_post():
    played = standing()
    fix = {"entry": "e1", "form": "slip", "field": "problem", "value": "坏了", "reason": "误填"}
    assert isinstance(refused(played, "correct", MA, fix), NotYours)
    played.act("correct", CHEN, "03-02 10:00", fix)
    [said] = [each for each in played.outcome.happenings if each.kind == "corrected"]
    assert said.data == {
        "entry": "e1",
        "form": "slip",
        "field": "problem",
        "before": "坏",
        "after": "坏了",
        "reason": "误填",
    }
    assert (said.name, said.clause, played.state.answers["slip"]["problem"]) == ("slip.problem", "3.correct", "坏了")
    played.act("correct", CHEN, "03-02 10:05", {**fix, "value": "很坏"})
    played.act("send", CHEN, "03-02 10:10")
    assert isinstance(refused(played, "correct", CHEN, fix), NotYours)
    played.act("correct", QIAN, "03-02 10:20", {"form": "slip", "field": "goods.2.name", "value": "c", "reason": "误"})
    assert played.state.answers["slip"]["goods"] == [{"name": "a"}, {"name": "c"}]


def test_a_correction_must_fit_the_form():
    played = standing()

    def problems(**more):
        found = refused(played, "correct", CHEN, {"form": "slip", "field": "count", "value": 1, "reason": "x", **more})
        return [(each.field, each.code) for each in found.problems]

    assert problems(value="two") == [("correct.value", "number")]
    assert problems(field="colour") == [("correct.field", "unknown")]
    assert problems(field="goods.3.name") == [("correct.field", "unknown")]
    assert problems(field="problem", value="") == [("correct.value", "missing")]
    assert problems(reason="") == [("correct.reason", "missing")]
    assert problems(odd=1) == [("odd", "unknown")]
    assert problems(field=7) == [("correct.field", "text")]


def test_cancelling_needs_a_reason_and_voids_what_was_promised():
    played = standing()
    assert isinstance(refused(played, "cancel", QIAN), WrongAnswers)
    assert isinstance(refused(played, "cancel", CHEN, {"reason": "x"}), NotYours)
    played.act("cancel", QIAN, "03-02 10:00", {"cancel.reason": "撤回"})
    assert (played.state.step, played.clock("d").state) == ("cancelled", "void")
    assert played.outcome.happenings[0].data == {"reason": "撤回", "children": []}


def test_departing_goes_to_any_step_and_records_the_clauses_left_out():
    played = standing()
    assert refused(played, "depart", QIAN, {"to": "nowhere", "reason": "x"}).problems[0].field == "depart.to"
    played.act("depart", QIAN, "03-02 10:00", {"to": "end", "reason": "用户急用", "interest": "少等三天"})
    assert played.state.step == "end"
    assert played.outcome.happenings[0].data == {
        "from": "new", "to": "end", "reason": "用户急用", "interest": "少等三天", "skipped": ["4.2", "4.3"],
    }  # fmt: skip


def test_same_is_for_good_until_somebody_is_reassigned():
    played = standing()
    played.act("send", CHEN, "03-02 10:00")
    assert refused(played, "check", MA).code == "same-person"
    played.act("reassign", QIAN, "03-02 11:00", {"act": "send", "person": "ma", "reason": "离岗"})
    assert refused(played, "check", CHEN).code == "same-person"
    played.act("check", MA, "03-02 12:00")
    assert played.state.step == "end"


def test_a_merged_case_ends_and_the_survivor_takes_its_earlier_start():
    newer, older = standing(), standing()
    newer.outcome = Played(older.definition, at="03-02 07:00", answers={"problem": "坏"}).outcome
    newer.act("merge", QIAN, "03-02 10:00", {"number": "R-1", "reason": "同一台"})
    assert (newer.state.step, newer.clock("d").state) == ("merged", "void")
    starts = newer.outcome.happenings[0].data["starts"]
    assert starts == {"d": moment("03-02 07:00").isoformat()}
    outcome = engine.absorb(older.definition, older.state, "R-2", starts, moment("03-02 10:00"), HERE)
    [run] = outcome.state.clocks
    assert run.due == moment("03-02 11:00")
    assert run.started == moment("03-02 07:00")


def test_a_step_that_was_never_written_is_refused():
    definition = procedure("new done*", [act("open", "new"), act("cancel", "any", "leader", standing=True)])
    played = Played(definition)
    refusal = refused(played, "cancel", QIAN, {"reason": "x"})
    assert (isinstance(refusal, Refused), refusal.code) == (True, "no-step")
