"""How the integrator's repair goes, told as who fills in what; each story stops where a test wants to look."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import expect
from tests.browser.conftest import local
from tests.browser.desk import Desk
from tests.cast import Site, acting, opening

from bihuan.casework import actions
from bihuan.casework.models import Case

INTAKE: dict[str, Any] = {
    "channel": "hotline",
    "service": "on-site",
    "belongs": "product",
    "customer": "江北影城",
    "contact": "张经理",
    "phone": "13800000000",
    "address": "江北路 88 号",
    "region": "city",
    "product": "TY-200 投影机",
    "problem": "开机后无信号",
    "urgency": "ordinary",
}
WARRANTY = {"status": "in", "until": "2030-01-01", "basis": "发票"}
SLIP = {"repairer": "li", "skill": "投影机", "priority": "ordinary"}


def register(chen: Desk, **other: Any) -> str:
    """A fault is reported; returns the number of its case."""
    chen.go("/cases/new/repair/").fill({**INTAKE, **other}).submit()
    expect(chen.page.locator(".case-line")).to_contain_text("已受理")
    return chen.number


def dispatched(chen: Desk, zhou: Desk) -> str:
    number = register(chen)
    chen.act(number, "查保修期", WARRANTY)
    zhou.act(number, "派工", SLIP)
    return number


def repaired(chen: Desk, zhou: Desk, li: Desk) -> str:
    """From the report to the customer's signature, all on one visit."""
    number = dispatched(chen, zhou)
    li.act(number, "接单")
    agreed = {"result": "agreed", "agreed-time": local(timezone.now() + timedelta(hours=2))}
    told = {"warranty-told": True, "charge-told": True, "charge-quoted": "0"}
    li.act(number, "联系客户", {**agreed, **told})
    li.act(number, "出发", {"route-note": "地铁 2 号线", "cost": "4"})
    li.act(number, "到达")
    li.act(number, "核实问题", {"neat": True, "shoe-covers": True, "restated": "开机没有信号"})
    li.act(number, "判断故障", {"diagnosis": "信号板损坏", "outcome": "on-site", "warranty-decision": "in"})
    li.act(number, "解决故障", {"works": True, "parts": "信号板", "hours": "1.5"})
    closing = {"solution": "换了信号板", "opinion": "满意", "signature": "张经理"}
    li.act(number, "客户善后", {**closing, "charge": "0", "device-receipt": "none"})
    return number


def with_papers_in(chen: Desk, zhou: Desk, li: Desk, sun: Desk) -> str:
    """Repaired, reported back, papers collected and taken over: ready to be followed up."""
    number = repaired(chen, zhou, li)
    li.act(number, "回司反馈", {"result": "修好", "customer-situation": "客户满意"})
    zhou.act(number, "补齐派工记录", {"result": "修好", "finished-on": local(timezone.now())[:10], "hours": "2"})
    zhou.act(number, "收回派工单", {"slip": True})
    sun.act(number, "接管派工单")
    return number


def follow_up(sun: Desk, number: str, **other: Any) -> None:
    answers = {"spoken-to": "张经理", "method": "telephone", "neat": True, "shoe-covers": True, "satisfaction": "5"}
    sun.act(number, "回访", {**answers, "complaint": False, **other})


def ready_to_follow_up(site: Site, at: datetime | None = None) -> str:
    """The same way told by sentences instead of pages, for tests that begin where it ends; all at ``at``, or now."""
    now = at or timezone.now()
    number = actions.open_case(site.chen, opening(now, kind="repair", answers={**INTAKE, "serial": "SN-1"})).number
    agreed = {"result": "agreed", "agreed-time": now.isoformat()}
    told = {"warranty-told": True, "charge-told": True, "charge-quoted": 0}
    closing = {"solution": "换了信号板", "opinion": "满意", "signature": "张经理"}
    way: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("chen", "look-up-warranty", WARRANTY),
        ("zhou", "dispatch", SLIP),
        ("li", "accept", {}),
        ("li", "contact", {**agreed, **told}),
        ("li", "set-out", {"route-note": "地铁", "cost": 4}),
        ("li", "arrive", {}),
        ("li", "confirm-problem", {"neat": True, "shoe-covers": True, "restated": "没有信号"}),
        ("li", "judge", {"diagnosis": "信号板损坏", "outcome": "on-site", "warranty-decision": "in"}),
        ("li", "solve", {"works": True, "hours": 1.5}),
        ("li", "close-with-customer", {**closing, "charge": 0, "device-receipt": "none"}),
        ("li", "report-back", {"result": "修好", "customer-situation": "客户满意"}),
        ("zhou", "complete-record", {"result": "修好", "finished-on": local(now)[:10], "hours": 2}),
        ("zhou", "collect-papers", {"slip": True}),
        ("sun", "keep-slip", {}),
    )
    for who, act, answers in way:
        actions.act(site.people[who], acting(number, act, now, answers))
    return number


def promised(number: str, name: str) -> tuple[timedelta, datetime]:
    """How long a promise of a case may take, and the moment from which that counts."""
    case = Case.objects.get(number=number)
    (run,) = [one for one in case.state.clocks if one.name == name]
    # a promise is due at the next whole minute
    return timedelta(minutes=(run.due - run.started) // timedelta(minutes=1)), run.started
