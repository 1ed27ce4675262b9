"""Changing and closing outlets, and the pages for it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from bihuan.journal.models import Entry
from bihuan.people import actions as people
from bihuan.people.errors import NotAllowed, WrongInput
from bihuan.people.models import Person
from bihuan.registers.outlets import actions
from bihuan.registers.outlets.models import Outlet

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def house(db):
    for code, parent in (("head", ""), ("north", "head"), ("south", "head")):
        actions.open_outlet(code, code, by=None, at=MONDAY, parent=parent)
    wang = people.add_person("wang", "外点王", None, by=None, at=MONDAY)
    people.give_post(wang, "repairer", "north", by=None, at=MONDAY, start=date(2026, 1, 1))
    people.add_person("root", "管理员", None, by=None, at=MONDAY, is_administrator=True)


def outlet(code) -> Outlet:
    return Outlet.objects.select_related("key").get(pk=code)


def browser(username) -> Client:
    client = Client()
    client.force_login(Person.objects.get(username=username))
    return client


def test_an_outlet_is_called_otherwise_and_contracted(house):
    days = {"contract_from": date(2026, 3, 1), "contract_until": date(2026, 12, 31)}
    actions.change_outlet(outlet("south"), by=None, at=MONDAY, name="南一", kind="contracted", **days)
    now = outlet("south")
    assert (now.key.name, now.kind, now.contract_from, now.contract_until) == ("南一", "contracted", *days.values())
    entry = Entry.objects.get(verb="change-outlet")
    assert (entry.chain, entry.content["answers"]["before"]) == ("south", {"name": "south", "kind": "own", "to": ""})


@pytest.mark.parametrize(
    ("code", "reason"),
    [("head", "撤销"), ("north", "撤销"), ("south", " ")],
)
def test_an_outlet_with_work_under_it_or_people_in_it_stays(house, code, reason):
    with pytest.raises(WrongInput):
        actions.close_outlet(outlet(code), by=None, at=MONDAY, reason=reason)
    assert (outlet(code).is_active, Entry.objects.filter(verb="close-outlet").count()) == (True, 0)


def test_an_outlet_is_closed_and_works_again(house):
    actions.close_outlet(outlet("south"), by=None, at=MONDAY, reason="撤销")
    assert outlet("south").is_active is False
    with pytest.raises(WrongInput):
        actions.close_outlet(outlet("south"), by=None, at=MONDAY, reason="再撤")
    actions.reopen_outlet(outlet("south"), by=None, at=MONDAY)
    assert outlet("south").is_active is True
    with pytest.raises(NotAllowed):
        actions.close_outlet(outlet("south"), by=Person.objects.get(username="wang"), at=MONDAY, reason="撤销")


def test_everybody_reads_the_outlets_of_their_scope_and_administrators_keep_them(house):
    text = browser("wang").get("/outlets/").content.decode()
    assert [word in text for word in ("north", "south", "/outlets/new/")] == [True, False, False]
    paths = ("/outlets/new/", "/outlets/north/", "/outlets/nowhere/")
    assert [browser("wang").get(path).status_code for path in paths] == [403] * 3
    assert [browser("root").get(path).status_code for path in paths] == [200, 200, 404]
    assert "south" in browser("root").get("/outlets/").content.decode()


def test_pages_open_change_close_and_reopen(house):
    root = browser("root")
    sent = {"code": "west", "parent": "head", "name": "西区", "kind": "own"}
    assert root.post("/outlets/new/", sent)["Location"] == "/outlets/west/"
    wrong = root.post("/outlets/new/", {**sent, "name": "西二"})
    assert (wrong.status_code, "已存在" in wrong.content.decode(), "西二" in wrong.content.decode()) == (
        422,
        True,
        True,
    )
    wrong = root.post("/outlets/west/change/", {"name": "西一", "kind": "contracted", "from": ""})
    assert (wrong.status_code, "须填合同起日" in wrong.content.decode(), outlet("west").kind) == (422, True, "own")
    assert root.post("/outlets/west/change/", {"name": "西一", "kind": "own", "from": "never"}).status_code == 422
    assert root.post("/outlets/west/close/", {"reason": ""}).status_code == 422
    assert root.post("/outlets/west/close/", {"reason": "撤销"}).status_code == 302
    assert root.post("/outlets/west/reopen/").status_code == 302
    assert root.post("/outlets/west/sell/").status_code == 404
    verbs = Entry.objects.filter(doer="root").order_by("position").values_list("verb", flat=True)
    assert list(verbs) == ["open-outlet", "close-outlet", "reopen-outlet"]
