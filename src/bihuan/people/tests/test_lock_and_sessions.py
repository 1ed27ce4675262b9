"""Tries at the same instant, the lock an administrator opens, sessions ended one by one, weak passwords."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.utils import timezone
from tests.cast import at_once

from bihuan.journal.models import Entry
from bihuan.people import actions, entrance, factors, sign_ins, signing
from bihuan.people.errors import DoorClosed, NotAllowed, WrongFactor, WrongInput
from bihuan.people.models import Person, SignIn, SignInAttempt

from .conftest import PASSWORD, employ
from .test_second_factor import bound

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36 MicroMessenger/8.0"


def enter(username: str = "chen", password: str = PASSWORD, **headers: str) -> Client:
    browser = Client(headers=headers)
    browser.post("/sign-in/", {"username": username, "password": password})
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/profile/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_many_wrong_tries_at_the_same_instant_ten_at_most_are_looked_at():
    now, looked = timezone.now(), []
    tries = [lambda: entrance.counted("chen", "10.0.0.1", now, lambda: looked.append(1)) for _try in range(16)]
    found = at_once(*tries)
    closed = [one for one in found if isinstance(one, DoorClosed)]
    assert len(looked) + len(closed) == 16
    assert len(looked) <= entrance.TRIES
    assert SignInAttempt.objects.count() == len(looked)


@pytest.mark.django_db(transaction=True)
def test_one_recovery_code_at_the_same_instant_from_many_connections_lets_one_in():
    actions.add_outlet("head", "总部", by=None, at=timezone.now())
    now = timezone.now()
    chen = employ("chen", "陈坐席")
    app, codes = bound(chen, now - timedelta(minutes=30))
    for code in codes[:3]:
        assert sorted(at_once(*[lambda code=code: factors.use_recovery(chen, code, now)] * 4)) == [False] * 3 + [True]
    assert Entry.objects.filter(verb="use-recovery-code").count() == 3
    assert sorted(at_once(*[lambda: factors.check_app(chen, app.at(now), now)] * 4)) == [False] * 3 + [True]


def test_an_unknown_account_is_answered_like_a_known_one_and_costs_a_password_too(chen, monkeypatch):
    from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: PLC0415 - only here

    made = []
    encode = Argon2PasswordHasher.encode
    verify = Argon2PasswordHasher.verify
    monkeypatch.setattr(Argon2PasswordHasher, "encode", lambda *given: made.append("work") or encode(*given))
    monkeypatch.setattr(Argon2PasswordHasher, "verify", lambda *given: made.append("work") or verify(*given))
    answers = []
    for username in ("chen", "nobody"):
        made.clear()
        answer = Client().post("/sign-in/", {"username": username, "password": "wrong-wrong-wrong"})
        answers.append((answer.status_code, len(made), "账号或密码不对" in answer.content.decode()))
    assert answers == [(422, 1, True)] * 2
    for username in ("chen", "nobody"):
        SignInAttempt.objects.all().delete()
        for _try in range(10):
            SignInAttempt.objects.create(username=username, address="10.0.0.9", at=timezone.now())
        assert Client().post("/sign-in/", {"username": username, "password": "x"}).status_code == 429


def test_an_administrator_opens_a_shut_door_and_the_book_says_so(chen, wang, administrator):
    now = timezone.now()
    for _try in range(10):
        SignInAttempt.objects.create(username="chen", address="10.0.0.9", at=now)
    assert is_in(enter()) is False
    with pytest.raises(NotAllowed):
        entrance.unlock(chen, by=wang, at=now)
    entrance.unlock(chen, by=administrator, at=now)
    assert is_in(enter()) is True
    assert Entry.objects.get(verb="unlock-account").doer == "root"
    with pytest.raises(WrongInput):
        entrance.unlock(chen, by=administrator, at=now)


def test_wrong_tries_are_forgotten_only_when_everything_asked_was_right(chen):
    bound(chen, timezone.now() - timedelta(minutes=30))
    enter(password="wrong")
    enter()
    assert SignInAttempt.objects.count() == 1


def test_the_profile_lists_who_came_in_and_ends_one_session_and_no_other(chen, wang):
    here, there = enter(**{"user-agent": WINDOWS}), enter(**{"user-agent": PHONE})
    foreign = enter("wang")
    page = here.get("/profile/").content.decode()
    assert ("Chrome · Windows" in page, "WeChat · Android" in page, "127.0.0.1" in page) == (True, True, True)
    rows = {one.device: one for one in SignIn.objects.filter(person=chen)}
    other = SignIn.objects.get(person=wang)
    assert here.post(f"/profile/sessions/{other.pk}/end/").status_code == 404
    assert here.post(f"/profile/sessions/{rows['WeChat · Android'].pk}/end/").status_code == 302
    assert [is_in(one) for one in (here, there, foreign)] == [True, False, True]
    assert here.post(f"/profile/sessions/{rows['WeChat · Android'].pk}/end/").status_code == 422
    said = Entry.objects.get(verb="end-session").content["answers"]
    assert (said["person"], said["device"]) == ("chen", "WeChat · Android")


def test_signing_out_takes_the_session_off_the_list(chen):
    browser = enter()
    own = browser.session.session_key
    assert [one.own for one in sign_ins.sittings(chen, timezone.now(), own)] == [True]
    browser.post("/sign-out/")
    assert sign_ins.sittings(chen, timezone.now(), own) == []
    assert SignIn.objects.get().ended is not None


def test_a_new_password_keeps_this_session_as_the_same_entry_of_the_list(chen):
    browser = enter()
    fresh = {"old": PASSWORD, "password": "new-lantern-2041", "again": "new-lantern-2041"}
    assert browser.post("/profile/password/", fresh).status_code == 302
    assert (SignIn.objects.count(), is_in(browser), SESSION_KEY in browser.session) == (1, True, True)
    chen.refresh_from_db()
    assert len(sign_ins.sittings(chen, timezone.now(), browser.session.session_key)) == 1


def test_sign_ins_are_forgotten_after_two_hundred_days_and_not_before_six_months(chen):
    now = timezone.now()
    for days in (201, 190):
        given = {"address": "10.0.0.1", "agent": "", "way": "password", "session": ""}
        sign_ins.record(chen, now - timedelta(days=days), **given)
    assert sign_ins.tidy(now) == 1
    assert (now - SignIn.objects.get().at).days == 190


@pytest.mark.parametrize(
    "weak",
    ["woaini1314520", "Woaini!2026", "1qaz2wsx3edc", "qwertyuiop12", "aaaaaaaaaaaa", "a1a1a1a1a1a1", "123456789abc",
     "chenzuoxi2026", "2026.ChenZuoXi", "czxczx202612", "147258369147", "0987654321qwe",
     "admin2026!!!", "shouhoufuwu1"],
)  # fmt: skip
def test_a_password_common_here_run_over_the_keys_or_like_the_name_is_refused(chen, weak):
    with pytest.raises(WrongInput) as refused:
        actions.set_password(chen, weak, by=chen, at=timezone.now())
    assert refused.value.field == "password"
    assert Person.objects.get(pk=chen.pk).check_password(PASSWORD)


@pytest.mark.parametrize("good", ["riverbank-1874-lamp", "七棵桃树下的第三把椅子", "hai-deng-2041-zhi", "wx7!pq-Rt2k"])
def test_a_password_nobody_guesses_is_taken(chen, good):
    actions.set_password(chen, good, by=chen, at=timezone.now())
    assert Person.objects.get(pk=chen.pk).check_password(good)


def test_signing_takes_password_or_code_each_code_once_and_counts_what_is_wrong(chen, monday):
    app, codes = bound(chen, monday)
    later = monday + timedelta(hours=1)
    assert signing.confirm(chen, PASSWORD, later) == {"factor": "password"}
    assert signing.confirm(chen, app.at(later), later) == {"factor": "totp"}
    for wrong in (app.at(later), codes[0], "", "000000", "key:forged", PASSWORD + " "):
        with pytest.raises(WrongFactor):
            signing.confirm(chen, wrong, later)
    assert SignInAttempt.objects.filter(username="chen").count() == 6
    for _try in range(4):
        with pytest.raises(WrongFactor):
            signing.confirm(chen, "wrong", later)
    with pytest.raises(DoorClosed):
        signing.confirm(chen, PASSWORD, later)
    Person.objects.filter(pk=chen.pk).update(is_active=False)
    with pytest.raises(WrongFactor):
        signing.confirm(Person.objects.get(pk=chen.pk), PASSWORD, later + timedelta(minutes=20))
