"""A procedure is changed while a case is open: from the draft to its force, and the case moved by hand."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from tests.browser.conftest import Sit
from tests.browser.desk import Desk
from tests.browser.stories import promised, register
from tests.browser.test_every_page_is_accessible import faults
from tests.cast import PASSWORD, Site

from bihuan.casework.models import Case
from bihuan.people import actions as people

pytestmark = pytest.mark.browser

OLD, NEW = 'within = "30 minutes"', 'within = "45 minutes"'
DESK = "/procedures/repair/draft/"
PROMISE = "slip-issued"


@pytest.fixture
def signers(site: Site) -> dict[str, str]:
    """Whoever the cover names: the service centre prepares, the leader reviews, the general manager approves."""
    at = timezone.now()
    start = (at - timedelta(days=2)).date()
    for username, name, post in (("bao", "包主任", "service-centre"), ("gao", "高总", "general-manager")):
        person = people.add_person(username, name, PASSWORD, by=None, at=at)
        people.give_post(person, post, "head", start=start, by=None, at=at)
        site.people[username] = person
    site.qian.set_password(PASSWORD)
    site.qian.save()
    return {"prepared": "bao", "reviewed": "qian", "approved": "gao"}


def shown_due(desk: Desk, number: str) -> None:
    """The page of the promise names the very moment the case has."""
    case = Case.objects.get(number=number)
    (run,) = [one for one in case.state.clocks if one.name == PROMISE]
    desk.go(f"/cases/{number}/deadlines/{PROMISE}/1/")
    expect(desk.page.locator("main")).to_contain_text(run.due.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%H:%M"))


def written(author: Desk) -> None:
    """The limit changed in the text: a slip of the pen is told with its line, mended, saved by keys alone."""
    page = author.go("/procedures/repair/").page
    page.get_by_role("link", name="起草更改").click()
    page.get_by_role("button", name="起草更改").click()
    text = page.input_value("#q-text")
    assert OLD in text
    changed = text.replace(OLD, NEW, 1).replace('version = "1.0"', 'version = "1.1"', 1)
    assert changed.count('version = "1.1"') == 1
    slip = 'within = "45 minuts"'
    wrong = changed.replace(NEW, slip)
    line = wrong.split("\n").index(slip) + 1
    page.fill("#q-text", wrong)
    told = page.locator("#check a[data-line]").first
    expect(told).to_have_text(f"第 {line} 行")
    told.focus()
    page.keyboard.press("Enter")
    chosen = (
        "document.activeElement.value.slice(...['selectionStart', 'selectionEnd'].map(p => document.activeElement[p]))"
    )
    assert page.evaluate(chosen) == slip
    page.keyboard.type(NEW)
    expect(page.locator("#check")).to_contain_text("没有错误")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("已存为第 2 稿")).to_be_visible()
    assert faults(page) == []


def example_follows(author: Desk) -> None:
    """The example that knows the old limit: its moment by a press, its clock by hand, saved by keys."""
    page = author.page
    page.get_by_role("link", name="第 187 行").click()
    page.get_by_role("button", name="例子改为 2026-03-02 09:45").press("Enter")
    expect(page.locator("#check [role=status]")).to_contain_text("还没有存")
    text = page.input_value("#q-text")
    assert text.count('clock = "2026-03-02 09:31"') == 1
    page.fill("#q-text", text.replace('clock = "2026-03-02 09:31"', 'clock = "2026-03-02 09:46"'))
    expect(page.locator("#check")).to_contain_text("全部通过")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("已存为第 3 稿")).to_be_visible()
    assert faults(page) == []


def signed(desk: Desk, day: str = "") -> None:
    """From the to-do list to the page, what changed is read, and signed."""
    page = desk.go("/approvals/?tab=decide").page
    page.locator(f"#inbox-list a[href='{DESK}review/']").click()
    expect(page.locator(".author-changes").first).to_contain_text("时限：30 分钟 → 45 分钟")
    expect(page.locator(".author-changes").last).to_contain_text("2026-03-02 09:30 → 2026-03-02 09:45")
    desk.fill({"password": PASSWORD} | ({"day": day} if day else {}))
    desk.page.get_by_role("button", name="签“").click()


def test_a_limit_is_changed_from_draft_to_force_while_a_case_is_open(sit: Sit, signers: dict[str, str]) -> None:
    chen, author = sit("chen"), sit(signers["prepared"])
    open_case = register(chen)
    half_an_hour, began = promised(open_case, PROMISE)
    written(author)

    author.go(f"{DESK}changes/")
    expect(author.page.locator(".author-changes")).to_contain_text("时限：30 分钟 → 45 分钟")
    author.go(f"{DESK}rehearsal/")
    expect(author.page.get_by_text("09:30，实为 2026-03-02 09:45")).to_be_visible()
    example_follows(author)
    author.go(f"{DESK}reading/")
    expect(author.page.locator(".sentences").filter(has_text="45 分钟").first).to_be_visible()
    author.go(f"{DESK}review/").page.get_by_role("button", name="送审", exact=True).click()
    expect(author.page.get_by_text("已送审")).to_be_visible()

    signed(author)
    reviewer, approver = sit(signers["reviewed"]), sit(signers["approved"], width=390)
    signed(reviewer)
    today = timezone.localdate().isoformat()
    signed(approver, today)
    expect(approver.page.get_by_text("已批准")).to_be_visible()
    assert approver.width_needed()[0] <= 390

    new_case = register(chen)
    assert (half_an_hour, promised(new_case, PROMISE)[0]) == (timedelta(minutes=30), timedelta(minutes=45))
    assert promised(open_case, PROMISE) == (half_an_hour, began)
    # departing from the flow, and with it moving a case, is the general manager's in this document
    _moved(sit(signers["approved"]), open_case)
    assert promised(open_case, PROMISE) == (timedelta(minutes=45), began)
    shown_due(chen, open_case)
    chen.go("/procedures/repair/").page.get_by_role("link", name="阅读确认").click()
    chen.page.get_by_role("button", name="我已阅读").click()
    expect(chen.page.get_by_text("您已确认")).to_be_visible()
    author.go("/procedures/repair/readers/")
    read = author.page.locator("tbody tr").filter(has_text="陈坐席")
    expect(read).not_to_contain_text("未读")


def _moved(mover: Desk, number: str) -> None:
    """The case is moved by its box, the step proposed, and a reason; the case's own page tells of it."""
    page = mover.go("/procedures/repair/moving/").page
    page.locator(f"[id='case-{number}']").check()
    page.fill("[name=reason]", "新时限对在办的单也合适")
    page.get_by_role("button", name="换版", exact=True).click()
    expect(page.get_by_text("已换版 1 件")).to_be_visible()
    assert faults(page) == []
    mover.go(f"/cases/{number}/")
    expect(mover.page.locator("main")).to_contain_text("新时限对在办的单也合适")
