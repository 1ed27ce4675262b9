"""The catalogue of forms, signing, handing out and reading copies: on the pages and through the API."""

from __future__ import annotations

import html
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import INTAKE, MONDAY, OWN_PACK, PASSWORD, Site, acting, make_site, registered

from bihuan.casework import actions
from bihuan.casework.models import Case
from bihuan.journal.models import Entry
from bihuan.people import actions as people
from bihuan.registers.documents import actions as documents
from bihuan.registers.documents import queries
from bihuan.registers.documents.models import ControlledCopy, Signature

COVER = """
[cover]
file-number = "ZZ-001"
company = "甲公司"
title = "售后服务程序文件"
edition = "第1版"
status = "受控"
holder = "办公室"
distribution-number = "01"
effective = "2026-03-01"
prepared-by = "办公室"
reviewed-by = "leader"
approved-by = "钱副总"
"""
MARK = "受控文件 · 持有者 财务处 · 分发号 07 · 不得复制"
SIGNERS = {"prepared": "wu", "reviewed": "qian", "approved": "qian"}


@pytest.fixture
def paper_site(db: None, tmp_path: Path, settings) -> Site:
    """The cast on its pack with a cover: two posts and one person are named on it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    folder = tmp_path / "pack"
    shutil.copytree(OWN_PACK, folder)
    frame = folder / "pack.toml"
    frame.write_text(frame.read_text(encoding="utf-8") + COVER, encoding="utf-8")
    return make_site(pack=folder, password=PASSWORD)


def browser(site: Site, username: str) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    client.force_login(site.people[username])
    return client


def told(answer) -> str:
    return html.unescape(answer.content.decode())


def version_of(kind: str = "job"):
    return queries.in_force(kind, timezone.now())[0]


def signed(site: Site):
    for role, username in SIGNERS.items():
        documents.sign(version_of(), role, by=site.people[username], password=PASSWORD, at=MONDAY)
    return version_of()


def handed_out(site: Site) -> ControlledCopy:
    return documents.issue_copy(signed(site), "财务处", "07", by=None, at=MONDAY)


def stands() -> tuple[int, int, int]:
    return Signature.objects.count(), ControlledCopy.objects.count(), Entry.objects.count()


@pytest.mark.rule("INT-00-05")
def test_the_catalogue_page_and_the_api_list_every_form_in_force_with_its_procedure(site):
    client = browser(site, "outsider")
    listed = client.get("/api/v1/forms").json()["forms"]
    wanted = [(one.number, name) for _v, one in queries.all_in_force(timezone.now()) for name in one.forms]
    assert [(one["document"], one["name"]) for one in listed] == wanted
    page = told(client.get("/forms/"))
    for one in listed:
        assert f'<td class="serial">{one["number"]}' in page
        assert f'<a href="/procedures/{one["kind"]}/">{one["document"]} {one["procedure"]["zh"]}</a>' in page
        assert one["title"]["zh"] in page and one["kept"]["zh"] in page
    assert {one["kept"]["zh"] for one in listed} == {"自结案起 3 年"}
    assert "<td>自结案起 3 年</td><td>办公室</td>" in page


@pytest.mark.rule("INT-00-06")
def test_the_case_page_says_until_when_each_record_is_kept(site):
    case = registered(site, answers={**INTAKE, "intake.urgency": "normal"})
    client = browser(site, "zhou")
    assert "保存：自结案起 3 年" in told(client.get(f"/cases/{case.number}/"))
    actions.act(site.zhou, acting(case.number, "drop", MONDAY + timedelta(days=1), {}))
    assert Case.objects.get(pk=case.pk).ended_at is not None
    assert "保存至 2029-03-03" in told(client.get(f"/cases/{case.number}/"))


@pytest.mark.rule("INT-00-08")
def test_a_copy_is_read_whole_under_its_watermark(paper_site):
    copy = handed_out(paper_site)
    answer = browser(paper_site, "li").get("/procedures/job/copies/07/")
    page = told(answer)
    assert answer.status_code == 200
    assert f'<p class="watermark">{MARK}</p>' in page
    assert f'<p class="watermark repeated" aria-hidden="true">{MARK}</p>' in page
    cover = ("甲公司", "财务处", "07", "2026-03-01", "吴办公", "钱副总", copy.version.version)
    assert all(f"<dd>{value}</dd>" in page for value in cover)
    definition = queries.definition_of(copy.version_id)
    assert all(html.escape(clause.title) in answer.content.decode() for clause in definition.clauses)
    assert '<ul class="sentences">' in page and "非受控" not in page


@pytest.mark.rule("INT-00-08")
def test_the_exported_copy_begins_and_ends_with_the_watermark_and_holds_the_text_as_signed(paper_site):
    copy = handed_out(paper_site)
    answer = browser(paper_site, "li").get("/procedures/job/copies/07/text")
    lines = answer.content.decode().splitlines()
    assert (lines[0], lines[-1]) == (f"> {MARK}", f"> {MARK}")
    assert queries.text_of(copy.version_id).rstrip() in answer.content.decode()
    assert "- 分发号：07" in lines and "- 核准：钱副总" in lines
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"


@pytest.mark.rule("INT-00-08")
def test_what_was_not_handed_out_is_uncontrolled_and_has_no_text(paper_site):
    handed_out(paper_site)
    client = browser(paper_site, "li")
    answer = client.get("/procedures/job/copies/08/")
    assert answer.status_code == 404
    assert '<p class="watermark">非受控</p>' in told(answer)
    assert "clause-text" not in told(answer) and "08</dd>" not in told(answer)
    assert client.get("/procedures/job/copies/08/text").status_code == 404
    assert client.get("/procedures/check/copies/07/").status_code == 404
    assert client.get("/procedures/pack/copies/07/").status_code == 404
    assert '<p class="watermark">非受控' in told(client.get("/procedures/job/"))


@pytest.mark.parametrize("address", ["/procedures/job/copies/07/", "/procedures/job/copies/07/text"])
def test_a_copy_is_read_only_by_people_who_hold_a_post(paper_site, address):
    handed_out(paper_site)
    assert browser(paper_site, "outsider").get(address).status_code == 403
    assert Client().get(address).status_code == 302


def test_the_one_the_cover_names_is_asked_for_the_password_and_signs(paper_site):
    page = told(browser(paper_site, "wu").get("/procedures/job/"))
    assert "未签批" in page and 'action="/procedures/job/sign/"' in page
    assert 'action="/procedures/job/sign/"' not in told(browser(paper_site, "zhou").get("/procedures/job/"))
    for role, username in SIGNERS.items():
        client = browser(paper_site, username)
        answer = client.post("/procedures/job/sign/", {"role": role, "password": PASSWORD})
        assert answer.status_code == 302
    assert version_of().signed
    page = told(browser(paper_site, "chen").get("/procedures/job/"))
    assert "已签批" in page and "未签批" not in page


@pytest.mark.parametrize(
    ("username", "role", "password", "status", "words"),
    [
        ("wu", "prepared", "x", 422, "密码不对，没有签字"),
        ("zhou", "prepared", PASSWORD, 403, "封面写明编制人为“办公室”"),
        ("qian", "approved", PASSWORD, 422, "现在不该签“核准”"),
        ("outsider", "", "", 422, "现在不该签"),
    ],
)
def test_a_refused_signature_says_why_and_changes_nothing(paper_site, username, role, password, status, words):
    before = stands()
    answer = browser(paper_site, username).post("/procedures/job/sign/", {"role": role, "password": password})
    assert (answer.status_code, words in told(answer)) == (status, True)
    assert PASSWORD not in told(answer)
    assert stands() == before


def test_the_owner_hands_out_a_copy_on_the_page(paper_site):
    signed(paper_site)
    sent = {"holder": "财务处", "distribution-number": "07"}
    answer = browser(paper_site, owner(paper_site)).post("/procedures/job/copies/", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/procedures/job/copies/07/")
    assert ControlledCopy.objects.get().watermark == MARK
    assert Entry.objects.latest("position").verb == "issue-copy"


def owner(site: Site) -> str:
    """The procedure is the dispatcher's; here the office of the house holds that post."""
    people.give_post(site.wu, "dispatcher", "head", start=MONDAY.date(), by=None, at=MONDAY)
    return "wu"


@pytest.mark.parametrize(
    ("holder", "number", "signed_before", "words"),
    [
        ("财务处", "07", False, "缺编制签名，不得发放"),
        ("", "07", True, "缺持有者，不得发放"),
        ("财务处", "", True, "缺分发号，不得发放"),
    ],
)
def test_a_refused_copy_says_why_and_changes_nothing(paper_site, holder, number, signed_before, words):
    if signed_before:
        signed(paper_site)
    username = owner(paper_site)
    before = stands()
    sent = {"holder": holder, "distribution-number": number}
    answer = browser(paper_site, username).post("/procedures/job/copies/", sent)
    assert (answer.status_code, words in told(answer)) == (422, True)
    assert stands() == before


@pytest.mark.parametrize("username", ["outsider", "qian", "zhou", "wang"])
def test_others_hand_out_nothing_nor_does_the_same_post_of_a_branch(paper_site, username):
    signed(paper_site)
    before = stands()
    sent = {"holder": "财务处", "distribution-number": "07"}
    assert browser(paper_site, username).post("/procedures/job/copies/", sent).status_code == 403
    assert stands() == before
