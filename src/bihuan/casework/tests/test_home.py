"""Home answers the question of the role; half-filled forms come back; the check-list ticks itself."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.cast import Doors, Site, fresh, make_site

from bihuan.casework import drafts
from bihuan.casework.models import Draft
from bihuan.casework.pages import home, running_site
from bihuan.people import actions as people

ORDER = {"repairer": "li"}


@pytest.fixture
def doors(db: None) -> Doors:
    return Doors(make_site())


def page(doors: Doors, username: str, path: str = "/") -> str:
    return doors.browser(username).get(path).content.decode()


def figures(doors: Doors, username: str, role: str) -> dict[str, tuple[str, str]]:
    """Label → (value, address) of every figure on home."""
    found = home.blocks(doors.site.again(username), role, timezone.now(), "zh")
    return {one.label: (one.value, one.address) for block in found if block.sort == "kpis" for one in block.lines}


def test_every_figure_counts_what_the_list_behind_it_shows(doors: Doors) -> None:
    for _ in range(3):
        doors.open()
    number = doors.open("wang")
    shown = figures(doors, "zhou", "dispatcher")
    assert shown["待派工"] == ("3", "/cases/?state=unassigned")
    listed = page(doors, "zhou", shown["待派工"][1])
    assert len(set(re.findall(r'href="/cases/(J[^/]*)/', listed))) == 3
    assert number not in listed


def test_the_first_block_is_the_roles_own(doors: Doors) -> None:
    doors.open()
    first = {}
    for username, role in (("chen", "hotline-operator"), ("li", "technician"), ("qian", "general-manager")):
        first[role] = home.blocks(doors.site.again(username), role, timezone.now(), "zh")[0].title
    assert first == {"hotline-operator": "现在", "technician": "今天的预约", "general-manager": "承诺守得怎样"}


def test_who_has_several_roles_chooses_and_a_foreign_role_changes_nothing(doors: Doors) -> None:
    wang = doors.browser("wang")
    assert 'name="role" value="dispatcher"' in page(doors, "wang")
    assert wang.post("/role/", {"role": "technician"}).status_code == 302
    assert "<h1>今天</h1>" in page(doors, "wang")
    wang.post("/role/", {"role": "general-manager"})
    assert "<h1>今天</h1>" in page(doors, "wang")
    assert "以哪个角色看" not in page(doors, "zhou")


def test_the_menu_leads_only_to_pages_there_are(doors: Doors) -> None:
    for username in ("chen", "zhou", "li", "sun", "qian", "wu", "wang"):
        client = doors.browser(username)
        entries = client.get("/").context["frame"]["menu"]
        assert 2 <= len(entries) <= 7
        assert [one.address for one in entries if client.get(one.address).status_code >= 404] == []


def test_home_asks_few_questions_however_many_cases_there_are(doors: Doors) -> None:
    def asked(username: str) -> int:
        client = doors.browser(username)
        client.get("/")
        with CaptureQueriesContext(
            connection,
        ) as told:
            client.get("/")
        return len(told)

    for _ in range(10):
        doors.open()
    few = {name: asked(name) for name in ("chen", "zhou", "li", "qian")}
    for _ in range(10):
        doors.open()
    assert {name: asked(name) for name in few} == few
    assert max(few.values()) < 40


def test_a_half_filled_act_comes_back_and_goes_once_it_is_done(doors: Doors) -> None:
    number = doors.open()
    place = f"act.{number}.assign"
    zhou = doors.browser("zhou")
    sent = {"answers": {"repairer": ["li"], "csrfmiddlewaretoken": []}}
    assert zhou.post(f"/drafts/{place}/", sent, content_type="application/json").status_code == 204
    text = page(doors, "zhou", f"/cases/{number}/acts/assign/")
    assert "存下的草稿" in text
    assert re.search(r'value="li" (checked|selected)', text)
    assert number in page(doors, "zhou")
    assert zhou.post(f"/cases/{number}/acts/assign/", ORDER).status_code == 302
    assert not Draft.objects.exists()


def test_everybody_reaches_only_their_own_draft(doors: Doors) -> None:
    drafts.keep(doors.site.zhou, "intake", {"contact": ["王老师"]}, timezone.now())
    assert doors.browser("chen").get("/drafts/intake/").status_code == 204
    assert doors.browser("chen").post("/drafts/intake/", {"drop": "yes"}).status_code == 302
    told = doors.browser("zhou").get("/drafts/intake/").json()
    assert told["answers"] == {"contact": ["王老师"]}
    assert doors.browser("zhou").post("/drafts/intake/", {"drop": "yes", "next": "//evil.example/"})["Location"] == "/"
    assert not Draft.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", '{"answers": 1}', '{"answers": {"a": 1}}', "{" * 2000, "\x00"])
def test_what_is_no_draft_is_not_kept(doors: Doors, body: str) -> None:
    answer = doors.browser("zhou").post("/drafts/intake/", body, content_type="application/json")
    assert answer.status_code == 422
    assert not Draft.objects.exists()


def test_an_emptied_form_is_no_draft(doors: Doors) -> None:
    drafts.keep(doors.site.zhou, "intake", {"contact": ["王老师"]}, timezone.now())
    sent = {"answers": {"contact": ["  "]}}
    assert doors.browser("zhou").post("/drafts/intake/", sent, content_type="application/json").status_code == 204
    assert not Draft.objects.exists()


def test_a_place_of_no_form_is_unknown(doors: Doors) -> None:
    assert doors.browser("zhou").get("/drafts/a b/").status_code == 404


def test_the_checklist_ticks_itself_when_it_has_happened(doors: Doors) -> None:
    assert [step["done"] for step in running_site.checklist()] == [True, True, False, False]
    number = doors.open()
    doors.post("zhou", f"/cases/{number}/acts", {"action": "assign", "id": fresh(), "answers": ORDER})
    assert running_site.checklist()[3]["done"] is False
    work = {"action": "work", "id": fresh(), "answers": {"work.sure": True}}
    assert doors.post("li", f"/cases/{number}/acts", work).status_code == 201
    assert running_site.checklist()[3]["done"] is True
    # whoever keeps the system has no outlet, and is told so too
    admin = people.add_person("root", "管理员", None, is_administrator=True, by=None, at=timezone.now())
    client = Client()
    client.force_login(admin)
    ticked = client.get("/").content.decode().count('<li class="done">')
    assert ticked == len([step for step in running_site.checklist() if step["done"]])


def test_the_administrator_sees_the_state_of_the_system_as_it_is(site: Site) -> None:
    admin = people.add_person("root", "管理员", None, is_administrator=True, by=None, at=timezone.now())
    client = Client()
    client.force_login(admin)
    text = client.get("/").content.decode()
    for words in ("开始使用", "一次也没有运行过", "还没有备份过", "还没有演练过", "客户和设备"):
        assert words in text, words
    assert client.post("/first-run/").status_code == 302
    assert "开始使用" not in client.get("/").content.decode()
