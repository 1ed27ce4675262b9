"""Attempts to reach somebody, as the surveys register keeps them; the one place where the console asks it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

try:
    from bihuan.registers.surveys import queries as surveys
except ImportError:  # the register is being built
    surveys = None  # type: ignore[assignment]

NO_ANSWER = "no-answer"


def attempts(numbers: Iterable[str]) -> dict[str, list[Any]]:
    """The attempts for each case, oldest first."""
    if surveys is None:
        return {number: [] for number in numbers}
    return {number: list(surveys.attempts_of(number)) for number in numbers}


def next_of(found: list[Any]) -> datetime | None:
    """When the newest attempt says to call again."""
    return found[-1].next if found else None


def results() -> list[tuple[str, str, str]]:
    """(result, words, key) of a call that brought no answers."""
    return [
        (NO_ANSWER, _("未接"), "alt+w"),
        ("refused", _("拒访"), "alt+j"),
        ("wrong-number", _("空号"), "alt+k"),
        ("later", _("改约"), "alt+g"),
    ]


def proposed(found: list[Any], at: datetime) -> str:
    """When to try again, as a field for moments wants it: another half of the day than this time."""
    del found
    here = timezone.localtime(at)
    again = here + (timedelta(hours=4) if here.hour < 12 else timedelta(hours=18))
    return again.strftime("%Y-%m-%dT%H:%M")


def quiet_words(at: datetime) -> str:
    return ""


def missed_since(morning: datetime, outlets: frozenset[str] | None) -> int:
    """How many attempts since ``morning`` reached nobody."""
    return 0


def aloud(moment: datetime, now: datetime) -> str:
    """``15:30`` today, ``明天 9:00``, else month and day."""
    there, here = timezone.localtime(moment), timezone.localtime(now)
    ahead = (there.date() - here.date()).days
    day = {0: "", 1: _("明天")}.get(ahead, there.strftime("%m-%d"))
    return f"{day} {there:%H:%M}".strip()
