"""The component page in both languages and themes, in three densities: nothing serious, nothing overflows."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.browser.conftest import Sit
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser
GRAVE = {"serious", "critical"}


def grave(page: Page) -> list[tuple[str, Any]]:
    """(rule, first place) of everything axe calls serious or critical on the page as it stands."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in GRAVE]


def shown(desk: Desk, language: str, theme: str, density: str = "standard") -> Desk:
    return desk.go(f"/ui/?language={language}&theme={theme}&density={density}")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_serious_on_any_component(sit: Sit, language: str, theme: str) -> None:
    desk = shown(sit("chen"), language, theme)
    expect(desk.page.locator("html")).to_have_attribute("data-theme", theme)
    assert grave(desk.page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_dialog_panel_and_sheet_of_keys(sit: Sit, theme: str) -> None:
    page = shown(sit("chen"), "zh", theme).page
    page.keyboard.press("Alt+p")
    expect(page.locator("#sample-panel")).to_be_visible()
    assert grave(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#sample-panel")).to_be_hidden()
    page.keyboard.press("Alt+d")
    expect(page.locator("#sample-dialog")).to_be_visible()
    assert grave(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys-sheet")).to_be_visible()
    assert grave(page) == []


@pytest.mark.parametrize(("density", "row", "control"), [("compact", 32, 32), ("standard", 40, 36), ("roomy", 48, 44)])
def test_rows_and_controls_are_as_high_as_the_density_says(sit: Sit, density: str, row: int, control: int) -> None:
    page = shown(sit("chen"), "zh", "light", density).page
    assert page.locator("#c-table tbody tr").first.bounding_box()["height"] == pytest.approx(row, abs=2)
    assert page.locator("#c-form .form-end .button").first.bounding_box()["height"] == pytest.approx(control, abs=2)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_component_needs_sideways_scrolling(sit: Sit, width: int, language: str) -> None:
    desk = shown(sit("chen", width=width), language, "light")
    needed, there = desk.width_needed()
    assert needed <= there == width


def test_on_a_phone_whatever_is_touched_is_large_enough(sit: Sit) -> None:
    page = shown(sit("chen", width=390), "zh", "light").page
    small = page.locator(
        "main .button:not(.quiet), main .icon-button:not(.small), main input:not([type=checkbox])"
    ).evaluate_all(
        """all => all.filter(one => one.getClientRects().length && !one.closest('[hidden], .choice, .table')
            && one.type !== 'file' && one.tabIndex >= 0 && one.getBoundingClientRect().height < 43.5)
            .map(one => one.outerHTML.slice(0, 120))"""
    )
    assert small == []


def test_a_stranger_sees_no_components(sit: Sit) -> None:
    desk = sit().go("/ui/")
    assert "/sign-in/" in desk.page.url
