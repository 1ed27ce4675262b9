"""What a case learns from other cases: where its children stand, and what a merged duplicate had been promised."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from ..definition import Definition
from ..state import ChildCase, Outcome, State
from .clockwork import after_act, is_open
from .counting import newest_run
from .ticking import run_clock
from .working import Surroundings, Working, aware


def child_moved(
    definition: Definition, state: State, group: str, child: ChildCase, at: datetime, surroundings: Surroundings
) -> Outcome:
    """A child of ``group`` tells where it stands now; what the parent was waiting for may follow.

    A child not heard of before takes the first unnumbered place of the newest opening. News of a child of an earlier
    opening changes nothing.
    """
    at = aware(at)
    work = Working(definition, state, surroundings)
    run_clock(work, at, strict=True)
    work.at = at
    work.moment = max(work.moment, at)
    cases = list(work.children.get(group, ()))
    place = next((index for index, each in enumerate(cases) if each.number == child.number), None)
    if place is None:
        place = next((index for index, each in enumerate(cases) if each.number.startswith("#")), None)
    if place is not None and cases[place] != child:
        cases[place] = child
        work.table("children")[group] = tuple(cases)
        data = {"group": group, "number": child.number, "step": child.step, "ended": child.ended}
        work.say("child", group, "", data | {"moved": True})
    run_clock(work, work.moment, strict=True)
    return Outcome(work.state(), tuple(work.happenings)) if work.happenings else Outcome(state, ())


def absorb(
    definition: Definition, state: State, number: str, starts: Mapping[str, str], at: datetime,
    surroundings: Surroundings,
) -> Outcome:  # fmt: skip
    """The case survives a duplicate ``number``: of each promise the earliest start counts.

    ``starts`` is what the duplicate's ``merged`` happening says (promise to ISO moment). Late by that: late from now.
    """
    at = aware(at)
    work = Working(definition, state, surroundings)
    run_clock(work, at, strict=True)
    work.at = at
    work.moment = max(work.moment, at)
    taken: dict[str, str] = {}
    for index, run in enumerate(work.clocks):
        earlier = starts.get(run.name)
        if earlier is None or not is_open(run) or newest_run(work.clocks, run.name) is not run:
            continue
        moment = aware(datetime.fromisoformat(earlier))
        if moment < run.started:
            work.clocks[index] = replace(run, started=moment)
            taken[run.name] = earlier
    work.say("merged", number, "", {"from": number, "starts": taken})
    work.revision += 1
    after_act(work, (), moved=False, reread_missed=True)
    run_clock(work, work.moment, strict=True)
    return Outcome(work.state(), tuple(work.happenings))
