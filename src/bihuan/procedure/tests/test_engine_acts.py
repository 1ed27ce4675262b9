"""Acts of a small service case: what is filled, who may, what is refused and by which clause."""

import msgspec
import pytest

from bihuan.procedure import engine
from bihuan.procedure.definition import Addition, Argument, Who
from bihuan.procedure.definition import Test as Comparison
from bihuan.procedure.refusals import Changed, NotYours, Refusal
from bihuan.procedure.state import Doer

from .engine_cases import (
    CHEN,
    HERE,
    LI,
    OUTSIDER,
    WANG,
    ZHOU,
    Played,
    act,
    condition,
    effect,
    field,
    form,
    letter,
    moment,
    needs,
    origin,
    procedure,
    wait,
    ways,
)

SLIP = form("slip", field("problem", must=True), field("urgency", choose=("urgent", "normal"), must=True))


def repair(**more):
    acts = [
        act("register", "new", "clerk", "new", form="slip"),
        act("dispatch", "new", "dispatcher", "out", clause="4.2(2)", needs=(needs("4.2(2)", slip__urgency="normal"),)),
        act("repair", "out", "repairer", "done"),
    ]
    return procedure("new out done*", acts, [SLIP], **more)


def opened(**more):
    return Played(repair(**more), answers={"slip.problem": "坏了", "slip.urgency": "normal"})


def refused(played, name, doer, at, *rest, **more):
    """The refusal; the case must be as it was."""
    before = msgspec.json.encode(played.state)
    with pytest.raises(Refusal) as caught:
        played.act(name, doer, at, *rest, **more)
    assert msgspec.json.encode(played.state) == before
    return caught.value


def test_an_act_moves_the_case_and_counts_once():
    played = opened()
    played.act("dispatch", ZHOU, "03-02 10:00")
    assert (played.state.step, played.state.revision) == ("out", 2)
    assert played.state.done == {"register": 1, "dispatch": 1}
    assert played.state.doers["dispatch"] == ("zhou", "dispatcher")
    assert played.happened() == [("done", "dispatch"), ("left", "new"), ("entered", "out")]


def test_a_state_reads_back_equal_from_json():
    state = opened().state
    assert msgspec.json.decode(msgspec.json.encode(state), type=type(state)) == state


def test_an_act_that_does_not_stand_here_names_the_step_and_its_own_clause():
    refusal = refused(opened(), "repair", LI, "03-02 10:00")
    assert (refusal.code, refusal.clause, refusal.document, refusal.version) == ("not-here", "C.repair", "T-1", "1.0")
    assert "new" in refusal.words.en


def test_another_post_is_refused_and_told_who_can():
    refusal = refused(opened(), "dispatch", CHEN, "03-02 10:00")
    assert isinstance(refusal, NotYours)
    assert (refusal.posts, refusal.clause) == (("dispatcher",), "4.2(2)")


def test_a_post_held_at_another_outlet_does_not_count():
    played = opened()
    played.act("dispatch", ZHOU, "03-02 10:00")
    assert isinstance(refused(played, "repair", WANG, "03-02 11:00"), NotYours)
    assert isinstance(refused(played, "repair", OUTSIDER, "03-02 11:00"), NotYours)


def test_of_two_who_act_at_once_the_second_is_refused():
    played = opened()
    refusal = refused(played, "dispatch", ZHOU, "03-02 10:00", expect=0)
    assert isinstance(refusal, Changed)
    assert (refusal.seen, refusal.now) == (0, 1)


def test_a_need_refuses_with_its_own_clause_and_words_in_both_languages():
    played = Played(repair(), answers={"slip.problem": "坏了", "slip.urgency": "urgent"})
    refusal = refused(played, "dispatch", ZHOU, "03-02 10:00")
    assert (refusal.code, refusal.clause) == ("needs", "4.2(2)")
    assert refusal.words.zh == "「urgency」须为normal"
    assert refusal.words.en == "“urgency” must be normal"


def test_refusals_come_in_the_documented_order():
    definition = repair()
    played = Played(definition, answers={"slip.problem": "坏了", "slip.urgency": "urgent"})
    assert refused(played, "nothing", OUTSIDER, "03-01 10:00", expect=9).code == "changed"
    assert refused(played, "nothing", OUTSIDER, "03-01 10:00").code == "unknown-act"
    assert refused(played, "repair", OUTSIDER, "03-01 10:00").code == "before-opening"
    assert refused(played, "repair", OUTSIDER, "03-02 10:00").code == "not-here"
    assert refused(played, "dispatch", OUTSIDER, "03-02 10:00", {"x": 1}).code == "not-yours"
    assert refused(played, "dispatch", ZHOU, "03-02 10:00", {"x": 1}).code == "wrong-answers"
    assert refused(played, "dispatch", ZHOU, "03-02 10:00").code == "needs"


