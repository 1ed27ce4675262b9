"""One browser and one served site for all of these tests; every test works on cases of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client, TransactionTestCase
from django.utils import timezone
from playwright.sync_api import Browser, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer
from tests.browser.desk import Desk
from tests.browser.house import furnish
from tests.cast import PACKS, PASSWORD, Site, make_site

PATIENCE = 10_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
)


def program() -> str:
    """The system's browser. None installed is a failure of every test here, never a skip."""
    found = os.environ.get("BIHUAN_TEST_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), "")
    assert found, "没有浏览器（chromium），浏览器测试无法运行 / no browser (chromium): browser tests cannot run"
    return found


def without_sandbox() -> list[str]:
    """Chromium's own sandbox does not start for root."""
    return ["--no-sandbox"] if os.geteuid() == 0 else []


# not for the whole session: its driver's loop would stand in the way of tests that need one of their own
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # the browser's driver keeps a loop running in this thread, which Django would take for asynchronous code
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=program(), args=[*QUIET, *without_sandbox()])
        yield running
        running.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="package")
def served(django_db_setup: None, django_db_blocker: Any, browser: Browser) -> Iterator[tuple[Site, str]]:
    """The cast at work by the integrator's procedures since yesterday, and the address of its pages."""
    with django_db_blocker.unblock():
        site = make_site(timezone.now() - timedelta(days=1), PACKS / "integrator")
        furnish(site)
        site.zhou.set_password(PASSWORD)
        site.zhou.save()
        server = LiveServer("127.0.0.1")
        yield site, server.url
        server.stop()
        TransactionTestCase()._fixture_teardown()


@pytest.fixture
def site(served: tuple[Site, str]) -> Site:
    return served[0]


Sit = Callable[..., Desk]


@pytest.fixture
def sit(browser: Browser, served: tuple[Site, str]) -> Iterator[Sit]:
    """``sit("li")``: that person signed in at a desk of their own; nothing may go wrong in the page unheard."""
    people, address = served
    desks: list[Desk] = []
    contexts = []

    def at_desk(username: str = "", *, width: int = 1280, language: str = "zh-CN", theme: str = "light") -> Desk:
        """Only the tests of the door go through the door; everybody else brings a session."""
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            locale=language,
            timezone_id="Asia/Shanghai",
            color_scheme=theme,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        if username:
            brought = Client()
            brought.force_login(people.people[username])
            name = settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": brought.cookies[name].value, "url": address}])
        desk = Desk(context.new_page(), address)
        desks.append(desk)
        return desk

    yield at_desk
    told = [words for desk in desks for words in desk.complaints]
    for context in contexts:
        context.close()
    assert told == []


def local(at: datetime) -> str:
    """A moment as a browser's field for moments wants it."""
    return at.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%dT%H:%M")
