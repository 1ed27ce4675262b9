"""How the pictures are taken: who looks, how wide, in which language and theme."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client
from tests.browser.conftest import QUIET, program, without_sandbox
from tests.browser.pages import PAGES

from bihuan.people.models import Person

DESK, PHONE = 1280, 390
LOOKS = (("zh-light", "zh-CN", "light"), ("zh-dark", "zh-CN", "dark"), ("en-light", "en", "light"))


def launched(driver: Any) -> Any:
    """The system's browser."""
    return driver.chromium.launch(executable_path=program(), args=[*QUIET, *without_sandbox()])


def session_of(username: str) -> dict[str, str]:
    """Cookie of a new session of that person; {} for nobody."""
    person = Person.objects.filter(username=username).first()
    person = person or Person.objects.filter(is_administrator=True).first() if username else None
    if person is None:
        return {}
    brought = Client()
    brought.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": brought.cookies[name].value}


def taken(browser: Any, address: str, folder: Path, only: str) -> int:
    """Take every picture; returns how many."""
    pages = [one for one in PAGES if only in one.name]
    sessions = {who: session_of(who) for who in dict.fromkeys(one.who for one in pages)}
    count = 0
    for look, language, theme in (*LOOKS, ("phone", "zh-CN", "light")):
        for one in pages:
            if look == "phone" and not one.phone:
                continue
            width, height = (PHONE, 844) if look == "phone" else (DESK, 900)
            context = browser.new_context(
                viewport={"width": width, "height": height}, locale=language, timezone_id="Asia/Shanghai",
                color_scheme=theme,
            )  # fmt: skip
            if sessions[one.who]:
                context.add_cookies([{**sessions[one.who], "url": address}])
            page = context.new_page()
            page.goto(address + one.where(), wait_until="networkidle")
            page.screenshot(path=folder / f"{look}-{one.name}.png", full_page=page.evaluate(SHORT))
            context.close()
            count += 1
    return count


# a very long page is taken as one sees it first
SHORT = "document.documentElement.scrollHeight < 3000"
