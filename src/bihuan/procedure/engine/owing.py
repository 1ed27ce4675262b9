"""When the clock next owes a promise something: a warning, its due moment, the next rung of its ladder."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from .. import clocks
from ..definition import Deadline, Definition, Rung, Time
from ..state import ClockRun
from .working import Working, zone_of

_SPANS = {
    "minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1), "weeks": timedelta(days=7),
}  # fmt: skip


def next_owed(work: Working, deadline: Deadline, run: ClockRun, since: datetime) -> datetime | None:
    """The next moment at which the clock owes ``run`` something, not before ``since``; None when nothing is left.

    A run held missed by the very act that ended it, or after it had ended, owes the rungs of the miss itself and none
    that comes ``after`` it.
    """
    if run.state in {"void", "paused"} or (run.stopped is not None and run.state != "missed"):
        return None
    if run.state == "missed":
        moment = rung_moment(work, deadline, run)
        if moment is None or (run.stopped is not None and not _of_the_miss(work, deadline, run)):
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

    A limit in days is missed as its last day ends: that day is the one a rung in days counts from, not the next. Where
    the pack says so, a rung whose clock is not elapsed time waits for working time; one above it in elapsed time keeps
    its moment and takes along what still waits.
    """
    if run.missed_at is None or run.rungs >= len(deadline.late):
        return None
    rung = deadline.late[run.rungs]
    moment = _rung_reached(work, rung, run.missed_at)
    if work.definition.ladders == "any-hour" or _clock(work, rung, run) == "elapsed":
        return moment
    above = () if run.stopped else deadline.late[run.rungs + 1 :]
    reached = [
        _rung_reached(work, each, run.missed_at)
        for each in above
        if each.after and _clock(work, each, run) == "elapsed"
    ]
    return min([clocks.in_hours(moment, work.surroundings.calendar), *reached])


def _of_the_miss(work: Working, deadline: Deadline, run: ClockRun) -> bool:
    """Whether the next rung belongs to the moment of the miss, though it may have to wait for working time."""
    return run.missed_at is not None and _rung_reached(work, deadline.late[run.rungs], run.missed_at) == run.missed_at


def _clock(work: Working, rung: Rung, run: ClockRun) -> clocks.Clock:
    return rung_clock(work.definition, rung, run, zone_of(work.surroundings.calendar))


def rung_clock(definition: Definition, rung: Rung | None, run: ClockRun, zone: tzinfo) -> clocks.Clock:
    """The clock a rung (or, without one, a warning) goes by: that of its ``after``, else that of its promise.

    A promise that is a moment and no length of time was due by the clock on the wall: elapsed, unless that moment is
    the end of a day.
    """
    written = (rung.after if rung else None) or (clocks.time_of(run.time) if run.time else None)
    if written is not None:
        return clocks.clock_of(written.unit, definition.days)
    local = run.due.astimezone(zone) if run.due else None
    return "calendar-days" if local is not None and (local.hour, local.minute) == (0, 0) else "elapsed"


def _rung_reached(work: Working, rung: Rung, missed_at: datetime) -> datetime:
    if rung.after is None:
        return missed_at
    days = work.definition.days
    by_days = clocks.clock_of(rung.after.unit, days) in ("calendar-days", "working-days")
    start = missed_at - timedelta(minutes=1) if by_days else missed_at
    return clocks.due(start, rung.after, days, work.surroundings.calendar)


def before(work: Working, due: datetime, time: Time) -> datetime:
    """The latest moment from which ``time`` still runs out by ``due``: hours and days straight back, anything that
    needs the calendar by halving the span of a year until the minute is found, and then within working time."""
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
    found = last if clocks.due(last, time, days, calendar) <= due else low.replace(second=0, microsecond=0)
    # a whole working day before the end of one begins at night: what is left then begins with the working time
    opening = clocks.in_hours(found, calendar)
    return opening if opening < due else found
