"""The integrator's own procedure from the hotline to the visit, on its real pack: acts, letters, promises, replay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import MONDAY, PACKS, acting, dump, entries, make_site, opening

from bihuan.casework import actions
from bihuan.casework.models import Case
from bihuan.casework.replay import differences
from bihuan.journal.models import Entry, Letter
from bihuan.procedure.refusals import NotYours, Refused, WrongAnswers

INTAKE = {
    "channel": "hotline",
    "service": "on-site",
    "belongs": "product",
    "customer": "城东小学",
    "contact": "王老师",
    "phone": "13800000001",
    "address": "城东路 8 号",
    "region": "city",
    "product": "投影机",
    "problem": "不亮",
    "urgency": "ordinary",
}
CHECKED = {"status": "in", "until": "2027-01-31", "basis": "发票"}
SLIP = {"repairer": "li", "skill": "投影机", "priority": "ordinary"}


def minutes(count: int):
    return MONDAY + timedelta(minutes=count)


@pytest.fixture
def site(db: None):
    return make_site(pack=PACKS / "integrator")


@pytest.fixture
def number(site) -> str:
    return actions.open_case(site.chen, opening(kind="repair", answers={"intake": INTAKE})).number


def test_a_repair_goes_from_the_hotline_to_the_customers_door(site, number):
    assert number == "BX20260302-0001"
    way = (
        ("chen", "look-up-warranty", 5, CHECKED),
        ("zhou", "dispatch", 20, SLIP),
        ("li", "accept", 25, {}),
        (
            "li",
            "contact",
            40,
            {"result": "agreed", "agreed-time": "2026-03-02T14:00:00+08:00", "warranty-told": True, "charge-told": True}
            | {"charge-quoted": 0},
        ),
        ("li", "set-out", 270, {"mode": "bus", "route-note": "3 路到城东", "cost": 2}),
        ("li", "arrive", 300, {}),
    )
    for username, action, after, answers in way:
        actions.act(site.people[username], acting(number, action, minutes(after), answers))
    case = Case.objects.get(number=number)
    assert (case.step, case.stage, case.work_order) == ("arrived", "on-site", True)
    assert [verb for verb, _doer, _post in entries(number)] == ["register", *[step[1] for step in way]]
    assert [doer for _verb, doer, _post in entries(number)] == ["chen", *[step[0] for step in way]]
    assert not [run.name for run in case.state.clocks if run.state == "missed"]
    assert list(differences(Case.objects.all())) == []


def test_somebody_without_the_skill_is_not_sent_unless_the_reason_is_written(site, number):
    actions.act(site.chen, acting(number, "look-up-warranty", minutes(5), CHECKED))
    before = dump()
    with pytest.raises(Refused) as caught:
        actions.act(site.zhou, acting(number, "dispatch", minutes(20), {**SLIP, "skill": "门禁"}))
    assert (caught.value.document, caught.value.clause) == ("WWSH-003-04", "4.2(2)")
    assert dump() == before
    reasoned = {**SLIP, "skill": "门禁", "mismatch-reason": "只有他在附近"}
    answer = actions.act(site.zhou, acting(number, "dispatch", minutes(21), reasoned))
    assert answer.step == "dispatched"
    entry = Entry.objects.get(verb="dispatch")
    assert entry.content["facts"] == {"people.qualified-for": False}


def test_the_skill_counts_on_the_day_of_the_act(site, number):
    actions.act(site.chen, acting(number, "look-up-warranty", minutes(5), CHECKED))
    site.li.skills.update(until=MONDAY.date() - timedelta(days=1))
    with pytest.raises(Refused):
        actions.act(site.zhou, acting(number, "dispatch", minutes(20), SLIP))


def test_a_record_with_gaps_is_not_taken(site):
    with pytest.raises(WrongAnswers) as caught:
        answers = {name: value for name, value in INTAKE.items() if name not in {"phone", "address"}}
        actions.open_case(site.chen, opening(kind="repair", answers={"intake": answers}))
    assert sorted(one.field for one in caught.value.problems) == ["intake.address", "intake.phone"]
    assert Case.objects.count() == 0


def test_the_other_outlets_dispatcher_neither_sees_nor_sends(site, number):
    before = dump()
    with pytest.raises(Exception, match="不在您的范围内"):
        actions.act(site.wang, acting(number, "dispatch", minutes(20), SLIP))
    assert dump() == before


def test_only_the_one_who_accepted_goes_on(site, number):
    actions.act(site.chen, acting(number, "look-up-warranty", minutes(5), CHECKED))
    actions.act(site.zhou, acting(number, "dispatch", minutes(20), SLIP))
    actions.act(site.li, acting(number, "accept", minutes(25)))
    with pytest.raises(NotYours):
        actions.act(site.zhou, acting(number, "contact", minutes(30), {"result": "agreed"}))


def test_a_slip_nobody_writes_is_late_under_its_clause_and_the_replay_agrees(site, number):
    case = Case.objects.get(number=number)
    due = next(run.due for run in case.state.clocks if run.name == "slip-issued")
    assert actions.sweep(due - timedelta(minutes=1)).ticked == 0
    assert actions.sweep(due + timedelta(minutes=1)).ticked == 1
    case.refresh_from_db()
    run = next(run for run in case.state.clocks if run.name == "slip-issued")
    assert (run.state, run.missed_at) == ("missed", due)
    assert Entry.objects.get(verb="tick").clause.startswith(run.clause.split(" ", maxsplit=1)[0])
    assert Letter.objects.filter(to__endswith="@north").exists()
    assert list(differences(Case.objects.all())) == []
