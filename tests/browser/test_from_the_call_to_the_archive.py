"""One repair from the telephone call to the archive, on the screens people live in, each at a desk of their own."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import Sit, local
from tests.browser.desk import Desk
from tests.browser.house import CALLER, delivered
from tests.browser.stories import ready_to_follow_up
from tests.browser.test_journey import hand_in_case
from tests.cast import Site, acting

from bihuan.casework import actions
from bihuan.casework.models import Case
from bihuan.casework.replay import differences
from bihuan.journal.verify import verify
from bihuan.registers.charges.models import Receipt
from bihuan.registers.slips.models import Copy
from bihuan.registers.visits.models import Visit
from bihuan.registers.warranty.models import Decision

pytestmark = pytest.mark.browser

TRAVEL = {"route-note": "3 路到东湖中学", "cost": "2"}
CONDUCT = {"neat": True, "shoe-covers": True, "restated": "昨天起开机不亮"}
OUT_OF_WARRANTY = {"diagnosis": "主板坏", "outcome": "on-site", "warranty-decision": "out"}
PAID = {"amount": "200", "rule": "GF-03", "payer": "王老师", "items-0-item": "主板维修", "items-0-amount": "200"}
CLOSED = {"solution": "换了主板，已向客户演示", "opinion": "来得快，修得好", "charge": "200", "device-receipt": "none"}


def on_desk(page: Page, name: str) -> Locator:
    return page.locator(f"#desk-form [name={name}]")


def called_in(chen: Desk) -> str:
    """The clerk takes the call by keys alone, and sees who it is and what they own; returns the number of the case."""
    page = chen.go("/intake/?new=1").page
    expect(on_desk(page, "phone")).to_be_focused()
    page.keyboard.type(CALLER.phone)
    expect(page.locator("#desk-form [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(on_desk(page, "contact")).to_have_value(CALLER.contact)
    expect(on_desk(page, "address")).to_have_value(CALLER.address)
    expect(page.locator("#desk-caller")).to_contain_text(CALLER.name)
    expect(on_desk(page, "serial")).to_have_value(CALLER.serial)
    expect(page.locator("#desk-context")).to_contain_text("保外")
    expect(page.locator("#desk-context")).to_contain_text("三十分钟内派工")
    expect(on_desk(page, "problem")).to_be_focused()
    page.keyboard.type("开机不亮")
    page.keyboard.press("Tab")
    # channel, way of service, belongs to, region, urgency – each by its figure
    page.keyboard.press("1")
    for name in ("service", "belongs"):
        expect(on_desk(page, name).first).to_be_focused()
        page.keyboard.press("1")
    for name in ("region", "urgency"):
        if not on_desk(page, name).first.is_checked():
            expect(on_desk(page, name).first).to_be_focused()
            page.keyboard.press("1")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice")).to_contain_text("已受理")
    return str(Case.objects.filter(kind="repair").latest("id").number)


def looked_up(chen: Desk, number: str) -> None:
    """The form begins with what the register computed; nobody had to type it."""
    chen.go(f"/cases/{number}/").page.keyboard.press("Control+Enter")
    expect(chen.page.get_by_role("heading", name="查保修期")).to_be_visible()
    expect(chen.page.locator("[name=status][value=out]")).to_be_checked()
    chen.fill({"basis": f"发票 F-{CALLER.serial}"}).submit()
    expect(chen.page.locator(".timeline")).to_contain_text("查保修期")


def assigned(zhou: Desk, number: str, repairer: str) -> None:
    """From the view of what is unassigned into the case; the slip is written in the panel, candidates in sight."""
    page = zhou.go("/cases/").page
    page.locator(".view-tabs").get_by_role("link", name="未派工").click()
    page.locator("[data-row]").get_by_role("link", name=number).click()
    expect(page.locator(".case-line")).to_contain_text("已受理")
    page.locator(".page-actions").get_by_role("link", name="派工").click()
    panel = page.locator("#act-panel")
    expect(panel.get_by_role("heading", name="人选")).to_be_visible()
    expect(panel.locator(".candidates")).to_contain_text("技能：投影机")
    panel.locator(".candidates").get_by_role("button", name=repairer).click()
    expect(panel.locator("[name=skill]")).to_have_value("投影机")
    panel.locator("[name=priority][value=ordinary]").check()
    panel.get_by_role("button", name="派工").click()
    expect(page.locator(".case-line")).to_contain_text("已派工")


def gone_and_seen(li: Desk, zhou: Desk, number: str) -> None:
    """Accepted, a time agreed that everybody sees, out, there, the symptom heard again."""
    waiting = li.go("/approvals/?tab=mine").page.locator("#inbox-list li").filter(has_text=number)
    expect(waiting).to_contain_text("接单")
    li.act(number, "接单")
    at = timezone.now() + timedelta(minutes=25)
    told: dict[str, Any] = {"result": "agreed", "agreed-time": local(at), "warranty-told": True, "charge-told": True}
    li.act(number, "联系客户", {**told, "charge-quoted": "200"})
    zhou.go(f"/visits/?day={local(at)[:10]}")
    booked = zhou.page.locator("tr").filter(has_text="李师傅").locator("li").filter(has_text=number)
    expect(booked).to_contain_text(local(at)[-5:])
    expect(booked).to_contain_text(CALLER.address)
    expect(booked).to_contain_text("已约")
    li.act(number, "出发", TRAVEL)
    li.act(number, "到达")
    zhou.page.reload()
    expect(booked).to_contain_text("已到达")
    li.act(number, "核实问题", CONDUCT)


def repaired_and_paid(li: Desk, number: str) -> str:
    """Quoted from the price list, agreed to, repaired, charged, signed for; returns the receipt's number."""
    li.act(number, "判断故障", OUT_OF_WARRANTY)
    li.act(number, "报价并征得同意", {"amount": "200", "rate": "GF-03", "consent": True})
    li.act(number, "解决故障", {"works": True, "hours": "1"})
    li.act(number, "收费并开收据", PAID)
    receipt = Receipt.objects.get(number=number)
    li.go(f"/cases/{number}/?tab=charges")
    money = li.page.locator("#case-story")
    expect(money).to_contain_text(receipt.name)
    expect(money).to_contain_text("200.00")
    paper, pages = li.printed(number, "收据")
    assert (paper[:5], pages) == (b"%PDF-", 1)
    li.go(f"/cases/{number}/acts/close-with-customer/").fill(CLOSED).sign("signature").submit()
    expect(li.page.locator(".case-line")).to_contain_text("待回司反馈")
    return receipt.name


