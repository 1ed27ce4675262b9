"""The frame, the error pages and the files a browser loads."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.test import Client, RequestFactory, override_settings
from django.utils import translation

from bihuan.layout import context, errors
from bihuan.layout.frames import MenuEntry
from bihuan.layout.policy import POLICY, ContentPolicy

HERE = Path(errors.__file__).parent
VENDOR = HERE / "static" / "vendor"


class Somebody:
    is_authenticated = True
    theme, density, language = "dark", "compact", "zh-hans"

    def called(self, language: str) -> str:
        return "陈坐席"


def menu(request):
    return [MenuEntry(f"第{number}项", f"/{number}/", count=number or None) for number in range(9)]


def request_of(path: str = "/", user: object = None):
    request = RequestFactory().get(path)
    request.user = user or AnonymousUser()
    return request


@override_settings(MENU="bihuan.layout.tests.test_frame.menu", BAR="")
def test_the_menu_has_at_most_seven_entries_and_marks_where_one_is():
    entries = context.frame(request_of("/3/x", Somebody()))["frame"]["menu"]
    assert [entry.address for entry in entries] == [f"/{number}/" for number in range(7)]
    assert [entry.address for entry in entries if entry.current] == ["/3/"]


def home_menu(request):
    return [MenuEntry("首页", "/"), MenuEntry("事项", "/cases/")]


@override_settings(MENU="bihuan.layout.tests.test_frame.home_menu", BAR="")
def test_home_is_marked_only_at_home():
    marked = {}
    for path in ("/", "/cases/GD-1/", "/profile/"):
        entries = context.frame(request_of(path, Somebody()))["frame"]["menu"]
        marked[path] = [entry.address for entry in entries if entry.current]
    assert marked == {"/": ["/"], "/cases/GD-1/": ["/cases/"], "/profile/": []}


@override_settings(MENU="bihuan.layout.tests.test_frame.menu", BAR="")
def test_who_is_not_signed_in_has_no_menu():
    assert context.frame(request_of())["frame"]["menu"] == []


@pytest.mark.parametrize("status", [400, 403, 404, 500])
@pytest.mark.parametrize(("language", "home"), [("zh-hans", "回首页"), ("en", "Home")])
def test_an_error_page_speaks_the_readers_language_and_names_the_number_of_the_log(status, language, home, caplog):
    with translation.override(language), caplog.at_level(logging.WARNING, "bihuan.errors"):
        answer = errors.error_page(request_of("/cases/7/?q=secret"), status)
    number = answer["X-Error-Number"]
    page = answer.content.decode()
    assert (answer.status_code, home in page, number in page) == (status, True, True)
    assert number in caplog.text
    assert "secret" not in caplog.text


def test_an_error_page_stands_even_where_the_database_does_not(caplog):
    class Broken:
        @property
        def is_authenticated(self):
            raise RuntimeError("no database")

    answer = errors.server_error(request_of(user=Broken()))
    assert answer.status_code == 500
    assert answer["X-Error-Number"] in answer.content.decode()


def test_a_reason_given_with_a_refusal_is_shown_as_text():
    page = errors.forbidden(request_of(), PermissionDenied("<b>这条属于北区</b>")).content.decode()
    assert "&lt;b&gt;这条属于北区&lt;/b&gt;" in page


def test_every_page_forbids_scripts_of_others():
    answer = ContentPolicy(errors.not_found)(request_of())
    assert answer["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY


def test_no_page_or_style_names_an_outside_host_or_carries_script_of_its_own():
    ours = list(HERE.parent.rglob("*.html")) + list((HERE / "static" / "app").rglob("*.css"))
    for path in ours:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""(src|href|url)\s*[=(]\s*["']?(https?:)?//""", text), path
        assert not re.search(r"\son[a-z]+=|\sstyle=|<style|javascript:", text), path
        for script in re.findall(r"<script([^>]*)>", text):
            assert "src=" in script or "application/json" in script, path


def test_only_the_tokens_name_a_colour():
    for path in (HERE / "static" / "app" / "css").glob("*.css"):
        if path.name != "tokens.css":
            assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", path.read_text()), path


def test_vendored_files_are_the_ones_that_were_locked():
    locked = json.loads((VENDOR / "vendor.lock.json").read_text())
    files = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()} - {"vendor.lock.json"}
    assert {one["file"] for one in locked} == files
    for one in locked:
        assert hashlib.sha256((VENDOR / one["file"]).read_bytes()).hexdigest() == one["sha256"], one["file"]
        assert one["licence"] in {"MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC", "0BSD", "Apache-2.0"}


def test_every_icon_a_page_names_is_drawn():
    drawn = set(re.findall(r'symbol id="([^"]+)"', (HERE / "static" / "app" / "icons.svg").read_text()))
    from bihuan.layout.durations import ICONS  # noqa: PLC0415 - only this test looks at them

    used = set(ICONS.values())
    for path in HERE.parent.rglob("*.html"):
        used |= set(re.findall(r'<c-icon name="([a-z-]+)"', path.read_text(encoding="utf-8")))
    assert used - drawn == set()


def test_the_frame_is_a_whole_page_without_anybody_signed_in():
    with translation.override("zh-hans"):
        page = render_to_string("layout/outside.html", {}, request_of())
    assert '<html lang="zh-CN" data-density="standard">' in page
    assert 'href="#content"' in page


@pytest.mark.django_db
def test_an_unknown_address_is_answered_with_our_own_page():
    with override_settings(DEBUG=False):
        answer = Client(headers={"accept-language": "zh"}).get("/no-such-page/")
    assert (answer.status_code, "没有这一页" in answer.content.decode()) == (404, True)
