"""Every page that is looked at, in both themes: axe finds nothing serious; a phone of 320 pixels is wide enough."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page
from tests.browser.asking import asked, lay_beside
from tests.browser.conftest import Sit
from tests.browser.pages import PAGES
from tests.browser.stories import ready_to_follow_up
from tests.cast import Site, opening

from bihuan.casework import actions

pytestmark = pytest.mark.browser

SERIOUS = {"serious", "critical"}
# what axe calls scrolling in two directions begins below this width: 1280 at 400 %, 640 at 200 %
SMALLEST = 320


@pytest.fixture(scope="module")
def lived_in(served: tuple[Site, str], django_db_blocker, tmp_path_factory) -> Site:
    """The site with a fault just reported, one waiting for its follow-up, and something to approve."""
    site = served[0]
    with django_db_blocker.unblock():
        lay_beside(tmp_path_factory.mktemp("pack"))
        ready_to_follow_up(site)
        asked(site, "客户是老主顾")
        told = {
            "channel": "hotline", "service": "on-site", "belongs": "product", "customer": "城东小学",
            "contact": "王老师", "phone": "13900009901", "address": "城东路 8 号", "region": "city",
            "product": "TY-300", "problem": "偏色", "urgency": "urgent",
        }  # fmt: skip
        actions.open_case(site.chen, opening(timezone.now(), kind="repair", answers={"intake": told}))
    return site


def faults(page: Page) -> list[str]:
    """What axe finds serious or critical, each with the first element it is about."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found if one["impact"] in SERIOUS]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_serious_fault_for_assistive_technology(sit: Sit, lived_in: Site, theme: str) -> None:
    """And none holds anything its content security policy refuses, though that allows nothing unsafe."""
    told, refused = {}, {}
    for who in dict.fromkeys(one.who for one in PAGES):
        desk = sit(who, theme=theme)
        for one in PAGES:
            if one.who == who:
                desk.go(one.where())
                refused[one.name] = desk.refused()
                told[one.name] = faults(desk.page)
    assert {name: found for name, found in told.items() if found} == {}
    assert {name: found for name, found in refused.items() if found} == {}
    assert len(told) == len(refused) == len(PAGES)


def test_what_the_policy_refuses_is_heard_of(sit: Sit, lived_in: Site) -> None:
    """A script and a style written into a page run nowhere, and the list above would not be empty."""
    desk = sit("zhou").go("/cases/")
    desk.page.evaluate(
        """() => { for (const kind of ["script", "style"]) {
          const one = document.createElement(kind); one.textContent = "/* */ window.ran = 1"; document.body.append(one);
        } }"""
    )
    desk.page.wait_for_function("window.refused.length === 2")
    assert sorted(one.split()[0] for one in desk.refused()) == ["script-src-elem", "style-src-elem"]
    assert desk.page.evaluate("window.ran") is None
    desk.complaints.clear()


def test_what_is_used_on_a_phone_fits_into_the_narrowest_one(sit: Sit, lived_in: Site) -> None:
    told = {}
    for who in dict.fromkeys(one.who for one in PAGES if one.phone):
        desk = sit(who, width=SMALLEST)
        for one in PAGES:
            if one.phone and one.who == who:
                needed, there = desk.go(one.where()).width_needed()
                told[one.name] = needed - there
    assert {name: over for name, over in told.items() if over > 0} == {}
    assert "s8-approvals" in told