def papers_in(li: Desk, zhou: Desk, number: str) -> None:
    """Reported back; the record completed; the slip's main copy from the repairer to the dispatcher, as all may see."""
    li.act(number, "回司反馈", {"result": "修好", "customer-situation": "客户满意"})
    zhou.act(number, "补齐派工记录", {"result": "修好", "finished-on": local(timezone.now())[:10], "hours": "2"})
    zhou.go(f"/slips/{number}/")
    expect(zhou.page.get_by_role("heading", name="派工单 · 在")).to_contain_text("维修人员")
    zhou.act(number, "收回派工单", {"slip": True})
    zhou.go(f"/slips/{number}/")
    expect(zhou.page.get_by_role("heading", name="派工单 · 在")).to_contain_text("调度员")


def complained(sun: Desk, number: str) -> None:
    """The follow-up is answered by figures and finds a complaint, which four hours stand over from then on."""
    sun.act(number, "接管派工单")
    page = sun.go(f"/followup/?case={number}").page
    answer = lambda name: page.locator(f"#followup-form [name={name}]")  # noqa: E731
    # whom to speak to is known from the case already
    expect(answer("spoken-to")).to_have_value(CALLER.contact)
    for name, key in (("method", "1"), ("on-time", "1"), ("attitude", "2"), ("neat", "1"), ("shoe-covers", "1")):
        expect(answer(name).first).to_be_focused()
        page.keyboard.press(key)
    for name, key in (("quality", "4"), ("charge-as-told", "1"), ("satisfaction", "2")):
        expect(answer(name).first).to_be_focused()
        page.keyboard.press(key)
    answer("complaint").first.focus()
    page.keyboard.press("1")
    answer("complaint-text").fill("等了一天才来")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".desk-call-head")).to_contain_text("向分管领导报告投诉")


