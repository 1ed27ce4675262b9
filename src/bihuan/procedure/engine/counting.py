"""What a promise is counted from and by: its start, its figure, its due moment, and what follows from that moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from msgspec.structs import replace

from .. import clocks
from ..calendars import Calendar
from ..conditions import holds
from ..definition import Deadline, Time
from ..state import ClockRun, Paused
from .owing import next_owed
from .working import Working, moment_of


def calendar_label(calendar: Calendar) -> str:
    """How a run names the calendar it was counted by."""
    return f"{calendar.name}@{calendar.version}"


def time_words(time: Time | None) -> str:
    """A time in the notation of the language: ``2 days``, ``90 working minutes``; empty for none."""
    return "" if time is None else _written(time)


_written = cache(clocks.written)


def limit(
    work: Working, deadline: Deadline, start: datetime, pauses: tuple[Paused, ...] = ()
) -> tuple[datetime, Time | None] | None:
    """When it is due and the time it was counted by, or None while that is not known."""
    time: Time | None = None
    if deadline.within:
        time = figure(work, deadline)
        if time is None:
            return None
    calendar = work.surroundings.calendar
    if deadline.at:
        base = moment_of(work.look(deadline.at), calendar, end_of_day=time is None)
        if base is None:
            return None
        return (base, None) if time is None else (clocks.due(base, time, work.definition.days, calendar), time)
    if time is None:
        return None
    return clocks.due(start, time, work.definition.days, calendar, pauses), time


def figure(work: Working, deadline: Deadline) -> Time | None:
    """The first time in the text whose condition holds."""
    look = work.look
    for each in deadline.within:
        if holds(each.condition, look):
            return each.time
    return None


def newest_run(runs: Iterable[ClockRun], name: str) -> ClockRun | None:
    """The newest run of the deadline ``name``."""
    found = None
    for run in runs:
        if run.name == name:
            found = run
    return found


def start_moment(work: Working, deadline: Deadline) -> datetime | None:
    """The moment the promise counts from, as far as it is known."""
    if not deadline.start:
        return work.opened
    if "." in deadline.start:
        return moment_of(work.look(deadline.start), work.surroundings.calendar, end_of_day=False)
    return work.moments.get(deadline.start)


def counted(work: Working, deadline: Deadline, run: ClockRun, since: datetime) -> ClockRun:
    """The run with everything that follows from its due moment; late at once where that has already passed."""
    due = run.due
    assert due is not None
    if run.time:
        time, days = clocks.time_of(run.time), work.definition.days
        run = replace(run, provisional=clocks.provisional(run.started, due, work.surroundings.calendar, time, days))
    if due < work.at:
        return miss(work, run, work.at)
    return replace(run, next=next_owed(work, deadline, run, since))


def counted_again(work: Working, run: ClockRun) -> ClockRun:
    """A running promise put back: what it is owed next from the moment in hand; late at once where that has passed."""
    return counted(work, work.definition.deadlines[run.name], run, work.at)


def miss(work: Working, run: ClockRun, at: datetime) -> ClockRun:
    """The run from the moment it is late: its ladder begins at ``at``."""
    data = {"run": run.run, "due": run.due.isoformat() if run.due else ""}
    work.say("deadline-missed", run.name, run.clause, data)
    run = replace(run, state="missed", missed_at=at)
    return replace(run, next=next_owed(work, work.definition.deadlines[run.name], run, at))
