"""The follow-up console by keys alone, in a real browser."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from tests.browser.conftest import Sit
from tests.browser.test_intake_desk import Keys, composed, faults
from tests.cast import Site

from bihuan.casework.models import Case
from bihuan.casework.tests.by_telephone import solved
from bihuan.registers.surveys.models import Attempt

pytestmark = pytest.mark.browser

_numbers = (f"1390013{number:04d}" for number in count(9101))


@pytest.fixture
def case(site: Site) -> Case:
    """A case that has waited for its call for an hour, of a contact nobody else has."""
    number = next(_numbers)
    return solved(site, timezone.now() - timedelta(hours=2), phone=number, address=f"城东路 {number}")


def field(page: Page, name: str):
    return page.locator(f"#followup-form [name={name}]")


def test_answers_take_one_key_each_and_one_to_save(sit: Sit, case: Case) -> None:
    page = sit("sun").go(f"/followup/?case={case.number}").page
    keys = Keys(page)
    # whom to speak to is known from the case: the first open question comes next
    expect(field(page, "spoken-to")).to_have_value("王老师")
    expect(field(page, "method").first).to_be_focused()
    # by telephone, on time, attitude; neat and shoe covers were nobody's to see
    keys.press("1", "1", "5")
    expect(field(page, "neat").first).to_be_focused()
    keys.press("Tab", "Tab", "4", "1", "5", "Tab", "2")
    assert page.evaluate("document.querySelector('[name=suggestion]').value") == ""
    keys.press("Control+Enter")
    expect(page.locator(".notice")).to_contain_text(case.number)
    case.refresh_from_db()
    told = case.state.answers["follow-up"]
    assert (told["method"], told["on-time"], told["attitude"], told["quality"]) == ("telephone", True, 5, 4)
    assert (told["charge-as-told"], told["satisfaction"], told["complaint"]) == (True, 5, False)
    assert ("neat" in told, "shoe-covers" in told) == (False, False)
    # seven answers, three passed over, one to save
    assert keys.pressed == 11


def test_five_answers_in_a_row_take_six_keys(sit: Sit, case: Case) -> None:
    page = sit("sun").go(f"/followup/?case={case.number}").page
    field(page, "spoken-to").fill("王老师")
    field(page, "satisfaction").nth(4).check()
    field(page, "complaint").nth(1).check()
    field(page, "method").first.focus()
    keys = Keys(page).press("1", "1", "5", "1", "1", "Control+Enter")
    expect(page.locator(".notice")).to_contain_text(case.number)
    assert keys.pressed == 6
    case.refresh_from_db()
    told = case.state.answers["follow-up"]
    assert [told[name] for name in ("method", "on-time", "attitude", "neat", "shoe-covers")] == [
        "telephone",
        True,
        5,
        True,
        True,
    ]


def test_a_complaint_leads_from_the_answers_to_the_report_without_the_mouse(sit: Sit, case: Case) -> None:
    page = sit("sun").go(f"/followup/?case={case.number}").page
    field(page, "spoken-to").fill("王老师")
    field(page, "method").first.check()
    field(page, "satisfaction").first.focus()
    keys = Keys(page).press("1", "Tab", "1", "Control+Enter")
    expect(page.locator("#problems")).to_contain_text("投诉内容")
    field(page, "complaint-text").focus()
    keys.write("没人回电话").press("Control+Enter")
    expect(page.locator(".desk-call-head")).to_contain_text("向分管领导报告投诉")
    assert page.url.endswith(f"/followup/?case={case.number}")
    case.refresh_from_db()
    assert case.step == "complaint"
    # what was found wrong stands first, before every plain call
    page.get_by_role("link", name="不满意", exact=True).click()
    expect(page.locator(".desk-queue li").filter(has_text=case.number)).to_have_count(1)


def test_composing_chinese_and_pressing_enter_sends_nothing(sit: Sit, case: Case) -> None:
    page = sit("sun").go(f"/followup/?case={case.number}").page
    composed(page, "#followup-form [name=spoken-to]", "王老师")
    expect(field(page, "spoken-to")).to_be_focused()
    expect(page.locator("#problems")).to_have_count(0)
    case.refresh_from_db()
    assert case.step == "following"


def test_a_call_nobody_took_is_one_key(sit: Sit, case: Case) -> None:
    page = sit("sun").go(f"/followup/?case={case.number}").page
    page.keyboard.press("Alt+w")
    expect(page.locator(".notice")).to_contain_text(case.number)
    assert Attempt.objects.get(number=case.number).result == "no-answer"
    expect(page.locator(".desk-queue li").filter(has_text=case.number)).to_contain_text("第 2 次")


def test_the_whole_number_is_one_key_away_and_answers_stay(sit: Sit, case: Case) -> None:
    page = sit("sun").go(f"/followup/?case={case.number}").page
    page.keyboard.type("王老师")
    page.keyboard.press("F8")
    expect(page.locator(".desk-dial")).to_have_attribute("href", f"tel:{whole(case)}")
    expect(field(page, "spoken-to")).to_have_value("王老师")


def whole(case: Case) -> str:
    return "+86" + case.state.answers["intake"]["phone"]


def test_a_half_answered_call_survives_a_reload(sit: Sit, case: Case) -> None:
    page = sit("sun").go(f"/followup/?case={case.number}").page
    expect(field(page, "method").first).to_be_focused()
    page.keyboard.press("1")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-draft-state]")).to_contain_text("草稿 已存")
    page.reload()
    expect(field(page, "spoken-to")).to_have_value("王老师")
    expect(field(page, "method").first).to_be_checked()


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_console_has_no_serious_fault_for_assistive_technology(sit: Sit, case: Case, language: str) -> None:
    page = sit("sun", language=language).go(f"/followup/?case={case.number}").page
    assert faults(page) == []


def test_a_phone_needs_no_sideways_scrolling(sit: Sit, case: Case) -> None:
    sun = sit("sun", width=390).go(f"/followup/?case={case.number}")
    expect(field(sun.page, "spoken-to")).to_be_visible()
    assert sun.width_needed() == (390, 390)
