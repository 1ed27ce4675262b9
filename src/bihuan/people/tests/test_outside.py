"""In by the organisation's own door: what is checked on the way back, who is linked, that nobody is made by it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
import requests
from django.test import Client
from django.utils import timezone
from joserfc.jwk import OctKey, RSAKey

from bihuan.journal.models import Entry
from bihuan.people import accounts, factors
from bihuan.people.models import OutsideIdentity, Person, SignIn

from .conftest import PASSWORD
from .provider import CLIENT, SECRET, Provider


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    running = Provider()
    settings.OIDC = {"name": "统一登录", "issuer": running.issuer, "client": CLIENT, "secret": SECRET}
    yield running
    running.close()


@pytest.fixture
def known(chen: Person) -> Person:
    Person.objects.filter(pk=chen.pk).update(email="Chen@Example.org")
    return chen


def there(browser: Client, start: str = "/sign-in/outside/?next=/profile/") -> str:
    """What the other door sends back to: our address with code and state, as a path."""
    answer = browser.get(start)
    assert answer.status_code == 302, answer.content.decode()
    came = requests.get(answer["Location"], allow_redirects=False, timeout=10)
    return came.headers["Location"].removeprefix("http://testserver")


def is_in(browser: Client) -> bool:
    return browser.get("/profile/").status_code == 200


def test_the_button_stands_only_where_a_door_is_set(db, provider, settings):
    assert "用统一登录登录" in Client().get("/sign-in/").content.decode()
    settings.OIDC = {**settings.OIDC, "issuer": ""}
    assert "统一登录" not in Client().get("/sign-in/").content.decode()
    assert [Client().get(f"/sign-in/outside/{way}").status_code for way in ("", "back/")] == [404, 404]


def test_a_verified_address_of_exactly_one_account_links_it_and_lets_in(known, provider):
    browser = Client()
    answer = browser.get(there(browser))
    assert (answer.status_code, answer["Location"], is_in(browser)) == (302, "/profile/", True)
    linked = OutsideIdentity.objects.get()
    assert (linked.person, linked.subject, linked.issuer) == (known, "u-1", provider.issuer)
    said = Entry.objects.get(verb="link-outside")
    assert (said.doer, said.content["answers"]["how"]) == ("chen", "mail")
    assert SignIn.objects.get().way == "outside"
    asked = provider.asked[0]
    assert (asked["code_challenge_method"], asked["response_type"], len(asked["nonce"]) > 20) == ("S256", "code", True)
    provider.who = {"sub": "u-1"}
    other = Client()
    other.get(there(other))
    assert (is_in(other), Entry.objects.filter(verb="link-outside").count()) == (True, 1)


@pytest.mark.parametrize(
    "who",
    [
        {"sub": "u-2", "email": "nobody@example.org", "email_verified": True},
        {"sub": "u-2", "email": "chen@example.org", "email_verified": False},
        {"sub": "u-2", "email": "chen@example.org", "email_verified": "true"},
        {"sub": "u-2", "email": "chen@example.org"},
        {"sub": "u-2", "email": "", "email_verified": True},
        {"sub": "u-2"},
    ],
)
def test_nobody_gets_an_account_and_an_unverified_address_links_nothing(known, provider, who):
    provider.who = who
    before = (Person.objects.count(), Entry.objects.count())
    browser = Client()
    answer = browser.get(there(browser))
    assert (answer.status_code, "没有与之对应的账号" in answer.content.decode()) == (422, True)
    assert (is_in(browser), Person.objects.count(), Entry.objects.count()) == (False, *before)


def test_an_address_two_accounts_share_links_neither(known, wang, provider):
    Person.objects.filter(pk=wang.pk).update(email="chen@example.org")
    browser = Client()
    assert browser.get(there(browser)).status_code == 422
    assert OutsideIdentity.objects.count() == 0


@pytest.mark.parametrize(
    "lies",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another-client"},
        {"aud": [CLIENT, "another-client"]},
        {"nonce": "another-nonce"},
        {"nonce": None},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"exp": "soon"},
        {"iat": int(time.time()) + 3600},
        {"sub": None},
        {"sub": 7},
        {"sub": "x" * 256},
    ],
)
def test_a_token_that_says_something_else_lets_nobody_in(known, provider, lies):
    provider.lies = lies
    browser = Client()
    answer = browser.get(there(browser))
    assert (answer.status_code, "凭据内容不符" in answer.content.decode(), is_in(browser)) == (422, True, False)
    assert provider.tokens_given == 1


def test_a_token_somebody_else_signed_lets_nobody_in(known, provider):
    provider.keys = [RSAKey.generate_key(2048, {"kid": "one"})]
    browser = Client()
    answer = browser.get(there(browser))
    assert (answer.status_code, "凭据签名不对" in answer.content.decode(), is_in(browser)) == (422, True, False)


def test_a_token_signed_with_the_secret_both_sides_know_lets_nobody_in(known, provider, monkeypatch):
    provider.algorithm = "HS256"
    monkeypatch.setattr(provider, "signing", lambda: OctKey.import_key(SECRET))
    browser = Client()
    assert browser.get(there(browser)).status_code == 422
    assert is_in(browser) is False


def test_what_comes_back_must_be_what_went_from_this_browser_and_comes_once(known, provider):
    browser, stranger = Client(), Client()
    back = there(browser)
    assert stranger.get(back)["Location"] == "/sign-in/"
    forged = back.replace("state=", "state=x")
    assert browser.get(forged).status_code == 422
    assert browser.get(back)["Location"] == "/sign-in/"  # the journey is spent
    assert provider.tokens_given == 0
    other = Client()
    back = there(other)
    session = other.session
    session["journey"] = {**session["journey"], "verifier": "another-verifier-altogether-0123456789-0123456789"}
    session.save()
    assert other.get(back).status_code == 422
    assert (is_in(browser), is_in(other), is_in(stranger)) == (False, False, False)


def test_a_journey_of_more_than_ten_minutes_is_over(known, provider):
    browser = Client()
    back = there(browser)
    session = browser.session
    session["journey"] = {**session["journey"], "at": session["journey"]["at"] - 601}
    session.save()
    assert browser.get(back)["Location"] == "/sign-in/"


def test_another_issuer_than_the_one_set_and_a_door_that_is_away_are_told_in_words(known, provider, settings):
    provider.issuer_said = "https://elsewhere.example"
    answer = Client().get("/sign-in/outside/")
    assert (answer.status_code, "对方的说明与设置不符" in answer.content.decode()) == (422, True)
    settings.OIDC = {**settings.OIDC, "issuer": "http://127.0.0.1:1"}
    answer = Client().get("/sign-in/outside/")
    assert (answer.status_code, "现在没有回应" in answer.content.decode()) == (422, True)


def test_nobody_is_led_out_of_the_house_after_it(known, provider):
    browser = Client()
    back = there(browser, "/sign-in/outside/?next=https://example.org/")
    assert browser.get(back)["Location"] == "/"


def test_a_second_factor_is_asked_here_all_the_same(known, provider):
    then = timezone.now() - timedelta(minutes=30)
    app = pyotp.TOTP(factors.begin_app(known, then))
    factors.confirm_app(known, app.at(then), at=then)
    browser = Client()
    assert browser.get(there(browser))["Location"].startswith("/sign-in/code/")
    assert is_in(browser) is False
    assert browser.post("/sign-in/code/", {"code": app.now()}).status_code == 302
    assert (is_in(browser), SignIn.objects.get().way) == (True, "outside+totp")


def test_a_closed_account_does_not_come_in_by_it(known, administrator, provider):
    browser = Client()
    browser.get(there(browser))
    accounts.close_account(known, by=administrator, at=timezone.now(), reason="走")
    other = Client()
    assert other.get(there(other)).status_code == 422
    assert is_in(other) is False


def test_ones_own_account_is_linked_on_the_profile_and_unlinked_again(chen, wang, provider):
    provider.who = {"sub": "u-9"}
    browser = Client()
    browser.post("/sign-in/", {"username": "chen", "password": PASSWORD})
    assert "去关联" in browser.get("/profile/").content.decode()
    assert browser.get(there(browser, "/profile/outside/"))["Location"] == "/profile/"
    assert OutsideIdentity.objects.get().person == chen
    assert "已关联" in browser.get("/profile/").content.decode()
    other = Client()
    other.post("/sign-in/", {"username": "wang", "password": PASSWORD})
    other.get(there(other, "/profile/outside/"))
    assert "已经关联了别的账号" in other.get("/profile/").content.decode()
    assert OutsideIdentity.objects.count() == 1
    assert browser.post("/profile/outside/unlink/").status_code == 302
    assert OutsideIdentity.objects.count() == 0
    assert [one.verb for one in Entry.objects.order_by("position")][-2:] == ["link-outside", "unlink-outside"]


def test_a_journey_begun_to_link_ends_with_the_session_it_began_in(chen, provider):
    provider.who = {"sub": "u-9"}
    browser = Client()
    browser.post("/sign-in/", {"username": "chen", "password": PASSWORD})
    back = there(browser, "/profile/outside/")
    browser.post("/sign-out/")
    assert browser.get(back)["Location"] == "/sign-in/"
    assert OutsideIdentity.objects.count() == 0
