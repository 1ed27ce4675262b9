"""Who leaves, and what ends by itself on the day after a post's last one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import at_once

from bihuan.journal.models import Entry, Letter
from bihuan.people import accounts, actions, leaving, queries
from bihuan.people.errors import NotAllowed, WrongInput
from bihuan.people.models import Delegation, Holding, Person, PersonalToken

from .conftest import PASSWORD, employ

MONDAY = date(2026, 3, 2)


def again(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def no_work(_username: str) -> list[str]:
    return []


def test_whoever_leaves_today_is_out_at_once_with_everything_in_one_entry(chen, wang, administrator, monday):
    actions.give_post(chen, "office", "", by=administrator, at=monday, start=MONDAY + timedelta(days=9))
    actions.delegate(chen, wang, ["clerk"], MONDAY, MONDAY + timedelta(days=5), "休假", by=chen, at=monday)
    actions.delegate(
        wang, chen, ["repairer"], MONDAY + timedelta(days=2), MONDAY + timedelta(days=5), "出差", by=wang, at=monday
    )
    key = actions.make_token(chen, by=chen, at=monday)
    before = Entry.objects.count()
    leaving.leave(chen, MONDAY, "辞职", by=administrator, at=monday, work=["BX-1", "BX-2"])
    assert Entry.objects.count() == before + 1
    said = Entry.objects.get(verb="leave").content["answers"]
    assert (said["posts"], said["loans"], said["keys"], said["work"], said["closed"]) == (
        ["clerk@head", "office@*"], ["chen→wang", "wang→chen"], 1, ["BX-1", "BX-2"], True,
    )  # fmt: skip
    now = again(chen)
    assert (now.is_active, now.last_day, now.sessions_from) == (False, MONDAY, monday)
    assert queries.token_of(key, monday) is None
    assert [(one.post, one.end) for one in Holding.objects.filter(person=chen)] == [("clerk", MONDAY)]
    assert [(one.giver.username, one.until) for one in Delegation.objects.all()] == [("chen", MONDAY)]
    assert queries.doer_of(again(wang), monday).holds == (("repairer", "north"),)


def test_a_last_day_to_come_closes_the_account_when_it_has_passed(chen, administrator, monday):
    friday = MONDAY + timedelta(days=4)
    leaving.leave(chen, friday, "合同到期", by=administrator, at=monday)
    assert (again(chen).is_active, again(chen).last_day) == (True, friday)
    on_friday, on_saturday = monday + timedelta(days=4), monday + timedelta(days=5)
    assert queries.doer_of(again(chen), on_friday).holds == (("clerk", "head"),)
    assert leaving.end_over(on_friday, no_work) == 0
    assert leaving.end_over(on_saturday, no_work) == 1
    assert again(chen).is_active is False
    assert leaving.end_over(on_saturday, no_work) == 0
    assert Entry.objects.get(verb="post-over").content["answers"]["closed"] is True
    accounts.open_account(again(chen), by=administrator, at=on_saturday)
    assert (again(chen).last_day, leaving.end_over(on_saturday, no_work)) == (None, 0)


def test_what_is_refused_about_leaving_changes_nothing(chen, wang, administrator, monday):
    before = Entry.objects.count()
    for doing, refusal in (
        (lambda: leaving.leave(chen, MONDAY, " ", by=administrator, at=monday), WrongInput),
        (lambda: leaving.leave(administrator, MONDAY, "走", by=administrator, at=monday), NotAllowed),
        (lambda: leaving.leave(chen, MONDAY, "走", by=wang, at=monday), NotAllowed),
    ):
        with pytest.raises(refusal):
            doing()
    accounts.close_account(wang, by=administrator, at=monday, reason="停")
    with pytest.raises(WrongInput):
        leaving.leave(wang, MONDAY, "走", by=administrator, at=monday)
    assert Entry.objects.count() == before + 1
    assert (again(chen).is_active, Holding.objects.get(person=chen).end) == (True, None)


def test_the_day_after_a_post_ends_sessions_and_keys_are_closed_and_the_open_work_is_told(chen, administrator):
    yesterday = timezone.localdate() - timedelta(days=1)
    Holding.objects.filter(person=chen).update(end=yesterday)
    browser = Client()
    browser.post("/sign-in/", {"username": "chen", "password": PASSWORD})
    key = actions.make_token(chen, by=chen, at=timezone.now())
    assert browser.get("/profile/").status_code == 200
    assert leaving.end_over(timezone.now(), lambda username: [f"BX-{username}"]) == 1
    assert browser.get("/profile/").status_code == 302
    assert (queries.token_of(key, timezone.now()), again(chen).is_active) == (None, True)
    said = Entry.objects.get(verb="post-over").content["answers"]
    assert (said["posts"], said["work"], said["closed"]) == (["clerk@head"], ["BX-chen"], False)
    letter = Letter.objects.get()
    assert (letter.to, "BX-chen" in letter.body, "/people/chen/" in letter.body) == ("root", True, True)


def test_it_is_told_once_however_often_the_worker_looks_and_again_for_the_next_post(chen, administrator, monday):
    Holding.objects.filter(person=chen).update(end=MONDAY)
    tuesday = monday + timedelta(days=1)
    assert [leaving.end_over(tuesday, no_work) for _round in range(3)] == [1, 0, 0]
    actions.give_post(again(chen), "office", "", by=administrator, at=tuesday, end=MONDAY + timedelta(days=1))
    assert [leaving.end_over(tuesday + timedelta(days=1), no_work) for _round in range(2)] == [1, 0]
    assert Entry.objects.filter(verb="post-over").count() == 2


def test_a_post_that_is_made_longer_before_its_end_closes_nothing(chen, administrator, monday):
    held = Holding.objects.get(person=chen)
    actions.end_post(held, MONDAY, by=administrator, at=monday)
    actions.end_post(held, MONDAY + timedelta(days=30), by=administrator, at=monday)
    assert leaving.end_over(monday + timedelta(days=2), no_work) == 0
    assert leaving.end_over(monday + timedelta(days=31), no_work) == 1


def test_a_loan_to_a_closed_account_or_for_days_gone_by_is_refused(chen, wang, administrator, monday):
    gone = MONDAY - timedelta(days=1)
    with pytest.raises(WrongInput) as over:
        actions.delegate(chen, wang, ["clerk"], gone, gone, "补", by=chen, at=monday)
    accounts.close_account(wang, by=administrator, at=monday, reason="停")
    with pytest.raises(WrongInput) as closed:
        actions.delegate(chen, again(wang), ["clerk"], MONDAY, MONDAY, "休假", by=chen, at=monday)
    assert (over.value.field, closed.value.field, Delegation.objects.count()) == ("until", "taker", 0)
    assert PersonalToken.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_the_same_instant_write_and_tell_once(monday):
    actions.add_outlet("head", "总部", by=None, at=monday)
    employ("root", "管理员", is_administrator=True)
    for username in ("chen", "zhao", "qian"):
        employ(username, username, "clerk", "head")
    Holding.objects.update(end=MONDAY)
    tuesday = monday + timedelta(days=1)
    assert sum(at_once(*[lambda: leaving.end_over(tuesday, no_work)] * 4)) == 3
    assert (Entry.objects.filter(verb="post-over").count(), Letter.objects.count()) == (3, 3)
