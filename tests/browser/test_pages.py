"""What the pages show of promises and refusals, in both languages, on a phone and to the keyboard alone."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from tests.browser.conftest import Sit
from tests.browser.stories import INTAKE, SLIP, WARRANTY, dispatched, follow_up, ready_to_follow_up, register
from tests.cast import PACKS, Site

from bihuan.registers.documents import actions as documents

pytestmark = pytest.mark.browser


def test_a_complaint_found_in_the_follow_up_runs_four_hours_and_its_chip_leads_to_spans_and_clause(
    sit: Sit, site: Site
) -> None:
    sun = sit("sun")
    number = ready_to_follow_up(site)
    follow_up(sun, number, complaint=True, **{"complaint-text": "迟到半小时"})
    expect(sun.page.locator(".case-line")).to_contain_text("发现投诉，待报告")
    chip = sun.chip("投诉四小时内报分管领导")
    expect(chip).to_have_class(re.compile("chip-on_time"))
    expect(chip.locator(".chip-words")).to_have_text(re.compile(r"^剩 (4小时|3小时59分)$"))

    chip.click()
    expect(sun.page.get_by_role("heading", name="投诉四小时内报分管领导", level=1)).to_be_visible()
    expect(sun.page.locator("tbody tr")).to_have_count(1)
    expect(sun.page.locator("tbody")).to_contain_text("4 小时 0 分")
    expect(sun.page.locator(".facts")).to_contain_text("与登记一致")
    sun.page.locator("aside a.clause").click()
    clause = sun.page.locator(".card:target")
    expect(clause).to_contain_text("四小时之内报分管领导")
    expect(clause).to_be_in_viewport()
    # and it does not hide under the bar
    assert clause.bounding_box()["y"] >= sun.page.locator(".bar").bounding_box()["height"]


def test_a_refusal_names_its_clause_and_keeps_what_was_typed(sit: Sit) -> None:
    number = register(sit("chen"))
    zhou = sit("zhou").go(f"/cases/{number}/acts/dispatch/")
    zhou.fill({**SLIP, "mismatch-reason": "带徒弟一起去"}).submit()
    refusal = zhou.page.get_by_role("alert")
    expect(refusal).to_contain_text("还没有查保修期，不能写派工单")
    expect(refusal.locator("a.clause")).to_have_text("4.2(1)")
    expect(zhou.page.locator("[name=mismatch-reason]")).to_have_value("带徒弟一起去")
    expect(zhou.page.locator("[name=repairer][value=li]")).to_be_checked()
    zhou.go(f"/cases/{number}/")
    expect(zhou.page.locator(".case-line")).to_contain_text("已受理")
    expect(zhou.page.locator(".event")).to_have_count(1)


def test_missing_answers_are_listed_and_lead_to_their_questions(sit: Sit) -> None:
    chen = sit("chen").go("/cases/new/repair/").fill({"customer": "江北影城"}).submit()
    summary = chen.page.locator("#problems")
    expect(summary.get_by_role("link")).to_have_count(9)
    summary.get_by_role("link", name="电话：").click()
    expect(chen.page.locator("#q-phone")).to_be_focused()
    expect(chen.page.locator("[name=customer]")).to_have_value("江北影城")
    assert chen.page.url.endswith("/cases/new/repair/#q-phone")


def test_who_comes_second_sees_what_happened_and_loses_nothing(sit: Sit) -> None:
    chen, zhou = sit("chen"), sit("zhou")
    number = register(chen)
    zhou.go(f"/cases/{number}/acts/dispatch/").fill(SLIP)
    chen.act(number, "查保修期", WARRANTY)
    zhou.submit()
    expect(zhou.page.get_by_role("alert")).to_contain_text("事项已有变化")
    expect(zhou.page.locator(".meanwhile")).to_contain_text("陈坐席")
    expect(zhou.page.locator(".meanwhile")).to_contain_text("查保修期")
    zhou.submit()
    expect(zhou.page.locator(".case-line")).to_contain_text("已派工")


def test_english_from_the_browser_and_at_the_touch_of_the_switch(sit: Sit) -> None:
    number = register(sit("chen"))
    zhou = sit("zhou", language="en-GB").go(f"/cases/{number}/")
    expect(zhou.page.locator("html")).to_have_attribute("lang", "en")
    expect(zhou.page.locator(".page-actions .primary")).to_contain_text("Look up the warranty")
    expect(zhou.page.locator(".event-who").first).to_contain_text("Chen · Service-centre clerk")
    expect(zhou.chip("Slip issued within 30 minutes")).to_contain_text("left")
    zhou.page.locator(".bar-language button").click()
    expect(zhou.page.locator("html")).to_have_attribute("lang", re.compile("^zh"))
    expect(zhou.page.locator(".page-actions .primary")).to_contain_text("查保修期")
    assert zhou.page.url == f"{zhou.address}/cases/{number}/"


def test_a_phone_needs_no_sideways_scrolling(sit: Sit) -> None:
    number = dispatched(sit("chen"), sit("zhou"))
    li = sit("li", width=390)
    for path in ("/", f"/cases/{number}/", f"/cases/{number}/acts/accept/", "/cases/", "/procedures/repair/"):
        li.go(path)
        needed, there = li.width_needed()
        assert needed <= there == 390, path
    chen = sit("chen", width=390).go("/cases/new/repair/")
    assert chen.width_needed() == (390, 390)
    button = chen.page.locator(".form-end .primary").bounding_box()
    assert button["height"] >= 44


def test_a_case_is_opened_with_the_keyboard_alone(sit: Sit) -> None:
    chen = sit("chen").go("/")
    page = chen.page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == "/cases/new/repair/":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="登记报修")).to_be_visible()
    order = list(
        dict.fromkeys(
            page.locator("main .form [name]:not([type=hidden])").evaluate_all("all => all.map(one => one.name)")
        )
    )
    assert order[:4] == ["channel", "service", "belongs", "project"]
    for name in order:
        while page.evaluate("document.activeElement.name") != name:
            page.keyboard.press("Tab")
        if name not in INTAKE:
            continue
        kind = page.evaluate("document.activeElement.type")
        if kind == "radio":
            wanted = page.locator(f"[name={name}]").evaluate_all("all => all.map(one => one.value)").index(INTAKE[name])
            page.keyboard.press("Space")
            for _ in range(wanted):
                page.keyboard.press("ArrowDown")
        else:
            page.keyboard.type(INTAKE[name])
    while page.evaluate("document.activeElement.type") != "submit":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".case-line")).to_contain_text("已受理")
    expect(page.locator(".filled").first).to_contain_text("江北影城")


def test_another_figure_in_the_document_is_another_time_on_the_chip(sit: Sit, site: Site, tmp_path: Path) -> None:
    chen = sit("chen")
    before = register(chen)
    expect(chen.chip("三十分钟内派工")).to_contain_text(re.compile("剩 (30|29)分"))
    pack = shutil.copytree(PACKS / "integrator", tmp_path / "integrator")
    text = (pack / "04-repair.md").read_text(encoding="utf-8")
    changed = text.replace('within = "30 minutes"\nwhile = "received"', 'within = "45 minutes"\nwhile = "received"')
    changed = changed.replace('version = "1.0"', 'version = "1.1"', 1)
    assert changed.count("45 minutes") == 1
    (pack / "04-repair.md").write_text(changed, encoding="utf-8")
    documents.load_pack(pack, by=None, at=timezone.now() - timedelta(seconds=1))

    register(chen)
    expect(chen.chip("三十分钟内派工")).to_contain_text(re.compile("剩 (45|44)分"))
    chen.go(f"/cases/{before}/")
    expect(chen.chip("三十分钟内派工")).to_contain_text(re.compile(r"剩 (30|2\d)分"))
