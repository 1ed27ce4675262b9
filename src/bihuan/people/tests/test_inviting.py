"""Invitations: a link good once and for three days, behind which the invited choose their first password."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import at_once, kinds

from bihuan.journal.models import Entry
from bihuan.people import accounts, actions, inviting
from bihuan.people.errors import LinkOver, NotAllowed, WrongInput
from bihuan.people.models import Invitation, Person

from .conftest import PASSWORD


@pytest.fixture
def zhao(administrator: Person) -> Person:
    return actions.add_person("zhao", "赵师傅", None, by=administrator, at=timezone.now(), email="z@example.org")


def again(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def test_behind_the_link_the_first_password_is_chosen_and_lets_in(zhao, administrator):
    secret = inviting.invite(zhao, by=administrator, at=timezone.now())
    browser = Client()
    page = browser.get(f"/invited/{secret}/").content.decode()
    assert ("赵师傅" in page, "zhao" in page) == (True, True)
    answer = browser.post(f"/invited/{secret}/", {"password": PASSWORD, "again": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert browser.get("/profile/").status_code == 200
    assert again(zhao).check_password(PASSWORD)
    assert [one.verb for one in Entry.objects.order_by("position")][-2:] == ["invite", "accept-invitation"]
    assert Client().get(f"/invited/{secret}/").status_code == 410
    assert Client().post(f"/invited/{secret}/", {"password": PASSWORD, "again": PASSWORD}).status_code == 410


def test_of_the_link_only_the_digest_is_kept(zhao, administrator):
    secret = inviting.invite(zhao, by=administrator, at=timezone.now())
    kept = Invitation.objects.get()
    assert (len(kept.digest), secret in kept.digest) == (64, False)
    assert secret not in str(Entry.objects.get(verb="invite").content)


@pytest.mark.parametrize(
    ("password", "second", "words"),
    [
        ("short", "short", "密码"),
        (PASSWORD, PASSWORD + "x", "两次输入不一致"),
        ("zhaoshifu2026", "zhaoshifu2026", "姓名"),
    ],
)
def test_a_password_that_will_not_do_leaves_the_link_good(zhao, administrator, password, second, words):
    secret = inviting.invite(zhao, by=administrator, at=timezone.now())
    answer = Client().post(f"/invited/{secret}/", {"password": password, "again": second})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert again(zhao).has_usable_password() is False
    assert inviting.behind(secret, timezone.now()).person == zhao


def test_a_link_is_good_for_three_days_and_not_a_second_longer(zhao, administrator, monday):
    secret = inviting.invite(zhao, by=administrator, at=monday)
    end = monday + timedelta(hours=72)
    assert inviting.behind(secret, end - timedelta(seconds=1)).person == zhao
    with pytest.raises(LinkOver):
        inviting.behind(secret, end)
    with pytest.raises(LinkOver):
        inviting.accept(secret, PASSWORD, at=end)


def test_sent_again_the_earlier_link_is_worthless_and_revoked_every_one(zhao, administrator, monday):
    first = inviting.invite(zhao, by=administrator, at=monday)
    second = inviting.invite(zhao, by=administrator, at=monday)
    with pytest.raises(LinkOver):
        inviting.behind(first, monday)
    inviting.revoke(zhao, by=administrator, at=monday)
    with pytest.raises(LinkOver):
        inviting.behind(second, monday)
    with pytest.raises(WrongInput):
        inviting.revoke(zhao, by=administrator, at=monday)
    assert [one.verb for one in Entry.objects.order_by("position")][-3:] == ["invite", "invite", "revoke-invitation"]
    assert Entry.objects.filter(verb="invite").order_by("position").last().content["answers"]["again"] is True


def test_who_has_a_password_is_closed_or_is_a_program_is_not_invited(zhao, chen, administrator, monday):
    robot = actions.add_person("robot", "程序", None, by=administrator, at=monday, is_service=True)
    for person in (chen, robot):
        with pytest.raises(WrongInput):
            inviting.invite(person, by=administrator, at=monday)
    with pytest.raises(NotAllowed):
        inviting.invite(zhao, by=chen, at=monday)
    secret = inviting.invite(zhao, by=administrator, at=monday)
    accounts.close_account(zhao, by=administrator, at=monday, reason="不来了")
    with pytest.raises(LinkOver):
        inviting.behind(secret, monday)
    with pytest.raises(WrongInput):
        inviting.invite(zhao, by=administrator, at=monday)


def test_a_password_handed_out_meanwhile_ends_the_link(zhao, administrator, monday):
    secret = inviting.invite(zhao, by=administrator, at=monday)
    once = accounts.hand_out_password(zhao, by=administrator, at=monday)
    with pytest.raises(LinkOver):
        inviting.accept(secret, PASSWORD, at=monday)
    assert again(zhao).check_password(once)


def test_the_link_goes_by_mail_where_there_is_an_address_and_an_account_to_send_from(
    zhao, administrator, settings, monkeypatch
):
    sent = []
    monkeypatch.setattr("apprise.Apprise.notify", lambda _self, **words: sent.append(words) or True)
    inviting.invite(zhao, by=administrator, at=timezone.now())
    settings.MAIL_ADDRESS = ""
    assert (inviting.mail(zhao, "https://house/invited/x/", at=timezone.now()), sent) == (False, [])
    settings.MAIL_ADDRESS = "mailto://desk:secret@example.org"
    assert inviting.mail(zhao, "https://house/invited/x/", at=timezone.now()) is True
    assert "https://house/invited/x/" in sent[0]["body"]
    assert Invitation.objects.get().mailed is True
    zhao.email = ""
    assert inviting.mail(zhao, "https://house/invited/x/", at=timezone.now()) is False


@pytest.mark.django_db(transaction=True)
def test_a_link_taken_at_the_same_instant_by_two_lets_one_choose(monday):
    zhao = actions.add_person("zhao", "赵师傅", None, by=None, at=monday)
    secret = inviting.invite(zhao, by=None, at=monday)
    words = [f"{PASSWORD}-{number}" for number in range(3)]
    found = at_once(*[lambda word=word: inviting.accept(secret, word, at=monday) for word in words])
    assert kinds(found) == ["LinkOver", "LinkOver", "Person"]
    assert [again(zhao).check_password(word) for word in words].count(True) == 1
    assert Entry.objects.filter(verb="accept-invitation").count() == 1
