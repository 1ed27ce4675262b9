"""Promises and waits: what an act starts, stops, pauses and moves. What falls due later is in ``ticking``.

A promise never starts over while it runs; after its ``until`` the next ``from`` opens another run. ``within`` is read
again after every act while the start stays. A wait always starts over.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from msgspec.structs import replace

from .. import clocks
from ..calendars import Calendar
from ..conditions import holds
from ..definition import Deadline, Pause, Time
from ..state import ClockRun, ClockState, Paused
from .owing import next_owed
from .working import Working, moment_of


def calendar_label(calendar: Calendar) -> str:
    """How a run names the calendar it was counted by."""
    return f"{calendar.name}@{calendar.version}"


def time_words(time: Time | None) -> str:
    """A time in the notation of the language: ``2 days``, ``90 working minutes``; empty for none."""
    return "" if time is None else _written(time)


_written = cache(clocks.written)


def is_open(run: ClockRun) -> bool:
    """Whether the run still waits for its ``until``: running, paused, or missed and not yet done."""
    return run.stopped is None and run.state != "void"


def after_act(
    work: Working, triggers: tuple[str, ...], *, moved: bool, reread_missed: bool = False, corrected: bool = False
) -> None:
    """Bring every wait and promise up to date after something happened.

    ``triggers`` are the names of the moments that have just come, ``moved`` says that a step was entered.
    ``reread_missed`` (a correction) lets a promise that was held missed run again if its true limit has not passed.
    ``corrected``: the answers were put right and nobody answered anew, so what has run before does not begin again.
    """
    plan = work.plan
    for trigger in triggers:
        for wait in plan.waits.get(trigger, ()):
            _start_wait(work, wait.name, wait.lasts, work.at, wait.origin.cite())
    for wait in plan.dated_waits:
        start = moment_of(work.look(wait.start), work.surroundings.calendar, end_of_day=False)
        if start is not None and work.moments.get(f"wait {wait.name}") != start:
            work.table("moments")[f"wait {wait.name}"] = start
            _start_wait(work, wait.name, wait.lasts, start, wait.origin.cite())
    if work.clocks:
        _stop(work, triggers, moved)
        if moved:
            _step_changed(work)
        _read_again(work, reread_missed)
    for trigger in triggers:
        for deadline in plan.starts.get(trigger, ()):
            _start(work, deadline, work.at)
    for deadline in plan.floating:
        if _start_floating(work, deadline, triggers, corrected=corrected or reread_missed):
            _stop_at_once(work, deadline, triggers)


def _start_wait(work: Working, name: str, lasts: Time, start: datetime, clause: str) -> None:
    over = clocks.due(start, lasts, work.definition.days, work.surroundings.calendar)
    work.table("waits")[name] = over
    work.say("wait-started", name, clause, {"over": over.isoformat()})


# ------------------------------------------------------------------------------------------------- stopping


def _stop(work: Working, triggers: tuple[str, ...], moved: bool) -> None:
    stopping = {deadline.name for trigger in triggers for deadline in work.plan.stops.get(trigger, ())}
    ending = moved and work.ended is not None
    deadlines = work.definition.deadlines
    for index, run in enumerate(work.clocks):
        if not is_open(run):
            continue
        if run.name in stopping:
            work.clocks[index] = _met_or_late(work, run)
        elif ending:
            work.clocks[index] = void(work, run, "ended")
        elif moved and deadlines[run.name].while_steps and work.step not in deadlines[run.name].while_steps:
            work.clocks[index] = void(work, run, "left")


def _met_or_late(work: Working, run: ClockRun) -> ClockRun:
    at = work.at
    pauses = _close_pause(run.pauses, at)
    if run.due is None or at <= run.due:
        data: dict[str, Any] = {"run": run.run}
        if run.state == "missed":
            # Done in time and recorded late (from a phone without a network): the promise was kept.
            data["was"] = "missed"
        work.say("deadline-met", run.name, run.clause, data)
        return replace(run, state="met", stopped=at, missed_at=None, pauses=pauses, next=None)
    if run.state != "missed":
        work.say("deadline-missed", run.name, run.clause, {"run": run.run, "due": run.due.isoformat()})
        run = replace(run, state="missed", missed_at=run.due)
    work.say("deadline-stopped", run.name, run.clause, {"run": run.run, "due": run.due.isoformat() if run.due else ""})
    return replace(run, stopped=at, pauses=pauses, next=None)


def void(work: Working, run: ClockRun, reason: str) -> ClockRun:
    """The run when nobody can keep it any more. One that was missed stays missed, but goes no further."""
    pauses = _close_pause(run.pauses, work.at)
    state: ClockState = "missed" if run.state == "missed" else "void"
    work.say("deadline-void", run.name, run.clause, {"run": run.run, "reason": reason, "was": run.state})
    return replace(run, state=state, stopped=work.at, pauses=pauses, next=None)


def _close_pause(pauses: tuple[Paused, ...], at: datetime) -> tuple[Paused, ...]:
    if pauses and pauses[-1].end is None:
        return (*pauses[:-1], replace(pauses[-1], end=max(at, pauses[-1].start)))
    return pauses


# ------------------------------------------------------------------------------------------------- pausing


def _pause_at(deadline: Deadline, step: str) -> Pause | None:
    return next((pause for pause in deadline.pauses if step in pause.steps), None)


def _step_changed(work: Working) -> None:
    for index, run in enumerate(work.clocks):
        if run.state not in {"running", "paused"}:
            continue
        deadline = work.definition.deadlines[run.name]
        if not deadline.pauses:
            continue
        pause = _pause_at(deadline, work.step)
        running = _resume(work, deadline, run, silent=pause is not None) if run.state == "paused" else run
        work.clocks[index] = running if pause is None else _paused(work, running, pause)


def _paused(work: Working, run: ClockRun, pause: Pause) -> ClockRun:
    clause = pause.origin.cite()
    work.say(
        "deadline-paused", run.name, clause,
        {"run": run.run, "step": work.step, "because": {"zh": pause.because.zh, "en": pause.because.en}},
    )  # fmt: skip
    pauses = (*run.pauses, Paused(work.at, None, work.step, clause))
    return replace(run, state="paused", due=None, pauses=pauses, next=None)


def _resume(work: Working, deadline: Deadline, run: ClockRun, *, silent: bool) -> ClockRun:
    pauses = _close_pause(run.pauses, work.at)
    run = replace(run, state="running", pauses=pauses)
    found = _limit(work, deadline, run.started, pauses)
    if found is None:
        return run
    due, _time = found
    if not silent:
        work.say("deadline-resumed", run.name, run.clause, {"run": run.run, "due": due.isoformat()})
    return _counted(work, deadline, replace(run, due=due), work.at)


# ------------------------------------------------------------------------------------------------- starting


def _limit(
    work: Working, deadline: Deadline, start: datetime, pauses: tuple[Paused, ...] = ()
) -> tuple[datetime, Time | None] | None:
    """When it is due and the time it was counted by, or None while that is not known."""
    time: Time | None = None
    if deadline.within:
        time = _figure(work, deadline)
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


def _figure(work: Working, deadline: Deadline) -> Time | None:
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


def _start(work: Working, deadline: Deadline, start: datetime) -> bool:
    newest = newest_run(work.clocks, deadline.name)
    if newest is not None and is_open(newest):
        return False
    if deadline.while_steps and work.step not in deadline.while_steps:
        return False
    found = _limit(work, deadline, start)
    if found is None:
        return False
    due, time = found
    calendar = work.surroundings.calendar
    run = ClockRun(
        name=deadline.name,
        run=newest.run + 1 if newest else 1,
        state="running",
        started=start,
        due=due,
        time=time_words(time),
        clause=deadline.origin.cite(),
        calendar=calendar_label(calendar),
    )
    work.say(
        "deadline-started", run.name, run.clause,
        {"run": run.run, "started": start.isoformat(), "due": due.isoformat(), "time": run.time},
    )  # fmt: skip
    pause = _pause_at(deadline, work.step)
    work.clocks.append(_counted(work, deadline, run, start) if pause is None else _paused(work, run, pause))
    return True


def _start_floating(work: Working, deadline: Deadline, triggers: tuple[str, ...], *, corrected: bool) -> bool:
    """Start a deadline whose start, limit or figure had been unknown, as soon as all of them are known.

    A correction tells no new moment: it begins nothing that has run before. Gives whether a run was begun.
    """
    newest = newest_run(work.clocks, deadline.name)
    if newest is not None and (corrected or is_open(newest)):
        return False
    start = start_moment(work, deadline)
    if start is None:
        return False
    # An act named by ``from`` before the last run stopped changed nothing then and starts nothing now.
    named = "." not in deadline.start
    old = newest is not None and (start == newest.started or (named and start <= _stopped(newest)))
    if old and deadline.start not in triggers:
        return False
    return _start(work, deadline, start)


def _stop_at_once(work: Working, deadline: Deadline, triggers: tuple[str, ...]) -> None:
    """The run just begun by an answer of the act that is its ``until``: met by that act, or missed and stopped.

    An act that is itself the ``from`` ends the run before and not the one it begins; nor does an act end what begins
    only after it. Rungs due at the moment of the miss are still climbed.
    """
    run = work.clocks[-1]
    if deadline.start in triggers or run.started > work.at or not any(each in triggers for each in deadline.until):
        return
    run = _met_or_late(work, run)
    work.clocks[-1] = replace(run, next=next_owed(work, deadline, run, work.at))


def _stopped(run: ClockRun) -> datetime:
    return run.stopped if run.stopped is not None else run.started


def start_moment(work: Working, deadline: Deadline) -> datetime | None:
    """The moment the promise counts from, as far as it is known."""
    if not deadline.start:
        return work.opened
    if "." in deadline.start:
        return moment_of(work.look(deadline.start), work.surroundings.calendar, end_of_day=False)
    return work.moments.get(deadline.start)


def _counted(work: Working, deadline: Deadline, run: ClockRun, since: datetime) -> ClockRun:
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
    return _counted(work, work.definition.deadlines[run.name], run, work.at)


def miss(work: Working, run: ClockRun, at: datetime) -> ClockRun:
    """The run from the moment it is late: its ladder begins at ``at``."""
    data = {"run": run.run, "due": run.due.isoformat() if run.due else ""}
    work.say("deadline-missed", run.name, run.clause, data)
    run = replace(run, state="missed", missed_at=at)
    return replace(run, next=next_owed(work, work.definition.deadlines[run.name], run, at))


# ------------------------------------------------------------------------------------------------- reading again


def _read_again(work: Working, reread_missed: bool) -> None:
    label = calendar_label(work.surroundings.calendar)
    for index, run in enumerate(work.clocks):
        deadline = work.definition.deadlines[run.name]
        if reread_missed and run.stopped is not None and run.state != "void" and "." in deadline.start:
            work.clocks[index] = _judged_again(work, deadline, run)
        if not is_open(run) or (run.state == "missed" and not reread_missed):
            continue
        recount = reread_missed or deadline.at or "." in deadline.start or (run.provisional and run.calendar != label)
        if not recount and _same_figure(work, deadline, run):
            continue
        work.clocks[index] = _again(work, deadline, run, label)


def _same_figure(work: Working, deadline: Deadline, run: ClockRun) -> bool:
    """The usual case: the same figure from the same start, nothing to count."""
    if len(deadline.within) < 2:
        return True
    figure = _figure(work, deadline)
    return figure is None or _written(figure) == run.time


def _again(work: Working, deadline: Deadline, run: ClockRun, label: str) -> ClockRun:
    started = start_moment(work, deadline) if "." in deadline.start else run.started
    found = _limit(work, deadline, started, run.pauses if run.state != "paused" else ()) if started else None
    if found is None or started is None:
        return run
    due, time = found
    words = time_words(time)
    if run.state == "paused":
        return replace(run, started=started, time=words)
    if due == run.due and words == run.time and started == run.started:
        return run if run.calendar == label or not run.provisional else _recounted(work, deadline, run, label)
    _say_moved(work, run, due, words)
    was_missed = run.state == "missed"
    run = replace(run, started=started, due=due, time=words, calendar=label)
    if was_missed and due < work.at:
        return run
    return _counted(work, deadline, replace(run, state="running", missed_at=None), work.at)


def _judged_again(work: Working, deadline: Deadline, run: ClockRun) -> ClockRun:
    """The newest run, ended by its ``until``, whose start was corrected: met or missed by what is true now."""
    started, stopped = start_moment(work, deadline), run.stopped
    if started is None or stopped is None or started == run.started or run != newest_run(work.clocks, run.name):
        return run
    found = _limit(work, deadline, started, run.pauses)
    if found is None:
        return run
    due, time = found
    _say_moved(work, run, due, time_words(time))
    was_missed = run.state == "missed"
    run = replace(run, started=started, due=due, time=time_words(time))
    if stopped <= due and was_missed:
        work.say("deadline-met", run.name, run.clause, {"run": run.run, "was": "missed"})
        return replace(run, state="met", missed_at=None)
    return run if stopped <= due or was_missed else miss(work, run, work.at)


def _say_moved(work: Working, run: ClockRun, due: datetime, words: str) -> None:
    work.say(
        "deadline-moved", run.name, run.clause,
        {"run": run.run, "from": run.due.isoformat() if run.due else "", "due": due.isoformat(), "time": words},
    )  # fmt: skip


def _recounted(work: Working, deadline: Deadline, run: ClockRun, label: str) -> ClockRun:
    return _counted(work, deadline, replace(run, calendar=label), work.at)