def test_the_first_way_that_holds_is_taken_with_its_own_effects_and_letters():
    choose = form("choice", field("way", choose=("a", "b"), must=True))
    both = ways((condition(choice__way="a"), "left"), "right")
    both = (
        msgspec.structs.replace(both[0], effects=(effect("slips.issue", slip="x"),), letters=(letter("leader"),)),
        both[1],
    )
    definition = procedure(
        "new left right done*",
        [
            act("open", "new"),
            act("choose", "new", to=both, form="choice", effects=(effect("own"),)),
            act("end", "left right", to="done"),
        ],
        [choose],
    )
    played = Played(definition)
    played.act("choose", CHEN, "03-02 10:00", {"way": "a"})
    assert played.state.step == "left"
    assert played.happened("effect", "letter") == [("effect", "own"), ("effect", "slips.issue"), ("letter", "leader")]
    other = Played(definition)
    other.act("choose", CHEN, "03-02 10:00", {"choice.way": "b"})
    assert other.state.step == "right"
    assert other.happened("effect", "letter") == [("effect", "own")]


def test_an_act_without_a_way_stays_and_no_way_that_holds_refuses():
    definition = procedure(
        "new done*",
        [act("open", "new"), act("note", "new"), act("end", "new", to=[(condition(x__y=True), "done")])],
    )
    played = Played(definition)
    played.act("note", CHEN, "03-02 10:00")
    assert (played.state.step, played.state.revision) == ("new", 2)
    assert refused(played, "end", CHEN, "03-02 10:00").code == "no-way"


def test_also_adds_needs_effects_and_letters_under_its_own_clause_only_where_its_if_holds():
    addition = Addition(
        "grave",
        ("close",),
        origin("7.1"),
        condition(slip__urgency="urgent"),
        needs=(needs("7.1", people__told=True),),
        effects=(effect("mark"),),
        letters=(letter("leader", clause="7.1"),),
        know=("people.told",),
    )
    definition = procedure(
        "new done*",
        [act("open", "new", form="slip"), act("close", "new", to="done", effects=(effect("own"),))],
        [SLIP],
        additions=(addition,),
    )
    urgent = Played(definition, answers={"problem": "x", "urgency": "urgent"})
    assert engine.knows(definition, None, "close") == ("people.told",)
    refusal = refused(urgent, "close", CHEN, "03-02 10:00")
    assert (refusal.code, refusal.clause) == ("needs", "7.1")
    urgent.act("close", CHEN, "03-02 10:00", facts={"people.told": True})
    assert urgent.happened("effect", "letter") == [("effect", "own"), ("effect", "mark"), ("letter", "leader")]
    assert [each.clause for each in urgent.outcome.happenings if each.kind == "letter"] == ["7.1"]
    normal = Played(definition, answers={"problem": "x", "urgency": "normal"})
    normal.act("close", CHEN, "03-02 10:00")
    assert normal.happened("effect", "letter") == [("effect", "own")]


def test_a_fact_the_act_wants_to_know_counts_only_when_it_is_asked_afresh():
    definition = procedure(
        "new done*",
        [
            act("open", "new", know=("parts.available",)),
            act("end", "new", to="done", know=("parts.available",), needs=(needs("7.8", parts__available=True),)),
        ],
    )
    played = Played(definition, facts={"parts.available": True})
    assert refused(played, "end", CHEN, "03-02 10:00").clause == "7.8"
    assert refused(played, "end", CHEN, "03-02 10:00", {}, {"parts.available": False}).clause == "7.8"
    outcome = played.act("end", CHEN, "03-02 10:00", facts={"parts.available": True})
    assert outcome.facts == {"parts.available": True}


def test_effects_get_their_arguments_from_answers_and_facts():
    definition = procedure(
        "new done*",
        [
            act("open", "new", form="slip"),
            act(
                "end",
                "new",
                to="done",
                effects=(
                    effect("x", a=Argument(of="slip.problem"), b=Argument(of="f.g"), c=1, d=Argument(of="no.no")),
                ),
            ),
        ],
        [SLIP],
    )
    played = Played(definition, answers={"problem": "坏了", "urgency": "normal"})
    played.act("end", CHEN, "03-02 10:00", facts={"f.g": [1]})
    [found] = [each for each in played.outcome.happenings if each.kind == "effect"]
    assert (found.data, found.clause) == ({"a": "坏了", "b": [1], "c": 1, "d": None}, "E")


def test_same_fixes_the_person_and_other_shuts_them_out_and_their_deputy():
    definition = procedure(
        "new done*",
        [
            act("open", "new"),
            act("check", "new", Who(posts=("clerk",), same="open"), clause="5.1"),
            act("approve", "new", Who(posts=("clerk",), other=("open",)), clause="5.2"),
        ],
    )
    played = Played(definition)
    second = Doer("ma", (("clerk", "head"),))
    assert (
        refused(played, "check", second, "03-02 10:00").code,
        refused(played, "check", second, "03-02 10:00").clause,
    ) == ("same-person", "5.1")
    assert refused(played, "approve", CHEN, "03-02 10:00").clause == "5.2"
    deputy = Doer("ma", (("clerk", "head"),), instead_of="chen")
    assert refused(played, "approve", deputy, "03-02 10:00").code == "other-person"
    played.act("check", CHEN, "03-02 10:00")
    played.act("approve", second, "03-02 10:00")
    assert played.state.doers["approve"] == ("ma", "clerk")


