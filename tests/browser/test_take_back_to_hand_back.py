"""Equipment that leaves the customer: taken back against a receipt, or brought to the counter; nobody in two places."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect
from tests.browser.conftest import Sit, local
from tests.browser.desk import Desk
from tests.browser.house import AT_THE_COUNTER, MODEL, TAKEN_FROM, WANTED_AT_ONCE, Known
from tests.cast import Site, acting, opening

from bihuan.casework import actions
from bihuan.casework.models import Case
from bihuan.casework.replay import differences
from bihuan.files.models import Attachment
from bihuan.journal.verify import verify
from bihuan.registers.slips.models import Copy, Slip
from bihuan.registers.visits.models import Visit

pytestmark = pytest.mark.browser

# one white pixel
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe"
    "0def46b80000000049454e44ae426082"
)
SLIP = {"repairer": "li", "skill": "投影机", "priority": "ordinary"}
AGREED = {"result": "agreed", "warranty-told": True, "charge-told": True}


def reported(site: Site, known: Known, **other: Any) -> str:
    """A fault of the known customer's device, reported a minute ago; returns the number of its case."""
    answers = {
        "channel": "hotline", "service": "on-site", "belongs": "product", "customer": known.name,
        "contact": known.contact, "phone": known.phone, "address": known.address, "region": "city",
        "product": MODEL, "serial": known.serial, "problem": "不亮", "urgency": "ordinary", **other,
    }  # fmt: skip
    at = timezone.now() - timedelta(minutes=1)
    return actions.open_case(site.chen, opening(at, kind="repair", answers={"intake": answers})).number


def looked_up(chen: Desk, number: str, shown: str) -> None:
    """The look-up begins with what the register computed: ``shown`` is ticked before anybody answers."""
    chen.go(f"/cases/{number}/acts/look-up-warranty/")
    expect(chen.page.locator(f"[name=status][value={shown}]")).to_be_checked()
    chen.fill({"basis": "发票"}).submit()
    expect(chen.page.locator(".timeline")).to_contain_text("查保修期")


def held(number: str, form: str, name: str) -> list[str]:
    """Through whose hands a copy went, first to last."""
    copy = Copy.objects.get(slip__case_number=number, slip__form=form, name=name)
    return [one.to_holder for one in copy.movements.order_by("step")]


def sound(number: str) -> None:
    """The book is whole, and replayed it says what the case says."""
    assert list(differences(Case.objects.filter(number=number))) == []
    assert [one for one in verify(connection) if one.damage] == []


def taken_away(li: Desk, number: str) -> None:
    """What is wrong cannot be mended there: inspected, photographed, signed for, receipt left with the customer."""
    diagnosis = {"diagnosis": "主板坏，现场修不了", "outcome": "bring-back", "warranty-decision": "in"}
    li.act(number, "判断故障", diagnosis)
    li.go(f"/cases/{number}/acts/take-away/")
    items = {"items-0-item": "投影机", "items-0-serial": TAKEN_FROM.serial, "items-0-condition": "外壳完好"}
    li.fill({"customer-copy": True, **items})
    photo = {"name": "外观.png", "mimeType": "image/png", "buffer": PICTURE}
    li.page.locator("main [name=items-0-photo]").set_input_files([photo])
    li.sign("customer-signature").submit()
    expect(li.page.locator(".case-line")).to_contain_text("带回途中")


def test_taken_back_against_a_receipt_repaired_and_handed_back(sit: Sit, site: Site) -> None:
    chen, zhou, li = sit("chen"), sit("zhou"), sit("li", width=390)
    number = reported(site, TAKEN_FROM)
    looked_up(chen, number, "in")
    zhou.act(number, "派工", SLIP)
    li.act(number, "接单")
    at = local(timezone.now() + timedelta(minutes=40))
    li.act(number, "联系客户", {**AGREED, "agreed-time": at, "charge-quoted": "0"})
    li.act(number, "出发", {"route-note": "3 路", "cost": "2"})
    li.act(number, "到达")
    li.act(number, "核实问题", {"neat": True, "shoe-covers": True, "restated": "不亮"})
    # the page of the case tells every answer, but whole telephone numbers not to everybody
    expect(li.page.locator("#case-story")).to_contain_text(TAKEN_FROM.address)
    expect(li.page.locator("#case-story")).not_to_contain_text(TAKEN_FROM.phone)
    taken_away(li, number)
    assert Attachment.objects.filter(name="外观.png").exists()
    li.go(f"/cases/{number}/?tab=files")
    expect(li.page.locator("#case-story")).to_contain_text("外观.png")
    paper, pages = li.printed(number, "处理单（带回设备）")
    assert (paper[:5], pages) == (b"%PDF-", 2)
    li.go(f"/slips/{number}/")
    expect(li.page.get_by_role("heading", name="客户联（设备收条） · 在")).to_contain_text("客户")

    li.act(number, "设备到公司")
    zhou.act(number, "收下处理单调度联", {"complete": True})
    assert held(number, "equipment", "dispatcher") == ["repairer", "dispatcher"]
    li.act(number, "选定解决方法", {"way": "own", "cost-share": "5"})
    li.act(number, "解决故障", {"works": True, "parts": "主板", "hours": "2"})
    li.go(f"/cases/{number}/acts/close-with-customer/")
    closed = {"solution": "换主板，试机正常", "opinion": "满意", "charge": "0"}
    li.fill({**closed, "device-receipt": "none"}).sign("signature").submit()
    refusal = li.page.get_by_role("alert")
    expect(refusal).to_contain_text("收条要收回或写明缘由")
    expect(refusal.locator("a.clause")).to_have_text("4.2(7)")
    li.fill({"device-receipt": "recovered"}).submit()
    expect(li.page.locator(".case-line")).to_contain_text("待回司反馈")
    assert held(number, "equipment", "customer") == ["customer", "repairer"]
    assert [one.state for one in Visit.objects.filter(case_number=number)] == [Visit.DONE]
    sound(number)


