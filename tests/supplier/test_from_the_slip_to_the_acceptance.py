"""A quality problem from the slip to the customer's acceptance, approved by the general manager on a phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect
from tests.browser.conftest import Sit, local
from tests.browser.desk import Desk
from tests.cast import Site
from tests.supplier.conftest import CUSTOMER, PRODUCT

from bihuan.casework.models import Case
from bihuan.casework.replay import differences
from bihuan.journal.models import Letter
from bihuan.journal.verify import verify

pytestmark = pytest.mark.browser

PAPER = {"name": "检验报告.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}


def today() -> str:
    return local(timezone.now())[:10]


def slip_written(zheng: Desk) -> str:
    """Sales hears of the problem and writes the slip at once; the number of the complaint."""
    zheng.go("/cases/new/customer-complaint/")
    slip = {"customer": CUSTOMER, "heard": local(timezone.now()), "product": PRODUCT, "problem": "内径超差",
            "urgency": "urgent", "demand": "换货，并说明原因"}  # fmt: skip
    zheng.fill(slip).submit()
    expect(zheng.page.locator(".case-line")).to_contain_text("调查分析中")
    return zheng.number


def measure_done(number: str, group: str, jing: Desk, ming: Desk) -> None:
    """The one measure of that opening is carried out by manufacturing and verified by quality assurance."""
    child = Case.objects.filter(parent__number=number, ended_at=None).get().number
    jing.act(child, "执行", {"done-on": today(), "words": f"{group}：已照办"})
    ming.act(child, "验证", {"effective": True, "seen": "连续三批合格"})
    assert Case.objects.get(number=child).step == "verified"


def handled(number: str, zheng: Desk, ming: Desk, jing: Desk) -> None:
    """Investigated, contained, corrected for good, and the result entered."""
    findings = {"analysis": "刀具磨损", "urgency": "urgent", "responsibility": "ours"}
    ming.act(number, "调查分析，填处理单", findings)
    line = {"measures-0-what": "全检在库", "measures-0-department": "manufacturing", "measures-0-finish-by": today()}
    ming.act(number, "定初步改善方案", {"basis": "findings", "plan": "先换货", "goods": "隔离复检", **line})
    measure_done(number, "紧急", jing, ming)
    zheng.act(number, "派人到现场", {"who": "zheng", "on": today(), "done": "当面换货"})
    counted = {"finished-checked": "200", "finished-bad": "0", "in-process-checked": "50", "in-process-bad": "0"}
    jing.act(number, "处置未出货品", {**counted, "treated": "全部复检放行"})
    lasting = {"measures-0-kind": "process", "measures-0-what": "缩短换刀周期"}
    lasting |= {"measures-0-department": "manufacturing", "measures-0-finish-by": today()}
    ming.act(number, "定长久对策", {"reference": "YC-26-014", **lasting})
    measure_done(number, "长久", jing, ming)
    ming.act(number, "填执行验证结果", {"effective": True, "words": "三批合格，未再发生"})


def accepted(number: str, zheng: Desk) -> None:
    """Told by word of mouth before the papers go; the customer accepts."""
    zheng.go(f"/cases/{number}/acts/send-papers/")
    zheng.fill({"sent-at": local(timezone.now()), "photocopies": "1"})
    zheng.page.locator("main [name=papers]").set_input_files([PAPER])
    zheng.submit()
    expect(zheng.page.get_by_role("alert")).to_contain_text("先口头告知顾客，再送资料")
    told = local(timezone.now() - timedelta(minutes=1))
    zheng.act(number, "口头告知顾客", {"told-at": told, "person": "梁科长"})
    zheng.go(f"/cases/{number}/acts/send-papers/")
    zheng.fill({"sent-at": local(timezone.now()), "photocopies": "1"})
    zheng.page.locator("main [name=papers]").set_input_files([PAPER])
    zheng.submit()
    expect(zheng.page.locator(".case-line")).to_contain_text("待顾客接受")
    zheng.act(number, "顾客答复", {"accepted": True, "on": today(), "person": "梁科长"})


def signed_first(number: str, guan: Desk, ming: Desk) -> None:
    """The general manager asks quality assurance to sign before deciding; until then the decision is refused."""
    guan.page.get_by_role("link", name="请人加签").click()
    guan.fill({"signer": "ming", "words": "三批够不够"}).submit()
    guan.page.get_by_role("button", name="是").click()
    expect(guan.page.get_by_role("alert")).to_contain_text("还有加签未签：明质保")
    ming.go("/approvals/")
    ming.page.locator("#inbox-list").get_by_role("link", name="加签：认可处理").click()
    expect(ming.page.locator(".signers")).to_contain_text("三批够不够")
    ming.page.get_by_role("button", name="同意", exact=True).click()
    expect(ming.page.locator(".notice-success")).to_contain_text("已签")


def test_from_the_slip_to_the_acceptance_with_the_approval_given_on_a_phone(sit: Sit, site: Site) -> None:
    zheng, ming, jing, guan = sit("zheng"), sit("ming"), sit("jing"), sit("guan", width=390)
    number = slip_written(zheng)
    handled(number, zheng, ming, jing)
    accepted(number, zheng)
    guan.go("/approvals/")
    guan.page.locator("#inbox-list").get_by_role("link", name="认可处理").first.click()
    needed, there = guan.width_needed()
    assert needed <= there
    signed_first(number, guan, ming)
    guan.go(f"/approvals/{number}/")
    expect(guan.page.locator(".signers")).to_contain_text("同意")
    # declined without a reason: nothing happens and the reason is asked for
    guan.page.get_by_role("button", name="否").click()
    expect(guan.page.get_by_role("alert")).to_be_visible()
    assert Case.objects.get(number=number).step == "to-approve"
    guan.page.get_by_role("button", name="是").click()
    expect(guan.page.locator(".notice-success")).to_contain_text("已办：认可处理")
    case = Case.objects.get(number=number)
    assert (case.step, case.state.answers["approval"]["agreed"]) == ("closed", True)
    told = set(Letter.objects.filter(subject__contains=number).values_list("to", flat=True))
    assert told >= {"quality@plant", "sales@plant", "general-manager@plant"}
    assert list(differences(Case.objects.filter(number=number))) == []
    assert [one for one in verify(connection) if one.damage] == []
