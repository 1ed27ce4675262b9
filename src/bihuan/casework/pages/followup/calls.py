"""Attempts to reach somebody, as the surveys register keeps them, and when nobody is called.

The hours in which nobody is called stand in the pack's settings: ``quiet-hours = "12:00-14:00 21:00-08:30"``.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.registers.documents import queries as documents
from bihuan.registers.surveys import queries as surveys
from bihuan.registers.surveys.models import Attempt
from bihuan.registers.surveys.quiet import Span, out_of_quiet

from ... import agreed

SETTING = "quiet-hours"
_SPAN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–~]\s*([01]?\d|2[0-3]):([0-5]\d)")
AGAIN = frozenset({Attempt.NO_ANSWER, Attempt.CALL_BACK})
"""After these somebody calls again; the others end the calling until somebody looks at the case."""
NOON = 12


def attempts(numbers: Collection[str]) -> dict[str, list[Attempt]]:
    """The attempts for each case, oldest first."""
    return surveys.attempts_of_many(list(numbers))


def next_of(found: list[Attempt]) -> datetime | None:
    """When the newest attempt says to call again."""
    return found[-1].next if found else None


def stuck_words(found: list[Attempt]) -> str:
    """Why nobody is to be called as things stand: the newest attempt was refused, or the number leads nowhere."""
    newest = found[-1].result if found else ""
    return {Attempt.REFUSED: _("客户拒访，另想办法"), Attempt.WRONG_NUMBER: _("空号，先核对号码")}.get(newest, "")


def results() -> list[tuple[str, str, str]]:
    """(result, words, key) of a call that brought no answers."""
    return [
        (Attempt.NO_ANSWER, _("未接"), "alt+w"),
        (Attempt.CALL_BACK, _("改约"), "alt+g"),
        (Attempt.REFUSED, _("拒访"), "alt+j"),
        (Attempt.WRONG_NUMBER, _("空号"), "alt+k"),
    ]


def quiet_spans(at: datetime) -> list[Span]:
    """The hours in which nobody is called, by the pack in force."""
    current = documents.current_pack(at)
    written = current[1].settings.get(SETTING, "") if current else ""
    return [(time(int(a), int(b)), time(int(c), int(d))) for a, b, c, d in _SPAN.findall(written)]


def quiet_words(at: datetime) -> str:
    """``12:00–14:00 · 21:00–08:30``; "" where the pack sets none."""
    return " · ".join(f"{start:%H:%M}–{until:%H:%M}" for start, until in quiet_spans(at))


def proposed(at: datetime) -> str:
    """When to try again, as a field for moments wants it: later this day, else the next morning, as was agreed on."""
    here = timezone.localtime(at)
    early = agreed.time_of_day("called-again-at", at)
    morning = (here + timedelta(days=1)).replace(hour=early.hour, minute=early.minute, second=0, microsecond=0)
    again = here + agreed.span("called-again-after", at) if here.hour < NOON else morning
    return out_of_quiet(again, quiet_spans(at), timezone.get_default_timezone()).strftime("%Y-%m-%dT%H:%M")


def read_next(text: str) -> datetime | None:
    """A moment as a page sends it, in the site's zone; None for nothing or what is no moment."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else timezone.make_aware(moment)


def missed_since(morning: datetime, outlets: frozenset[str] | None) -> int:
    """How many attempts since ``morning`` reached nobody."""
    return surveys.missed_since(morning, outlets)


def spoken_to_lately(numbers: Collection[str], at: datetime) -> dict[str, datetime]:
    """Of these numbers those somebody was spoken to on too lately to be called again, and when last."""
    return surveys.spoken_to_lately(list(numbers), at, agreed.span("not-called-again-within", at))


def aloud(moment: datetime, now: datetime) -> str:
    """``15:30`` today, ``明天 9:00``, else month and day."""
    there, here = timezone.localtime(moment), timezone.localtime(now)
    ahead = (there.date() - here.date()).days
    day = {0: "", 1: _("明天")}.get(ahead, there.strftime("%m-%d"))
    return f"{day} {there:%H:%M}".strip()
