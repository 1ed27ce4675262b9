"""One repair from the telephone call to the archive, by the people whose acts they are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from tests.browser.conftest import Sit
from tests.browser.stories import follow_up, register, with_papers_in

from bihuan.casework import actions
from bihuan.casework.models import Case

pytestmark = pytest.mark.browser


def hand_in_case(now: Any, outlet: str) -> str:
    """The number of the next hand-in of slips of ``outlet``, opened as the worker opens it."""
    due = Case.objects.filter(kind="repair.hand-in-slips", outlet=outlet, step="due")
    for months in range(1, 5):
        # that of the next month may have been handed in by another test
        actions.open_duties(now, ahead=timedelta(days=32 * months))
        if due.exists():
            break
    return str(due.latest("id").number)


def test_a_repair_goes_from_the_call_to_the_archive_through_the_hands_the_document_names(sit: Sit) -> None:
    chen, zhou, li, sun, wu = (sit(name) for name in ("chen", "zhou", "li", "sun", "wu"))
    number = with_papers_in(chen, zhou, li, sun)
    follow_up(sun, number)
    expect(sun.page.locator(".case-line")).to_contain_text("待移交")

    hand_in = hand_in_case(timezone.now(), "north")
    sun.act(hand_in, "派工单移交", {"cases": [number], "complete": True})
    wu.go("/")
    expect(wu.page.locator("[data-row]").filter(has_text=hand_in).get_by_role("link", name="签收")).to_be_visible()
    wu.act(hand_in, "签收")
    expect(wu.page.locator(".case-line")).to_contain_text("完成")

    sun.go(f"/cases/{number}/")
    expect(sun.page.locator(".case-line")).to_contain_text("已存档")
    titles = sun.page.locator(".event-title")
    assert [words.split(" ")[0] for words in reversed(titles.all_inner_texts())][:8] == [
        "登记报修", "查保修期", "派工", "接单", "联系客户", "出发", "到达", "核实问题",
    ]  # fmt: skip
    expect(titles.filter(has_text="派工 周调度")).to_have_count(1)
    expect(sun.page.locator(".event").filter(has_text="通知维修人员")).to_contain_text("李师傅")


def test_nobody_is_offered_the_act_of_another_post(sit: Sit) -> None:
    chen, sun = sit("chen"), sit("sun")
    number = register(chen)
    sun.go(f"/cases/{number}/")
    expect(sun.page.locator(".page-actions a.button")).to_have_count(0)
    expect(sun.page.locator(".offers").first).to_contain_text("调度员")


def test_another_outlet_sees_nothing_of_the_case(sit: Sit) -> None:
    number = register(sit("chen"))
    wang = sit("wang").go(f"/cases/{number}/")
    expect(wang.page.get_by_role("heading", name="没有这一页")).to_be_visible()
    wang.go(f"/cases/?q={number}")
    expect(wang.page.locator("main")).to_contain_text("没有符合条件的事项")
