"""An open case moved to another version of its procedure: what is recorded stays, what is owed is read by the new text.

A move is no act and no entering of a step: the step is only called by its name in the new text. Starts and counted
spans stay as they are; limits, pauses and ladders are the new text's, for the whole of a run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from msgspec.structs import replace

from .. import clocks
from ..definition import Deadline, Definition, Text
from ..refusals import Changed, NotYours
from ..state import ClockRun, Doer, Outcome, State
from . import clockwork
from .answers import problem, wrong
from .clockwork import is_open, void
from .counting import limit, miss, start_moment, time_words
from .doers import choose, post_title
from .owing import next_owed
from .performing import fix_signers
from .plan import is_value
from .ticking import run_clock
from .words import english, step_title
from .working import Surroundings, Working, aware, moment_of

Value = TypeVar("Value")


def moved(
    state: State,
    old: Definition,
    new: Definition,
    steps: Mapping[str, str],
    doer: Doer,
    at: datetime,
    surroundings: Surroundings,
    reason: str,
    expect: int | None = None,
) -> Outcome:
    """The case under ``new`` instead of ``old``, at the step ``steps`` names for the one it stands at.

    ``steps``: old step to new step; a step not named keeps its name. Whoever may depart from the flow under ``old`` may
    do it, and where nobody may, the procedure's owner for the whole house. Raises ``Changed``, ``NotYours``,
    ``WrongAnswers`` (no reason) or ``Refused``: ``before-opening``, ``ended``, ``other-procedure``, ``step-unmapped``,
    ``step-unknown``, ``step-ends``. ValueError for a moment without a zone.
    """
    at = aware(at)
    if expect is not None and expect != state.revision:
        raise Changed(expect, state.revision)
    work = Working(old, state, surroundings)
    if at < work.opened:
        words = Text("时间早于开案时间", "This moment lies before the case was opened")
        raise work.refused(words, "before-opening", "")
    run_clock(work, at, strict=True)
    work.at = at
    post, clause = _mover(work, doer)
    if not reason.strip():
        raise wrong(work, [problem("move.reason", "missing")], clause)
    _check_steps(work, new, steps, clause)
    fresh = Working(new, work.state(), surroundings)
    fresh.happenings, fresh.at, fresh.moment = work.happenings, at, max(work.moment, at)
    _carry_over(fresh, old, steps, {"doer": doer.name, "post": post, "reason": reason}, clause)
    run_clock(fresh, fresh.moment, strict=True)
    return Outcome(fresh.state(), tuple(fresh.happenings), "", post)


def proposed(old: Definition, new: Definition) -> dict[str, str]:
    """For every step of ``old`` that is no end the step of ``new`` of the same name, else of the same title; "" where
    there is none and somebody has to say."""
    ongoing = {name: step for name, step in new.steps.items() if not step.end}
    titles = {step.title.zh: name for name, step in reversed(ongoing.items())}
    return {
        name: name if name in ongoing else titles.get(step.title.zh, "")
        for name, step in old.steps.items()
        if not step.end
    }


# ------------------------------------------------------------------------------------------------- may it be moved


def mover(definition: Definition, state: State, doer: Doer, surroundings: Surroundings) -> str:
    """The post in which ``doer`` may move the case, as it stands, to another version. Raises ``NotYours``."""
    return _mover(Working(definition, state, surroundings), doer)[0]


def _mover(work: Working, doer: Doer) -> tuple[str, str]:
    """The post moved in, and the clause that grants it."""
    depart = work.definition.acts.get("depart")
    if depart is not None and depart.standing:
        return choose(work, depart, doer).post, depart.origin.cite()
    owner = work.definition.owner
    whole = {"", work.places[-1]} if work.places else {place for _post, place in doer.holds}
    held = doer.kind == "person" and any(post == owner and place in whole for post, place in doer.holds)
    if owner and held and doer.post in {"", owner}:
        return owner, ""
    title = post_title(work.definition, owner)
    words = Text(f"换版由{title.zh}办理", f"Moving to another version is for {english(title)}")
    refusal = NotYours(words, document=work.definition.number, version=work.definition.version)
    refusal.posts = (owner,) if owner else ()
    raise refusal


def _check_steps(work: Working, new: Definition, steps: Mapping[str, str], clause: str) -> None:
    old = work.definition
    if work.ended is not None:
        raise work.refused(Text("事项已结束，不能换版", "An ended case is not moved"), "ended", clause)
    if new.kind != old.kind:
        words = Text(f"「{new.number}」不是这类事项的程序", f"“{new.number}” is not the procedure of such cases")
        raise work.refused(words, "other-procedure", clause)
    here = step_title(old, work.step)
    if work.step not in steps:
        words = Text(
            f"没有写明「{here.zh}」对应新版哪一步", f"It is not said what “{english(here)}” is in the new text"
        )
        raise work.refused(words, "step-unmapped", clause)
    unknown = [one for one in steps if one not in old.steps] or [one for one in steps.values() if one not in new.steps]
    if unknown:
        words = Text(f"没有「{unknown[0]}」这一步", f"There is no step “{unknown[0]}”")
        raise work.refused(words, "step-unknown", clause)
    if new.steps[steps[work.step]].end:
        there = step_title(new, steps[work.step])
        words = Text(f"换版不能办结事项：「{there.zh}」是终点", f"A move ends no case: “{english(there)}” is an end")
        raise work.refused(words, "step-ends", clause)


# ------------------------------------------------------------------------------------------------- what becomes of it


def _carry_over(work: Working, old: Definition, steps: Mapping[str, str], said: dict[str, str], clause: str) -> None:
    before, work.step = work.step, steps[work.step]
    fallen = sorted(work.signatures)
    work.signatures = {}
    work.owned.add("signatures")
    _rename(work, old, steps)
    # nothing done under the old text may be taken back or put right by its doer under the new one
    work.newest, work.undoing = "", None
    work.revision += 1
    data: dict[str, Any] = {
        **said, "document": work.definition.number, "from": old.version, "to": work.definition.version,
        "step": before, "step-now": work.step, "signatures": fallen,
    }  # fmt: skip
    work.say("moved", work.step, clause, data)
    fix_signers(work, work.step)
    _waits(work, old)
    for index, run in enumerate(work.clocks):
        if is_open(run):
            work.clocks[index] = _carried(work, old, run)
        elif run.next is not None:
            # ended, and a rung of its miss is still to be climbed
            ladder = work.definition.deadlines.get(run.name)
            work.clocks[index] = replace(run, next=next_owed(work, ladder, run, work.at) if ladder else None)
    for deadline in work.definition.deadlines.values():
        _begin(work, old, deadline)
    _tell(work, old, clause)


def _rename(work: Working, old: Definition, steps: Mapping[str, str]) -> None:
    """What is known of steps, under their new names; of two that become one the later moment and both counts."""

    def moment_name(key: str) -> str:
        head, _space, step = key.partition(" ")
        return f"{head} {steps.get(step, step)}" if head in {"enter", "leave"} else key

    def step_name(key: str) -> str:
        return steps.get(key, key) if key in old.steps else key

    work.moments = _joined(work.moments, moment_name, max)
    work.entered = _joined(work.entered, step_name, lambda one, other: one + other)
    work.owned |= {"moments", "entered"}


def _joined(
    table: Mapping[str, Value], name: Callable[[str], str], both: Callable[[Value, Value], Value]
) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key, value in table.items():
        now = name(key)
        found[now] = both(found[now], value) if now in found else value
    return found


def _waits(work: Working, old: Definition) -> None:
    """Waits whose words changed are counted again from the moment they began; those the new text lacks are gone."""
    gone = [name for name in work.waits if name not in work.definition.waits]
    for name in gone:
        del work.table("waits")[name]
    for wait in work.definition.waits.values():
        was = old.waits.get(wait.name)
        same = was is not None and (was.start, was.lasts) == (wait.start, wait.lasts)
        if same and old.days == work.definition.days:
            continue
        calendar = work.surroundings.calendar
        start = (
            moment_of(work.look(wait.start), calendar, end_of_day=False)
            if is_value(wait.start)
            else work.moments.get(wait.start)
        )
        if start is None:
            continue
        if is_value(wait.start):
            work.table("moments")[f"wait {wait.name}"] = start
        over = clocks.due(start, wait.lasts, work.definition.days, calendar)
        if work.waits.get(wait.name) != over:
            work.table("waits")[wait.name] = over
            work.say("wait-started", wait.name, wait.origin.cite(), {"over": over.isoformat()})


def _carried(work: Working, old: Definition, run: ClockRun) -> ClockRun:
    """An open run under the new text. A miss under the old one stays a miss; its ladder goes on as the new one says."""
    deadline = work.definition.deadlines.get(run.name)
    if deadline is None or (deadline.while_steps and work.step not in deadline.while_steps):
        return void(work, run, "moved")
    if run.state == "missed":
        return replace(run, next=next_owed(work, deadline, run, work.at))
    run = replace(run, clause=deadline.origin.cite())
    kept = _kept_since(work, deadline, run.started, set(old.deadlines[run.name].until))
    if kept is not None:
        return _kept(work, deadline, run, kept)
    return clockwork.carried(work, deadline, run, _rules_differ(work, old, run))


def _rules_differ(work: Working, old: Definition, run: ClockRun) -> bool:
    was, now = old.deadlines[run.name], work.definition.deadlines[run.name]
    return old.days != work.definition.days or was.at != now.at


def _kept_since(work: Working, deadline: Deadline, start: datetime, known: set[str]) -> datetime | None:
    """When what ends the promise by the new text, and not by ``known``, came after its start; None if it did not."""
    found = [work.moments[name] for name in deadline.until if name not in known and name in work.moments]
    return min((moment for moment in found if moment > start), default=None)


def _kept(work: Working, deadline: Deadline, run: ClockRun, stopped: datetime) -> ClockRun:
    """The run ended by what came before the move: met or missed by the new limit, as far as that is known."""
    found = limit(work, deadline, run.started, run.pauses)
    if found is not None:
        run = replace(run, due=found[0], time=time_words(found[1]))
    due = run.due.isoformat() if run.due else ""
    if run.due is None or stopped <= run.due:
        work.say("deadline-met", run.name, run.clause, {"run": run.run, "due": due, "stopped": stopped.isoformat()})
        return replace(run, state="met", stopped=stopped, next=None)
    run = miss(work, replace(run, stopped=stopped), work.at)
    work.say("deadline-stopped", run.name, run.clause, {"run": run.run, "due": due})
    return run


def _begin(work: Working, old: Definition, deadline: Deadline) -> None:
    """A promise only the new text makes, or counts from elsewhere: it starts in the past where its ``from`` lies there.

    One that was kept since, or has run before, does not begin.
    """
    was = old.deadlines.get(deadline.name)
    if was is not None and was.start == deadline.start:
        return
    start = start_moment(work, deadline)
    if start is None or any(run.name == deadline.name for run in work.clocks):
        return
    if _kept_since(work, deadline, start, set()) is None and clockwork.begin(work, deadline, start):
        run = work.clocks[-1]
        if run.state == "running":
            work.clocks[-1] = replace(run, next=next_owed(work, deadline, run, work.at))


def _tell(work: Working, old: Definition, clause: str) -> None:
    """A letter to whoever now acts: the persons it was given to, else the posts."""
    to: dict[str, None] = {}
    for name in work.plan.at_step.get(work.step, ()):
        act = work.definition.acts[name]
        if act.standing or not act.at:
            continue
        person = work.assigned.get(name)
        posts = act.who.via or tuple(each for each in (*act.who.posts, *act.who.each) if not is_value(each))
        to.update(dict.fromkeys([f"person:{person}"] if person else [each for each in posts if each != "customer"]))
    before, now = old.version, work.definition.version
    say = {
        "zh": f"程序由 {before} 版换为 {now} 版，请按新版办理",
        "en": f"The procedure moved from version {before} to {now}; please go on by the new text",
    }
    for post in to:
        work.say("letter", post, clause, {"moved": now, "say": say})
