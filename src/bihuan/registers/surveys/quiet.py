"""When nobody is called: quiet hours and lunch, by the clock where the customer is. The hours are arguments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta, tzinfo

Span = tuple[time, time]
"""From – until (not counted); over midnight where the second is the earlier: (21:00, 08:00)."""


def is_quiet(at: datetime, spans: Sequence[Span], zone: tzinfo) -> bool:
    """Whether nobody is called at ``at``."""
    return _end(at.astimezone(zone), spans) is not None


def out_of_quiet(at: datetime, spans: Sequence[Span], zone: tzinfo) -> datetime:
    """``at``, or the first moment after it at which somebody may be called. Spans that leave no moment: ``at``."""
    moment = at.astimezone(zone)
    for _step in range(2 * len(spans) + 1):
        end = _end(moment, spans)
        if end is None:
            return moment.astimezone(at.tzinfo)
        moment = end
    return at


def _end(local: datetime, spans: Sequence[Span]) -> datetime | None:
    """The end of the span ``local`` lies in; None outside all of them."""
    clock = local.timetz().replace(tzinfo=None)
    for start, until in spans:
        over_midnight = until <= start
        if (start <= clock < until) or (over_midnight and (clock >= start or clock < until)):
            day = local.date() + timedelta(days=1 if over_midnight and clock >= start else 0)
            return datetime.combine(day, until, local.tzinfo)
    return None
