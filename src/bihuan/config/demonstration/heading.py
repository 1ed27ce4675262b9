"""Where a walked case is heading: for one of its ends, or for a step at which it still stands when one looks.

``[walks]`` of the file says how many are still under way (``standing``), how many of the others end as the text's first
end says (``well``; or each end's share, ``ends``), how many of those under way were left lying (``lying``), where
no more than one stands (``rare``), where somebody stands before anywhere else (``first``), and which acts nobody does
of themselves (``leave``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from msgspec.structs import replace

from bihuan.procedure.definition import Act, Definition

CANCEL = "cancel"
NOWHERE = 999
SELDOM = 0.08
# what was left lying was begun so many working days earlier
LYING = 12
LATELY = timedelta(days=9)


@dataclass
class Headings:
    """``stands``: how many were sent to each step of each kind, so that each is met."""

    rules: dict[str, Any]
    random: Random
    stands: Counter[tuple[str, str]] = field(default_factory=Counter)

    def of_many(self, definition: Definition, number: int) -> list[str]:
        """Aims of so many cases of one kind opened by hand: some still stand, each at another step."""
        standing = min(max(round(number * self.rules["standing"]), 1), number - 1)
        standing = standing if _steps(definition) else 0
        return [self.a_step(definition) for _one in range(standing)] + [
            self.an_end(definition) for _one in range(number - standing)
        ]

    def of_one(self, definition: Definition, opened: datetime, now: datetime) -> str:
        """The aim of a case another case or the calendar opened: one of late may still stand somewhere."""
        stands = now - opened < LATELY and self.random.random() < self.rules["standing"]
        return self.a_step(definition) if stands else self.an_end(definition)

    def a_step(self, definition: Definition, among: Iterable[str] = ()) -> str:
        """The step at which fewest stand, of those where somebody has something to do; "" without any."""
        rare = {step for step in self.rules["rare"] if self.stands[_kind_and_step(step)]}
        steps = [
            step
            for step in among or _steps(definition)
            if step in _steps(definition) and f"{definition.kind}.{step}" not in rare
        ]
        if not steps:
            return ""
        first = set(self.rules["first"])
        rank = {step: (self.stands[definition.kind, step], f"{definition.kind}.{step}" not in first) for step in steps}
        chosen = min(steps, key=rank.__getitem__)
        self.stands[definition.kind, chosen] += 1
        return chosen

    def an_end(self, definition: Definition) -> str:
        """How it will end: as the file weighs it, else mostly well, which is the first end the text names."""
        ends = [step.name for step in definition.steps.values() if step.end and _reached(definition, step.name)]
        if not ends:
            return ""
        weights = [float(self.rules["ends"].get(f"{definition.kind}.{end}", 0)) for end in ends]
        if not any(weights):
            well = self.rules["well"]
            weights = [well if end == ends[0] else (1 - well) / (len(ends) - 1) for end in ends]
        return self.random.choices(ends, weights)[0]

    def way(self, definition: Definition, act: Act, step: str, aim: str) -> tuple[int, int]:
        """How much nearer to ``aim`` the act leads from ``step`` ("" = opening) and by which way; 0 or less by none.

        Whoever heads for a step goes straight; on the way to an end any way onwards will do, a rare one seldom.
        """
        far, order = distance(definition, aim), list(definition.steps)
        if aim in definition.steps and definition.steps[aim].end:
            onwards = {
                number: SELDOM if f"{definition.kind}.{way.step}" in self.rules["rare"] else 1.0
                for number, way in enumerate(act.ways, start=1)
                if way.step in far and (not step or order.index(way.step) > order.index(step))
            }
            if onwards:
                return 1, self.random.choices(list(onwards), list(onwards.values()))[0]
        return _nearest(definition, act, step, aim)

    def elsewhere(self, definition: Definition, aim: str, step: str) -> str:
        """Another step ahead of ``step`` instead of ``aim``, where it cannot stand; an end where none is left."""
        self.stands[definition.kind, aim] -= 1
        ahead = [one for one in definition.steps if one != step and step in distance(definition, one)]
        return self.a_step(definition, ahead) or self.an_end(definition)

    def left_lying(self) -> int:
        """By how many working days more a case was left where it stands: mostly none."""
        return LYING if self.random.random() < self.rules["lying"] else 0


def _kind_and_step(words: str) -> tuple[str, str]:
    kind, _dot, step = words.rpartition(".")
    return kind, step


def first_step(definition: Definition) -> str:
    """Where a case of this kind begins."""
    return next(iter(definition.steps))


def distance(definition: Definition, aim: str) -> dict[str, int]:
    """For every step from which ``aim`` can be reached, by how many acts."""
    kept: dict[str, dict[str, int]] = definition.__dict__.setdefault("_acts_to", {})
    if aim not in kept:
        kept[aim] = _far(definition, aim)
    return kept[aim]


def _far(definition: Definition, aim: str) -> dict[str, int]:
    found = {aim: 0}
    for away in range(1, len(definition.steps) + 1):
        for step in definition.steps:
            if step not in found and not definition.steps[step].end:
                acts = (act for act in definition.acts.values() if goes(act, step))
                if any(found.get(way.step, NOWHERE) < away for act in acts for way in act.ways):
                    found[step] = away
    return found


def goes(act: Act, step: str) -> bool:
    """Whether a walk does ``act`` at ``step`` of itself; calling off is a thing of its own."""
    return not act.standing and (not act.at or step in act.at)


def _reached(definition: Definition, end: str) -> bool:
    cancel = definition.acts.get(CANCEL)
    called_off = cancel is not None and any(way.step == end for way in cancel.ways)
    return called_off or first_step(definition) in distance(definition, end)


def _steps(definition: Definition) -> tuple[str, ...]:
    """Where a case may stand: every step it gets to but the ends, and the first where opening leaves it there."""
    kept: tuple[str, ...] | None = definition.__dict__.get("_stands_at")
    if kept is None:
        first = first_step(definition)
        opening = definition.acts.get(definition.opening.act)
        left_there = opening is not None and (not opening.ways or any(way.step == first for way in opening.ways))
        kept = definition.__dict__["_stands_at"] = tuple(
            step.name
            for step in definition.steps.values()
            if not step.end and (left_there or step.name != first) and first in distance(definition, step.name)
        )
    return kept


def _nearest(definition: Definition, act: Act, step: str, aim: str) -> tuple[int, int]:
    far = distance(definition, aim)
    reached = [(far.get(way.step, NOWHERE), number) for number, way in enumerate(act.ways, start=1)]
    nearest, number = min(reached, default=(NOWHERE, 0))
    return (far.get(step, NOWHERE) - nearest, number) if nearest < NOWHERE else (-NOWHERE, 0)


def as_usual(definition: Definition) -> Definition:
    """The definition without what other clauses ask in special cases only: so it is tried first."""
    kept: Definition | None = definition.__dict__.get("_as_usual")
    if kept is None:
        usual = tuple(one for one in definition.additions if not one.condition)
        kept = definition.__dict__["_as_usual"] = replace(definition, additions=usual)
    return kept


def ends_promise(definition: Definition, act: Act) -> bool:
    """Whether a promise runs until this act is done."""
    return any(act.name in deadline.until for deadline in definition.deadlines.values())
