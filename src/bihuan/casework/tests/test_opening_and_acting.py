"""One act = one transaction = one entry, seen from outside."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import INTAKE, MONDAY, acting, entries, opening, registered, rows

from bihuan.casework import actions
from bihuan.casework.models import Case, Mark, Series
from bihuan.journal.models import Entry, Letter

TEN_PAST = MONDAY + timedelta(minutes=10)


def test_opening_writes_the_case_its_marks_and_one_entry(site):
    before = rows("journal_entry")
    answer = actions.open_case(site.chen, opening(answers={**INTAKE, "intake.device": "PJ-1"}))
    case = Case.objects.get()
    assert (answer.number, answer.step, answer.revision, answer.first) == ("J20260302-0001", "received", 1, True)
    assert (case.number, case.step, case.stage, case.outlet) == ("J20260302-0001", "received", "received", "north")
    assert (case.title, case.work_order, case.ended_at) == ("投影机不亮", True, None)
    assert case.promised_at == MONDAY + timedelta(minutes=30)
    assert case.due_at == MONDAY + timedelta(minutes=30)
    assert sorted(Mark.objects.values_list("kind", "value")) == [
        ("contact", "王老师"),
        ("device", "PJ-1"),
        ("fault", "投影机不亮"),
    ]
    assert rows("journal_entry") == before + 1
    entry = Entry.objects.get(about_kind="case")
    assert (entry.verb, entry.doer, entry.post, entry.chain) == ("register", "chen", "clerk", "north")
    assert (entry.document, entry.version, entry.clause) == ("C-01", "1.0", "4.1")
    assert (entry.about_number, entry.about_id, entry.id) == (case.number, str(case.pk), answer.entry)
    assert entry.content["kind"] == "start"


def test_an_act_writes_one_entry_and_moves_the_case_by_one(site):
    case = registered(site)
    answer = actions.act(site.zhou, acting(case.number, "assign", TEN_PAST, {"order.repairer": "li"}))
    case.refresh_from_db()
    assert (answer.step, answer.revision) == ("assigned", 2)
    assert (case.step, case.stage, case.revision, case.promised_at) == ("assigned", "assigned", 2, None)
    assert entries(case.number) == [("register", "chen", "clerk"), ("assign", "zhou", "dispatcher")]
    run = case.state.clocks[0]
    assert (run.name, run.state, run.stopped, run.clause) == ("assigned", "met", TEN_PAST, "4.2")


def test_letters_are_laid_with_the_entry_each_with_a_key_of_its_own(site):
    case = registered(site)
    answer = actions.act(site.zhou, acting(case.number, "assign", TEN_PAST, {"order.repairer": "li"}))
    letter = Letter.objects.get()
    assert (letter.to_kind, letter.to, letter.key) == ("post", "repairer@north", f"{answer.entry}:0")
    assert (letter.entry_id, letter.state) == (answer.entry, "waiting")
    assert case.number in letter.subject


def test_done_offline_and_received_later_keeps_both_moments(site):
    case = registered(site)
    done, received = MONDAY + timedelta(minutes=65), MONDAY + timedelta(minutes=210)
    actions.act(site.zhou, acting(case.number, "assign", done, {"order.repairer": "li"}, received=received))
    entry = Entry.objects.get(verb="assign")
    assert (entry.done_at, entry.recorded_at) == (done, received)
    case.refresh_from_db()
    assert case.state.moments["assign"] == done


def test_what_was_done_in_time_but_received_late_is_in_time(site):
    case = registered(site)
    done, received = MONDAY + timedelta(minutes=20), MONDAY + timedelta(hours=3)
    actions.act(site.zhou, acting(case.number, "assign", done, {"order.repairer": "li"}, received=received))
    case.refresh_from_db()
    assert [(run.name, run.state) for run in case.state.clocks] == [("assigned", "met")]
    assert not Letter.objects.filter(to="leader@north").exists()


def test_a_number_given_back_by_a_refusal_is_given_to_the_next(site):
    with pytest.raises(Exception, match="填写有误"):
        actions.open_case(site.chen, opening(answers={}))
    assert not Series.objects.exists()
    assert registered(site).number == "J20260302-0001"


def test_numbers_begin_anew_each_day_and_go_on_within_it(site):
    numbers = [registered(site, at=MONDAY + timedelta(minutes=minute)).number for minute in (0, 1)]
    numbers.append(registered(site, at=MONDAY + timedelta(days=1)).number)
    assert numbers == ["J20260302-0001", "J20260302-0002", "J20260303-0001"]


def test_a_case_is_opened_at_the_outlet_asked_for_or_else_where_the_post_is_held(site):
    assert registered(site).outlet == "north"
    assert registered(site, by="wang").outlet == "south"
    assert registered(site, by="wang", outlet="south").outlet == "south"


def test_an_act_finds_its_case_by_id_as_well(site):
    case = registered(site)
    answer = actions.act(site.zhou, acting(str(case.pk), "assign", TEN_PAST, {"order.repairer": "li"}))
    assert answer.number == case.number
