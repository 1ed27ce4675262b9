"""The branches of a procedure: every way of every act, every ``also`` that applies, every rung of every ladder.

Walks and paths visit them; which of them a step has taken is read from what came of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from . import engine
from .conditions import holds, keys
from .definition import Act, Condition, Deadline, Definition
from .engine.plan import plan_of
from .engine.working import Working
from .refusals import Refusal
from .state import Outcome, State

Branch = tuple[str, int]
"""An act and the way taken, from 1 (0 for an act that names no way); ``also NAME`` and 0; ``late DEADLINE`` and the
rung, from 1. Names of acts hold no space."""

ALSO, LATE = "also ", "late "
TIMES_DONE = "case.times-done."


def branches(definition: Definition) -> tuple[Branch, ...]:
    """Every branch: the acts in the order of the text, then what is added to them, then the ladders."""
    found: list[Branch] = []
    for act in definition.acts.values():
        found += [(act.name, number) for number in range(1, len(act.ways) + 1)] or [(act.name, 0)]
    found += [(f"{ALSO}{addition.name}", 0) for addition in definition.additions]
    for deadline in definition.deadlines.values():
        found += [(f"{LATE}{deadline.name}", number) for number in range(1, len(deadline.late) + 1)]
    return tuple(dict.fromkeys(found))


def taken(
    definition: Definition, before: State | None, outcome: Outcome, surroundings: engine.Surroundings
) -> set[Branch]:
    """The branches gone since ``before``."""
    found: set[Branch] = set()
    done = [each for each in outcome.happenings if each.kind == "done"]
    for each in done:
        found.add((each.name, each.data.get("way", 1 if definition.acts[each.name].ways else 0)))
    names = {each.name for each in done}
    added = [addition for addition in definition.additions if names.intersection(addition.on)]
    if added:
        look = Working(definition, outcome.state, surroundings).look
        found.update((f"{ALSO}{addition.name}", 0) for addition in added if holds(addition.condition, look))
    climbed = {(run.name, run.run): run.rungs for run in before.clocks} if before else {}
    for run in outcome.state.clocks:
        earlier = climbed.get((run.name, run.run), 0)
        found.update((f"{LATE}{run.name}", number) for number in range(earlier + 1, run.rungs + 1))
    return found


def refused_by(definition: Definition, act: str, refusal: Refusal) -> set[Branch]:
    """The ``also`` whose needs refused the act: one that is only there to refuse is never seen in an act done."""
    if refusal.code != "needs":
        return set()
    return {
        (f"{ALSO}{addition.name}", 0)
        for addition in definition.additions
        if act in addition.on and refusal.clause in {needs.origin.cite() for needs in addition.needs}
    }


def acts_towards(definition: Definition, aims: Iterable[Branch]) -> frozenset[str]:
    """The acts that take, apply or begin what is aimed at."""
    found: set[str] = set()
    for name, _number in aims:
        if name.startswith(ALSO):
            found.update(on for each in definition.additions if each.name == name.removeprefix(ALSO) for on in each.on)
        elif name.startswith(LATE):
            deadline = definition.deadlines[name.removeprefix(LATE)]
            found.update(act.name for act in definition.acts.values() if _begins(definition, act, deadline))
        else:
            found.add(name)
    return frozenset(found)


def _begins(definition: Definition, act: Act, deadline: Deadline) -> bool:
    """Whether doing the act may begin the promise."""
    plan = plan_of(definition).acts[act.name]
    start = deadline.start or deadline.at
    verb, _, step = start.partition(" ")
    ends = verb == "closed" and any(way.step and definition.steps[way.step].end for way in act.ways)
    comes = verb == "enter" and any(way.step == step for way in act.ways)
    leaves = verb == "leave" and step in act.at and any(way.step not in ("", step) for way in act.ways)
    told = start.partition(".")[0] == act.form != "" or start in plan.know
    return start == act.name or ends or comes or leaves or told


def needs_of(definition: Definition, name: str) -> list[Condition]:
    """What an act asks for, by its own clause and by others."""
    plan = plan_of(definition).acts[name]
    own = [each.condition for each in plan.act.needs]
    return own + [each.condition for addition in plan.additions for each in addition.needs]


def asked_before(definition: Definition, name: str) -> set[str]:
    """The acts that must have been done before this one may be: those its needs count, or whose answers they read."""
    asked = {key for condition in needs_of(definition, name) for key in keys(condition)}
    own = definition.acts[name].form
    return answered_by(definition, {key for key in asked if key.partition(".")[0] != own}) - {name}


def answered_by(definition: Definition, asked: Iterable[str]) -> set[str]:
    """The acts by which what is asked comes to be known: those counted, and those that fill the form asked of."""
    asked = list(asked)
    forms = {key.partition(".")[0] for key in asked} - {""}
    counted = {key.removeprefix(TIMES_DONE) for key in asked if key.startswith(TIMES_DONE)}
    return counted | {act.name for act in definition.acts.values() if act.form in forms and not act.standing}
