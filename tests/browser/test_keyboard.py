"""Without a mouse: keys, input methods, drafts and finding fields; approvals decided by key and by thumb."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import CDPSession, Page, expect
from tests.browser.asking import asked, lay_beside, settled
from tests.browser.conftest import Sit
from tests.browser.desk import Desk
from tests.cast import Site

from bihuan.casework.models import Case, Draft

pytestmark = pytest.mark.browser
FORM = "#c-form form"


def components(sit: Sit, username: str = "chen") -> Page:
    return sit(username).go("/ui/?language=zh&theme=light").page


def input_method(page: Page) -> CDPSession:
    return page.context.new_cdp_session(page)


def test_a_question_mark_lists_the_keys_of_the_page_and_escape_gives_the_focus_back(sit: Sit) -> None:
    page = components(sit)
    page.keyboard.press("?")
    sheet = page.locator("#keys-sheet")
    expect(sheet).to_be_visible()
    for key in ("Ctrl+K", "G H", "G W", "G A", "N", "J", "K", "X", "Alt+D", "Ctrl+Enter"):
        assert key.split() in [row.locator("kbd").all_inner_texts() for row in sheet.locator("dt").all()], (
            f"{key} is not listed"
        )
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_g_and_a_letter_go_and_ctrl_k_searches(sit: Sit) -> None:
    page = components(sit)
    page.keyboard.press("Control+k")
    expect(page.locator("#bar-q")).to_be_focused()
    page.keyboard.type("gw")
    expect(page.locator("#bar-q")).to_have_value("gw")
    page.locator("#bar-q").blur()
    page.keyboard.press("g")
    page.keyboard.press("w")
    expect(page).to_have_url(re.compile("/cases/$"))
    page.wait_for_load_state()
    page.keyboard.press("g")
    page.keyboard.press("a")
    expect(page).to_have_url(re.compile("/approvals/$"))
    page.wait_for_load_state()
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page).to_have_url(re.compile(r"^http://[^/]+/$"))


def test_letters_switched_off_are_silent_and_chords_still_work(sit: Sit) -> None:
    page = components(sit)
    page.keyboard.press("?")
    page.locator("#keys-sheet [data-single-letters]").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("n")
    expect(page.locator("#keys-sheet")).to_be_hidden()
    assert "/ui/" in page.url
    page.keyboard.press("Alt+d")
    expect(page.locator("#sample-dialog")).to_be_visible()


def test_a_dialog_holds_the_keys_and_a_panel_closes_with_escape(sit: Sit) -> None:
    page = components(sit)
    page.keyboard.press("Alt+d")
    expect(page.locator("#sample-dialog")).to_be_visible()
    page.keyboard.press("Alt+p")
    expect(page.locator("#sample-panel")).to_be_hidden()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#sample-dialog")).to_be_hidden()
    page.keyboard.press("Alt+p")
    expect(page.locator("#sample-panel-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#sample-panel")).to_be_hidden()
    expect(page.get_by_role("link", name="侧栏")).to_be_focused()


def test_rows_are_walked_and_ticked_and_the_bar_of_many_appears(sit: Sit) -> None:
    page = components(sit)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#c-table tr.row-here")).to_contain_text("SL-0001")
    page.keyboard.press("x")
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(page.locator("#c-table input:checked")).to_have_count(2)
    expect(page.locator("[data-bulk-count]")).to_have_text("2")


def test_enter_that_ends_a_composition_neither_sends_nor_chooses(sit: Sit) -> None:
    page = components(sit)
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" and "/drafts/" not in one.url else None)
    field = page.locator(f"{FORM} [name=contact]")
    field.focus()
    method = input_method(page)
    method.send("Input.imeSetComposition", {"text": "zhang", "selectionStart": 5, "selectionEnd": 5})
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229, "nativeVirtualKeyCode": 229}
    method.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    method.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})
    method.send("Input.insertText", {"text": "张"})
    expect(field).to_have_value("张")
    # as Safari does it: the key comes after the composition is over, in the same frame
    prevented = field.evaluate(
        """one => {
            one.dispatchEvent(new CompositionEvent('compositionstart', {bubbles: true}));
            one.dispatchEvent(new CompositionEvent('compositionend', {bubbles: true, data: '张'}));
            const down = new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true});
            const asked = new SubmitEvent('submit', {bubbles: true, cancelable: true});
            return [one.dispatchEvent(down), one.form.dispatchEvent(asked)];
        }"""
    )
    assert prevented == [False, False]
    assert sent == []
    assert "/ui/" in page.url


def test_single_letters_of_a_composition_are_no_commands(sit: Sit) -> None:
    page = components(sit)
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '?', isComposing: true, bubbles: true}))"
    )
    expect(page.locator("#keys-sheet")).to_be_hidden()


def test_a_field_finds_with_arrows_and_fills_its_neighbours(sit: Sit) -> None:
    page = components(sit)
    page.keyboard.press("Alt+s")
    field = page.locator(f"{FORM} [name=serial]")
    expect(field).to_be_focused()
    page.keyboard.type("sn")
    expect(page.locator(".find-list [role=option]")).to_have_count(3)
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[role=option][aria-selected=true]")).to_contain_text("SN-2")
    assert field.get_attribute("aria-activedescendant") == page.locator("[aria-selected=true]").get_attribute("id")
    page.keyboard.press("Enter")
    expect(field).to_have_value("SN-2")
    expect(page.locator(f"{FORM} [name=contact]")).to_have_value("TY-200")
    expect(field).to_have_attribute("aria-expanded", "false")
    assert "/ui/" in page.url


def test_a_scanner_that_ends_with_enter_chooses_the_one_found(sit: Sit) -> None:
    page = components(sit)
    page.keyboard.press("Alt+s")
    page.keyboard.type("sn-3")
    page.keyboard.press("Enter")
    expect(page.locator(f"{FORM} [name=serial]")).to_have_value("SN-3")
    expect(page.locator(f"{FORM} [name=contact]")).to_have_value("TY-300")


def test_what_is_typed_is_kept_on_the_server_and_ctrl_s_keeps_it_at_once(sit: Sit, site: Site) -> None:
    page = components(sit, "zhou")
    page.locator(f"{FORM} [name=contact]").fill("王老师")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-draft-state]")).to_have_text(re.compile(r"^草稿 已存 \d\d:\d\d$"))
    kept = Draft.objects.get(person=site.zhou, place="ui-sample")
    assert kept.answers["contact"] == ["王老师"]
    assert "csrfmiddlewaretoken" not in kept.answers


def test_a_reader_elsewhere_is_told_the_time_of_the_site_as_everywhere_on_the_page(sit: Sit) -> None:
    desk = sit("zhou")
    # somebody whose own clock shows another hour than the site's
    desk.page.add_init_script("Date.prototype.getHours = () => 99")
    page = desk.go("/ui/?language=zh&theme=light").page
    page.locator(f"{FORM} [name=contact]").fill("王老师")
    hours = [timezone.localtime().hour]
    page.keyboard.press("Control+s")
    expect(page.locator("[data-draft-state]")).to_have_text(re.compile(r"^草稿 已存 \d\d:\d\d$"))
    hours.append(timezone.localtime().hour)
    assert int(page.locator("[data-draft-state]").inner_text()[-5:-3]) in hours


@pytest.fixture(scope="module")
def deciding(served: tuple[Site, str], tmp_path_factory: pytest.TempPathFactory, django_db_blocker) -> Iterator[Site]:
    with django_db_blocker.unblock():
        lay_beside(tmp_path_factory.mktemp("packs"))
    yield served[0]


def opened(desk: Desk, number: str) -> Page:
    desk.go(f"/approvals/{number}/?tab=decide")
    expect(desk.page.locator(".inbox-card")).to_contain_text(number)
    return desk.page


def test_an_approval_is_given_by_key_and_the_next_one_opens(sit: Sit, deciding: Site) -> None:
    settled(deciding)
    first, second = asked(deciding, "保外二十三天"), asked(deciding, "同一故障两次")
    page = sit("qian").go("/approvals/").page
    expect(page.get_by_role("link", name="待我审批")).to_have_attribute("aria-current", "page")
    expect(page.locator(".inbox-card")).to_contain_text(first)
    expect(page.locator(".inbox-card")).to_contain_text("¥860.00")
    expect(page.locator(".inbox-card")).to_contain_text("不同意的要写明理由")
    page.keyboard.press("j")
    expect(page.locator(".inbox-card")).to_contain_text(second)
    page.keyboard.press("k")
    expect(page.locator(".inbox-card")).to_contain_text(first)
    page.keyboard.press("Alt+y")
    expect(page.locator(".notice")).to_contain_text(f"已办：批准减免 · {first}")
    expect(page.locator(".inbox-card")).to_contain_text(second)
    assert Case.objects.get(number=first).step == "granted"
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile(f"/cases/{second}/$"))


def test_a_refusal_without_its_reason_is_not_taken_and_nothing_is_lost(sit: Sit, deciding: Site) -> None:
    number = asked(deciding, "客户要求")
    page = opened(sit("qian"), number)
    page.keyboard.press("Alt+n")
    expect(page.locator("#problems")).to_contain_text("意见")
    assert Case.objects.get(number=number).step == "to-decide"
    page.locator("[name=reason]").fill("不在减免范围")
    page.keyboard.press("Alt+n")
    expect(page.locator(".notice")).to_contain_text(number)
    case = Case.objects.get(number=number)
    assert (case.step, case.state.answers["verdict"]) == ("refused", {"reason": "不在减免范围", "agreed": False})


def test_on_a_phone_one_approves_and_refuses_with_the_thumb(sit: Sit, deciding: Site) -> None:
    granted, refused = asked(deciding, "手机上批"), asked(deciding, "手机上驳")
    desk = sit("qian", width=390).go("/approvals/")
    page = desk.page
    expect(page.locator(".inbox-card")).to_be_hidden()
    page.locator(".inbox-list").get_by_role("link").filter(has_text=granted).click()
    expect(page.locator(".inbox-list")).to_be_hidden()
    agree = page.get_by_role("button", name="是")
    assert agree.bounding_box()["height"] >= 44
    assert desk.width_needed() == (390, 390)
    agree.click()
    expect(page.locator(".notice")).to_contain_text(granted)
    opened(desk, refused)
    page.get_by_label("意见").fill("超出金额")
    page.get_by_role("button", name="否").click()
    expect(page.locator(".notice")).to_contain_text(refused)
    assert [Case.objects.get(number=one).step for one in (granted, refused)] == ["granted", "refused"]


def test_what_somebody_else_decided_says_so(sit: Sit, deciding: Site) -> None:
    number = asked(deciding, "别人先批")
    page = opened(sit("qian"), number)
    other = opened(sit("qian"), number)
    other.keyboard.press("Alt+y")
    expect(other.locator(".notice")).to_contain_text(number)
    page.reload()
    expect(page.locator(".inbox-card")).to_contain_text("这件事不再等您处理")
    expect(page.locator(".inbox-card")).to_contain_text("钱副总")
