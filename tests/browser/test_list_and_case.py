"""The list and the case in a real browser: by keyboard alone, many at once, an address sent to a colleague."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from tests.browser.stories import register

SERIOUS = {"serious", "critical"}


@pytest.fixture
def numbers(sit) -> list[str]:
    """Three calls taken just now, oldest first."""
    desk = sit("chen")
    return [register(desk) for _call in range(3)]


def faults(page) -> list[str]:
    """What axe finds serious, each with the first element it is about."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in SERIOUS]


def rows(desk) -> list[str]:
    return desk.page.locator("[data-row] a[data-row-door]").all_inner_texts()


def test_the_list_is_worked_by_keyboard_alone(sit, numbers):
    zhou = sit("zhou").go("/cases/?sort=-opened")
    keys = zhou.page.keyboard
    assert rows(zhou)[:3] == numbers[::-1]
    keys.press("j")
    keys.press("j")
    expect(zhou.page.locator(".row-here")).to_contain_text(numbers[1])
    keys.press("k")
    keys.press("x")
    expect(zhou.page.locator("[data-bulk-count]")).to_have_text("1")
    keys.press("j")
    keys.press("j")
    keys.press("Shift+X")
    expect(zhou.page.locator("[data-bulk-count]")).to_have_text("3")
    keys.press("Enter")
    expect(zhou.page).to_have_url(f"{zhou.address}/cases/{numbers[0]}/?from=sort%3D-opened")
    zhou.page.wait_for_load_state()
    keys.press("[")
    expect(zhou.page.get_by_role("heading", level=1)).to_have_text(numbers[1])
    keys.press("]")
    expect(zhou.page.get_by_role("heading", level=1)).to_have_text(numbers[0])


def test_many_are_done_at_once_and_each_says_what_came_of_it(sit, numbers):
    zhou = sit("zhou").go("/cases/?sort=-opened")
    for number in numbers[:2]:
        zhou.page.locator(f'input[data-pick="rows"][value="{number}"]').check()
    zhou.page.get_by_role("button", name="办理…").click()
    zhou.page.get_by_role("button", name="取消", exact=True).click()
    expect(zhou.page.get_by_text("将改 2 条")).to_be_visible()
    zhou.fill({"reason": "客户自己修好了"})
    zhou.page.keyboard.press("Control+Enter")
    expect(zhou.page.get_by_text("已办理 2 条")).to_be_visible()
    zhou.go("/cases/?state=ended")
    assert set(numbers[:2]) <= set(rows(zhou))
    assert numbers[2] not in rows(zhou)


def test_an_address_sent_to_a_colleague_shows_the_same_and_to_a_stranger_nothing_of_it(sit, numbers):
    zhou = sit("zhou").go("/cases/")
    zhou.page.select_option("#f-state", "open")
    zhou.page.get_by_role("button", name="查找").click()
    zhou.page.wait_for_url("**state=open**")
    zhou.page.get_by_role("link", name="编号").click()
    zhou.page.wait_for_url("**sort=number**")
    address = zhou.page.url.removeprefix(zhou.address)
    assert "opened=" not in address
    chen = sit("chen").go(address)
    assert rows(chen) == rows(zhou)
    assert set(numbers) <= set(rows(zhou))
    wang = sit("wang").go(address)
    assert not set(numbers) & set(rows(wang))


def test_a_remark_is_written_and_the_search_finds_the_case(sit, numbers):
    zhou = sit("zhou").go(f"/cases/{numbers[0]}/")
    zhou.page.keyboard.press("m")
    zhou.page.keyboard.type("客户下午在")
    zhou.page.get_by_role("button", name="写下").click()
    expect(zhou.page.locator(".timeline")).to_contain_text("客户下午在")
    zhou.go(f"/search/?q={numbers[0][-4:]}")
    expect(zhou.page.get_by_role("link", name=numbers[0])).to_be_visible()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_no_page_of_these_has_a_serious_fault_and_none_is_wider_than_a_phone(sit, numbers, language):
    for path in (
        "/cases/",
        f"/cases/{numbers[0]}/?from=sort%3Dnumber",
        "/search/?q=投影",
        "/cases/views/?query=state%3Dopen",
    ):
        zhou = sit("zhou", language=language).go(path)
        assert faults(zhou.page) == [], path
        phone = sit("zhou", width=390, language=language).go(path)
        needed, there = phone.width_needed()
        assert needed <= there, path
