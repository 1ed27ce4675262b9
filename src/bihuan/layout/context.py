"""What every page's frame needs: language, theme, density, menu, the person signed in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from bihuan.procedure.definition import Text

from .frames import Bar, MenuEntry, Words
from .spoken import SCRIPTS, page_words

ENTRIES_AT_MOST = 7


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context processor behind ``frame`` in every template.

    ``settings.MENU`` names a function ``(request) -> list[MenuEntry]``, ``settings.BAR`` one ``(request) -> Bar``;
    without them, or signed out, menu and bar are empty.
    """
    person = getattr(request, "user", None)
    signed_in = bool(person is not None and person.is_authenticated)
    language = short_language()
    bar = bar_of(request) if signed_in else Bar()
    return {
        "frame": {
            "language": language,
            "other_language": "zh-hans" if language == "en" else "en",
            "html_language": "en" if language == "en" else "zh-CN",
            "theme": getattr(person, "theme", "") or request.COOKIES.get("bihuan_theme", ""),
            "density": getattr(person, "density", "") or "standard",
            "person": person if signed_in else None,
            "person_name": person.called(language) if signed_in else "",
            "menu": menu_of(request) if signed_in else [],
            "bar": bar,
            "goto": [{"key": key, "label": say(label, language), "address": to} for key, label, to in bar.goto],
            "words": page_words(),
            "scripts": SCRIPTS,
            "here": request.get_full_path(),
            "notices": [say(words, language) for words in notices_of()],
        }
    }


def short_language() -> str:
    """ "zh" or "en": the language of the page being drawn."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def say(words: Words, language: str) -> str:
    """Words of either sort in ``language``."""
    return words.say(language) if isinstance(words, Text) else words


def bar_of(request: HttpRequest) -> Bar:
    """What stands in the global bar beside language and person."""
    path = getattr(settings, "BAR", "")
    return import_string(path)(request) if path else Bar()


def notices_of() -> list[Words]:
    """What stands at the top of every page: ``settings.NOTICES`` names a function without arguments."""
    path = getattr(settings, "NOTICES", "")
    return import_string(path)() if path else []


def menu_of(request: HttpRequest) -> list[MenuEntry]:
    """The left menu, with the entry marked whose address is the longest beginning of this page's."""
    path = getattr(settings, "MENU", "")
    if not path:
        return []
    entries = import_string(path)(request)[:ENTRIES_AT_MOST]
    # Every path begins with "/": home is marked only where one really is at home.
    fitting = [
        entry
        for entry in entries
        if request.path == entry.address or (entry.address != "/" and request.path.startswith(entry.address))
    ]
    current = max(fitting, key=lambda entry: len(entry.address), default=None)
    for entry in entries:
        entry.current = entry is current
    return entries
