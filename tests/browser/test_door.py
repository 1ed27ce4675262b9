"""Signing in and out, the second factor by hand and by key, and what is left of a session nobody used."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import count

import pyotp
import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from playwright.sync_api import Page, expect
from tests.browser.conftest import Sit
from tests.browser.desk import Desk
from tests.cast import PASSWORD, Site

from bihuan.people import actions as people
from bihuan.people import factors, inviting
from bihuan.people.models import Person, SignIn
from bihuan.registers.documents.models import Version

pytestmark = pytest.mark.browser


def test_a_wrong_password_is_told_in_words_and_the_right_one_lets_in(sit: Sit) -> None:
    desk = sit()
    desk.go("/cases/")
    assert desk.page.url == f"{desk.address}/sign-in/?next=/cases/"
    desk.page.fill("[name=username]", "zhou")
    desk.page.fill("[name=password]", "not-the-password")
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("alert")).to_contain_text("账号或密码不对")
    expect(desk.page.locator("[name=username]")).to_have_value("zhou")
    expect(desk.page.locator("[name=password]")).to_have_value("")

    desk.page.fill("[name=password]", PASSWORD)
    desk.page.keyboard.press("Enter")
    expect(desk.page).to_have_url(f"{desk.address}/cases/")
    expect(desk.page.locator(".bar-person")).to_contain_text("周调度")


def test_after_signing_out_no_page_opens(sit: Sit) -> None:
    desk = sit().sign_in("zhou", PASSWORD)
    desk.page.locator(".bar-person summary").click()
    desk.page.get_by_role("button", name="退出登录").click()
    expect(desk.page).to_have_url(f"{desk.address}/sign-in/")
    desk.go("/cases/")
    expect(desk.page.get_by_role("heading", name="登录")).to_be_visible()


@pytest.mark.parametrize(("minutes", "arrives"), [(-1, "/profile/"), (1, "/sign-in/?next=/profile/")])
def test_a_session_not_used_for_its_idle_minutes_is_over(sit: Sit, minutes: int, arrives: str) -> None:
    desk = sit().sign_in("zhou", PASSWORD)
    cookie = next(one for one in desk.page.context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME)
    session = SessionStore(cookie["value"])
    session["seen"] = float(session["seen"]) - (settings.SESSION_IDLE_MINUTES + minutes) * 60
    session.save()
    desk.go("/profile/")
    assert desk.page.url == desk.address + arrives


NUMBERS = count(1)


def newcomer(site: Site, *, password: str | None = PASSWORD, administrator: bool = False) -> Person:
    """Somebody nobody else in these tests signs in as."""
    name = f"door-{next(NUMBERS)}"
    return people.add_person(name, "门先生", password, by=None, at=site.at, is_administrator=administrator)


def type_code(desk: Desk, code: str) -> None:
    desk.page.fill("[name=code]", code)
    desk.page.keyboard.press("Enter")


def knock(desk: Desk, person: Person) -> None:
    """The first half of the way in: the password."""
    desk.go("/sign-in/")
    desk.page.fill("[name=username]", person.username)
    desk.page.fill("[name=password]", PASSWORD)
    desk.page.keyboard.press("Enter")


def test_an_app_is_registered_from_the_picture_and_asked_for_from_then_on(sit: Sit, site: Site) -> None:
    person = newcomer(site)
    desk = sit().sign_in(person.username, PASSWORD)
    desk.go("/profile/").page.get_by_role("link", name="绑定二次验证").click()
    desk.page.get_by_role("button", name="开始绑定验证器").click()
    expect(desk.page.get_by_role("img", name="验证器二维码")).to_be_visible()
    app = pyotp.TOTP(desk.page.locator("[data-secret]").inner_text())
    then = timezone.now()
    type_code(desk, app.at(then - timedelta(seconds=30)))
    expect(desk.page.locator("#codes li")).to_have_count(10)
    recovery = desk.page.locator("#codes li").first.inner_text()
    desk.page.get_by_role("link", name="抄好了，继续").click()

    again = sit()
    knock(again, person)
    expect(again.page.get_by_role("heading", name="二次验证")).to_be_visible()
    type_code(again, "000000")
    expect(again.page.get_by_role("alert")).to_contain_text("验证码不对")
    type_code(again, app.at(timezone.now() + timedelta(seconds=30)))
    expect(again.page).to_have_url(again.address + "/")

    lost = sit(language="en-GB")
    knock(lost, person)
    expect(lost.page.get_by_role("heading", name="Second factor")).to_be_visible()
    type_code(lost, recovery)
    expect(lost.page).to_have_url(lost.address + "/")


def test_an_administrator_is_led_to_register_one_before_anything_else(sit: Sit, site: Site, settings) -> None:
    settings.SECOND_FACTOR = "required"
    person = newcomer(site, administrator=True)
    desk = sit()
    knock(desk, person)
    expect(desk.page).to_have_url(f"{desk.address}/profile/factors/")
    expect(desk.page.locator(".notice")).to_contain_text("必须有二次验证")
    desk.page.get_by_role("button", name="开始绑定验证器").click()
    app = pyotp.TOTP(desk.page.locator("[data-secret]").inner_text())
    type_code(desk, app.now())
    desk.page.get_by_role("link", name="抄好了，继续").click()
    expect(desk.page).to_have_url(desk.address + "/")


def by_name(desk: Desk) -> Desk:
    """The same site by a name: keys are made for one, never for an address of figures."""
    desk.address = desk.address.replace("127.0.0.1", "localhost")
    return desk


def with_key(page: Page) -> None:
    """A security key in the machine whose owner touches it whenever it asks."""
    talk = page.context.new_cdp_session(page)
    talk.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": False}
    talk.send("WebAuthn.addVirtualAuthenticator", {"options": {**kind, "automaticPresenceSimulation": True}})


def test_a_security_key_is_registered_lets_in_and_signs(sit: Sit, site: Site) -> None:
    person = newcomer(site)
    desk = by_name(sit())
    with_key(desk.page)
    desk.sign_in(person.username, PASSWORD)
    desk.go("/profile/factors/")
    desk.page.fill("#key-label", "办公电脑")
    desk.page.get_by_role("button", name="绑定安全密钥").click()
    expect(desk.page.locator("#codes li")).to_have_count(10)
    assert factors.registered(person) == factors.Factors(False, 1, 10)

    desk.page.context.clear_cookies()
    knock(desk, person)
    desk.page.get_by_role("button", name="用安全密钥").click()
    expect(desk.page).to_have_url(desk.address + "/")
    assert SignIn.objects.filter(person=person).latest("at").way == "password+webauthn"

    version = Version.objects.get(document__kind="repair", state=Version.EFFECTIVE)
    people.give_post(person, version_post(version), "head", by=None, at=site.at)
    desk.go("/procedures/repair/")
    desk.page.get_by_role("button", name="用安全密钥签字").click()
    expect(desk.page.get_by_text("已签字")).to_be_visible()
    assert version.signatures.get().person == person.username


def version_post(version: Version) -> str:
    """The post the cover names as the one who prepared it."""
    from bihuan.registers.documents import queries  # noqa: PLC0415 - only here

    posts = queries.pack_of(version).posts.values()
    return next(one.name for one in posts if version.prepared_by in {one.name, one.title.zh, one.title.en})


def test_without_a_key_or_a_name_in_the_address_the_buttons_for_keys_do_not_show(sit: Sit, site: Site) -> None:
    person = newcomer(site)
    desk = sit().sign_in(person.username, PASSWORD).go("/profile/factors/")
    expect(desk.page.locator("#key-label")).to_be_hidden()
    expect(desk.page.get_by_text("不能用安全密钥")).to_be_visible()


def test_behind_an_invitation_the_password_is_chosen_on_a_phone(sit: Sit, site: Site) -> None:
    person = newcomer(site, password=None)
    secret = inviting.invite(person, by=None, at=timezone.now())
    desk = sit(width=390).go(f"/invited/{secret}/")
    expect(desk.page.get_by_text(person.username)).to_be_visible()
    for name in ("password", "again"):
        desk.page.fill(f"[name={name}]", PASSWORD)
    desk.page.keyboard.press("Enter")
    expect(desk.page).to_have_url(desk.address + "/")
    sit(width=390).go(f"/invited/{secret}/").page.get_by_text(re.compile("已失效")).wait_for()


def test_one_session_is_ended_from_another(sit: Sit, site: Site) -> None:
    person = newcomer(site)
    here, there = sit().sign_in(person.username, PASSWORD), sit().sign_in(person.username, PASSWORD)
    here.go("/profile/").page.get_by_role("button", name="结束这次登录").click()
    expect(here.page.get_by_text("已结束")).to_be_visible()
    there.go("/profile/")
    assert there.page.url.startswith(f"{there.address}/sign-in/")
    here.go("/profile/")
    assert here.page.url == f"{here.address}/profile/"
