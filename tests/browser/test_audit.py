"""The auditor's desk in a real browser: an entry found, the case as it stood, a sample drawn, checked and closed."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from tests.browser.conftest import Sit
from tests.browser.test_every_page_is_accessible import faults
from tests.cast import Site, opening

from bihuan.casework import actions
from bihuan.casework.models import Case
from bihuan.journal.models import Entry

pytestmark = pytest.mark.browser


TOLD = {
    "channel": "hotline", "service": "on-site", "belongs": "product", "customer": "城东小学", "contact": "王老师",
    "phone": "13900009901", "address": "城东路 8 号", "region": "city", "product": "TY-300", "problem": "偏色",
    "urgency": "urgent",
}  # fmt: skip


@pytest.fixture
def case(site: Site) -> Case:
    """A fault just reported."""
    answer = actions.open_case(site.chen, opening(timezone.now(), kind="repair", answers={"intake": TOLD}))
    return Case.objects.get(number=answer.number)


def test_from_the_log_to_the_case_as_it_stood(sit: Sit, case: Case) -> None:
    first = Entry.objects.filter(about_id=str(case.pk)).earliest("position")
    page = sit("wu").go("/audit/").page
    page.fill("input[name=number]", case.number)
    page.keyboard.press("Enter")
    page.locator("tbody tr").last.get_by_role("link").first.click()
    expect(page.get_by_text(bytes(first.hash).hex(), exact=True)).to_be_visible()
    expect(page.get_by_text("与散列一致")).to_be_visible()
    page.get_by_role("link", name="当时的事项").click()
    expect(page.get_by_role("heading", name=f"{case.number} 当时的样子")).to_be_visible()
    expect(page.get_by_role("heading", name="到那时为止的经过")).to_be_visible()


def test_a_sample_is_drawn_checked_and_closed(sit: Sit, case: Case) -> None:
    page = sit("wu").go("/audit/samples/new/").page
    page.fill("input[name=title]", "浏览器抽查")
    page.fill("input[name=size]", "1")
    page.fill("input[name=start]", "2020-01-01")
    page.fill("input[name=until]", "2099-12-31")
    page.get_by_role("button", name="抽取", exact=True).click()
    page.get_by_role("link", name="填写").click()
    expect(page.get_by_role("button", name="保存")).to_be_visible()
    for question in page.locator("input[type=radio][value=yes]").all():
        question.check()
    page.get_by_role("button", name="保存").click()
    page.fill("textarea[name=conclusion]", "无不符")
    page.get_by_role("button", name="关闭", exact=True).click()
    expect(page.get_by_text("抽样已关闭，内容不再改变")).to_be_visible()
    expect(page.get_by_role("heading", name="结论")).to_be_visible()


@pytest.mark.parametrize(("theme", "language"), [("light", "zh-CN"), ("dark", "en")])
def test_no_page_of_the_room_has_a_serious_fault_and_a_phone_is_wide_enough(
    sit: Sit, case: Case, theme: str, language: str
) -> None:
    told = {}
    wide, narrow = sit("wu", theme=theme, language=language), sit("wu", theme=theme, language=language, width=320)
    entry = Entry.objects.filter(about_id=str(case.pk)).latest("position")
    for address in ("/audit/", f"/audit/entries/{entry.pk}/", "/audit/exceptions/", "/audit/exceptions/departures/",
                    "/audit/policy/", "/audit/samples/", "/audit/samples/new/", "/audit/digests/",
                    "/audit/digests/compare/", f"/cases/{case.number}/as-of/"):  # fmt: skip
        told[address] = [*faults(wide.go(address).page), *wide.refused()]
        narrow.go(address)
        if narrow.page.evaluate("document.documentElement.scrollWidth") > 320:
            told[address].append("wider than a phone")
    assert {address: found for address, found in told.items() if found} == {}
