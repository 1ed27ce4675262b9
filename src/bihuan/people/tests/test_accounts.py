"""Accounts as administrators keep them: names, closing, a password good once, the end of skills and delegations."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from bihuan.journal.models import Entry
from bihuan.people import accounts, actions, directory, queries
from bihuan.people.errors import NotAllowed, WrongInput
from bihuan.people.models import Delegation, Person, Skill

from .conftest import PASSWORD, employ


def again(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def verbs() -> list[str]:
    return list(Entry.objects.order_by("position").values_list("verb", flat=True))


def change(person, by, at, **more):
    given = {"name": person.name, "name_en": "", "email": "", "is_administrator": person.is_administrator}
    return accounts.change_person(person, by=by, at=at, **{**given, **more})


def test_a_person_is_called_otherwise_from_now_on(chen, administrator, monday):
    change(chen, administrator, monday, name=" 陈新 ", name_en="Chen", email="chen@example.org")
    now = again(chen)
    assert (now.name, now.name_en, now.email, now.username) == ("陈新", "Chen", "chen@example.org", "chen")
    entry = Entry.objects.get(verb="change-person")
    assert (entry.doer, entry.content["answers"]["before"]["name"]) == ("root", "陈坐席")


def test_a_closed_account_lets_nobody_in_and_gives_no_rights(chen, administrator, monday):
    token = actions.make_token(chen, by=chen, at=monday)
    accounts.close_account(chen, by=administrator, at=monday, reason="离职")
    assert (again(chen).is_active, again(chen).sessions_from) == (False, monday)
    assert queries.person_of_token(token, monday) is None
    assert queries.doer_of(again(chen), monday).holds == ()
    accounts.open_account(again(chen), by=administrator, at=monday)
    assert queries.doer_of(again(chen), monday).holds == (("clerk", "head"),)
    assert verbs()[-2:] == ["close-account", "open-account"]


def test_what_cannot_be_done_to_an_account_is_refused_and_writes_nothing(chen, administrator, monday):
    before = Entry.objects.count()
    refused = [
        lambda: accounts.close_account(administrator, by=administrator, at=monday, reason="走"),
        lambda: accounts.close_account(chen, by=administrator, at=monday, reason=" "),
        lambda: accounts.open_account(chen, by=administrator, at=monday),
        lambda: change(administrator, administrator, monday, is_administrator=False),
        lambda: change(chen, administrator, monday, name=" "),
        lambda: actions.add_person("new", "新", None, by=administrator, at=monday),
    ]
    for doing in refused:
        with pytest.raises(WrongInput):
            doing()
    for doing in (
        lambda: accounts.close_account(administrator, by=chen, at=monday, reason="走"),
        lambda: accounts.hand_out_password(administrator, by=chen, at=monday),
        lambda: change(chen, chen, monday, is_administrator=True),
    ):
        with pytest.raises(NotAllowed):
            doing()
    assert Entry.objects.count() == before
    assert again(administrator).check_password(PASSWORD)


def test_a_password_handed_out_opens_only_the_choice_of_ones_own(chen, administrator, monday):
    once = accounts.hand_out_password(chen, by=administrator, at=monday)
    assert (again(chen).check_password(PASSWORD), len(once)) == (False, 16)
    assert once not in str(Entry.objects.get(verb="hand-out-password").content)
    browser = Client()
    assert browser.post("/sign-in/", {"username": "chen", "password": once}).status_code == 302
    assert browser.get("/")["Location"] == "/profile/"
    assert browser.get("/forms/")["Location"] == "/profile/"
    assert "一次性密码" in browser.get("/profile/").content.decode()
    sent = {"old": once, "password": "lamp-1874-riverbank", "again": "lamp-1874-riverbank"}
    assert browser.post("/profile/password/", sent)["Location"] == "/profile/"
    assert again(chen).password_once is False
    assert browser.get("/forms/").status_code == 200
    assert accounts.hand_out_password(chen, by=administrator, at=monday) != once


def test_a_skill_that_ends_is_not_held_the_day_after(chen, administrator, monday):
    skill = actions.add_skill(chen, "repair", by=None, at=monday)
    with pytest.raises(WrongInput):
        accounts.end_skill(skill, date(2026, 3, 1), by=administrator, at=monday)
    accounts.end_skill(skill, date(2026, 3, 2), by=administrator, at=monday, reason="证书吊销")
    held = [queries.qualified("chen", "repair", monday + timedelta(days=days)) for days in (0, 1)]
    assert (held, Skill.objects.get().until, verbs()[-1]) == ([True, False], date(2026, 3, 2), "end-skill")


def test_what_was_lent_goes_back_by_the_giver_and_is_never_made_longer(chen, wang, administrator, monday):
    lent = actions.delegate(chen, wang, ["clerk"], date(2026, 3, 1), date(2026, 3, 9), "休假", by=chen, at=monday)
    for last in (date(2026, 2, 28), date(2026, 3, 10)):
        with pytest.raises(WrongInput):
            accounts.end_delegation(lent, last, by=administrator, at=monday)
    with pytest.raises(NotAllowed):
        accounts.end_delegation(lent, date(2026, 3, 2), by=wang, at=monday)
    accounts.end_delegation(lent, date(2026, 3, 2), by=chen, at=monday)
    tuesday = monday + timedelta(days=1)
    posts = [[post for post, _place in queries.doer_of(again(wang), at).holds] for at in (monday, tuesday)]
    assert (posts, Delegation.objects.get().until) == ([["repairer", "clerk"], ["repairer"]], date(2026, 3, 2))


def test_people_are_found_by_name_and_by_the_letters_it_begins_with(chen):
    found = [directory.means(chen, text) for text in ("陈", "czx", "CZ", "che", "坐席", "zx", "wang")]
    assert found == [True, True, True, True, True, False, False]


def test_who_is_able_is_asked_of_the_day_and_the_place(chen, wang, monday):
    employ("zhao", "阿赵", "repairer", "north")
    for person, until in ((wang, date(2026, 3, 2)), (again(Person.objects.get(username="zhao")), None)):
        actions.add_skill(person, "repair", by=None, at=monday, start=date(2026, 1, 1), until=until)
    tuesday = monday + timedelta(days=1)

    def able(*asked):
        return [one.username for one in queries.able(*asked)]

    assert able("north", "repair", monday) == ["wang", "zhao"]
    assert (able("north", "repair", tuesday), able("south", "repair", monday)) == (["zhao"], [])
    assert able("head", "", monday) == ["wang", "zhao", "chen"]


def test_a_random_password_that_looks_like_its_owner_is_drawn_again(monkeypatch):
    drawn = iter(["unit-production7x", "k3Zr_8vQwLx2Ty0a"])
    monkeypatch.setattr(accounts.secrets, "token_urlsafe", lambda _bytes: next(drawn))
    person = Person(username="unit-production", name="罗生产")
    assert accounts.random_password(person) == "k3Zr_8vQwLx2Ty0a"
