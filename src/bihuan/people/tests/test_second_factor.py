"""The second factor: six figures of an app, recovery codes, who must have one, and what a wrong one costs."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pyotp
import pytest
from django.contrib.auth import SESSION_KEY
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from bihuan.journal.models import Entry
from bihuan.people import actions, factors, sealing
from bihuan.people.errors import AlreadyThere, NotAllowed, WrongFactor, WrongInput
from bihuan.people.models import AppCode, Person, RecoveryCode, SignIn, SignInAttempt

from .conftest import PASSWORD, employ


def bound(person: Person, at: datetime) -> tuple[pyotp.TOTP, list[str]]:
    """An app that counts as the house does, taken half an hour ago, and the recovery codes that came with it."""
    secret = factors.begin_app(person, at)
    app = pyotp.TOTP(secret)
    return app, factors.confirm_app(person, app.at(at), at=at)


@pytest.fixture
def app(chen: Person) -> pyotp.TOTP:
    return bound(chen, timezone.now() - timedelta(minutes=30))[0]


def enter(browser: Client, username: str = "chen", password: str = PASSWORD, **more: str):
    return browser.post("/sign-in/", {"username": username, "password": password, **more})


def say(browser: Client, code: str, **more: str):
    return browser.post("/sign-in/code/", {"code": code, **more})


def is_in(browser: Client) -> bool:
    return browser.get("/profile/").status_code == 200


def verbs() -> list[str]:
    return list(Entry.objects.order_by("position").values_list("verb", flat=True))


def test_the_password_alone_leads_to_the_code_and_the_code_leads_in(app):
    browser = Client()
    answer = enter(browser, next="/profile/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/code/?next=%2Fprofile%2F")
    assert (SESSION_KEY in browser.session, is_in(browser)) == (False, False)
    answer = say(browser, app.now(), next="/profile/")
    assert (answer.status_code, answer["Location"], is_in(browser)) == (302, "/profile/", True)
    assert SignIn.objects.get(person__username="chen").way == "password+totp"


def test_a_code_is_good_once_even_within_its_half_minute(app):
    code = app.now()
    first, second = Client(), Client()
    enter(first)
    enter(second)
    assert say(first, code).status_code == 302
    assert say(second, code).status_code == 422
    assert is_in(second) is False


def test_codes_half_a_minute_off_are_taken_and_those_further_off_are_not(chen, monday):
    app, _codes = bound(chen, monday)
    later = monday + timedelta(hours=1)
    off = [factors.check_app(chen, app.at(later + timedelta(seconds=seconds)), later) for seconds in (-60, 60, -30, 30)]
    assert off == [False, False, True, True]
    assert factors.check_app(chen, app.at(later), later) is False


def test_wrong_codes_close_the_door_and_a_right_password_between_them_does_not_open_it(app):
    for _try in range(10):
        browser = Client()
        enter(browser)
        assert say(browser, "000000").status_code == 422
    assert SignInAttempt.objects.filter(username="chen").count() == 10
    answer = enter(Client())
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 901
    assert say(browser, app.now()).status_code == 429
    assert is_in(browser) is False


def test_without_the_password_there_is_no_page_for_codes_and_it_is_good_ten_minutes(app):
    assert Client().get("/sign-in/code/")["Location"] == "/sign-in/?next=%2F"
    browser = Client()
    enter(browser)
    assert browser.get("/sign-in/code/").status_code == 200
    session = browser.session
    session["waiting"] = {**session["waiting"], "at": session["waiting"]["at"] - 601}
    session.save()
    assert say(browser, app.now())["Location"] == "/sign-in/?next=%2F"
    assert is_in(browser) is False


def test_what_is_registered_is_registered_on_the_page(chen):
    browser = Client()
    enter(browser)
    assert browser.post("/profile/factors/app/").status_code == 302
    page = browser.get("/profile/factors/").content.decode()
    secret = re.search(r"data-secret>([A-Z2-7<wbr>]+)</code", page).group(1).replace("<wbr>", "")
    assert "data:image/svg+xml" in page
    kept = AppCode.objects.get(person=chen)
    assert (secret in kept.secret, sealing.unseal(kept.secret)) == (False, secret)
    answer = browser.post("/profile/factors/app/", {"code": "000000"})
    assert (answer.status_code, bool(factors.registered(chen))) == (422, False)
    answer = browser.post("/profile/factors/app/", {"code": pyotp.TOTP(secret).now()})
    codes = re.findall(r'token">([a-z0-9-]{19})<', answer.content.decode())
    assert (answer.status_code, len(codes), factors.registered(chen)) == (200, 10, factors.Factors(True, 0, 10))
    assert not any(code in browser.get("/profile/factors/").content.decode() for code in codes)
    assert verbs()[-1] == "set-up-app"
    assert is_in(browser)


def test_registering_ends_every_other_session(chen):
    other, browser = Client(), Client()
    enter(other)
    enter(browser)
    browser.post("/profile/factors/app/")
    secret = factors.begun(chen)
    browser.post("/profile/factors/app/", {"code": pyotp.TOTP(secret).now()})
    assert (is_in(other), is_in(browser)) == (False, True)


def test_ten_minutes_after_the_password_it_is_asked_again_before_anything_changes(chen):
    browser = Client()
    enter(browser)
    session = browser.session
    session["sure"] -= 601
    session.save()
    for path in ("app", "codes", "remove"):
        assert browser.post(f"/profile/factors/{path}/").status_code == 422
    assert browser.get("/profile/factors/key/").status_code == 403
    assert AppCode.objects.count() == 0
    assert browser.post("/profile/factors/sure/", {"password": "wrong"}).status_code == 422
    assert SignInAttempt.objects.count() == 1
    assert browser.post("/profile/factors/sure/", {"password": PASSWORD}).status_code == 302
    assert browser.post("/profile/factors/app/").status_code == 302
    assert AppCode.objects.count() == 1


def test_a_recovery_code_lets_in_once_and_the_book_says_how_many_are_left(chen):
    _app, codes = bound(chen, timezone.now() - timedelta(minutes=30))
    first, second = Client(), Client()
    enter(first)
    enter(second)
    assert say(first, codes[0].upper().replace("-", " ")).status_code == 302
    assert say(second, codes[0]).status_code == 422
    assert say(second, codes[1]).status_code == 302
    left = [one.content["answers"]["left"] for one in Entry.objects.filter(verb="use-recovery-code").order_by("seq")]
    assert left == [9, 8]
    assert SignIn.objects.filter(way="password+recovery").count() == 2


def test_the_database_refuses_to_make_a_used_recovery_code_good_again(chen, monday):
    _app, codes = bound(chen, monday)
    assert factors.use_recovery(chen, codes[0], monday)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE people_recoverycode SET used = NULL WHERE used IS NOT NULL")
    assert factors.use_recovery(chen, codes[0], monday) is False


def test_new_recovery_codes_make_the_old_ones_worthless(chen, monday):
    _app, old = bound(chen, monday)
    new = factors.renew_codes(chen, at=monday)
    assert (factors.use_recovery(chen, old[0], monday), factors.use_recovery(chen, new[0], monday)) == (False, True)
    assert (len(set(old) & set(new)), RecoveryCode.objects.count(), verbs().count("renew-recovery-codes")) == (0, 10, 1)


def test_codes_of_somebody_else_are_wrong(chen, wang, monday):
    app, codes = bound(chen, monday)
    bound(wang, monday)
    later = monday + timedelta(hours=1)
    assert factors.check_app(wang, app.at(later), later) is False
    assert factors.use_recovery(wang, codes[0], later) is False


@pytest.fixture
def required(settings) -> None:
    settings.SECOND_FACTOR = "required"


def test_an_administrator_gets_nowhere_before_a_second_factor_is_registered(administrator, required):
    browser = Client()
    enter(browser, "root")
    for path in ("/", "/cases/", "/profile/", "/people/"):
        assert browser.get(path)["Location"] == "/profile/factors/"
    told = browser.get("/api/v1/cases")
    assert (told.status_code, told.json()["code"]) == (403, "second-factor-missing")
    page = browser.get("/profile/factors/").content.decode()
    assert "绑定一种以后才能办别的事" in page
    browser.post("/profile/factors/app/")
    browser.post("/profile/factors/app/", {"code": pyotp.TOTP(factors.begun(administrator)).now()})
    assert browser.get("/people/").status_code == 200


def test_who_neither_administers_nor_signs_goes_on_with_the_password(chen, required):
    browser = Client()
    enter(browser)
    assert is_in(browser)


def test_the_last_factor_stays_with_whoever_must_have_one(chen, administrator, required, monday):
    bound(administrator, monday)
    bound(chen, monday)
    before = Entry.objects.count()
    with pytest.raises(NotAllowed):
        factors.remove(administrator, "app", at=monday)
    with pytest.raises(WrongInput):
        factors.remove(chen, "00000000-0000-7000-8000-000000000000", at=monday)
    assert (Entry.objects.count(), bool(factors.registered(administrator))) == (before, True)
    factors.remove(chen, "app", at=monday)
    assert (factors.registered(chen), verbs()[-1]) == (factors.Factors(False, 0, 0), "remove-factor")


def test_an_administrator_takes_lost_factors_away_and_never_their_own(chen, administrator, monday):
    bound(chen, monday)
    bound(administrator, monday)
    nobody = employ("zhao", "赵")
    before = Entry.objects.count()
    for doing, refusal in (
        (lambda: factors.reset(chen, by=administrator, at=monday, reason=" "), WrongInput),
        (lambda: factors.reset(administrator, by=administrator, at=monday, reason="丢了"), NotAllowed),
        (lambda: factors.reset(chen, by=chen, at=monday, reason="丢了"), NotAllowed),
        (lambda: factors.reset(nobody, by=administrator, at=monday, reason="丢了"), WrongInput),
    ):
        with pytest.raises(refusal):
            doing()
    assert Entry.objects.count() == before
    factors.reset(chen, by=administrator, at=monday, reason="手机丢了")
    assert factors.registered(chen) == factors.Factors(False, 0, 0)
    entry = Entry.objects.get(verb="reset-factors")
    assert (entry.doer, entry.content["answers"]["reason"]) == ("root", "手机丢了")


def test_a_second_app_and_a_wrong_first_code_are_refused(chen, monday):
    with pytest.raises(WrongFactor):
        factors.confirm_app(chen, "123456", at=monday)
    bound(chen, monday)
    with pytest.raises(AlreadyThere):
        factors.begin_app(chen, monday)


def test_a_secret_of_another_site_key_opens_nothing_and_breaks_nothing(chen, app, settings):
    settings.SECRET_KEY = "another-key-of-another-site-altogether-0001"
    assert factors.check_app(chen, app.now(), timezone.now()) is False
    settings.SECRET_KEY_FALLBACKS = []


def test_a_program_signs_in_by_no_password_and_the_database_keeps_it_so(house, administrator, monday):
    robot = actions.add_person("robot", "对接程序", None, by=administrator, at=monday, is_service=True)
    for doing in (
        lambda: actions.set_password(robot, PASSWORD, by=administrator, at=monday),
        lambda: actions.add_person("robot2", "程序", PASSWORD, by=administrator, at=monday, is_service=True),
        lambda: actions.add_person("robot3", "程序", None, by=None, at=monday, is_service=True, is_administrator=True),
    ):
        with pytest.raises(WrongInput):
            doing()
    robot.set_password(PASSWORD)
    with pytest.raises(IntegrityError), transaction.atomic():
        robot.save()
    assert enter(Client(), "robot").status_code == 422
