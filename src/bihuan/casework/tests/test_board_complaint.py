"""The board maker's complaint with the registers behind it: its numbers, its children, and its closing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import MONDAY, PACKS, acting, make_site, opening

from bihuan.casework import actions
from bihuan.casework.models import Case
from bihuan.casework.replay import differences
from bihuan.people import actions as people
from bihuan.procedure.refusals import NotYours, Refused
from bihuan.registers.slips import actions as slips
from bihuan.registers.slips.models import Slip

POSTS = {
    "chen": "business", "zhou": "office", "li": "manufacturing", "sun": "quality", "wang": "office-head",
    "wu": "vice-general-manager",
}  # fmt: skip
HEARD = {
    "customer": "甲厂", "heard": MONDAY.isoformat(), "product": "六层板", "lot": "L2603", "problem": "爆板",
    "loss": True,
}  # fmt: skip
ORDER = {
    "order-number": "PO-77", "part-number": "6L-102", "quantity": 500, "shipped": "2026-02-20", "demand": "退货",
    "reason": "上线即爆", "confirmed-by": "chen",
}  # fmt: skip
PRODUCTION = {
    "finding": "压合温度低", "countermeasure": "校温", "unit": "压合课", "machine": "3 号机", "persons": "老周",
    "made-on": "2026-02-10",
}  # fmt: skip
FINDING = {
    "cause-class": "quality", "report": "压合不足", "persons": [{"person": "li", "because": "未测温"}],
    "cause": "压合温度低", "handling": "退货", "prevention": "每班测温", "prevention-by": "li",
    "prevention-date": "2026-03-20",
}  # fmt: skip
RETURN = {"way": "return", "amount": 0, "responsible": "manufacturing", "because": "压合失控"}
SAID = {"told-at": MONDAY.isoformat(), "channel": "telephone", "told": "周工", "words": "退回换新"}
CHECK = {"carried-out": True, "on": "2026-03-02", "seen": "已校温"}
GOODS = {"order-number": "PO-77", "part-number": "6L-102", "quantity": 300}
TASK = {"what": "每班测温", "department": "manufacturing", "finish-by": "2026-03-20"}


def later(count: int):
    return MONDAY + timedelta(minutes=count)


@pytest.fixture
def site(db: None):
    made = make_site(pack=PACKS / "pcb-maker")
    for username, post in POSTS.items():
        start = made.at.date() - timedelta(days=365)
        people.give_post(made.people[username], post, "north", start=start, by=None, at=made.at)
    return made


def do(site, by: str, case: Case, action: str, after: int, answers=None) -> None:
    actions.act(site.people[by], acting(case.number, action, later(after), answers or {}))
    case.refresh_from_db()


def opened(site, **more) -> Case:
    answers = {"abnormality": HEARD | more}
    return Case.objects.get(
        number=actions.open_case(site.chen, opening(kind="customer-complaint", answers=answers)).number
    )


def registered(site, after: int) -> Case:
    case = opened(site)
    do(site, "chen", case, "check-order", after, ORDER)
    do(site, "zhou", case, "register", after + 1, {"class": "ordinary"})
    return case


def numbers(form: str) -> list[str]:
    return list(Slip.objects.filter(form=form).order_by("number").values_list("number", flat=True))


@pytest.mark.rule("PCB-1-03")
def test_the_register_sheet_draws_the_next_number_of_the_month_and_a_void_one_is_not_used_again(site):
    cases = [registered(site, after) for after in (10, 20)]
    assert [case.number for case in cases] == ["KS202603-0001", "KS202603-0002"]
    assert numbers("registration") == ["DJ202603-0001", "DJ202603-0002"]
    second = Slip.objects.get(number="DJ202603-0002")
    assert second.case_number == cases[1].number
    slips.void(second, "写错", slips.Doing(cases[1].number, "north", "zhou", later(25)))
    registered(site, 30)
    assert numbers("registration") == ["DJ202603-0001", "DJ202603-0002", "DJ202603-0003"]
    assert Slip.objects.get(number="DJ202603-0002").state == Slip.VOID


@pytest.mark.rule("PCB-1-03", "PCB-1-19")
def test_the_abnormality_sheet_has_numbers_of_its_own_and_only_the_office_gives_a_register_number(site):
    sheet = opened(site, loss=False, units=["manufacturing"])
    assert (sheet.step, numbers("abnormality"), numbers("registration")) == ("sheet", ["YC202603-0001"], [])
    case = opened(site)
    do(site, "chen", case, "check-order", 10, ORDER)
    with pytest.raises(NotYours):
        do(site, "chen", case, "register", 11, {"class": "ordinary"})
    assert numbers("registration") == []


def improving(site) -> Case:
    """A complaint whose goods are on the way back and whose improvement is under way."""
    case = registered(site, 10)
    do(site, "zhou", case, "review", 20, {"findings": "属实", "result": "accepted", "reason": "有样"})
    do(site, "sun", case, "inspect", 30, {"result": "confirmed", "seen": "分层", "on": "2026-03-02"})
    do(site, "li", case, "report-production", 40, PRODUCTION)
    do(site, "sun", case, "conclude", 50, FINDING)
    do(site, "zhou", case, "decide", 60, RETURN)
    assert case.step == "grade-one"
    do(site, "wang", case, "approve-one", 70, {"agreed": True})
    do(site, "chen", case, "tell-customer", 80, SAID)
    do(site, "chen", case, "arrange-return", 90, {"goods": [GOODS]})
    do(site, "zhou", case, "arrange-improvements", 100, {"items": [TASK]})
    return case


def test_withdrawing_a_complaint_withdraws_what_it_opened(site):
    case = improving(site)
    do(site, "zhou", case, "cancel", 110, {"cancel.reason": "误报"})
    assert case.step == "withdrawn"
    assert sorted(case.children.values_list("kind", "step")) == [
        ("goods-return", "withdrawn"),
        ("improvement-case", "withdrawn"),
    ]
    assert list(differences(Case.objects.all())) == []


def test_a_complaint_closes_when_its_goods_are_back_and_its_improvement_is_checked(site):
    case = improving(site)
    do(site, "li", case, "check-countermeasure", 110, CHECK)
    goods, improvement = case.children.order_by("kind")
    assert goods.number == "TH202603-0001"
    do(site, "li", improvement, "carry-out", 120, {"measure": "装温控", "owner": "li", "done-on": "2026-03-02"})
    checked = {"effective": True, "seen": "已装", "on": "2026-03-02", "prevention": "写进作业书"}
    do(site, "sun", improvement, "check", 130, checked)
    case.refresh_from_db()
    assert case.step == "confirming"
    with pytest.raises(Refused) as early:
        do(site, "zhou", case, "confirm-effect", 140, {"confirmed": True, "seen": "无同类"})
    assert "退货" in early.value.words.zh
    do(site, "chen", goods, "receive", 150, {"counted": 300, "on": "2026-03-02"})
    do(site, "sun", goods, "inspect", 160, {"seen": "分层", "treatment": "scrap"})
    do(site, "zhou", case, "confirm-effect", 170, {"confirmed": True, "seen": "无同类"})
    assert (case.step, case.stage) == ("closed", "closed")
    assert list(differences(Case.objects.all())) == []
