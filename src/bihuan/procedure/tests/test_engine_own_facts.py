"""What a text may say of its own case: its number, kind and outlet; whom an emptied choice or a gift
shuts out; and warnings by working days."""

from __future__ import annotations

import pytest

from bihuan.procedure import engine
from bihuan.procedure.definition import Argument, Who
from bihuan.procedure.refusals import NotYours, WrongAnswers

from .engine_cases import (
    CHEN,
    HERE,
    LI,
    QIAN,
    ZHOU,
    Played,
    act,
    child,
    deadline,
    field,
    form,
    moment,
    procedure,
    warn,
)

SLIP = form("slip", field("words"), field("who", "post", several=True))
ABOUT = child(
    "part", "parts", answers={"part.about": Argument(of="case.number"), "part.kind": Argument(of="case.kind")}
)


def told(played):
    return [one.data["answers"] for one in played.outcome.happenings if one.kind == "child"]


def test_the_number_told_at_the_opening_is_known_to_every_later_act_and_to_the_clock():
    acts = [act("open", "new", form="slip"), act("split", "new", children=(ABOUT,))]
    acts.append(act("over", "new", Who(clock=True), "done", children=(ABOUT,)))
    definition = procedure("new done*", acts, [SLIP])
    assert engine.names_number(definition)
    played = Played(definition, facts={"case.number": "J-1"})
    assert told(played) == [{"part.about": "J-1", "part.kind": "case"}]
    without = procedure("new done*", [act("open", "new", form="slip")], [SLIP])
    assert not engine.names_number(without)


def test_a_case_opened_before_its_text_read_the_number_is_told_it_with_the_act():
    definition = procedure("new done*", [act("open", "new"), act("split", "new", children=(ABOUT,))])
    played = Played(definition)
    assert "case.number" in engine.knows(definition, played.state, "split")
    played.act("split", CHEN, "03-02 10:00", facts={"case.number": "J-1"})
    assert told(played) == [{"part.about": "J-1", "part.kind": "case"}]


def test_the_post_at_the_outlet_of_the_case_acts():
    definition = procedure(
        "new done*", [act("open", "new"), act("end", "new", Who(posts=("repairer",), where="case.outlet"), "done")]
    )
    assert Played(definition).act("end", LI, "03-02 10:00").state.step == "done"
    assert HERE.places == ("head",)


def test_signers_chosen_by_none_on_entering_again_are_no_longer_those_of_before():
    acts = [
        act("open", "new"),
        act("choose", "new", form="slip", to="signing"),
        act("sign", "signing", Who(each=("slip.who",)), "done"),
        act("back", "signing", to="new"),
    ]
    played = Played(procedure("new signing done*", acts, [SLIP]))
    played.act("choose", CHEN, "03-02 10:00", {"slip.who": ["repairer"]})
    played.act("back", CHEN, "03-02 10:10")
    played.act("choose", CHEN, "03-02 10:20", {"slip.words": "重选"})
    with pytest.raises(NotYours):
        played.act("sign", LI, "03-02 10:30")
    played.act("back", CHEN, "03-02 10:40")
    played.act("choose", CHEN, "03-02 10:50", {"slip.who": ["dispatcher"]})
    assert played.act("sign", ZHOU, "03-02 11:00").state.step == "done"


def test_a_correction_given_to_one_person_is_neither_offered_nor_open_to_who_filled_the_form():
    standing = [act(name, "any", "leader", standing=True) for name in ("correct", "reassign")]
    played = Played(procedure("new done*", [act("open", "new", form="slip"), *standing], [SLIP]))
    wanted = {"form": "slip", "field": "words", "value": "改", "reason": "笔误"}

    def offered(doer):
        return {one.act: one.allowed for one in engine.allowed(*now(), doer, played.state.moment, HERE)}["correct"]

    def now():
        return played.definition, played.state

    assert offered(CHEN)
    played.act("reassign", QIAN, "03-02 10:00", {"act": "correct", "person": "qian", "reason": "由主任更正"})
    assert (offered(CHEN), offered(QIAN)) == (False, True)
    with pytest.raises(NotYours):
        played.act("correct", CHEN, "03-02 10:10", wanted)
    played.act("correct", QIAN, "03-02 10:10", wanted)
    assert played.state.answers["slip"]["words"] == "改"


@pytest.mark.parametrize(
    ("days", "limit", "before", "told"),
    [
        # due as Tuesday the 10th ends: the working day before that is Tuesday itself
        ("calendar, end of day", "7 days", "1 working days", "03-10 08:30"),
        # due as Saturday ends, which is free: Friday is the last working day
        ("calendar, end of day", "4 days", "1 working days", "03-06 08:30"),
        ("calendar, end of day", "4 days", "2 working days", "03-05 08:30"),
        ("working, end of day", "4 days", "1 working days", "03-09 08:30"),
        ("calendar, end of day", "7 days", "4 working hours", "03-10 13:30"),
        ("calendar, to the minute", "3 working days", "1 working days", "03-05 10:00"),
    ],
)
def test_a_warning_by_working_days_comes_in_working_time_and_never_at_midnight(days, limit, before, told):
    promised = deadline("d", "open", "end", limit, warn=(warn(before, "clerk"),))
    acts = [act("open", "new"), act("end", "new", to="done")]
    played = Played(procedure("new done*", acts, deadlines=[promised], days=days), at="03-03 10:00")
    letters = [one.at for one in played.tick("03-30 09:00").happenings if one.kind == "letter"]
    assert letters == [moment(told)]


def test_a_correction_reaches_one_signers_own_filling_and_leaves_the_others():
    opinion = form("opinion", field("agreed", "yes-no", must=True), field("words"))
    acts = [
        act("sign", "new", Who(each=("clerk", "dispatcher"), own=True), "signed", form="opinion"),
        act("correct", "any", "leader", standing=True),
    ]
    played = Played(procedure("new signed done*", [act("open", "new"), *acts], [opinion]))
    played.act("sign", CHEN, "03-02 10:00", {"opinion.agreed": True, "opinion.words": "行"})
    played.act("sign", ZHOU, "03-02 10:10", {"opinion.agreed": True})
    put_right = {"form": "opinion", "field": "2.agreed", "value": False, "reason": "按错"}
    corrected = played.act("correct", QIAN, "03-02 10:20", put_right)
    assert played.state.answers["opinion"] == {"*": [{"agreed": True, "words": "行"}, {"agreed": False}]}
    told = corrected.happenings[0]
    assert (told.name, told.data["before"], told.data["after"]) == ("opinion.2.agreed", True, False)
    for wrong in ("3.agreed", "2.nothing", "0.agreed"):
        with pytest.raises(WrongAnswers):
            played.act("correct", QIAN, "03-02 10:30", {**put_right, "field": wrong})
