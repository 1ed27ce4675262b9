"""Moments as authors write them: local, or counted from the moment before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ..definition import Definition, Field, Lines

_STEP = re.compile(r"(\d+)\s*(minute|hour|day|week)s?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})$")
_PLAIN = re.compile(r"\d{4}-\d{2}-\d{2} \d{1,2}:\d{2}")


class MomentError(ValueError):
    """The words name no moment."""


def moment(words: str, before: datetime | None, zone: ZoneInfo) -> datetime:
    """The moment ``words`` mean, in UTC.

    ``2026-03-02 09:00`` (``24:00`` is the end of that day), ``14:30`` on the day of the moment before,
    ``+20 minutes``, ``+1 day 2 hours``, ``+1 day 09:00``; nothing written means the moment before.
    Raises MomentError.
    """
    words = words.strip()
    if not words:
        if before is None:
            raise MomentError("the first moment must be written out")
        return before
    if words.startswith("+"):
        return _later(words[1:].strip(), words, _needed(before, words), zone)
    if found := _CLOCK.fullmatch(words):
        return _on(_needed(before, words).astimezone(zone).date(), found, words, zone)
    day_words, _, clock_words = words.replace("T", " ", 1).partition(" ")
    try:
        day = date.fromisoformat(day_words)
    except ValueError:
        raise MomentError(f"{words} is not a moment") from None
    found = _CLOCK.fullmatch(clock_words.strip())
    if found is None:
        raise MomentError(f"{words} has no time of day")
    return _on(day, found, words, zone)


def with_zone(answers: Mapping[str, Any], definition: Definition, zone: ZoneInfo) -> dict[str, Any]:
    """Answers as a page or a phone sends them: local moments get their zone, TOML dates become words."""
    return {key: _zoned(value, _kinds(definition, key), zone) for key, value in answers.items()}


def _kinds(definition: Definition, key: str) -> Field | Lines | None:
    form, _, name = key.partition(".")
    asked = definition.forms.get(form)
    return None if asked is None else asked.fields.get(name) or asked.lines.get(name)


def _zoned(value: Any, asked: Field | Lines | None, zone: ZoneInfo) -> Any:
    if isinstance(value, list):
        return [_zoned(each, asked, zone) for each in value]
    if isinstance(value, dict) and isinstance(asked, Lines):
        return {name: _zoned(each, asked.fields.get(name), zone) for name, each in value.items()}
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=zone)).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(asked, Field) and asked.kind == "moment" and isinstance(value, str) and _PLAIN.fullmatch(value):
        return moment(value, None, zone).astimezone(zone).isoformat()
    return value


def _later(words: str, whole: str, before: datetime, zone: ZoneInfo) -> datetime:
    clock = _CLOCK.search(words)
    rest = words[: clock.start()] if clock else words
    steps = _STEP.findall(rest)
    if _STEP.sub("", rest).strip() or (not steps and clock is None):
        raise MomentError(f"{whole} is not a span of minutes, hours, days or weeks")
    span = {unit: sum(int(number) for number, each in steps if each == unit) for unit in ("minute", "hour")}
    days = sum(int(number) * (7 if unit == "week" else 1) for number, unit in steps if unit in ("day", "week"))
    # Days are counted on the wall, so that a change of the clock does not move the time of day.
    local = before.astimezone(zone) + timedelta(days=days)
    if clock is not None:
        return _on(local.date(), clock, whole, zone)
    return local.astimezone(UTC) + timedelta(minutes=span["minute"], hours=span["hour"])


def _on(day: date, clock: re.Match[str], words: str, zone: ZoneInfo) -> datetime:
    hour, minute = int(clock[1]), int(clock[2])
    if hour == 24 and minute == 0:
        day, hour = day + timedelta(days=1), 0
    if hour > 23 or minute > 59:
        raise MomentError(f"{words} is not a time of day")
    return datetime.combine(day, time(hour, minute), zone).astimezone(UTC)


def _needed(before: datetime | None, words: str) -> datetime:
    if before is None:
        raise MomentError(f"{words} has no moment before it")
    return before


def local(when: datetime, zone: ZoneInfo) -> str:
    """A moment as an author would write it."""
    return when.astimezone(zone).strftime("%Y-%m-%d %H:%M")
