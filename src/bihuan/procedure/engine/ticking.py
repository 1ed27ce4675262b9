"""What the clock does by itself, in time order: warnings, missed promises, ladders, acts by the clock or by children.

At one moment: warnings first, then missed promises, then rungs (each in the order the promises were made), then acts
in the order of the text. The same state and the same ``until`` always give the same happenings.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from ..conditions import holds
from ..definition import Act, Deadline, Definition
from ..state import CLOCK, ClockRun, Doer, Outcome, State
from .counting import miss
from .effects import effect, letters
from .owing import next_owed, next_warning
from .plan import ActPlan, plan_of
from .working import NOWHERE, Surroundings, Working, aware

MOST_AT_ONCE = 10_000
"""More than this in one run of the clock is left to the next one: a text whose clock acts chase each other
must not hold up everything else."""


def tick(definition: Definition, state: State, until: datetime, surroundings: Surroundings) -> Outcome:
    """Everything the clock owes up to and including ``until``. Nothing owed: the state comes back as it is.

    Raises ValueError for a moment without a zone.
    """
    work = Working(definition, state, surroundings)
    run_clock(work, aware(until), strict=False)
    if not work.happenings:
        return Outcome(state, ())
    return Outcome(work.state(), tuple(work.happenings))


def run_clock(work: Working, limit: datetime, *, strict: bool) -> None:
    """Let the clock act on the case in hand up to ``limit``.

    ``strict`` leaves promises that fall due exactly at ``limit``: an act at the due moment itself is in time.
    """
    from .performing import perform_alone  # noqa: PLC0415 - an act runs the clock, and the clock does acts

    for _round in range(MOST_AT_ONCE):
        run_index = _next_run(work, limit, strict)
        ready = _next_ready(work, limit)
        run_moment = work.clocks[run_index].next if run_index is not None else None
        if ready is not None and (run_moment is None or ready[0] < run_moment):
            moment, planned = ready
            _move_to(work, moment)
            if planned.act.who.cases:
                work.table("entered")[f"followed {planned.act.name}"] = _openings(work, planned.act)
            perform_alone(work, planned, CLOCK if planned.act.who.clock else Doer(kind="case"))
        elif run_index is not None and run_moment is not None:
            _move_to(work, run_moment)
            _fire(work, run_index)
        else:
            return


def _move_to(work: Working, moment: datetime) -> None:
    work.at = moment
    work.moment = max(work.moment, moment)


def _next_run(work: Working, limit: datetime, strict: bool) -> int | None:
    found: int | None = None
    best: tuple[datetime, int] | None = None
    for index, run in enumerate(work.clocks):
        moment = run.next
        if moment is None or moment > limit or (strict and moment == limit and run.state != "missed"):
            continue
        order = (moment, 2 if run.state == "missed" else 1 if moment == run.due else 0)
        if best is None or order < best:
            found, best = index, order
    return found


def _fire(work: Working, index: int) -> None:
    run = work.clocks[index]
    deadline = work.definition.deadlines[run.name]
    if run.state == "missed":
        work.clocks[index] = _rung(work, deadline, run)
    elif run.next == run.due:
        work.clocks[index] = miss(work, run, work.at)
    else:
        work.clocks[index] = _warn(work, deadline, run)


def _rung(work: Working, deadline: Deadline, run: ClockRun) -> ClockRun:
    rung = deadline.late[run.rungs]
    because = {"deadline": run.name, "run": run.run, "rung": run.rungs}
    letters(work, rung.letters, because)
    for each in rung.effects:
        effect(work, each)
    run = replace(run, rungs=run.rungs + 1)
    return replace(run, next=next_owed(work, deadline, run, work.at))


def _warn(work: Working, deadline: Deadline, run: ClockRun) -> ClockRun:
    found = next_warning(work, deadline, run)
    if found is not None:
        _moment, number, place = found
        because = {"deadline": run.name, "run": run.run, "warn": place, "due": run.due.isoformat() if run.due else ""}
        letters(work, deadline.warn[place].letters, because)
        run = replace(run, warned=number + 1)
    return replace(run, next=next_owed(work, deadline, run, work.at))


# ------------------------------------------------------------------------------------------------- acts by themselves


def _next_ready(work: Working, limit: datetime) -> tuple[datetime, ActPlan] | None:
    best: tuple[datetime, ActPlan] | None = None
    for name in work.plan.automatic.get(work.step, ()):
        planned = work.plan.acts[name]
        moment = ready_at(work, planned)
        if moment is None or moment > limit or (best and moment >= best[0]):
            continue
        best = (moment, planned)
    return best


def ready_at(work: Working, planned: ActPlan) -> datetime | None:
    """From when the clock or the children may do this act, or None while they may not.

    Each is done once per entering of its step, start of its wait or opening of its children.
    """
    act = planned.act
    base = work.moments.get(f"enter {work.step}", work.opened)
    if act.after:
        over = work.waits.get(act.after)
        if over is None:
            return None
        base = max(base, over)
    if act.who.cases:
        if not children_there(work, act):
            return None
        base = max(base, work.moments.get(f"children {act.who.cases}", base))
    done = work.moments.get(act.name)
    if done is not None and (done > base or (done == base and not _opened_since(work, act))):
        return None
    return max(base, work.moment) if _would_hold(work, planned) else None


def _openings(work: Working, act: Act) -> int:
    return work.entered.get(f"children {act.who.cases}", 0)


def _opened_since(work: Working, act: Act) -> bool:
    """Whether children were opened again after the act was last done, though at the very same moment."""
    openings = _openings(work, act)
    return bool(act.who.cases) and work.entered.get(f"followed {act.name}", openings) < openings


def children_there(work: Working, act: Act) -> bool:
    """Whether every child of the newest opening has reached the step waited for, or any end. None opened: yes."""
    return all(
        child.ended or (bool(act.who.all_at) and child.step == act.who.all_at)
        for child in work.children.get(act.who.cases, ())
    )


def _would_hold(work: Working, planned: ActPlan) -> bool:
    look, act = work.look, planned.act
    work.tried = act.name
    if planned.form is not None and any(field.must is not None for field in planned.form.fields.values()):
        return False
    needs = list(act.needs)
    for addition in planned.additions:
        if holds(addition.condition, look):
            needs += addition.needs
    if not holds(act.condition, look) or not all(holds(each.condition, look) for each in needs):
        return False
    return not act.ways or any(holds(way.condition, look) for way in act.ways)


def next_due(definition: Definition, state: State) -> datetime | None:
    """The earliest moment at which ``tick`` would do something, or None. In the past: owed now."""
    found = min((run.next for run in state.clocks if run.next is not None), default=None)
    names = plan_of(definition).automatic.get(state.step, ())
    if names:
        work = Working(definition, state, NOWHERE)
        for name in names:
            moment = ready_at(work, work.plan.acts[name])
            if moment is not None and (found is None or moment < found):
                found = moment
    return found
