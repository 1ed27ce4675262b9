"""Where the papers are, on pages: by hand, by number, one slip's way; never another outlet's."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from bihuan.people import actions as people
from bihuan.people.models import Person
from bihuan.registers.slips import queries, shown
from bihuan.registers.slips.models import Copy

from .conftest import do

SOUTH = {"doer": "wang", "post": "repairer", "outlet": "south", "number": "S-1"}


@pytest.fixture
def papers(house) -> None:
    wang = people.add_person("wang", "外点王", None, by=None, at=timezone.now())
    people.give_post(wang, "repairer", "south", by=None, at=timezone.now())
    do("slips.issue", slip="job")
    do("slips.issue", slip="receipt")
    do("slips.issue", slip="job", **SOUTH)


def page(username: str, path: str):
    browser = Client()
    browser.force_login(Person.objects.get(username=username))
    return browser.get(path)


def test_the_list_counts_and_shows_only_ones_own_outlets(papers):
    found = {
        name: [
            (one.kind, one.holder, one.copies) for one in shown.hands(Person.objects.get(username=name), timezone.now())
        ]
        for name in ("zhou", "wang")
    }
    assert found == {
        "zhou": [("post", "dispatcher", 2), ("customer", "customer", 1), ("post", "repairer", 1)],
        "wang": [("post", "dispatcher", 1), ("post", "repairer", 1)],
    }
    text = page("zhou", "/slips/").content.decode()
    assert ("A-1" in text, "S-1" in text) == (True, False)


def test_a_hand_narrows_the_list(papers):
    at, zhou = timezone.now(), Person.objects.get(username="zhou")
    copies, pager = shown.held(zhou, at, *shown.asked_hand("post:dispatcher"))
    assert ({one.name for one in copies}, pager.count_words, pager.next) == ({"stub", "own"}, "2", "")
    assert [shown.asked_hand(text) for text in ("post:", "thief:li", "", "post:a\x00")] == [("", "")] * 4


def test_pages_go_on_and_back_by_key(papers, monkeypatch):
    monkeypatch.setattr(shown, "PAGE", 2)
    at, zhou = timezone.now(), Person.objects.get(username="zhou")
    every = list(queries.in_hands(zhou, at).order_by("pk"))
    first, pager = shown.held(zhou, at, "", "")
    assert (first, pager.previous, pager.count_words) == (every[:2], "", "4")
    second, after = shown.held(zhou, at, "", "", after=pager.next.rpartition("=")[2])
    assert (second, after.next) == (every[2:], "")
    assert shown.held(zhou, at, "", "", before=after.previous.rpartition("=")[2])[0] == first
    assert shown.held(zhou, at, "", "", after="nonsense")[0] == first


def test_one_slip_shows_the_way_of_its_copies(papers):
    do("slips.hand", copy="job.main", give="repairer", to="sun")
    text = page("zhou", "/slips/A-1/").content.decode()
    assert [words in text for words in ("repairer → sun师傅", "开出，交 dispatcher", "/cases/A-1/")] == [True] * 3
    assert Copy.objects.get(slip__number="A-1", name="main").movements.count() == 2


def test_another_outlets_slip_is_nobodys(papers):
    answers = {path: page("zhou", path).status_code for path in ("/slips/S-1/", "/slips/X-1/", "/slips/A-1/")}
    assert answers == {"/slips/S-1/": 404, "/slips/X-1/": 404, "/slips/A-1/": 200}
    assert page("wang", "/slips/S-1/").status_code == 200
    assert "S-1" not in page("zhou", "/slips/?q=S").content.decode().replace('value="S"', "")


def test_a_number_is_found_by_its_beginning(papers):
    text = page("zhou", "/slips/?q=receipt-").content.decode()
    assert ("RECEIPT-" in text, "/slips/RECEIPT-" in text) == (True, True)