def test_brought_to_the_counter_declined_and_handed_back_against_its_numbered_receipt(sit: Sit, site: Site) -> None:
    chen, zhou, li = sit("chen"), sit("zhou"), sit("li", width=390)
    number = reported(site, AT_THE_COUNTER, channel="counter", service="brought-in")
    looked_up(chen, number, "out")
    items = {"items-0-item": "投影机", "items-0-serial": AT_THE_COUNTER.serial, "items-0-condition": "外壳完好"}
    chen.act(number, "柜台收机", {"receipt-given": True, "symptom": "不亮", **items})
    receipt = Slip.objects.get(case_number=number, form="counter").number
    assert receipt.startswith("ST") and receipt.endswith("-0001")
    chen.go(f"/slips/?q={receipt}")
    chen.page.locator("main").get_by_role("link", name=receipt).first.click()
    expect(chen.page.get_by_role("heading", name="客户联 · 在")).to_contain_text("客户")
    assert chen.printed(number, "设备收条")[0].startswith(b"%PDF-")

    zhou.act(number, "派工", SLIP)
    li.act(number, "接单")
    li.act(number, "判断故障", {"diagnosis": "主板坏", "outcome": "on-site", "warranty-decision": "out"})
    li.act(number, "报价并征得同意", {"amount": "200", "rate": "GF-03", "consent": False})
    expect(li.page.locator(".case-line")).to_contain_text("不修，待退还")
    li.act(number, "不修退还", {"words": "太贵，先不修了", "returned": True})
    li.act(number, "回司反馈", {"result": "未修", "customer-situation": "嫌贵"})
    today = local(timezone.now())[:10]
    zhou.act(number, "补齐派工记录", {"result": "未修", "finished-on": today, "hours": "1"})
    zhou.go(f"/cases/{number}/acts/collect-papers/").fill({"slip": True}).submit()
    expect(zhou.page.get_by_role("alert")).to_contain_text("收回的收条要一并交调度员")
    zhou.fill({"device-receipt": True}).submit()
    expect(zhou.page.locator(".case-line")).to_contain_text("单据在调度")
    assert held(number, "counter", "customer") == ["customer", "repairer", "dispatcher"]
    sound(number)


def test_a_repairer_is_not_promised_to_two_customers_at_once(sit: Sit, site: Site) -> None:
    zhang = sit("zhang", width=390)
    numbers = [reported(site, one) for one in WANTED_AT_ONCE]
    now = timezone.now()
    for number in numbers:
        looked = {"status": "in", "until": "2030-01-01", "basis": "发票"}
        actions.act(site.chen, acting(number, "look-up-warranty", now, looked))
        actions.act(site.zhou, acting(number, "dispatch", now, {**SLIP, "repairer": "zhang"}))
        zhang.act(number, "接单")
    agreed = now + timedelta(hours=3)
    first, second = numbers
    zhang.act(first, "联系客户", {**AGREED, "agreed-time": local(agreed), "charge-quoted": "0"})
    zhang.go(f"/cases/{second}/acts/contact/")
    zhang.fill({**AGREED, "agreed-time": local(agreed + timedelta(minutes=30)), "charge-quoted": "0"}).submit()
    refusal = zhang.page.get_by_role("alert")
    expect(refusal).to_contain_text("张师傅这段时间已有别的上门")
    expect(refusal.locator("a.clause")).to_have_text("4.2(3)")
    assert not Visit.objects.filter(case_number=second).exists()
    zhang.fill({"agreed-time": local(agreed + timedelta(hours=2))}).submit()
    expect(zhang.page.locator(".case-line")).to_contain_text("已约时间")
    assert Visit.objects.filter(person="zhang", state=Visit.BOOKED).count() == 2
    actions.act(site.zhou, acting(first, "cancel", timezone.now(), {"cancel.reason": "试完"}))
    assert Visit.objects.get(case_number=first).state == Visit.CANCELLED
