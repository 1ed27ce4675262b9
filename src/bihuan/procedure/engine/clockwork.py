"""Promises and waits: what an act starts, stops, pauses and moves. What falls due later is in ``ticking``.

A promise never starts over while it runs; after its ``until`` the next ``from`` opens another run. ``within`` is read
again after every act while the start stays. A wait always starts over.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from .. import clocks
from ..definition import Deadline, Pause, Time
from ..state import ClockRun, ClockState, Paused
from .counting import calendar_label, counted, figure, limit, miss, newest_run, start_moment, time_words
from .owing import next_owed
from .working import Working, moment_of


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
            begin(work, deadline, work.at)
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
    run = replace(run, stopped=at, pauses=pauses, next=None)
    if work.definition.ladders == "any-hour":
        return run
    # done before the office opened: that it was late is told all the same
    return replace(run, next=next_owed(work, work.definition.deadlines[run.name], run, at))


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
    found = limit(work, deadline, run.started, pauses)
    if found is None:
        return run
    due, _time = found
    if not silent:
        work.say("deadline-resumed", run.name, run.clause, {"run": run.run, "due": due.isoformat()})
    return counted(work, deadline, replace(run, due=due), work.at)


# ------------------------------------------------------------------------------------------------- starting


def begin(work: Working, deadline: Deadline, start: datetime) -> bool:
    """Begin a run of ``deadline`` counted from ``start``; False where one is open or it cannot begin yet."""
    newest = newest_run(work.clocks, deadline.name)
    if newest is not None and is_open(newest):
        return False
    if deadline.while_steps and work.step not in deadline.while_steps:
        return False
    found = limit(work, deadline, start)
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
    work.clocks.append(counted(work, deadline, run, start) if pause is None else _paused(work, run, pause))
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
    return begin(work, deadline, start)


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


def carried(work: Working, deadline: Deadline, run: ClockRun, differs: bool) -> ClockRun:
    """A running or paused promise read by another version of its text: its start and counted spans stay.

    ``differs``: the rules it is counted by are not the same, though the figure may be.
    """
    label = calendar_label(work.surroundings.calendar)
    pause = _pause_at(deadline, work.step)
    if run.state == "paused":
        if pause is None:
            return _resume(work, deadline, run, silent=False)
        return _again(work, deadline, run, label)
    if differs or "." in deadline.start or run.provisional or time_words(figure(work, deadline)) != run.time:
        run = _again(work, deadline, run, label)
    if run.state != "running":
        return run
    if pause is not None:
        return _paused(work, run, pause)
    return replace(run, next=next_owed(work, deadline, run, work.at))


def _stopped(run: ClockRun) -> datetime:
    return run.stopped if run.stopped is not None else run.started


# ------------------------------------------------------------------------------------------------- reading again


def _read_again(work: Working, reread_missed: bool) -> None:
    label = calendar_label(work.surroundings.calendar)
    for index, run in enumerate(work.clocks):
        deadline = work.definition.deadlines.get(run.name)
        if deadline is None:
            # ended under an earlier version; the text in hand knows no such promise
            continue
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
    now = figure(work, deadline)
    return now is None or time_words(now) == run.time


def _again(work: Working, deadline: Deadline, run: ClockRun, label: str) -> ClockRun:
    started = start_moment(work, deadline) if "." in deadline.start else run.started
    found = limit(work, deadline, started, run.pauses if run.state != "paused" else ()) if started else None
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
    return counted(work, deadline, replace(run, state="running", missed_at=None), work.at)


def _judged_again(work: Working, deadline: Deadline, run: ClockRun) -> ClockRun:
    """The newest run, ended by its ``until``, whose start was corrected: met or missed by what is true now."""
    started, stopped = start_moment(work, deadline), run.stopped
    if started is None or stopped is None or started == run.started or run != newest_run(work.clocks, run.name):
        return run
    found = limit(work, deadline, started, run.pauses)
    if found is None:
        return run
    due, time = found
    _say_moved(work, run, due, time_words(time))
    was_missed = run.state == "missed"
    run = replace(run, started=started, due=due, time=time_words(time))
    if stopped <= due and was_missed:
        work.say("deadline-met", run.name, run.clause, {"run": run.run, "was": "missed"})
        return replace(run, state="met", missed_at=None, next=None)
    return run if stopped <= due or was_missed else miss(work, run, work.at)


def _say_moved(work: Working, run: ClockRun, due: datetime, words: str) -> None:
    work.say(
        "deadline-moved", run.name, run.clause,
        {"run": run.run, "from": run.due.isoformat() if run.due else "", "due": due.isoformat(), "time": words},
    )  # fmt: skip


def _recounted(work: Working, deadline: Deadline, run: ClockRun, label: str) -> ClockRun:
    return counted(work, deadline, replace(run, calendar=label), work.at)
