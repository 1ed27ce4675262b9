"""An act's own id: sent twice, counted once, answered the same."""

from __future__ import annotations

from datetime import timedelta

from tests.cast import MONDAY, acting, dump, entries, opening, registered

from bihuan.casework import actions
from bihuan.casework.models import Case
from bihuan.ground.ids import new_id

LATER = MONDAY + timedelta(minutes=10)


def test_an_opening_sent_twice_opens_one_case_and_is_answered_the_same(site):
    sentence = opening(identity=new_id(MONDAY))
    first = actions.open_case(site.chen, sentence)
    before = dump()
    second = actions.open_case(site.chen, sentence)
    assert (first.first, second.first) == (True, False)
    assert first.to_content() == second.to_content()
    assert first.entry == second.entry
    assert dump() == before
    assert Case.objects.count() == 1


def test_an_act_sent_twice_is_done_once_and_answered_the_same(site):
    case = registered(site)
    sentence = acting(case.number, "assign", LATER, {"order.repairer": "li"})
    first = actions.act(site.zhou, sentence)
    before = dump()
    second = actions.act(site.zhou, sentence)
    assert (first.to_content(), first.entry, second.first) == (second.to_content(), second.entry, False)
    assert dump() == before
    assert [verb for verb, _doer, _post in entries(case.number)] == ["register", "assign"]


def test_the_first_answer_is_given_even_when_the_case_has_moved_on(site):
    case = registered(site)
    sentence = acting(case.number, "assign", LATER, {"order.repairer": "li"}, expect=1)
    first = actions.act(site.zhou, sentence)
    actions.act(site.li, acting(case.number, "work", LATER, {"work.sure": True}))
    again = actions.act(site.zhou, sentence)
    assert (again.step, again.revision, again.first) == ("assigned", 2, False) == (first.step, first.revision, False)


def test_received_again_an_hour_later_it_is_still_the_same_act(site):
    case = registered(site)
    identity = new_id(LATER)
    answers = {"order.repairer": "li"}
    actions.act(site.zhou, acting(case.number, "assign", LATER, answers, identity))
    late = acting(case.number, "assign", LATER, answers, identity, received=LATER + timedelta(hours=1))
    assert actions.act(site.zhou, late).first is False