def reported_to_the_leader(sun: Desk, qian: Desk, number: str, folder: Path) -> str:
    """Within its four hours, as the chip says; the leader finds it at home and in the messages; returns its number."""
    sun.go(f"/cases/{number}/")
    expect(sun.page.locator(".case-line")).to_contain_text("发现投诉，待报告")
    expect(sun.chip("投诉四小时内报分管领导").locator(".chip-words")).to_have_text(
        re.compile(r"^剩 (4小时|3小时59分)$")
    )
    page = sun.go(f"/followup/?case={number}").page
    sun.page.locator("#followup-form [name=reported-to]").select_option("qian")
    sun.page.locator("#followup-form [name=summary]").fill("客户嫌来得慢")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice")).to_contain_text(number)
    complaint = Case.objects.get(kind="complaint", parent__number=number).number
    home = qian.go("/").page.locator("main")
    expect(home.get_by_role("link", name="知悉并表态")).to_be_visible()
    expect(home).to_contain_text(complaint)
    delivered(folder)
    expect(qian.go("/messages/").page.locator("main")).to_contain_text(number)
    return complaint


def settled(qian: Desk, feng: Desk, complaint: str) -> None:
    """The leader's opinion, then an apology that the customer takes: the complaint is withdrawn, with its proof."""
    qian.act(complaint, "知悉并表态", {"words": "当面道歉"})
    feng.act(complaint, "客户撤回", {"words": "接受道歉，不再追究", "proof": "signature"})


def handed_in(sun: Desk, wu: Desk, number: str) -> None:
    """The papers on the fixed date: ticked off one list, received by the office, which archives."""
    hand_in = hand_in_case(timezone.now(), "north")
    sun.act(hand_in, "派工单移交", {"cases": [number], "complete": True})
    wu.go("/")
    expect(wu.page.locator("[data-row]").filter(has_text=hand_in).get_by_role("link", name="签收")).to_be_visible()
    wu.act(hand_in, "签收")
    expect(wu.page.locator(".case-line")).to_contain_text("完成")


def test_a_call_goes_to_the_archive_over_the_screens_people_live_in(sit: Sit, tmp_path: Path) -> None:
    chen, zhou, li, sun = sit("chen"), sit("zhou"), sit("li", width=390), sit("sun")
    qian, feng, wu = sit("qian"), sit("feng"), sit("wu")
    number = called_in(chen)
    looked_up(chen, number)
    decision = Decision.objects.get(case_number=number)
    assert (decision.computed, decision.decided) == ("out", "out")
    assigned(zhou, number, "李师傅")
    gone_and_seen(li, zhou, number)
    repaired_and_paid(li, number)
    papers_in(li, zhou, number)
    complained(sun, number)
    settled(qian, feng, reported_to_the_leader(sun, qian, number, tmp_path))
    handed_in(sun, wu, number)
    zhou.go(f"/cases/{number}/")
    expect(zhou.page.locator(".case-line")).to_contain_text("已存档")
    copy = Copy.objects.get(slip__case_number=number, slip__form="slip", name="main")
    held = [one.to_holder for one in copy.movements.order_by("step")]
    assert held == ["repairer", "dispatcher", "follow-up-clerk", "office"]
    assert [one.state for one in Visit.objects.filter(case_number=number)] == [Visit.DONE]
    assert list(differences(Case.objects.all())) == []
    assert [one for one in verify(connection) if one.damage] == []


def test_a_complaint_nobody_reports_in_four_hours_is_late_on_the_list_and_before_the_leader(
    sit: Sit, site: Site, tmp_path: Path
) -> None:
    found_at = timezone.now() - timedelta(hours=4, minutes=5)
    number = ready_to_follow_up(site, found_at - timedelta(hours=1))
    answers = {"spoken-to": "郑主任", "method": "telephone", "neat": True, "shoe-covers": True, "satisfaction": 1}
    complaint = {"complaint": True, "complaint-text": "无人理会"}
    actions.act(site.sun, acting(number, "follow-up", found_at, answers | complaint))
    actions.sweep(timezone.now())
    delivered(tmp_path)

    zhou, qian = sit("zhou"), sit("qian")
    zhou.go(f"/cases/?state=overdue&q={number}")
    row = zhou.page.locator("[data-row]").filter(has_text=number)
    expect(row.locator(".chip-overdue, .chip-missed").filter(has_text="超")).to_have_count(1)
    home = qian.go("/").page.locator("[data-row]").filter(has_text=number)
    expect(home).to_contain_text("发现投诉，待报告")
    expect(home).to_contain_text("投诉四小时内报分管领导")
    expect(qian.go("/messages/").page.locator("main")).to_contain_text(number)
    qian.go(f"/cases/{number}/")
    expect(qian.chip("投诉四小时内报分管领导")).to_contain_text("超")
