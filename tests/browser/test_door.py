"""Signing in and out, and what is left of a session nobody used."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import expect
from tests.browser.conftest import Sit
from tests.cast import PASSWORD

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
