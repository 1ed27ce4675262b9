"""Signing in, staying in, and going out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from bihuan.people import actions, entrance, queries
from bihuan.people.errors import DoorClosed
from bihuan.people.models import Person, SignInAttempt

from .conftest import PASSWORD


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "zh-CN"})


def enter(browser: Client, username: str = "chen", password: str = PASSWORD, **more: str):
    return browser.post("/sign-in/", {"username": username, "password": password, **more})


def is_in(browser: Client) -> bool:
    return browser.get("/profile/").status_code == 200


def shift(browser: Client, **minutes: int) -> None:
    """Move the moments of the session into the past instead of waiting."""
    session = browser.session
    for name, back in minutes.items():
        session[name] -= back * 60
    session.save()


def test_who_knows_the_password_comes_in_and_is_led_on(chen, browser):
    answer = enter(browser, "CHEN", next="/profile/")
    assert (answer.status_code, answer["Location"]) == (302, "/profile/")
    assert is_in(browser)


@pytest.mark.parametrize("wish", ["https://example.org/", "//example.org/x", "javascript:alert(1)", "/\\example.org"])
def test_nobody_is_led_out_of_the_house(chen, browser, wish):
    assert enter(browser, next=wish)["Location"] == "/"
    assert browser.get("/sign-in/", {"next": wish})["Location"] == "/"


@pytest.mark.parametrize(
    ("username", "password"), [("chen", "wrong"), ("nobody", PASSWORD), ("", ""), ("ch\x00en", "wrong")]
)
def test_a_wrong_try_says_nothing_about_the_account_and_is_counted(chen, browser, username, password):
    answer = enter(browser, username, password)
    assert answer.status_code == 422
    assert "账号或密码不对" in answer.content.decode()
    assert password not in answer.content.decode() or not password
    assert SESSION_KEY not in browser.session
    assert SignInAttempt.objects.count() == 1


def test_a_locked_account_does_not_come_in(chen, browser):
    Person.objects.filter(pk=chen.pk).update(is_active=False)
    assert enter(browser).status_code == 422


def test_ten_wrong_tries_close_the_door_even_for_the_right_password(chen, browser):
    for _ in range(10):
        assert enter(browser, password="wrong").status_code == 422
    answer = enter(browser)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 901
    assert SESSION_KEY not in browser.session
    assert SignInAttempt.objects.count() == 10


def tries(at, count: int, apart: timedelta, username: str = "chen", address: str = "10.0.0.1") -> None:
    for number in range(count):
        SignInAttempt.objects.create(username=username, address=address, at=at + number * apart)


def test_the_door_opens_again_after_fifteen_minutes(chen, monday):
    tries(monday, 10, timedelta(0))
    shut = [entrance.closed_until("chen", "x", monday + timedelta(minutes=minutes)) for minutes in (0, 14, 15)]
    assert shut == [monday + timedelta(minutes=15)] * 2 + [None]


def test_ten_tries_spread_over_more_than_fifteen_minutes_close_nothing(chen, monday):
    tries(monday, 10, timedelta(seconds=101))
    assert entrance.closed_until("chen", "x", monday + timedelta(seconds=910)) is None


def test_the_door_closes_for_an_address_that_tries_many_accounts(chen, monday, rf):
    for number in range(10):
        tries(monday, 1, timedelta(0), username=f"guess{number}")
    with pytest.raises(DoorClosed):
        entrance.enter(rf.post("/"), "chen", PASSWORD, "10.0.0.1", monday)
    assert entrance.enter(rf.post("/"), "chen", PASSWORD, "10.0.0.2", monday) == chen


def test_a_session_ends_when_nobody_was_there_for_an_hour(chen, browser):
    enter(browser)
    shift(browser, seen=59)
    assert is_in(browser)
    shift(browser, seen=61)
    assert not is_in(browser)


def test_a_session_ends_after_twelve_hours_however_busy(chen, browser):
    enter(browser)
    shift(browser, entered=12 * 60 - 1)
    assert is_in(browser)
    shift(browser, entered=2)
    assert not is_in(browser)


def test_a_session_that_comes_in_gets_a_new_key(chen, browser):
    browser.get("/sign-in/")
    session = browser.session
    session["before"] = 1
    session.save()
    before = session.session_key
    enter(browser)
    assert browser.session.session_key != before


def test_signing_out_takes_a_post_and_ends_the_session(chen, browser):
    enter(browser)
    assert browser.get("/sign-out/").status_code == 405
    assert is_in(browser)
    assert browser.post("/sign-out/")["Location"] == "/sign-in/"
    assert not is_in(browser)


def test_signing_out_everywhere_ends_the_other_browser_too(chen, browser):
    other = Client()
    enter(other)
    enter(browser)
    browser.post("/profile/sign-out-everywhere/")
    assert (is_in(browser), is_in(other)) == (False, False)


def test_the_end_of_a_post_ends_the_sessions(chen, browser):
    enter(browser)
    actions.end_post(chen.holdings.get(), date(2026, 12, 31), by=None, at=timezone.now())
    assert not is_in(browser)


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(chen, browser):
    other = Client()
    enter(other)
    enter(browser)
    fresh = {"password": "new-lantern-2041", "again": "new-lantern-2041"}
    assert browser.post("/profile/password/", {"old": "wrong", **fresh}).status_code == 422
    assert (is_in(browser), is_in(other)) == (True, True)
    assert browser.post("/profile/password/", {"old": PASSWORD, **fresh}).status_code == 302
    assert (is_in(browser), is_in(other)) == (True, False)
    assert enter(Client(), password="new-lantern-2041").status_code == 302


def test_two_different_new_passwords_or_a_weak_one_change_nothing(chen, browser):
    enter(browser)
    for new, again in (("new-lantern-2041", "new-lantern-2042"), ("password12", "password12"), ("short", "short")):
        answer = browser.post("/profile/password/", {"old": PASSWORD, "password": new, "again": again})
        assert answer.status_code == 422
    assert enter(Client()).status_code == 302


def test_a_form_without_its_token_is_refused(chen):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/sign-in/", {"username": "chen", "password": PASSWORD}).status_code == 403


def test_the_language_follows_the_person_then_the_cookie_then_the_browser(chen, browser):
    english = Client(headers={"accept-language": "en-GB"})
    assert "Sign in" in english.get("/sign-in/").content.decode()
    assert "登录" in Client(headers={"accept-language": "fr"}).get("/sign-in/").content.decode()
    english.post("/language/", {"to": "zh-hans", "next": "/sign-in/"})
    assert "登录" in english.get("/sign-in/").content.decode()
    actions.set_preferences(chen, language="en", theme="", density="standard")
    enter(english)
    page = english.get("/profile/")
    assert (page["Content-Language"], '<html lang="en"' in page.content.decode()) == ("en", True)


def test_the_look_is_kept_with_the_person_and_a_foreign_value_is_refused(chen, browser):
    enter(browser)
    assert browser.post("/profile/look/", {"language": "en", "theme": "dark", "density": "roomy"}).status_code == 302
    page = browser.get("/profile/").content.decode()
    assert '<html lang="en" data-theme="dark" data-density="roomy">' in page
    assert browser.post("/profile/look/", {"theme": "pink"}).status_code == 422
    assert Person.objects.get(pk=chen.pk).theme == "dark"


def test_a_token_is_shown_once_and_works(chen, browser):
    enter(browser)
    page = browser.post("/profile/token/", {"label": "脚本", "days": "30"}).content.decode()
    token = page.split('token">')[1].split("<")[0]
    assert queries.person_of_token(token, timezone.now()) == chen
    assert token not in browser.get("/profile/").content.decode()
    assert browser.post("/profile/token/", {"label": "脚本", "days": "400"}).status_code == 422
    assert browser.post("/profile/token/", {"label": "", "days": "x"}).status_code == 422
    assert chen.tokens.count() == 1


def test_without_a_session_the_limits_ask_no_question(chen, django_assert_num_queries):
    stranger = Client()
    with django_assert_num_queries(0):
        assert stranger.get("/sign-in/").status_code == 200
    assert Session.objects.count() == 0
