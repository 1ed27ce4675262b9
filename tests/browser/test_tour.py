"""The tour of docs/tour.md, its first half: a complaint of a customer becomes a case, its promise is proved, and what
the text forbids is refused with its clause. Changing the text: test_procedure_change; breaking the book:
tests/test_book_tampering."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from tests.browser.conftest import Sit, local
from tests.browser.stories import dispatched, promised

pytestmark = pytest.mark.browser

TOUR = Path(__file__).resolve().parents[2] / "docs/tour.md"
PROMISE = "三十分钟内派工"
FORBIDDEN = "要先向客户讲明保修情况和收费"


def test_the_promise_is_proved_and_what_the_text_forbids_is_refused_with_its_clause(sit: Sit) -> None:
    told = TOUR.read_text(encoding="utf-8")
    assert PROMISE in told and FORBIDDEN in told
    chen, zhou, li = sit("chen"), sit("zhou"), sit("li", width=390)
    number = dispatched(chen, zhou)

    page = chen.go(f"/cases/{number}/deadlines/slip-issued/1/").page
    expect(page.locator("main")).to_contain_text(PROMISE)
    expect(page.locator("main")).to_contain_text("4.3(3)")
    # the document may have been changed on this site before: what counts is what its text promised this case
    minutes = promised(number, "slip-issued")[0] // timedelta(minutes=1)
    expect(page.locator("main")).to_contain_text(f"{minutes} 分钟")

    li.act(number, "接单")
    answers = {"result": "agreed", "agreed-time": local(timezone.now() + timedelta(hours=3)), "warranty-told": True}
    li.go(f"/cases/{number}/acts/contact/").fill({**answers, "charge-told": False, "charge-quoted": "0"}).submit()
    expect(li.page.locator("main")).to_contain_text(FORBIDDEN)
    expect(li.page.locator("main")).to_contain_text("4.2(3)")
    assert li.page.input_value("[name=charge-quoted]") == "0"
    assert li.width_needed()[0] <= 390
    li.fill({"charge-told": True}).submit()
    expect(li.page).to_have_url(f"{li.address}/cases/{number}/")
    expect(li.page.locator(".case-line")).to_contain_text("已约")
