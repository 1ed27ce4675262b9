"""Sheets a procedure puts together: newest fillings, opened cases with who checked them, nothing out of sight."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast.site import Site

from bihuan.casework.models import Case
from bihuan.casework.paper.actions import Printer, Wanted, preview
from bihuan.casework.paper.data import Sources, leaves_of
from bihuan.casework.paper.documents import documents_of
from bihuan.casework.tests.complaining import DAY, acted, complain, complaining_site, do
from bihuan.layout.paper import leaves
from bihuan.people.models import Person
from bihuan.registers.customers import actions as customers
from bihuan.registers.products import actions as products


@pytest.fixture
def at():
    return timezone.now() - timedelta(minutes=5)


@pytest.fixture
def site(db: None, settings, tmp_path) -> Site:
    settings.DATA = tmp_path
    return complaining_site()


@pytest.fixture
def complaint(site: Site, at) -> Case:
    """A complaint of the north with its action under way: one measure checked, one waiting for it."""
    case = complain(site, at=at - 40 * DAY)
    action = acted(site, case, at - 39 * DAY)
    first = action.children.order_by("number").first()
    do(site, "li", first, "carry-out", at - 38 * DAY)
    do(site, "sun", first, "verify", at - 37 * DAY, {"check.done": True})
    case.refresh_from_db()
    return case


def sheet(person: Person, case: Case, name: str, at, language: str = "zh") -> dict[str, Any]:
    document = next(one for one in documents_of(case, person, at, language) if one.key == f"sheet:{name}")
    (leaf,) = leaves_of(Sources.of(case, person, language, at, "https://x.test"), document, [""], {})
    return leaf


def section(leaf: dict[str, Any], title: str) -> dict[str, Any]:
    return next(one for one in leaf["sections"] if one["title"] == title)


def said(of: dict[str, Any]) -> dict[str, str]:
    return {one["label"]: one["value"] for one in of["facts"]}


def test_each_section_has_what_was_filled_in_last_or_says_that_nothing_was(site, complaint, at):
    leaf = sheet(site.chen, complaint, "eight-d", at)
    assert leaf["title"] == "8D 报告"
    assert [one["title"] for one in leaf["sections"]] == [
        "D2 问题描述", "D4 根本原因", "D5 选定永久措施", "D8 总结与结案", "设备、配件与类似事项", "期限", "经办与签字",
    ]  # fmt: skip
    assert said(section(leaf, "D2 问题描述")) == {
        "投诉人": "王老师", "电话": "13800000001", "型号": "KF-72", "序列号": "SN-1", "问题": "漏水",
    }  # fmt: skip
    cause = section(leaf, "D4 根本原因")
    assert said(cause) == {"原因": "密封圈老化"}
    assert cause["tables"][0]["rows"] == [["1", "密封圈", "P-7", "2"]]
    assert (section(leaf, "D8 总结与结案")["facts"], section(leaf, "D8 总结与结案")["nothing"]) == ([], "尚未填写")
    do(site, "qian", complaint, "correct", at, {
        "form": "slip", "field": "problem", "value": "滴水", "reason": "听错",
    })  # fmt: skip
    complaint.refresh_from_db()
    assert said(section(sheet(site.chen, complaint, "eight-d", at), "D2 问题描述"))["问题"] == "滴水"


def test_opened_cases_stand_with_who_does_them_by_when_and_who_checked_them(site, complaint, at):
    rows = section(sheet(site.chen, complaint, "eight-d", at), "D5 选定永久措施")["tables"][0]["rows"]
    action = complaint.children.get()
    first, second = action.children.order_by("number")
    due, checked = ((timezone.localtime(at) - days * DAY).date().isoformat() for days in (34, 37))
    assert rows == [
        [action.number, "漏水", "周调度", "", "对策执行中", "待验证"],
        [f"└ {first.number}", "换密封圈", "李师傅", due, "已验证", f"孙回访 {checked}"],
        [f"└ {second.number}", "改进货检验", "执行人员、验证人员", due, "待执行", "待验证"],
    ]
    action = measured_rest(site, action, at)
    do(site, "sun", action, "check-effect", at, {"effect.effective": True, "effect.seen": "未再漏"})
    day = timezone.localtime(at).date().isoformat()
    rows = section(sheet(site.chen, complaint, "eight-d", at), "D5 选定永久措施")["tables"][0]["rows"]
    assert rows[0][4:] == ["已关闭", f"孙回访 {day}"]


def measured_rest(site: Site, action: Case, at) -> Case:
    rest = action.children.filter(step="assigned")
    for one in rest:
        do(site, "li", one, "carry-out", at - 36 * DAY)
        do(site, "sun", one, "verify", at - 35 * DAY, {"check.done": True})
    action.refresh_from_db()
    return action


def test_the_organisations_own_sheet_comes_from_the_same_answers(site, complaint, at):
    leaf = sheet(site.chen, complaint, "own", at)
    assert said(section(leaf, "投诉内容")) == {"投诉人": "王老师", "电话": "13800000001", "问题": "漏水"}
    assert said(section(leaf, "原因")) == {"原因": "密封圈老化"}
    # what the sheet does not name stands there all the same where cases were opened
    assert section(leaf, "另立的事项")["tables"][0]["rows"][0][0] == complaint.children.get().number
    assert [row[1:3] for row in section(leaf, "经办与签字")["tables"][0]["rows"]] == [
        ["陈坐席", "受理专人"], ["周调度", "质量员"],
    ]  # fmt: skip
    assert [(one["label"], one["value"]) for one in leaf["signatures"]] == [
        ("受理专人", "陈坐席"), ("质量员", "周调度"),
    ]  # fmt: skip


def test_device_parts_and_likeness_are_within_the_scope_of_whoever_prints(site, complaint, at):
    owner = customers.add_customer("城东小学", outlet="north", by=None, at=at)
    model = products.add_product("KF-72", "空气源", by=None, at=at)
    products.add_unit("SN-1", model, owner, by=None, at=at, batch="B-1")
    complain(site, by="wang", at=at - DAY)
    complain(site, at=at - DAY, problem="异响")
    about = section(sheet(site.chen, complaint, "eight-d", at), "设备、配件与类似事项")
    assert said(about) == {
        "型号": "KF-72", "序列号": "SN-1", "批次": "B-1",
        "此设备以前的事项": "1 件", "同批次": "1 件", "同型号": "1 件",
    }  # fmt: skip
    assert about["tables"][0]["rows"] == [["密封圈", "批号 P-7 · 数量 2", complaint.number]]
    assert (
        said(section(sheet(site.qian, complaint, "eight-d", at), "设备、配件与类似事项"))["此设备以前的事项"] == "2 件"
    )


def test_who_sees_numbers_masked_prints_them_masked(site, at):
    south = complain(site, by="wang", at=at, problem="漏水，请打 13800000001")
    for name, title in (("eight-d", "D2 问题描述"), ("own", "投诉内容")):
        facts = said(section(sheet(site.wang, south, name, at), title))
        assert "13800000001" not in str(facts)
        assert facts["电话"] == "138****0001"
        assert "13800000001" in str(said(section(sheet(site.qian, south, name, at), title)))


def test_a_form_for_some_posts_is_not_printed_by_others(site, complaint, at):
    action = measured_rest(site, complaint.children.get(), at)
    do(site, "sun", action, "check-effect", at, {"effect.effective": True, "effect.seen": "未再漏"})
    complaint.refresh_from_db()
    do(site, "chen", complaint, "close", at, {"answer.words": "已换密封圈"})
    assert said(section(sheet(site.chen, complaint, "eight-d", at), "D8 总结与结案")) == {"怎么答复的": "已换密封圈"}
    hidden = section(sheet(site.zhou, complaint, "eight-d", at), "D8 总结与结案")
    assert (hidden["facts"], hidden["nothing"]) == ([], "限定岗位可见")
    assert "已换密封圈" not in str(sheet(site.zhou, complaint, "eight-d", at))


@pytest.mark.parametrize(("language", "words"), [("zh", "D4 根本原因"), ("en", "D4 Root cause")])
def test_the_sheet_is_set_on_a4_in_the_readers_language(site, complaint, at, language, words):
    document = next(one for one in documents_of(complaint, site.chen, at, language) if one.key == "sheet:eight-d")
    assert section(sheet(site.chen, complaint, "eight-d", at, language), words)["nothing"] == ""
    printer = Printer(site.chen, at, language, "https://x.test", "a4")
    sizes = leaves(preview([Wanted(complaint, document, ("",))], printer))
    assert {(round(width), round(height)) for width, height in sizes} == {(210, 297)}


def test_it_is_printed_from_the_menu_and_counted(site, complaint):
    client = Client()
    client.force_login(site.chen)
    menu = client.get(f"/cases/{complaint.number}/print/").content.decode()
    assert "8D 报告" in menu
    assert "投诉处理单" in menu
    address = f"/cases/{complaint.number}/print/sheet:eight-d/"
    assert client.get(address).status_code == 200
    for times in (1, 2):
        answer = client.post(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf"), times
    assert "2" in client.get(f"/cases/{complaint.number}/print/").content.decode()
    client.force_login(site.wang)
    assert client.get(address).status_code == 404
