"""When the clock next owes a promise something: a warning, its due moment, the next rung of its ladder."""

from __future__ import annotations

from datetime import datetime, timedelta

from .. import clocks
from ..definition import Deadline, Time
from ..state import ClockRun
from .working import Working

_SPANS = {
    "minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1), "weeks": timedelta(days=7),
}  # fmt: skip


def next_owed(work: Working, deadline: Deadline, run: ClockRun, since: datetime) -> datetime | None:
    """The next moment at which the clock owes ``run`` something, not before ``since``; None when nothing is left.

    A run held missed by the very act that ended it, or after it had ended, owes the rungs of that moment and no later.
    """
    if run.state in {"void", "paused"} or (run.stopped is not None and run.state != "missed"):
        return None
    if run.state == "missed":
        moment = rung_moment(work, deadline, run)
        if moment is None or (run.stopped is not None and moment != run.missed_at):
            return None
        return max(moment, since)
    warning = next_warning(work, deadline, run)
    if warning is None or run.due is None or warning[0] >= run.due:
        return run.due
    return max(warning[0], since)


def next_warning(work: Working, deadline: Deadline, run: ClockRun) -> tuple[datetime, int, int] | None:
    """Moment, number in time and place in the text of the next warning of a running promise.

    ``warned`` counts those that are past. A warning that would lie before the start of the run is not given at all.
    """
    if run.due is None or run.warned >= len(deadline.warn):
        return None
    for number, (moment, place) in enumerate(warnings(work, deadline, run.due)):
        if number >= run.warned and moment > run.started:
            return moment, number, place
    return None


def warnings(work: Working, deadline: Deadline, due: datetime) -> list[tuple[datetime, int]]:
    """Moments of all warnings before ``due``, earliest first, each with its place in the text."""
    return sorted((before(work, due, warn.before), place) for place, warn in enumerate(deadline.warn))


def rung_moment(work: Working, deadline: Deadline, run: ClockRun) -> datetime | None:
    """The moment of the next rung, counted from the moment the promise was missed.

    A limit in days is missed as its last day ends: that day is the one a rung in days counts from, not the next.
    """
    if run.missed_at is None or run.rungs >= len(deadline.late):
        return None
    rung = deadline.late[run.rungs]
    if rung.after is None:
        return run.missed_at
    days = work.definition.days
    by_days = clocks.clock_of(rung.after.unit, days) in ("calendar-days", "working-days")
    start = run.missed_at - timedelta(minutes=1) if by_days else run.missed_at
    return clocks.due(start, rung.after, days, work.surroundings.calendar)


def before(work: Working, due: datetime, time: Time) -> datetime:
    """The latest moment from which ``time`` still runs out by ``due``: hours and days straight back, anything that
    needs the calendar by halving the span of a year until the minute is found."""
    span = _SPANS.get(time.unit)
    if span is not None:
        return due - span * time.amount
    calendar, days = work.surroundings.calendar, work.definition.days
    low, high = due - timedelta(days=400 * max(time.amount, 1)), due
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) / 2
        if clocks.due(middle, time, days, calendar) <= due:
            low = middle
        else:
            high = middle
    # a start within a minute counts from the next one: the whole minute just found too late may still be in time
    last = high.replace(second=0, microsecond=0)
    return last if clocks.due(last, time, days, calendar) <= due else low.replace(second=0, microsecond=0)
