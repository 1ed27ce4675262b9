"""Figures of the screens that are the organisation's to set and no rule of a clause: ``[settings]`` of its pack.

Each has a usual value for a pack that says nothing; ``docs/language.md`` lists them. They change what is proposed,
hinted at or shown first, never what is allowed.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bihuan.procedure.reading import parse_time
from bihuan.registers.documents import queries as documents

SPANS = {
    # open work of the same caller younger than this may be the same matter
    "same-number-within": timedelta(days=7),
    # whoever was spoken to so lately is not called again
    "not-called-again-within": timedelta(days=7),
    # ended work of a caller younger than this is shown before older
    "recent-work": timedelta(days=30),
    # how long from the agreed moment somebody must be free to be offered
    "candidate-free-for": timedelta(hours=2),
    # requests of one applicant about the same customer or unit, younger than this, may be one that was split
    "split-within": timedelta(days=30),
    # a call nobody took before noon is tried again after so long
    "called-again-after": timedelta(hours=4),
}
TIMES = {
    # a call nobody took after noon is tried again the next day at
    "called-again-at": time(9),
}
_SECONDS = {"minutes": 60, "hours": 3600, "days": 86400, "weeks": 7 * 86400}


def span(name: str, at: datetime) -> timedelta:
    """The span of time agreed on under ``name`` by the pack in force at ``at``, else the usual one."""
    written = _written(name, at)
    found = parse_time(written, {}) if written else None
    if found is None or found.unit not in _SECONDS:
        return SPANS[name]
    return timedelta(seconds=found.amount * _SECONDS[found.unit])


def time_of_day(name: str, at: datetime) -> time:
    """The time of day agreed on under ``name``, else the usual one."""
    try:
        return time.fromisoformat(_written(name, at))
    except ValueError:
        return TIMES[name]


def said(whole: timedelta, language: str) -> str:
    """``7 天``, ``4 小时``: a whole span in the reader's words, days where it comes out even."""
    hours = round(whole.total_seconds() / 3600)
    days, rest = divmod(hours, 24)
    if days and not rest:
        return f"{days} days" if language == "en" else f"{days} 天"
    return f"{hours} hours" if language == "en" else f"{hours} 小时"


def _written(name: str, at: datetime) -> str:
    current = documents.current_pack(at)
    return current[1].settings.get(name, "") if current else ""
