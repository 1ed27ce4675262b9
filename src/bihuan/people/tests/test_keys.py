"""Keys for the API: what they may do, until when, whose they are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client, RequestFactory
from django.utils import timezone

from bihuan.journal.models import Entry
from bihuan.people import accounts, actions, keys, queries
from bihuan.people.errors import NotAllowed, ScopeMissing, WrongInput
from bihuan.people.models import PersonalToken

from .conftest import PASSWORD


@pytest.fixture
def robot(administrator, monday):
    made = actions.add_person("robot", "对接程序", None, by=administrator, at=monday, is_service=True)
    actions.give_post(made, "clerk", "north", by=administrator, at=monday)
    return made


def test_a_key_carries_its_scopes_in_one_order_and_its_kind(chen, robot, administrator, monday):
    mine = actions.make_token(chen, by=chen, at=monday, scopes=["act", "read"])
    its = actions.make_token(robot, by=administrator, at=monday, label="ERP", days=365)
    found = [queries.token_of(key, monday) for key in (mine, its)]
    assert [(one.person.username, one.kind, sorted(one.scopes)) for one in found] == [
        ("chen", "personal", ["act", "read"]),
        ("robot", "service", ["act", "exports", "read", "registers"]),
    ]
    assert PersonalToken.objects.get(person=chen).scopes == ["read", "act"]
    said = Entry.objects.filter(verb="make-token").order_by("seq").last().content["answers"]
    assert (said["kind"], said["label"], said["person"]) == ("service", "ERP", "robot")


def test_a_key_that_cannot_be_is_refused_and_writes_nothing(chen, robot, administrator, monday):
    before = Entry.objects.count()
    for given in ({"days": 0}, {"days": 366}, {"scopes": []}, {"scopes": ["read", "everything"]}):
        with pytest.raises(WrongInput):
            actions.make_token(chen, by=chen, at=monday, **given)
    with pytest.raises(NotAllowed):
        actions.make_token(robot, by=chen, at=monday)
    with pytest.raises(NotAllowed):
        actions.make_token(administrator, by=chen, at=monday)
    assert (Entry.objects.count(), PersonalToken.objects.count()) == (before, 0)


def test_the_database_knows_no_other_scope_and_no_other_kind(chen, monday):
    actions.make_token(chen, by=chen, at=monday)
    for change in ({"scopes": ["root"]}, {"kind": "other"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PersonalToken.objects.update(**change)


def test_a_key_ends_with_its_moment_and_with_its_revoking(chen, wang, monday):
    key = actions.make_token(chen, by=chen, at=monday, days=1)
    end = monday + timedelta(days=1)
    assert queries.token_of(key, end - timedelta(seconds=1)) is not None
    assert queries.token_of(key, end) is None
    row = PersonalToken.objects.get()
    with pytest.raises(NotAllowed):
        keys.revoke(row, by=wang, at=monday)
    keys.revoke(row, by=chen, at=monday)
    assert queries.token_of(key, monday) is None
    with pytest.raises(WrongInput):
        keys.revoke(row, by=chen, at=monday)
    assert Entry.objects.filter(verb="revoke-token").count() == 1


def test_a_closed_program_has_no_keys_any_more(robot, administrator, monday):
    key = actions.make_token(robot, by=administrator, at=monday)
    assert [one.person for one in keys.every(monday)] == [robot]
    accounts.close_account(robot, by=administrator, at=monday, reason="不用了")
    assert (queries.token_of(key, monday), keys.every(monday)) == (None, [])


def test_the_last_use_is_noted_once_an_hour(chen, monday):
    key = actions.make_token(chen, by=chen, at=monday)
    seen = []
    for minutes in (0, 59, 61):
        at = monday + timedelta(minutes=minutes)
        seen.append(queries.token_of(key, at).stale)
        keys.used(key, at)
    assert seen == [True, False, True]
    assert PersonalToken.objects.get().last_used == monday + timedelta(minutes=61)


def test_a_session_has_every_scope_and_a_key_only_its_own():
    request = RequestFactory().get("/")
    keys.require(request, "exports")
    request.scopes = frozenset({"read"})
    keys.require(request, "read")
    with pytest.raises(ScopeMissing):
        keys.require(request, "exports")


def test_on_ones_own_page_a_key_is_narrowed_shown_once_and_revoked(chen):
    browser = Client()
    browser.post("/sign-in/", {"username": "chen", "password": PASSWORD})
    page = browser.post("/profile/token/", {"label": "报表", "days": "30", "scopes": ["read"]}).content.decode()
    key = page.split('token">')[1].split("<")[0]
    found = queries.token_of(key, timezone.now())
    assert (found.person, found.scopes) == (chen, frozenset({"read"}))
    row = PersonalToken.objects.get()
    assert browser.post(f"/profile/token/{row.pk}/revoke/").status_code == 302
    assert queries.token_of(key, timezone.now()) is None
    assert browser.post(f"/profile/token/{row.pk}/revoke/").status_code == 422
    other = actions.make_token(chen, by=None, at=timezone.now())
    assert browser.post("/profile/token/", {"label": "报表", "days": "30", "scopes": ["root"]}).status_code == 422
    assert queries.token_of(other, timezone.now()) is not None


def test_nobody_revokes_another_ones_key(chen, wang):
    actions.make_token(wang, by=wang, at=timezone.now())
    browser = Client()
    browser.post("/sign-in/", {"username": "chen", "password": PASSWORD})
    assert browser.post(f"/profile/token/{PersonalToken.objects.get().pk}/revoke/").status_code == 404
    assert PersonalToken.objects.get().revoked is None