def test_an_outside_doer_is_entered_by_a_post_and_both_are_recorded():
    definition = procedure(
        "new done*", [act("open", "new"), act("agree", "new", Who(posts=("customer",), via=("clerk",)), "done")]
    )
    played = Played(definition)
    assert isinstance(refused(played, "agree", LI, "03-02 10:00"), NotYours)
    outcome = played.act("agree", CHEN, "03-02 10:00")
    assert outcome.post == "clerk"
    assert outcome.happenings[0].data == {"doer": "chen", "kind": "person", "post": "clerk", "for": "customer"}


def test_where_asks_for_the_post_at_that_place():
    who = Who(posts=("repairer",), where="products.warehouse")
    definition = procedure("new done*", [act("open", "new"), act("take", "new", who, "done", clause="7.7")])
    played = Played(definition)
    refusal = refused(played, "take", WANG, "03-02 10:00")
    assert (refusal.code, refusal.clause) == ("place-unknown", "7.7")
    assert isinstance(refused(played, "take", LI, "03-02 10:00", {}, {"products.warehouse": "north"}), NotYours)
    played.where = engine.Surroundings(HERE.calendar, HERE.places, {"products.warehouse": "north"})
    outcome = played.act("take", WANG, "03-02 10:00")
    assert (outcome.post, outcome.facts) == ("repairer", {"products.warehouse": "north"})


def test_undoing_is_only_possible_right_after():
    definition = procedure(
        "new out done*",
        [
            act("open", "new"),
            act("send", "new", to="out"),
            act("note", "out"),
            act("take-back", "out", to="new", undoes="send", clause="3.9"),
        ],
    )
    played = Played(definition)
    played.act("send", CHEN, "03-02 10:00")
    played.act("note", CHEN, "03-02 10:01")
    assert (refused(played, "take-back", CHEN, "03-02 10:02").code) == "not-newest"
    fresh = Played(definition)
    fresh.act("send", CHEN, "03-02 10:00")
    fresh.act("take-back", CHEN, "03-02 10:02")
    assert fresh.state.step == "new"


def test_an_act_at_an_end_step_opens_the_case_again():
    definition = procedure("new done*", [act("open", "new", to="done"), act("reopen", "done", to="new")])
    played = Played(definition)
    assert played.state.ended == moment("03-02 09:00")
    played.act("reopen", CHEN, "03-03 09:00")
    assert (played.state.ended, played.state.step, played.state.entered["new"]) == (None, "new", 2)
    assert played.outcome.happenings[-1].data == {"times": 2, "reopened": True}


def test_how_often_an_act_was_done_can_be_asked():
    once = Comparison("case.times-done.try", "less-than", 2)
    definition = procedure("new done*", [act("open", "new"), act("try", "new", needs=(needs("9", x=once),))])
    played = Played(definition)
    played.act("try", CHEN, "03-02 10:00")
    played.act("try", CHEN, "03-02 10:00")
    assert refused(played, "try", CHEN, "03-02 10:00").clause == "9"


def test_offers_say_what_is_allowed_and_why_not_with_standing_acts_last():
    standing = act("cancel", "any", "leader", "done", standing=True)
    definition = procedure(
        "new done*",
        [
            standing,
            act("open", "new"),
            act("end", "new", "dispatcher", "done"),
            act("soon", "new", after="w"),
            act("never", "new", needs=(needs("6", x=Comparison("case.times-done.end", "at-least", 1)),)),
            act("perhaps", "new", know=("a.b",), needs=(needs("6", a__b=True),)),
        ],
        waits=[wait("w", "open", "1 hours")],
        opening=None,
    )
    definition = msgspec.structs.replace(definition, opening=msgspec.structs.replace(definition.opening, act="open"))
    state = Played(definition).state
    offers = engine.allowed(definition, state, CHEN, moment("03-02 09:30"), HERE)
    assert [(each.act, each.allowed, each.code) for each in offers] == [
        ("open", True, ""),
        ("end", False, "not-yours"),
        ("soon", False, "too-early"),
        ("never", False, "needs"),
        ("perhaps", True, ""),
        ("cancel", False, "not-yours"),
    ]
    assert offers[1].posts == ("dispatcher",)
    assert offers[2].until == moment("03-02 10:00")
    assert offers[3].clause == "6"


def test_a_moment_without_a_zone_is_an_error_of_the_caller():
    played = opened()
    with pytest.raises(ValueError, match="zone"):
        engine.act(
            played.definition, played.state, "dispatch", ZHOU, {}, {}, moment("03-02 10:00").replace(tzinfo=None), HERE
        )
