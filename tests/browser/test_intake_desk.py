"""The intake desk by keys alone, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect
from tests.browser.conftest import Sit
from tests.browser.desk import Desk
from tests.cast import Site

from bihuan.casework.models import Case
from bihuan.casework.tests.by_telephone import reported
from bihuan.registers.customers import actions as customers

pytestmark = pytest.mark.browser

# one caller per test: the desk remembers who called this week
_numbers = (f"1380013{number:04d}" for number in count(8101))
SERIOUS = {"serious", "critical"}


@pytest.fixture
def number() -> Iterator[str]:
    yield next(_numbers)


@pytest.fixture
def known(site: Site, number: str) -> str:
    """A caller on the books with one contact and one place; their number."""
    now = timezone.now()
    customer = customers.add_customer(f"江北影城{number[-4:]}", outlet="north", by=site.chen, at=now)
    customers.add_contact(customer, name="张经理", phone=number, by=site.chen, at=now)
    customers.add_site(customer, address=f"江北路 {number[-4:]} 号", by=site.chen, at=now)
    return number


class Keys:
    """Presses keys and counts them; text that is typed is not counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0

    def press(self, *keys: str) -> Keys:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1
        return self

    def write(self, text: str) -> Keys:
        self.page.keyboard.type(text)
        return self


def desk(sit: Sit, **options: object) -> Desk:
    return sit("chen", **options).go("/intake/?new=1")


def field(page: Page, name: str):
    return page.locator(f"#desk-form [name={name}]")


def test_a_known_caller_becomes_a_case_in_few_keys_and_no_mouse(sit: Sit, known: str) -> None:
    page = desk(sit).page
    keys = Keys(page)
    expect(field(page, "phone")).to_be_focused()
    keys.write(known)
    expect(page.locator("#desk-form [role=option]")).to_have_count(1)
    keys.press("Enter")
    expect(field(page, "contact")).to_have_value("张经理")
    expect(field(page, "address")).to_have_value(f"江北路 {known[-4:]} 号")
    expect(page.locator(".field-source").first).to_contain_text("客户档案")
    keys.write("TY-200 投影机").press("Enter")
    expect(field(page, "problem")).to_be_focused()
    keys.write("开机后无信号").press("Tab")
    # channel, way of service, belongs to, region, urgency
    keys.press("1", "1", "1", "1", "1")
    keys.press("Control+Enter")
    expect(page.locator(".notice")).to_contain_text("已受理")
    assert keys.pressed <= 12
    case = Case.objects.order_by("-id").first()
    told = case.state.answers["intake"]
    assert (told["phone"], told["problem"], told["channel"]) == (f"+86{known}", "开机后无信号", "hotline")
    assert (told["service"], told["urgency"]) == ("on-site", "ordinary")


def composed(page: Page, selector: str, text: str) -> None:
    """What an input method does while somebody composes and ends with Enter."""
    page.evaluate(
        """([selector, text]) => {
          const field = document.querySelector(selector);
          field.focus();
          field.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
          field.value = text;
          field.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true, data: text }));
          const enter = (type) => new KeyboardEvent(type,
            { key: "Enter", code: "Enter", keyCode: 229, isComposing: true, bubbles: true, cancelable: true });
          field.dispatchEvent(enter("keydown"));
          field.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true, data: text }));
          // Safari sends the Enter that ended the composition afterwards
          const after = new KeyboardEvent("keydown",
            { key: "Enter", code: "Enter", keyCode: 229, bubbles: true, cancelable: true });
          field.dispatchEvent(after);
          const send = new KeyboardEvent("keydown",
            { key: "Enter", code: "Enter", keyCode: 229, ctrlKey: true, bubbles: true, cancelable: true });
          field.dispatchEvent(send);
          const figure = new KeyboardEvent("keydown",
            { key: "1", code: "Digit1", keyCode: 229, bubbles: true, cancelable: true });
          field.dispatchEvent(figure);
        }""",
        [selector, text],
    )


