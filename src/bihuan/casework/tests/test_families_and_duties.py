"""Children opened and parents told; a list that acts on its cases; duties that open their own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import MONDAY, acting, dump, entries, registered

from bihuan.casework import actions
from bihuan.casework.errors import EffectRefused
from bihuan.casework.models import Case
from bihuan.casework.pages import one
from bihuan.casework.replay import differences
from bihuan.journal.models import Entry, Letter
from bihuan.procedure.refusals import NotYours

ORDER = {"order.repairer": "li"}
NEXT_MONDAY = MONDAY + timedelta(days=7)
HANDED_IN = NEXT_MONDAY + timedelta(hours=1)


def minutes(count: int):
    return MONDAY + timedelta(minutes=count)


def done(site, number: str, *, sure: bool = True) -> None:
    actions.act(site.zhou, acting(number, "assign", minutes(10), ORDER))
    actions.act(site.li, acting(number, "work", minutes(20), {"work.sure": sure}))


def test_a_child_is_opened_with_its_parent_and_has_its_own_entry(site):
    case = registered(site)
    done(site, case.number, sure=False)
    child = Case.objects.get(kind="check")
    case.refresh_from_db()
    assert (case.step, case.stage) == ("checking", "waiting")
    assert (child.number, child.step, child.outlet) == ("C2026-001", "open", "north")
    assert (child.parent_id, child.group) == (case.pk, "checks")
    assert entries(child.number) == [("raise", case.number, "")]
    assert [(one.number, one.step, one.ended) for one in case.state.children["checks"]] == [
        ("C2026-001", "open", False)
    ]


def test_the_parent_goes_on_by_itself_when_its_child_has_passed(site):
    case = registered(site)
    done(site, case.number, sure=False)
    actions.act(site.zhou, acting("C2026-001", "pass", minutes(30), {"verdict.words": "好"}))
    case.refresh_from_db()
    assert (case.step, case.ended_at) == ("done", None)
    assert entries(case.number)[-1] == ("child", "C2026-001", "")
    assert [(one.number, one.step, one.ended) for one in case.state.children["checks"]] == [
        ("C2026-001", "passed", True)
    ]
    entry = Entry.objects.get(verb="child", about_number=case.number, clause="4.3")
    assert (entry.doer_kind, entry.done_at) == ("case", minutes(30))


def test_the_parent_waits_while_its_child_is_open(site):
    case = registered(site)
    done(site, case.number, sure=False)
    with pytest.raises(NotYours):
        actions.act(site.zhou, acting(case.number, "checked", minutes(25)))
    case.refresh_from_db()
    assert case.step == "checking"


def test_bundled_cases_get_an_entry_each_in_the_name_of_the_bundling_case(site):
    one, two, three = (registered(site) for _count in range(3))
    answers = {"bundle.cases": [three.number, two.number], "bundle.with": two.number}
    actions.act(site.zhou, acting(one.number, "bundle", minutes(5), answers))
    for other in (two, three):
        assert entries(other.number)[-1] == ("be-bundled", one.number, "job")
    assert entries(one.number)[-1] == ("bundle", "zhou", "dispatcher")


def test_a_case_named_twice_on_the_list_is_acted_on_once(site):
    one, two = registered(site), registered(site)
    answers = {"bundle.cases": [two.number, two.number], "bundle.with": two.number}
    actions.act(site.zhou, acting(one.number, "bundle", minutes(5), answers))
    assert [verb for verb, _doer, _post in entries(two.number)] == ["register", "be-bundled"]


def test_a_duty_is_opened_for_every_outlet_and_the_list_files_what_it_names(site):
    case = registered(site)
    done(site, case.number)
    assert actions.open_duties(NEXT_MONDAY) == 3
    duty = Case.objects.get(kind="job.hand-in", outlet="north")
    assert (duty.step, duty.title) == ("due", "上交 2026-03-09")
    actions.act(site.sun, acting(duty.number, "hand-in", HANDED_IN, {"hand-in-list.cases": [case.number]}))
    case.refresh_from_db()
    assert case.step == "done"
    answer = actions.act(site.wu, acting(duty.number, "receive", HANDED_IN))
    assert answer.step == "done"
    case.refresh_from_db()
    assert (case.step, case.ended_at) == ("filed", HANDED_IN)
    assert entries(case.number)[-1] == ("file", duty.number, "job.hand-in")


def test_what_cannot_be_filed_is_taken_off_the_list_with_its_reason_and_the_rest_is_filed(site):
    case, foreign, cancelled = registered(site), registered(site, by="wang"), registered(site)
    done(site, case.number)
    actions.open_duties(NEXT_MONDAY)
    duty = Case.objects.get(kind="job.hand-in", outlet="north")
    listed = {"hand-in-list.cases": [case.number, cancelled.number, foreign.number]}
    actions.act(site.sun, acting(duty.number, "hand-in", HANDED_IN, listed))
    actions.act(site.wu, acting(duty.number, "receive", HANDED_IN))
    steps = [Case.objects.get(pk=each.pk).step for each in (case, cancelled, foreign)]
    assert steps == ["filed", "received", "received"]
    assert [verb for verb, _doer, _post in entries(cancelled.number)] == ["register"]
    entry = Entry.objects.get(about_number=duty.number, verb="receive")
    (told,) = entry.content["effects"]
    off = {each["number"]: (each["zh"], each["clause"]) for each in told["taken-off"]}
    assert off.keys() == {cancelled.number, foreign.number}
    assert off[foreign.number] == (f"清单中没有这些事项：{foreign.number}", "4.5")
    page = timeline(site.wu, duty, HANDED_IN)[0]
    assert [line[0] for line in page.lines if "划去" in line[0]] == [
        f"已从清单划去 {each}" for each in sorted([cancelled.number, foreign.number])
    ]
    assert list(differences(Case.objects.all())) == []


def test_a_list_of_which_nothing_can_be_filed_is_refused(site):
    foreign = registered(site, by="wang")
    actions.open_duties(NEXT_MONDAY)
    duty = Case.objects.get(kind="job.hand-in", outlet="north")
    actions.act(site.sun, acting(duty.number, "hand-in", HANDED_IN, {"hand-in-list.cases": [foreign.number]}))
    before = dump()
    with pytest.raises(EffectRefused) as caught:
        actions.act(site.wu, acting(duty.number, "receive", HANDED_IN))
    assert (caught.value.clause, foreign.number in caught.value.words.zh) == ("4.5", True)
    assert dump() == before


def timeline(reader, case: Case, at) -> list:
    case.refresh_from_db()
    return one.shown(reader, case, at, "zh")["timeline"]


def test_a_duty_is_opened_once_for_its_period_and_again_for_the_next(site):
    assert actions.open_duties(MONDAY) == 0
    assert actions.open_duties(NEXT_MONDAY) == 3
    assert actions.open_duties(NEXT_MONDAY + timedelta(hours=5)) == 0
    assert actions.open_duties(NEXT_MONDAY + timedelta(days=7)) == 3
    assert actions.open_duties(NEXT_MONDAY + timedelta(days=7)) == 0
    assert Case.objects.filter(kind="job.hand-in").count() == 6


def test_a_duty_not_handed_in_is_late_with_its_clause_and_told(site):
    actions.open_duties(NEXT_MONDAY)
    duty = Case.objects.get(kind="job.hand-in", outlet="south")
    assert actions.sweep(NEXT_MONDAY + timedelta(days=1)).ticked == 3
    duty.refresh_from_db()
    assert [(run.name, run.state, run.clause) for run in duty.state.clocks] == [("on-time", "missed", "4.5")]
    assert Letter.objects.filter(to="leader@south").count() == 1
