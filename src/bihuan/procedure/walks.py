"""Random walks over a definition, and walks that together go every branch of it.

Random here means drawn from a seed: the same definition, seed and calendar give the same walk, act for act.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from msgspec import Struct

from . import engine
from .branches import ALSO, LATE, Branch, acts_towards, answered_by, asked_before, branches, needs_of, refused_by, taken
from .calendars import Calendar
from .definition import Act, Addition, Definition
from .engine.counting import calendar_label
from .engine.plan import plan_of
from .inventing import Wishes, invent, spoil, values_of, wished, wishes_for
from .refusals import Refusal
from .replay import Recorded
from .state import CLOCK, ChildCase, Doer, Outcome, State

FIRST = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PLACES = ("here",)
DAYS = 5


class Walk(Struct, frozen=True):
    """What was sent and what came of it. ``refused`` are the refusals met: act, code and clause."""

    seed: int
    entries: tuple[Recorded, ...]
    refused: tuple[tuple[str, str, str], ...]
    state: State | None
    branches: frozenset[Branch]


class Paths(Struct, frozen=True):
    """Walks that together go every branch they could. ``missed`` are those none of them took."""

    walks: tuple[Walk, ...]
    visited: frozenset[Branch]
    missed: tuple[Branch, ...]


def walk(
    definition: Definition, seed: int, calendar: Calendar, *, steps: int = 30, aims: Iterable[Branch] = (),
    spoiling: float = 0.15, versions: Mapping[str, Definition] | None = None,
) -> Walk:  # fmt: skip
    """One case walked for at most ``steps`` sentences. ``aims`` are branches to be tried for where they stand.

    ``spoiling`` is the share of sentences that are wrong on purpose: another person, a spoilt answer, an old count.
    ``versions``: other versions of the procedure, by any name, the case is moved to now and then.
    """
    walker = _Walker(definition, seed, calendar, frozenset(aims), spoiling)
    walker.versions = versions or {}
    walker.open()
    for _sentence in range(steps):
        if walker.over():
            break
        if walker.state is None:
            walker.open()
        else:
            walker.go_on()
    return walker.walked()


def paths(definition: Definition, calendar: Calendar, *, most: int = 1000, steps: int = 40) -> Paths:
    """Walks until every branch was taken or ``most`` of them were tried; only those that took a new one are kept."""
    wanted = branches(definition)
    visited: set[Branch] = set()
    kept: list[Walk] = []
    for seed in range(most):
        open_ways = [branch for branch in wanted if branch not in visited]
        if not open_ways:
            break
        # every other walk goes for one branch alone: what is far off is not met by the way
        aims = [open_ways[seed // 2 % len(open_ways)]] if seed % 2 else open_ways
        found = walk(definition, seed, calendar, steps=steps, aims=aims, spoiling=0.0)
        if found.branches - visited:
            visited |= found.branches
            kept.append(found)
    return Paths(tuple(kept), frozenset(visited), tuple(branch for branch in wanted if branch not in visited))


def _ways_ahead(definition: Definition, aimed: frozenset[str]) -> dict[str, tuple[Branch, ...]]:
    """For each step the ways that lead nearer to a step where an act aimed at stands."""
    at_step = plan_of(definition).at_step
    distance = {step: 0 for step, names in at_step.items() if aimed.intersection(names)}
    edges = [
        (step, (name, number), way.step)
        for step, names in at_step.items()
        for name in names
        if not definition.acts[name].standing
        for number, way in enumerate(definition.acts[name].ways, start=1)
    ]
    for _round in definition.steps:
        for step, _branch, to in edges:
            if to in distance and distance[to] + 1 < distance.get(step, len(definition.steps) + 1):
                distance[step] = distance[to] + 1
    found: dict[str, list[Branch]] = {}
    for step, branch, to in edges:
        if to in distance and distance[to] < distance.get(step, 0):
            found.setdefault(step, []).append(branch)
    return {step: tuple(ways) for step, ways in found.items()}


class _Walker:
    def __init__(
        self, definition: Definition, seed: int, calendar: Calendar, aims: frozenset[Branch], spoiling: float
    ) -> None:
        self.definition = definition
        self.seed = seed
        self.random = Random(seed)  # noqa: S311 - a repeatable walk, nothing secret
        self.calendar = calendar
        self.surroundings = engine.Surroundings(calendar, PLACES)
        self.aims = aims
        self.ladders = {name for name, _rung in aims if name.startswith(LATE)}
        self.wanted: Branch | None = None
        self.hoped: Wishes = self._hopes() if aims and (len(aims) == 1 or self.random.random() < 0.5) else {}
        self.before = answered_by(definition, self.hoped)
        self.aimed = acts_towards(definition, aims)
        self.maps: dict[frozenset[str], tuple[dict[str, tuple[Branch, ...]], frozenset[str]]] = {}
        self.ahead: dict[str, tuple[Branch, ...]] = {}
        self.near: frozenset[str] = frozenset()
        self.spoiling = spoiling
        self.at = FIRST + timedelta(days=seed % DAYS)  # a limit in days shows on some days and hides on others
        self.state: State | None = None
        self.entries: list[Recorded] = []
        self.refused: list[tuple[str, str, str]] = []
        self.branches: set[Branch] = set()
        self.versions: Mapping[str, Definition] = {}

    def walked(self) -> Walk:
        return Walk(self.seed, tuple(self.entries), tuple(self.refused), self.state, frozenset(self.branches))

    def _hopes(self) -> Wishes:
        """What one of the branches aimed at asks for, to be said from the first sentence on: much is asked early."""
        name, number = self.random.choice(sorted(self.aims))
        added = [each for each in self.definition.additions if name == f"{ALSO}{each.name}"]
        acts = sorted(acts_towards(self.definition, [(name, number)]) & set(self.definition.acts))
        if not acts:
            return {}
        act = self.definition.acts[self.random.choice(acts)]
        return wishes_for(self.definition, act, number if act.name == name else 0, self.random, added)

    def over(self) -> bool:
        """Whether nothing can be said to the case any more and the clock owes it nothing."""
        if self.state is None or self.state.ended is None or plan_of(self.definition).at_step.get(self.state.step):
            return False
        waiting = any(not case.ended for cases in self.state.children.values() for case in cases)
        return not waiting and not self.versions and engine.next_due(self.definition, self.state) is None

    # --------------------------------------------------------------------------------------------- sentences

    def open(self) -> None:
        opening = self.definition.opening
        act = self.definition.acts.get(opening.act)
        if act is None or not opening.by_hand:
            doer = CLOCK if act is None else Doer("0-1", (("other", ""),), kind="case")
        else:
            doer = self._doer(act)
        answers, facts = self._sentence(act) if act else ({}, self._period())
        try:
            outcome = engine.start(self.definition, doer, answers, facts, self.at, self.surroundings)
        except Refusal as refusal:
            self._note(opening.act, refusal)
            return
        self._keep(outcome, Recorded("start", self.at, opening.act, doer, outcome.post, answers, outcome.facts))

    def _period(self) -> dict[str, Any]:
        """What the opening of a duty's period tells: until when it is in time."""
        due = self.at + timedelta(days=self.random.randrange(1, 10))
        return {"duty.due": due.isoformat()} if self.definition.duty_of else {}

    def go_on(self) -> None:
        assert self.state is not None
        if self.aims:
            self._look_ahead()
        late = [run.next for run in self.state.clocks if run.next and f"{LATE}{run.name}" in self.ladders]
        if late and self.random.random() < 0.6:
            self.at = max(self.at, min(late))
            self._tick()
            return
        self._let_time_pass()
        names = plan_of(self.definition).at_step.get(self.state.step, ())
        if self.versions and self.random.random() < 0.1:
            self._move(self.random.choice(sorted(self.versions)))
            return
        waiting = [group for group, cases in self.state.children.items() if any(not case.ended for case in cases)]
        if waiting and self.random.random() < 0.4:
            self._child(self.random.choice(waiting))
        elif not names or self.random.random() < 0.1:
            self._tick()
        else:
            self._act(self.definition.acts[self._choose(names)])

    def _choose(self, names: tuple[str, ...]) -> str:
        assert self.state is not None
        first = self.before - set(self.state.done)
        aimed = [name for name in names if name in first] or [name for name in names if name in self.aimed]
        ordinary = [name for name in names if not self.definition.acts[name].standing]
        if self.aims and self.random.random() < 0.8:
            ordinary = [name for name in ordinary if self._leads_on(name)]
        self.wanted = None
        if aimed and self.random.random() < 0.6:
            return self.random.choice(aimed)
        ahead = self.ahead.get(self.state.step, ())
        if ahead and self.random.random() < 0.6:
            self.wanted = self.random.choice(ahead)
            return self.wanted[0]
        if ordinary and self.random.random() < 0.9:
            return self.random.choice(ordinary)
        return self.random.choice(names)

    def _look_ahead(self) -> None:
        """First to where something asked for can still be said, if it can be reached from here; then to the aim."""
        assert self.state is not None
        for towards in (frozenset(self.before - set(self.state.done)), self.aimed):
            if towards not in self.maps:
                steps = plan_of(self.definition).at_step.items()
                near = frozenset(step for step, names in steps if towards.intersection(names))
                self.maps[towards] = (_ways_ahead(self.definition, towards), near)
            self.ahead, self.near = self.maps[towards]
            if self.state.step in self.ahead or self.state.step in self.near:
                return

    def _leads_on(self, name: str) -> bool:
        """Whether a way of the act stays, or leads to where something aimed at can still be met."""
        ways = self.definition.acts[name].ways
        return not ways or any(not way.step or way.step in self.ahead or way.step in self.near for way in ways)

    def _let_time_pass(self) -> None:
        assert self.state is not None
        draw = self.random.random()
        later = [moment for moment in self.state.waits.values() if moment > self.at]
        due = engine.next_due(self.definition, self.state)
        if later and draw < 0.5:
            self.at = min(later)
        elif due is not None and due > self.at and draw < 0.6:
            self.at = due + timedelta(minutes=self.random.randrange(-1, 2))
        elif draw < 0.95:
            self.at += timedelta(minutes=self.random.randrange(0, 600))
        else:
            self.at += timedelta(days=self.random.randrange(1, 40))

    def _act(self, act: Act) -> None:
        assert self.state is not None
        if act.who.clock or act.who.cases:
            self._tick()
            return
        doer = self._doer(act)
        answers, facts = self._sentence(act)
        expect: int | None = self.state.revision if self.random.random() < 0.5 else None
        if self.random.random() < self.spoiling:
            answers = spoil(answers, self.random)
        if self.random.random() < self.spoiling / 3:
            doer = Doer("stranger", (("stranger", ""),))
        if self.random.random() < self.spoiling / 3:
            expect = self.state.revision + 1
        # Now and then the act was done a while ago and only arrives now.
        at = self.at - timedelta(minutes=90) if self.random.random() < self.spoiling / 3 else self.at
        try:
            outcome = engine.act(
                self.definition, self.state, act.name, doer, answers, facts, at, self.surroundings, expect
            )
        except Refusal as refusal:
            self._note(act.name, refusal)
            if refusal.code == "needs" and self.aims:
                self.before |= asked_before(self.definition, act.name)
                self.hoped = self.hoped | wished(needs_of(self.definition, act.name), self.random)
            return
        self._keep(outcome, Recorded("act", at, act.name, doer, outcome.post, answers, outcome.facts))

    def _tick(self) -> None:
        assert self.state is not None
        outcome = engine.tick(self.definition, self.state, self.at, self.surroundings)
        self._keep(outcome, Recorded("tick", self.at))

    def _child(self, group: str) -> None:
        assert self.state is not None
        place = self.random.choice([n for n, case in enumerate(self.state.children[group]) if not case.ended])
        known = self.state.children[group][place].number
        number = f"{group}-{place + 1}" if known.startswith("#") else known
        reached = [act.who.all_at for act in self.definition.acts.values() if act.who.cases == group and act.who.all_at]
        asked = [str(value) for value in values_of(self.definition, f"{group}.step")]
        hoped = self.hoped.get(f"{group}.step")
        listed = hoped.value if hoped is not None and isinstance(hoped.value, list | tuple) else []
        one = [hoped.value] if hoped is not None and isinstance(hoped.value, str) else [*listed]
        step = self.random.choice(one or [*reached, *asked, "under-way"])
        child = ChildCase(number, step, step != "under-way" or self.random.random() < 0.5)
        outcome = engine.child_moved(self.definition, self.state, group, child, self.at, self.surroundings)
        told = {"group": group, "number": child.number, "step": child.step, "ended": child.ended}
        self._keep(outcome, Recorded("child", self.at, answers=told))

    def _move(self, name: str) -> None:
        """Move the case to another version: its step is called the same there, or anything, or nothing (refused)."""
        assert self.state is not None
        new, here = self.versions[name], self.state.step
        there = engine.proposed(self.definition, new).get(here) or self.random.choice(sorted(new.steps))
        if self.random.random() < 0.3:
            there = self.random.choice(sorted(new.steps))
        steps = {} if self.random.random() < self.spoiling / 3 else {here: there}
        depart = self.definition.acts.get("depart")
        doer = self._doer(depart) if depart else Doer("owner", ((self.definition.owner, ""),))
        told: dict[str, Any] = {"to": name, "steps": steps, "reason": "换版"}
        try:
            outcome = engine.moved(
                self.state, self.definition, new, steps, doer, self.at, self.surroundings, told["reason"]
            )
        except Refusal as refusal:
            self._note("move", refusal)
            return
        self._keep(outcome, Recorded("move", self.at, doer=doer, post=outcome.post, answers=told))
        self.definition = new
        self.maps = {}

    # --------------------------------------------------------------------------------------------- who says what

    def _sentence(self, act: Act) -> tuple[dict[str, Any], dict[str, Any]]:
        # In order: a set's own order is another one in every process, and a seed means one walk.
        ways = sorted(number for name, number in self.aims if name == act.name and number)
        way = self.random.choice(ways) if ways else 0
        if self.wanted is not None and self.wanted[0] == act.name:
            way = self.wanted[1]
        wishes: Wishes = wishes_for(self.definition, act, way, self.random, self._wanted_additions(act))
        return invent(self.definition, self.state, act, self.hoped | wishes, self.random)

    def _wanted_additions(self, act: Act) -> list[Addition]:
        """One of those aimed at that another clause adds to the act."""
        found = [
            each for each in self.definition.additions if act.name in each.on and (f"{ALSO}{each.name}", 0) in self.aims
        ]
        return [self.random.choice(found)] if found else []

    def _doer(self, act: Act) -> Doer:
        who = act.who
        if who.case_kind:
            return Doer("9-1", ((who.case_kind, ""),), kind="case")
        posts = list(who.posts or self._signers(act))
        post = self.random.choice(posts) if posts else "anybody"
        if who.each and posts:
            signed = {each.post for each in self.state.signatures.get(act.name, ())} if self.state else set()
            post = next((each for each in posts if each not in signed), posts[0])
        if who.via and (post == "customer" or self.random.random() < 0.5):
            post = self.random.choice(who.via)
        name = f"{post}-{self.random.randrange(2)}"
        doers: Mapping[str, tuple[str, str]] = self.state.doers if self.state else {}
        expected = engine.person_expected(self.state, act) if self.state else ""
        if expected:
            name = expected
        elif who.quorum or any(doers.get(other, ("", ""))[0] == name for other in who.other):
            name = f"{post}-{self.random.randrange(2, 9)}"
        return Doer(name, ((post, ""),))

    def _signers(self, act: Act) -> tuple[str, ...]:
        found: list[str] = []
        for each in act.who.each:
            if "." not in each:
                found.append(each)
            elif self.state is not None:
                form, _, field = each.partition(".")
                value = self.state.answers.get(form, {}).get(field, [])
                found += value if isinstance(value, list) else [value]
        return tuple(found)

    # --------------------------------------------------------------------------------------------- record

    def _note(self, act: str, refusal: Refusal) -> None:
        self.refused.append((act, refusal.code, refusal.clause))
        self.branches |= refused_by(self.definition, act, refusal)

    def _keep(self, outcome: Outcome, entry: Recorded) -> None:
        self.branches |= taken(self.definition, self.state, outcome, self.surroundings)
        self.state = outcome.state
        self.at = max(self.at, outcome.state.moment)
        self.entries.append(
            Recorded(
                entry.kind, entry.at, entry.act, entry.doer, entry.post, entry.answers, entry.facts,
                outcome.happenings, calendar_label(self.calendar), PLACES,
            )
        )  # fmt: skip