@pytest.mark.parametrize("name", ["problem", "contact", "phone"])
def test_composing_chinese_and_pressing_enter_neither_sends_nor_leaves_the_field(sit: Sit, name: str) -> None:
    page = desk(sit).page
    before = Case.objects.count()
    composed(page, f"#desk-form [name={name}]", "画面发绿")
    expect(field(page, name)).to_be_focused()
    expect(field(page, name)).to_have_value("画面发绿")
    assert page.url.split("?")[0].endswith("/intake/")
    expect(page.locator("#problems")).to_have_count(0)
    assert Case.objects.count() == before


def test_enter_in_a_line_goes_on_and_never_sends(sit: Sit) -> None:
    page = desk(sit).page
    before = Case.objects.count()
    field(page, "contact").focus()
    page.keyboard.type("张经理")
    page.keyboard.press("Enter")
    expect(field(page, "contact")).not_to_be_focused()
    expect(page.locator("#problems")).to_have_count(0)
    assert Case.objects.count() == before


def test_a_draft_survives_a_reload_and_a_second_one_does_not_touch_it(sit: Sit) -> None:
    page = desk(sit).page
    field(page, "problem").focus()
    page.keyboard.type("第一件")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-draft-state]")).to_contain_text("草稿 已存")
    page.reload()
    expect(field(page, "problem")).to_have_value("第一件")
    first = page.url
    page.keyboard.press("F2")
    expect(field(page, "problem")).to_have_value("")
    field(page, "problem").focus()
    page.keyboard.type("第二件")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-draft-state]")).to_contain_text("草稿 已存")
    assert page.url != first
    page.goto(first)
    expect(field(page, "problem")).to_have_value("第一件")
    tabs = page.locator(".desk-tabs a")
    expect(tabs.filter(has_text="第一件")).to_have_attribute("aria-current", "true")
    page.locator(".desk-discard").click()
    expect(tabs.filter(has_text="第一件")).to_have_count(0)
    tabs.filter(has_text="第二件").click()
    expect(field(page, "problem")).to_have_value("第二件")
    page.locator(".desk-discard").click()


def test_alt_and_a_figure_lead_to_every_part(sit: Sit) -> None:
    page = desk(sit).page
    for key, name in ((3, "problem"), (2, "serial"), (1, "phone"), (5, "address")):
        page.keyboard.press(f"Alt+{key}")
        expect(field(page, name)).to_be_focused()


def test_a_question_that_depends_on_another_is_asked_only_then(sit: Sit) -> None:
    page = desk(sit).page
    expect(field(page, "told-to").first).to_be_hidden()
    field(page, "channel").nth(0).focus()
    page.keyboard.press("2")
    expect(field(page, "told-to").first).to_be_visible()


def test_open_work_of_the_caller_is_shown_and_the_call_added_by_one_key(sit: Sit, site: Site, number: str) -> None:
    case = reported(site, timezone.now(), phone=number, address=f"江南路 {number}")
    page = desk(sit).page
    page.keyboard.type(number)
    expect(page.locator("#desk-caller .desk-cases a.serial")).to_have_text(case.number)
    expect(page.locator(".desk-double")).to_contain_text("7 天内同一号码")
    expect(page.locator(".desk-promises")).to_contain_text("到场时限")
    page.keyboard.press("Alt+u")
    page.wait_for_url(f"**/cases/{case.number}/")


def test_typing_is_not_taken_away_when_what_is_known_arrives(sit: Sit, known: str) -> None:
    page = desk(sit).page
    field(page, "contact").focus()
    page.keyboard.type("李秘书")
    field(page, "phone").focus()
    page.keyboard.type(known)
    expect(field(page, "customer")).to_have_value(f"江北影城{known[-4:]}")
    expect(field(page, "contact")).to_have_value("李秘书")
    expect(field(page, "phone")).to_be_focused()


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_desk_has_no_serious_fault_for_assistive_technology(sit: Sit, known: str, language: str) -> None:
    page = desk(sit, language=language).page
    page.keyboard.type(known)
    expect(field(page, "contact")).to_have_value("张经理")
    assert faults(page) == []


def faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found if one["impact"] in SERIOUS]


def test_a_phone_needs_no_sideways_scrolling(sit: Sit, known: str) -> None:
    chen = sit("chen", width=390).go(f"/intake/?phone={known}")
    expect(field(chen.page, "contact")).to_have_value("张经理")
    assert chen.width_needed() == (390, 390)
