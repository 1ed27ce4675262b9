"""The catalogue and one exception of it, as their pages show them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.layout.frames import Column, Crumb

from .. import exceptions, policy, rights
from ..exceptions import Catalogued, Found, Period
from .log import HERE, Reader, rooms

DAYS = 30
LONGEST_DAYS = 3660
SHOWN = 200


def days(given: QueryDict, reader: Reader) -> tuple[date, date]:
    """The days asked for, both counted; the last thirty where nothing (or nothing readable) is asked."""
    today = timezone.localdate(reader.at)
    until = day(given.get("until", "")) or today
    start = day(given.get("start", "")) or until - timedelta(days=DAYS - 1)
    start = min(start, until)
    return max(start, until - timedelta(days=LONGEST_DAYS)), until


def day(text: str) -> date | None:
    """A day as it is written in a form; None for what is none, or lies beyond any business."""
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return found if date(1970, 1, 2) <= found <= date(9000, 1, 1) else None


def period(reader: Reader, start: date, until: date, numbers: dict[str, int]) -> Period:
    """From the first moment of ``start`` to the end of ``until``, in the reader's sight."""
    return Period(
        midnight(start, reader), midnight(until + timedelta(days=1), reader), reader.chains, reader.outlets, numbers
    )


def midnight(day: date, reader: Reader) -> datetime:
    """The first moment of a day in the site's zone."""
    return datetime.combine(day, time.min, tzinfo=reader.zone).astimezone(UTC)


def catalogue(reader: Reader, given: QueryDict) -> dict[str, Any]:
    """Every exception with its definition and how often it was found."""
    start, until = days(given, reader)
    rules = policy.current()
    when = period(reader, start, until, rules.numbers)
    asked = f"start={start}&until={until}"
    return {
        "title": _("例外"),
        "rooms": rooms("exceptions"),
        "start": start.isoformat(),
        "until": until.isoformat(),
        "columns": [Column(_("例外")), Column(_("定义")), Column(_("阈值")), Column(_("件数"), numeric=True)],
        "rows": [
            {
                "title": one.title.say(reader.language),
                "words": one.words.say(reader.language),
                "thresholds": thresholds(one, rules, reader),
                "count": _counted(len(one.found(when))),
                "address": f"{HERE}exceptions/{one.name}/?{asked}",
            }
            for one in exceptions.CATALOGUE
        ],
        "policy": f"{HERE}policy/" if rights.may_govern(reader.person, reader.at) else "",
    }


def _counted(count: int) -> str:
    return f"{exceptions.MOST}+" if count >= exceptions.MOST else str(count)


def thresholds(one: Catalogued, rules: policy.Rules, reader: Reader) -> list[str]:
    """The thresholds it hangs on, with what they are set to."""
    words = policy.number_words()
    return [f"{words[name].say(reader.language)}：{rules.numbers[name]}" if reader.language == "zh"
            else f"{words[name].say(reader.language)}: {rules.numbers[name]}" for name in one.numbers]  # fmt: skip


def listed(reader: Reader, one: Catalogued, given: QueryDict) -> dict[str, Any]:
    """One exception: its definition, and each thing found with the way to its entry and case."""
    start, until = days(given, reader)
    rules = policy.current()
    found = one.found(period(reader, start, until, rules.numbers))
    reader.names.learn(each.who for each in found[:SHOWN])
    return {
        "title": one.title.say(reader.language),
        "crumbs": [Crumb(_("审计日志"), HERE), Crumb(_("例外"), f"{HERE}exceptions/?start={start}&until={until}"),
                   Crumb(one.title.say(reader.language))],
        "words": one.words.say(reader.language),
        "thresholds": thresholds(one, rules, reader),
        "start": start.isoformat(),
        "until": until.isoformat(),
        "count": _counted(len(found)),
        "more": len(found) > SHOWN,
        "shown": SHOWN,
        "columns": [Column(_("时刻")), Column(_("谁")), Column(_("事项")), Column(_("说明")), Column(_("依据")),
                    Column(_("记录"))],
        "rows": [_row(reader, each) for each in found[:SHOWN]],
    }  # fmt: skip


def _row(reader: Reader, found: Found) -> dict[str, Any]:
    return {
        "at": found.at,
        "who": reader.names.person(found.who) if found.who else "",
        "number": found.number,
        "also": found.also,
        "words": found.words.say(reader.language),
        "clause": found.clause,
        "entry": f"{HERE}entries/{found.entry}/" if found.entry else "",
        "print": f"/cases/{found.number}/print/" if found.number and not found.entry else "",
    }
