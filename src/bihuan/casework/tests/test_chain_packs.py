"""The packs as they are: a measure that is open, or that its own doer would check, keeps the complaint where it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.cast import PACKS, make_site
from tests.cast.saying import acting, opening
from tests.cast.site import Site

from bihuan.casework import actions, chains
from bihuan.casework.models import Case
from bihuan.casework.paper.data import Sources, leaves_of
from bihuan.casework.paper.documents import documents_of
from bihuan.people import actions as people
from bihuan.procedure.refusals import Refusal

DAY = timedelta(days=1)
POSTS = {"chen": "sales", "zhou": "quality", "li": "manufacturing"}


@pytest.fixture
def at():
    return timezone.now() - timedelta(minutes=5)


@pytest.fixture
def supplier(db: None, settings, tmp_path) -> Site:
    settings.DATA = tmp_path
    site = make_site(pack=PACKS / "component-supplier")
    start = site.at.date() - 365 * DAY
    for username, post in [*POSTS.items(), ("li", "quality")]:
        people.give_post(site.people[username], post, "north", start=start, by=None, at=site.at)
    return site


def do(site: Site, by: str, case: Case, action: str, at, answers=None, **more) -> Case:
    actions.act(site.people[by], acting(case.number, action, at, answers, **more))
    case.refresh_from_db()
    return case


@pytest.fixture
def complaint(supplier: Site, at) -> Case:
    """A complaint with two urgent measures under way at the department that makes the goods."""
    slip = {
        "customer": "东方整车厂", "heard": (at - 9 * DAY).isoformat(), "product": "XZ-08", "problem": "毛刺",
        "urgency": "urgent", "demand": "换货",
    }  # fmt: skip
    answers = {f"quality-slip.{name}": value for name, value in slip.items()}
    opened = actions.open_case(supplier.chen, opening(at - 9 * DAY, kind="customer-complaint", answers=answers))
    case = Case.objects.get(number=opened.number)
    finding = {"analysis": "模具磨损", "urgency": "urgent", "responsibility": "ours"}
    do(supplier, "zhou", case, "analyse", at - 8 * DAY, {f"handling-slip.{k}": v for k, v in finding.items()})
    due = at.date().isoformat()
    measures = [
        {"what": "全检库存", "department": "manufacturing", "finish-by": due},
        {"what": "去毛刺", "department": "manufacturing", "finish-by": due},
    ]
    plan = {"plan": "先换好的去", "goods": "全检", "basis": "findings", "measures": measures}
    return do(supplier, "zhou", case, "plan-first", at - 8 * DAY, {f"first-plan.{k}": v for k, v in plan.items()})


EXECUTED = {"execution.done-on": "2026-11-20", "execution.words": "已全检"}
CHECKED = {"check.effective": True, "check.seen": "抽检二十件无毛刺"}


def test_a_complaint_waits_for_each_measure_checked_by_another(supplier, complaint, at):
    first, second = complaint.children.order_by("number")
    do(supplier, "li", first, "carry-out", at - 3 * DAY, EXECUTED, post="manufacturing")
    with pytest.raises(Refusal):
        do(supplier, "li", first, "verify", at - 2 * DAY, CHECKED, post="quality")
    do(supplier, "zhou", first, "verify", at - 2 * DAY, CHECKED)
    complaint.refresh_from_db()
    assert complaint.step == "carrying-out"
    with pytest.raises(Refusal):
        do(supplier, "zhou", complaint, "enter-result", at - 2 * DAY, {"result.effective": True, "result.words": "好"})
    told = chains.told(supplier.zhou, complaint, at)
    assert (told["open"], told["unchecked"]) == (2, 1)
    do(supplier, "li", second, "carry-out", at - 2 * DAY, EXECUTED, post="manufacturing")
    do(supplier, "zhou", second, "verify", at - DAY, CHECKED)
    complaint.refresh_from_db()
    assert complaint.step == "lasting"


def test_the_handling_slip_and_the_8d_report_come_from_the_same_case(supplier, complaint, at):
    first = complaint.children.order_by("number").first()
    do(supplier, "li", first, "carry-out", at - 3 * DAY, EXECUTED, post="manufacturing")
    do(supplier, "zhou", first, "verify", at - 2 * DAY, CHECKED)
    printed = {one.key: one for one in documents_of(complaint, supplier.zhou, at, "zh")}
    told = {}
    for key in ("sheet:handling", "sheet:eight-d"):
        sources = Sources.of(complaint, supplier.zhou, "zh", at, "https://x.test")
        (leaf,) = leaves_of(sources, printed[key], [""], {})
        told[key] = {one["title"]: one for one in leaf["sections"]}
    first_plan = told["sheet:handling"]["初步改善方案与紧急对策"]["tables"]
    assert first_plan[0]["rows"][0][1:3] == ["全检库存", "制造部"]
    measures = told["sheet:eight-d"]["D3 临时措施"]["tables"][-1]["rows"]
    day = timezone.localtime(at - 2 * DAY).date().isoformat()
    assert [row[1:3] + row[4:] for row in measures] == [
        ["全检库存", "李师傅", "已验证", f"周调度 {day}"],
        ["去毛刺", "制造部", "待执行", "待验证"],
    ]
    assert told["sheet:eight-d"]["D5 选定永久措施"]["nothing"] == "尚未填写"
    assert told["sheet:eight-d"]["D4 根本原因"]["facts"][0]["value"] == "模具磨损"
