"""How a promise stands and how it is proved: state as read, words for a chip, and the spans that add up to it.

Stored are running, paused, met, missed and void; *at risk* and *overdue* are only ever computed here, when read.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from . import clocks
from .calendars import Calendar
from .clocks import Break, Promise, Span
from .definition import Deadline, Definition, Text, Time
from .engine.working import moment_of
from .state import ClockRun, ClockState, State

Standing = Literal["on_time", "at_risk", "overdue", "paused", "met", "missed", "void", "none"]
LEAST_RISK = timedelta(minutes=15)
MOST_RISK = timedelta(hours=4)
RISK_SHARE = 5  # one fifth of the allowed time
TICKING = timedelta(minutes=5)
TICK = timedelta(minutes=1)
WITHOUT_CALENDAR = Calendar("", "", "UTC", {}, {}, frozenset())
APPOINTED = Text("约定时刻之前", "Before the appointed moment")
UNTIL_APPOINTED = Text("至约定时刻", "Until the appointed moment")


class Reading(Struct, frozen=True):
    """A promise at one moment.

    ``seconds``: counted time left; below zero, real time past the due moment. ``counting`` is false while the clock
    stands (pause, night, holiday). ``next_change``: when the standing changes next if nobody acts.
    """

    standing: Standing
    seconds: int = 0
    due: datetime | None = None
    counting: bool = False
    next_change: datetime | None = None


class Explanation(Struct, frozen=True):
    """The proof of one run. The amounts of the counted ``spans`` add up to ``promised`` (``unit``: minutes or days),
    or, while paused, to ``used``.

    ``due`` is the stored moment, ``recounted`` the one counted anew here; ``proved`` says that they are the same.
    ``over`` is real minutes past the due moment, ``left`` the part of ``promised`` not used at ``now``.
    """

    name: str
    title: Text
    run: int
    promise: Text
    rule: str
    clause: str
    document: str
    version: str
    started: datetime | None
    started_by: Text
    spans: tuple[Span, ...]
    unit: str
    promised: int
    used: int
    left: int
    over: int
    due: datetime | None
    recounted: datetime | None
    proved: bool
    stopped: datetime | None
    state: ClockState | Literal["none"]
    standing: Standing
    calendar: str
    calendar_version: str
    zone: str
    provisional: bool


def explain(
    definition: Definition, state: State, name: str, calendar: Calendar, now: datetime, run: int | None = None
) -> Explanation:
    """Prove run ``run`` (default: the newest) of deadline ``name``, counted by ``calendar``.

    The calendar should be the version the run names; then a case closed years ago gives the same minute. A deadline
    that has not started gives an explanation without start. Raises ``KeyError`` for an unknown deadline or run.
    """
    deadline = definition.deadlines[name]
    runs = [one for one in state.clocks if one.name == name]
    found = next((one for one in reversed(runs) if run is None or one.run == run), None)
    if found is None:
        if run is not None:
            raise KeyError(f"{name} {run}")
        return _unstarted(definition, deadline, calendar)
    time = clocks.time_of(found.time) if found.time else None
    rule = definition.days
    base = _appointed(state, deadline, calendar, found, rule) if deadline.at else found.started
    pauses = () if deadline.at else breaks_of(deadline, found)
    promised = clocks.promise(base, time, rule, calendar) if time else Promise("elapsed", 0)
    counts = found.state != "void" or found.due
    recounted = _recounted(base, promised if time else None, calendar, pauses) if counts else None
    ended = found.stopped or now
    until = recounted or max(ended, base)
    spans = clocks.spans(base, until, time, rule, calendar, pauses) if time else ()
    if deadline.at and base > found.started:
        before = APPOINTED if time else UNTIL_APPOINTED
        spans = (Span(found.started, base, False, before, found.clause, 0), *spans)
    used = clocks.counted(base, max(ended, base), time.unit, calendar, pauses, days=rule) if time else 0
    due = found.due or (recounted if found.stopped else None)
    return Explanation(
        name=name,
        title=deadline.title,
        run=found.run,
        promise=clocks.words(_called(deadline, time)) if time else UNTIL_APPOINTED,
        rule=rule,
        clause=found.clause,
        document=definition.number,
        version=definition.version,
        started=found.started,
        started_by=start_words(definition, deadline),
        spans=spans,
        unit=promised.unit,
        promised=promised.amount,
        used=min(used, promised.amount),
        left=max(promised.amount - used, 0),
        over=max(0, int((ended - due).total_seconds() // 60)) if due and found.state != "void" else 0,
        due=due,
        recounted=recounted,
        proved=due is None or recounted == due,
        stopped=found.stopped,
        state=found.state,
        standing=standing_of(found, now, calendar, rule),
        calendar=calendar.name,
        calendar_version=calendar.version,
        zone=calendar.zone,
        provisional=found.provisional
        if recounted is None
        else time is not None and clocks.provisional(base, recounted, calendar, time, rule),
    )


def _called(deadline: Deadline, time: Time) -> Time:
    """The time a run was promised, with its title: the run keeps the figure alone, the text says what it is called."""
    alike = [one.time for one in deadline.within if (one.time.amount, one.time.unit) == (time.amount, time.unit)]
    titles = {one.title for one in alike}
    return alike[0] if len(titles) == 1 else time


def _unstarted(definition: Definition, deadline: Deadline, calendar: Calendar) -> Explanation:
    only = deadline.within[0].time if len(deadline.within) == 1 else None
    return Explanation(
        name=deadline.name,
        title=deadline.title,
        run=0,
        promise=clocks.words(only) if only else Text("按条件而定", "Depends on the answers"),
        rule=definition.days,
        clause=deadline.origin.cite(),
        document=definition.number,
        version=definition.version,
        started=None,
        started_by=start_words(definition, deadline),
        spans=(),
        unit="minutes",
        promised=0,
        used=0,
        left=0,
        over=0,
        due=None,
        recounted=None,
        proved=True,
        stopped=None,
        state="none",
        standing="none",
        calendar=calendar.name,
        calendar_version=calendar.version,
        zone=calendar.zone,
        provisional=False,
    )


def _appointed(state: State, deadline: Deadline, calendar: Calendar, run: ClockRun, rule: str) -> datetime:
    """The moment named by ``at``, from the answers or facts; the due moment itself where it cannot be found.

    The answer of a run that is over or missed may have been given anew since: what its due moment was counted from
    is then worked out backwards.
    """
    time = clocks.time_of(run.time) if run.time else None
    if (
        (run.stopped or run.state == "missed")
        and run.due
        and (time is None or clocks.clock_of(time.unit, rule) == "elapsed")
    ):
        minutes = clocks.promise(run.due, time, rule, calendar).amount if time else 0
        return run.due - timedelta(minutes=minutes)
    form, _, field = deadline.at.partition(".")
    value = state.facts.get(deadline.at, state.answers.get(form, {}).get(field))
    found = moment_of(value, calendar, end_of_day=not run.time)
    if (
        run.stopped
        and run.due
        and time is not None
        and (found is None or clocks.due(found, time, rule, calendar) != run.due)
    ):
        return _latest_start(run.due, time, rule, calendar)
    return found or run.due or run.started


def _latest_start(due: datetime, time: Time, rule: str, calendar: Calendar) -> datetime:
    """The last minute from which ``time`` runs out at ``due``, found by halving: a later start is never due earlier."""
    low, high = due - timedelta(days=400 * max(time.amount, 1)), due
    while high - low > TICK:
        middle = (low + (high - low) / 2).replace(second=0, microsecond=0)
        if middle == low:
            break
        low, high = (middle, high) if clocks.due(middle, time, rule, calendar) <= due else (low, middle)
    return low


def breaks_of(deadline: Deadline, run: ClockRun) -> tuple[Break, ...]:
    """The pauses of a run with the reasons the document gives for them."""
    reasons = {step: pause.because for pause in deadline.pauses for step in pause.steps}
    unnamed = Text("暂停", "Paused")
    return tuple(Break(one.start, one.end, reasons.get(one.step, unnamed), one.clause) for one in run.pauses)


def _recounted(
    base: datetime, promised: Promise | None, calendar: Calendar, pauses: tuple[Break, ...]
) -> datetime | None:
    """``promised`` is None where the moment itself is the limit; "0 days" is a promise: until the day is over."""
    if promised is None:
        return base
    try:
        return clocks.due_of(promised, base, calendar, pauses)
    except clocks.StillPaused:
        return None


def start_words(definition: Definition, deadline: Deadline) -> Text:
    """What the start moment is, in both languages."""
    start = deadline.start
    fixed = {"": "立案", "opened": "立案", "closed": "结案"}
    if start in fixed:
        return Text(fixed[start], "Closed" if start == "closed" else "Opened")
    if start in definition.acts:
        title = definition.acts[start].title
        return Text(f"办理“{title.zh}”", f"Done: {title.say('en')}")
    verb, _, step = start.partition(" ")
    if step in definition.steps:
        title = definition.steps[step].title
        if verb == "enter":
            return Text(f"进入“{title.zh}”", f"Entered: {title.say('en')}")
        return Text(f"离开“{title.zh}”", f"Left: {title.say('en')}")
    form, _, field = start.partition(".")
    if form in definition.forms and field in definition.forms[form].fields:
        ask = definition.forms[form].fields[field].ask
        return Text(f"“{ask.zh}”所填时刻", f"The moment given as: {ask.say('en')}")
    return Text(start, start)


def standing_of(
    run: ClockRun | None, now: datetime, calendar: Calendar | None = None, days: str = clocks.RULES[0]
) -> Standing:
    """How a run stands at ``now``. An act exactly at the due moment is in time.

    At risk: what is left is at most a fifth of the allowed time, but at least 15 minutes and at most 4 hours. With
    ``calendar``, working time is measured in working time; without it everything is measured in real time.
    """
    return read(run, now, calendar, days).standing


def read(run: ClockRun | None, now: datetime, calendar: Calendar | None = None, days: str = clocks.RULES[0]) -> Reading:
    """Everything a chip needs at ``now``; parameters as in ``standing_of``."""
    if run is None:
        return Reading("none")
    if run.state == "met":
        return Reading("met", due=run.due)
    if run.state == "void":
        return Reading("void", due=run.due)
    if run.state == "paused" or run.due is None:
        return Reading("paused", seconds=_left_when_paused(run, calendar, days) or 0)
    if run.state == "missed" or now > run.due:
        late = -int(((run.stopped or now) - run.due).total_seconds())
        ended = run.state == "missed" and run.stopped is not None
        return Reading("missed" if ended else "overdue", late, run.due, counting=not ended)
    return _running(run, run.due, now, calendar, days)


def _running(run: ClockRun, due: datetime, now: datetime, calendar: Calendar | None, days: str) -> Reading:
    time = clocks.time_of(run.time) if run.time else None
    worked = calendar is not None and time is not None and clocks.clock_of(time.unit, days) == "working-time"
    if worked:
        assert calendar is not None and time is not None
        promised = clocks.promise(run.started, time, days, calendar)
        allowed = timedelta(minutes=promised.amount)
        margin = risk_of(allowed)
        left = _working_left(now, due, calendar)
        early = Promise("working-time", max(promised.amount - int(margin.total_seconds()) // 60, 0))
        turns = clocks.due_of(early, run.started, calendar, run.pauses)
    else:
        stood = sum(((one.end or now) - one.start for one in run.pauses), timedelta())
        margin = risk_of(due - run.started - stood)
        left = due - now
        turns = due - margin
    risky = left <= margin
    counting = not worked or (
        calendar is not None and _working_left(now, now + timedelta(minutes=2), calendar) > timedelta()
    )
    return Reading("at_risk" if risky else "on_time", int(left.total_seconds()), due, counting, due if risky else turns)


def risk_of(allowed: timedelta) -> timedelta:
    """How long before the end a promise of that length counts as at risk."""
    return min(max(allowed / RISK_SHARE, LEAST_RISK), MOST_RISK)


def _working_left(now: datetime, due: datetime, calendar: Calendar) -> timedelta:
    """Working time from ``now``, to the second, until ``due``."""
    whole = clocks.counted(now, due, "working-minutes", calendar)
    begun = now.replace(second=0, microsecond=0)
    with_begun = clocks.counted(begun, due, "working-minutes", calendar)
    running = timedelta(minutes=1) - (now - begun) if with_begun > whole else timedelta()
    return timedelta(minutes=whole) + running


def _left_when_paused(run: ClockRun, calendar: Calendar | None, days: str) -> int | None:
    """Seconds of the promise not yet used when the pause began; None where that needs a calendar nobody gave."""
    time = clocks.time_of(run.time) if run.time else None
    if time is None:
        return None
    clock = clocks.clock_of(time.unit, days)
    if calendar is None and clock != "elapsed":
        return None
    by = calendar or WITHOUT_CALENDAR
    promised = clocks.promise(run.started, time, days, by)
    at = run.pauses[-1].start if run.pauses else run.started
    left = max(promised.amount - clocks.counted(run.started, at, time.unit, by, run.pauses, days=days), 0)
    return left * (86400 if promised.unit == "days" else 60)


def chip(
    run: ClockRun | None,
    now: datetime,
    language: str,
    calendar: Calendar | None = None,
    days: str = clocks.RULES[0],
) -> str:
    """The words on a chip in ``language`` ("zh" or "en"); parameters as in ``standing_of``."""
    reading = read(run, now, calendar, days)
    english = language == "en"
    if reading.standing == "paused":
        assert run is not None
        left = _left_when_paused(run, calendar, days)
        if left is None:
            return "Paused" if english else "暂停"
        return f"Paused · {lasting(left, language)} left" if english else f"暂停 · 剩 {lasting(left, language)}"
    over = lasting(max(-reading.seconds // 60, 1) * 60, language, ticking=False)
    left_words = lasting(reading.seconds, language)
    words = {
        "on_time": (f"剩 {left_words}", f"{left_words} left"),
        "at_risk": (f"剩 {left_words}", f"{left_words} left"),
        "overdue": (f"超 {over}", f"{over} over"),
        "met": ("按时完成", "Met"),
        "missed": (f"超时完成 +{over}", f"Missed by {over}"),
        "void": ("不再适用", "Void"),
        "none": ("未开始", "Not started"),
    }
    return words[reading.standing][english]


def lasting(seconds: int, language: str, *, ticking: bool = True) -> str:
    """A length of time in at most two units; below five minutes as ``4:32`` unless seconds are not wanted."""
    if ticking and 0 <= seconds < TICKING.total_seconds():
        return f"{seconds // 60}:{seconds % 60:02d}"
    minutes = seconds // 60
    units = ("d", "h", "m") if language == "en" else ("天", "小时", "分")
    parts = [(minutes // 1440, units[0]), (minutes % 1440 // 60, units[1]), (minutes % 60, units[2])]
    if parts[0][0]:
        parts = parts[:2]
    return (" " if language == "en" else "").join(f"{amount}{unit}" for amount, unit in parts if amount)


def shown(due: datetime, zone: str) -> str:
    """A due moment in local time; the end of a day as ``2026-03-04 24:00``, since that day is still in time."""
    local = clocks.wall_clock(zone).read(clocks.minute_before(due))
    if (local.hour, local.minute) == (0, 0):
        return f"{(local - timedelta(days=1)).date().isoformat()} 24:00"
    return local.strftime("%Y-%m-%d %H:%M")
