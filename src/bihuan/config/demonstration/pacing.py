"""How soon somebody goes on with a walked case: mostly in time for the promise that presses, now and then late.

Whether a promise will be kept is drawn once, when it is first looked at; who owes it does not matter. One that is to be
kept is minded before everything else, out of hours where it does not wait for the morning. A case that was to stand
where a promise would run out before anybody looks at it goes on instead: what lies there then is what was drawn late.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from bihuan.casework.models import Case
from bihuan.procedure.definition import Act, Deadline, Definition
from bihuan.procedure.definition.words import Time
from bihuan.procedure.state import ClockRun

from .heading import distance, first_step, goes
from .laying import lately, working, working_days_before

# how long people take where nothing presses: minutes from and to, and how often
PACES = (((10, 240), 60), ((240, 1800), 30), ((2400, 6600), 10))
# of the time left to a promise, or until now, so much is waited at most
IN_TIME = 0.6
# an act that a promise waits for is begun, at a step where promises are short, after so much of their time
HALF = 0.5
# what stands was begun so long ago for every act behind it, in working days
EACH_ACT = timedelta(days=0.4)
# of so many promises drawn one after another the share that is late is late: a small house has no luck either
BAG = 20
# by so much of the time it had left a promise that is not kept is overrun at most
LATER = 0.5
A_MOMENT = timedelta(minutes=7)
# and where no promise presses it has stood there since, as many working days at most
STOOD = timedelta(days=6)
AFTER_HOURS = timedelta(hours=20)
# what is due so soon is done before anything else
SOON = timedelta(days=1)
# what takes no longer than this may have begun on the day, and at the hour, somebody looks
CLOSE_TO = timedelta(hours=4)
# a working day as it passes; only how long something takes in the telling hangs on it
PASSES = {
    "minutes": 1, "hours": 60, "days": 1440, "weeks": 10080, "months": 43200, "years": 525600,
    "working-minutes": 1, "working-hours": 60, "working-days": 1440,
}  # fmt: skip


@dataclass
class Pacing:
    """``late``: the share of promises nobody minds in time. ``drawn``: which will be kept, by case, name and run."""

    late: float
    zone: ZoneInfo
    now: datetime
    random: Random
    drawn: dict[tuple[UUID, str, int], bool] = field(default_factory=dict)
    bag: list[bool] = field(default_factory=list)

    def owed(self, case: Case) -> ClockRun | None:
        """The running promise of the case that is due first, of those which will be kept; None without one."""
        kept = [run for run in running(case) if self._kept(case, run)]
        return min(kept, key=lambda run: run.due or run.started, default=None)

    def _kept(self, case: Case, run: ClockRun) -> bool:
        which = (case.pk, run.name, run.run)
        if which not in self.drawn:
            if not self.bag:
                self.bag = [one >= round(BAG * self.late) for one in range(BAG)]
                self.random.shuffle(self.bag)
            self.drawn[which] = self.bag.pop()
        return self.drawn[which]

    def pressed(self, case: Case, *, lying: bool) -> bool:
        """Whether the case cannot stand until it is looked at without breaking a promise that is to be kept."""
        run = None if lying else self.owed(case)
        return run is not None and run.due is not None and run.due < self.now

    def hurried(self, definition: Definition, step: str, aim: str, at: datetime) -> datetime:
        """The next moment of a case that has to stand at ``aim`` when somebody looks, whatever the hour."""
        left = distance(definition, aim).get(step, 0)
        return at + max(A_MOMENT, (self.now - at) * IN_TIME / (left + 2))

    def next_moment(self, case: Case, definition: Definition, aim: str, at: datetime, idle: int) -> datetime:
        """When somebody goes on with ``case`` after ``at``; ``idle`` counts how often nobody could."""
        (low, high), _share = self.random.choices(PACES, [share for _pace, share in PACES])[0]
        wait = AFTER_HOURS * idle if idle else timedelta(minutes=self.random.randint(low, high))
        left = distance(definition, aim).get(case.step, 0)
        today = lately(self.now, self.zone)
        wait = min(wait, max(A_MOMENT, (today - at) * IN_TIME / (left + 2)))
        if left == 1 and not idle:
            wait = max(wait, self._until_it_stands(definition, aim, at))
        wait = max(wait, self._too_late(case, at))
        run = self.owed(case)
        if run is None or run.due is None or run.due <= at or idle:
            return working(at + wait, self.zone)
        wait = min(wait, (run.due - at) * IN_TIME / acts_until(definition, run, case.step))
        due = working(at + wait, self.zone)
        return due if due < run.due else self._before(run.due, at, wait)

    def _too_late(self, case: Case, at: datetime) -> timedelta:
        """So long nobody goes on where a promise is due that will not be kept."""
        left = [run.due - at for run in running(case) if not self._kept(case, run) and run.due and run.due > at]
        return min(left, default=timedelta()) * (1 + LATER * self.random.random())

    def _before(self, due: datetime, at: datetime, wait: timedelta) -> datetime:
        """At the end of the last day of work before ``due``; where there is none left, whoever is on duty does it."""
        last = lately(min(due - wait, self.now), self.zone)
        return last if last > at + wait else at + wait

    def _until_it_stands(self, definition: Definition, aim: str, at: datetime) -> timedelta:
        """So long the last act waits where a short promise begins with it: so that it still runs when one looks."""
        short = _shortest(definition, aim)
        ready = self.now - short * (HALF * self.random.random()) - A_MOMENT
        return ready - at if not definition.steps[aim].end and short < self.now - at else timedelta()

    def begins(self, definition: Definition, aim: str) -> datetime:
        """When a case that stands at ``aim`` now was opened: as long ago as its promises on the way leave time."""
        behind = _way_to(definition, aim)
        took = [min(EACH_ACT, _shortest(definition, step) * HALF) for step in behind]
        stood = min(_shortest(definition, aim) * IN_TIME, STOOD)
        spent = sum(took, A_MOMENT) + max(stood, min([*took, EACH_ACT])) * self.random.random()
        ends = lately(self.now, self.zone) if spent > CLOSE_TO else self.now
        return working_days_before(ends, spent / timedelta(days=1))


def running(case: Case) -> list[ClockRun]:
    """The promises of the case that run and are not missed yet."""
    return [run for run in case.state.clocks if run.stopped is None and run.due and run.state == "running"]


def minded(definition: Definition, run: ClockRun | None, act: Act, at: datetime) -> bool:
    """Whether ``act`` is what a promise that is due soon waits for."""
    if run is None or run.due is None or run.due - at > SOON or run.name not in definition.deadlines:
        return False
    return act.name in definition.deadlines[run.name].until


def acts_until(definition: Definition, run: ClockRun, step: str) -> int:
    """By how many acts at least the promise is kept from ``step`` on; 1 where it cannot be told."""
    promise = definition.deadlines.get(run.name)
    return min((far for _step, far in _places(definition, promise, step)), default=0) + 1 if promise else 1


def where_kept(definition: Definition, run: ClockRun, step: str) -> str:
    """The nearest step at which the promise can be kept, coming from ``step``; "" where none is reached."""
    promise = definition.deadlines.get(run.name)
    places = _places(definition, promise, step) if promise else []
    return min(places, key=lambda one: one[1], default=("", 0))[0]


def _places(definition: Definition, promise: Deadline, step: str) -> list[tuple[str, int]]:
    found = []
    for act in (definition.acts[name] for name in promise.until if name in definition.acts):
        for place in act.at or (step,):
            far = distance(definition, place).get(step)
            if far is not None:
                found.append((place, far))
    return found


def _shortest(definition: Definition, step: str) -> timedelta:
    """The shortest time any promise leaves for an act done at ``step``."""
    kept: dict[str, timedelta] = definition.__dict__.setdefault("_shortest", {})
    if step not in kept:
        times = [
            _passes(within.time)
            for promise in definition.deadlines.values()
            if any(goes(definition.acts[name], step) for name in promise.until if name in definition.acts)
            for within in promise.within
        ]
        kept[step] = min(times, default=timedelta(days=365))
    return kept[step]


def _passes(time: Time) -> timedelta:
    return timedelta(minutes=time.amount * PASSES[time.unit])


def _way_to(definition: Definition, aim: str) -> list[str]:
    """The steps passed on the shortest way from the first to ``aim``, which is left out."""
    far, step, found = distance(definition, aim), first_step(definition), list[str]()
    while far.get(step, 0) > 0:
        found.append(step)
        onwards = [way.step for act in definition.acts.values() if goes(act, step) for way in act.ways]
        step = min(onwards, key=lambda one: far.get(one, len(far) + 1))
        if step in found:
            break
    return found
