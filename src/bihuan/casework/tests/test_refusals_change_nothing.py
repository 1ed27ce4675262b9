"""Every kind of refusal, and the whole of casework and the journal compared before and after."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from tests.cast import MONDAY, acting, dump, opening, registered

from bihuan.casework import actions
from bihuan.casework.errors import EffectRefused, NoSuchKind, OtherBody, OutOfSight, WrongMoment
from bihuan.ground.ids import new_id
from bihuan.procedure.refusals import Changed, NotYours, Refused, WrongAnswers

LATER = MONDAY + timedelta(minutes=10)
ORDER = {"order.repairer": "li"}


@contextmanager
def refused(kind: type[Exception]):
    """The block is refused with ``kind`` and leaves every row of casework and journal as it was."""
    before = dump()
    with pytest.raises(kind) as caught:
        yield caught
    assert dump() == before


def test_wrong_answers_are_all_named_and_nothing_is_kept(site):
    with refused(WrongAnswers) as caught:
        actions.open_case(site.chen, opening(answers={"intake.urgency": "soon", "intake.colour": "red"}))
    assert sorted((one.field, one.code) for one in caught.value.problems) == [
        ("intake.colour", "unknown"),
        ("intake.contact", "missing"),
        ("intake.problem", "missing"),
        ("intake.urgency", "choice"),
    ]
    assert (caught.value.document, caught.value.version, caught.value.clause) == ("C-01", "1.0", "4.1")


def test_an_act_of_another_post_is_not_ones_own(site):
    case = registered(site)
    with refused(NotYours) as caught:
        actions.act(site.chen, acting(case.number, "assign", LATER, ORDER))
    assert (caught.value.code, caught.value.clause, caught.value.posts) == ("not-yours", "4.2", ("dispatcher",))


@pytest.mark.parametrize("username", ["zhou", "li", "sun", "wu", "qian", "outsider"])
def test_nobody_but_the_clerk_opens_a_job(site, username):
    with refused(NotYours):
        actions.open_case(site.people[username], opening())


def test_what_a_clause_forbids_is_refused_in_its_words(site):
    case = registered(site)
    with refused(Refused) as caught:
        actions.act(site.zhou, acting(case.number, "drop", LATER))
    assert (caught.value.document, caught.value.version, caught.value.clause) == ("C-01", "1.0", "4.2")
    assert (caught.value.words.zh, caught.value.words.en) == ("急件不得撤销", "An urgent job is not dropped")


def test_an_act_that_does_not_stand_at_the_step_is_refused(site):
    case = registered(site)
    with refused(Refused) as caught:
        actions.act(site.li, acting(case.number, "work", LATER, {"work.sure": True}))
    assert caught.value.code == "not-here"


def test_an_act_the_document_does_not_know_is_refused(site):
    case = registered(site)
    with refused(Refused) as caught:
        actions.act(site.zhou, acting(case.number, "paint", LATER))
    assert caught.value.code == "unknown-act"


def test_an_act_on_an_older_reading_is_changed(site):
    case = registered(site)
    actions.act(site.zhou, acting(case.number, "assign", LATER, ORDER))
    with refused(Changed) as caught:
        actions.act(site.li, acting(case.number, "work", LATER, {"work.sure": True}, expect=1))
    assert (caught.value.seen, caught.value.now) == (1, 2)


@pytest.mark.parametrize("username", ["wang", "outsider"])
@pytest.mark.parametrize("by", ["number", "pk"])
def test_a_case_of_another_outlet_is_out_of_sight(site, username, by):
    case = registered(site)
    with refused(OutOfSight):
        actions.act(site.people[username], acting(str(getattr(case, by)), "assign", LATER, ORDER))


@pytest.mark.parametrize("reference", ["J20260302-0999", "", "x" * 500, "00000000-0000-7000-8000-000000000000"])
def test_a_case_that_does_not_exist_is_out_of_sight_too(site, reference):
    with refused(OutOfSight):
        actions.act(site.zhou, acting(reference, "assign", LATER, ORDER))


def test_an_outlet_beyond_ones_scope_opens_nothing(site):
    for outlet in ("north", "head", "nowhere"):
        with refused(NotYours) as caught:
            actions.open_case(site.wang, opening(outlet=outlet))
        assert caught.value.code == "foreign-outlet"


def test_the_same_id_with_another_body_is_refused(site):
    identity = new_id(MONDAY)
    case = registered(site)
    actions.act(site.zhou, acting(case.number, "assign", LATER, ORDER, identity))
    for other in (
        acting(case.number, "assign", LATER, {"order.repairer": "wang"}, identity),
        acting(case.number, "drop", LATER, {}, identity),
        acting(case.number, "assign", LATER + timedelta(seconds=1), ORDER, identity),
        acting(case.number, "assign", LATER, ORDER, identity, post="dispatcher"),
        acting(case.number, "assign", LATER, ORDER, identity, expect=1),
    ):
        with refused(OtherBody):
            actions.act(site.zhou, other)


def test_an_id_used_for_an_act_opens_nothing_and_the_other_way_round(site):
    first, second = new_id(MONDAY), new_id(MONDAY)
    case = registered(site, identity=first)
    actions.act(site.zhou, acting(case.number, "assign", LATER, ORDER, second))
    with refused(OtherBody):
        actions.open_case(site.chen, opening(identity=second))
    with refused(OtherBody):
        actions.act(site.li, acting(case.number, "work", LATER, {"work.sure": True}, first))


def test_somebody_elses_id_is_not_answered(site):
    """Who guesses or copies an id must not be told what came of it."""
    identity = new_id(MONDAY)
    registered(site, identity=identity)
    for username in ("zhou", "wang", "outsider"):
        with refused(OtherBody):
            actions.open_case(site.people[username], opening(identity=identity))


@pytest.mark.parametrize("kind", ["check", "job.hand-in", "painting", "pack", ""])
def test_what_is_not_opened_by_hand_is_not_opened(site, kind):
    with refused(NoSuchKind):
        actions.open_case(site.chen, opening(kind=kind))


def test_nothing_is_done_in_the_future(site):
    case = registered(site)
    with refused(WrongMoment) as caught:
        actions.act(site.zhou, acting(case.number, "assign", LATER + timedelta(minutes=3), ORDER, received=LATER))
    assert caught.value.field == "at"
    with refused(WrongMoment):
        actions.open_case(site.chen, opening(LATER + timedelta(minutes=3), received=LATER))


def test_a_clock_two_minutes_ahead_is_borne_with(site):
    case = registered(site)
    ahead = LATER + timedelta(minutes=2)
    assert actions.act(site.zhou, acting(case.number, "assign", ahead, ORDER, received=LATER)).step == "assigned"


def test_nothing_is_done_before_the_case_was_opened(site):
    case = registered(site)
    with refused(Refused) as caught:
        actions.act(site.zhou, acting(case.number, "assign", MONDAY - timedelta(minutes=1), ORDER, received=LATER))
    assert caught.value.code == "before-opening"


def test_an_effect_that_refuses_takes_back_what_the_others_had_written(site):
    """``case.act`` has acted on two other cases when ``case.link`` refuses: none of it may remain."""
    one, two, three = (registered(site) for _count in range(3))
    answers = {"bundle.cases": [two.number, three.number], "bundle.with": "J19990101-0001"}
    with refused(EffectRefused) as caught:
        actions.act(site.zhou, acting(one.number, "bundle", LATER, answers))
    assert caught.value.clause == "4.4"
    assert "J19990101-0001" in caught.value.words.zh


def test_one_wrong_number_on_the_list_refuses_the_whole_list(site):
    one, two = registered(site), registered(site)
    foreign = registered(site, by="wang")
    for wrong in (foreign.number, "J19990101-0001", ""):
        answers = {"bundle.cases": [two.number, wrong], "bundle.with": two.number}
        with refused((EffectRefused, WrongAnswers)):
            actions.act(site.zhou, acting(one.number, "bundle", LATER, answers))


def test_a_listed_case_that_refuses_refuses_the_list(site):
    one, two, gone = (registered(site) for _count in range(3))
    actions.act(site.zhou, acting(gone.number, "assign", LATER, ORDER))
    answers = {"bundle.cases": [two.number, gone.number], "bundle.with": two.number}
    with refused(EffectRefused) as caught:
        actions.act(site.zhou, acting(one.number, "bundle", LATER, answers))
    assert gone.number in caught.value.words.zh


def test_a_case_of_another_outlet_cannot_be_linked_nor_felt_for(site):
    """Refused in the same words as a number nobody has, so that nothing is learned about the other outlet."""
    one, two = registered(site), registered(site)
    foreign = registered(site, by="wang")
    said = []
    for number in (foreign.number, "J20260302-0999"):
        with refused(EffectRefused) as caught:
            answers = {"bundle.cases": [two.number], "bundle.with": number}
            actions.act(site.zhou, acting(one.number, "bundle", LATER, answers))
        said.append(caught.value.words.zh.replace(number, "…"))
    assert said[0] == said[1]
