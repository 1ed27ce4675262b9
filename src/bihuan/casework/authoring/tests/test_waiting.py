"""Procedures in the to-do list: each signature when it is due, each change until it is read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.cast import PASSWORD

from bihuan.people import actions as people
from bihuan.people.models import Holding
from bihuan.registers.documents import drafting, readers

from .conftest import WHY, changed

REVIEW, READ = "/procedures/job/draft/review/", "/procedures/job/coming/"


@pytest.fixture
def waits(at_desk):
    """The addresses of procedures in somebody's list; the bar counts the same lines."""

    def told(username: str) -> list[str]:
        client = at_desk(username).client
        page = client.get("/approvals/?tab=decide")
        assert page.status_code == 200
        lines = page.context["lines"]
        waiting = client.get("/approvals/?tab=mine").context["lines"]
        assert client.get("/approvals/count/").content.decode() == str(len(lines) + len(waiting) or "")
        return [one.address for one in lines if one.address.startswith("/procedures/")]

    return told


@pytest.fixture
def sent(at_desk):
    author = at_desk("qian")
    author.post("draft/start/")
    author.save(changed(author.text()), 1)
    assert author.post("draft/send/", WHY).status_code == 200
    return author


def sign(at_desk, username: str, role: str, days: int = 3) -> None:
    day = (timezone.localdate() + timedelta(days=days)).isoformat()
    sent = {"role": role, "password": PASSWORD, "day": day}
    assert at_desk(username).post("draft/sign/", sent, follow=False).status_code == 302


def test_each_signature_waits_in_its_turn_and_is_gone_once_given(sent, at_desk, waits):
    everybody = ("qian", "wu", "chen")
    for due, role in (("qian", "prepared"), ("wu", "reviewed"), ("chen", "approved")):
        assert {one: waits(one).count(REVIEW) for one in everybody} == {one: int(one == due) for one in everybody}
        sign(at_desk, due, role)
    assert [waits(one).count(REVIEW) for one in everybody] == [0, 0, 0]


def test_the_page_names_who_can_sign_and_says_when_nobody_can(sent, at_desk, site, waits):
    assert at_desk("wu").get("draft/review/").context["able"] == [site.people["qian"].name]
    sign(at_desk, "qian", "prepared")
    held = Holding.objects.get(person__username="wu", post="office")
    people.end_post(held, site.at.date(), by=None, at=timezone.now())
    # the only one left to hold the post has signed another of the three
    people.give_post(site.people["qian"], "office", "", by=None, at=timezone.now())
    page = at_desk("qian").get("draft/review/")
    assert page.context["able"] == []
    assert waits("qian") == []
    assert "现在没有人能签" in page.content.decode()


def test_what_was_given_back_waits_for_nobody(sent, at_desk, waits):
    assert waits("qian") == [REVIEW]
    sent.post("draft/return/", {"reason": "再想想"})
    assert waits("qian") == []


def test_when_the_post_ends_the_signature_waits_for_whoever_holds_it_next(sent, at_desk, waits, site):
    held = Holding.objects.get(person__username="qian", post="leader")
    people.end_post(held, site.at.date(), by=None, at=timezone.now())
    assert waits("qian") == []
    people.give_post(site.people["li"], "leader", "", by=None, at=timezone.now())
    assert waits("li") == [REVIEW]


@pytest.mark.parametrize("days", [0, 3])
def test_a_change_is_in_the_list_of_those_it_concerns_until_they_have_read_it(sent, at_desk, waits, days):
    assert waits("zhou") == []
    for username, role in (("qian", "prepared"), ("wu", "reviewed"), ("chen", "approved")):
        sign(at_desk, username, role, days)
    assert (drafting.under_way("job") is None) == (days == 0)
    assert waits("zhou") == [READ]
    assert READ not in waits("wu")
    at_desk("zhou").post("readers/")
    assert waits("zhou") == []


def test_a_loaded_pack_asks_nobody_to_read_it(site, waits):
    assert waits("zhou") == []
    assert drafting.under_way("job") is None
    assert readers.unread_by(site.people["zhou"], timezone.now()) == []
