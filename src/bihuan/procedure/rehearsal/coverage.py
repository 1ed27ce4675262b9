"""Which acts, ways and duties the examples of a pack go through, and which none does."""

from __future__ import annotations

from collections.abc import Iterable

from ..conditions import holds
from ..definition import Act, Definition
from ..engine import Surroundings
from ..engine.working import Working
from ..state import Outcome, State
from .report import Coverage, Place


def visits_of(
    definition: Definition, before: State | None, outcome: Outcome, surroundings: Surroundings
) -> frozenset[str]:
    """The acts done since ``before``, also by the clock or by children, and the way each took.

    Named ``repair:acts.dispatch`` and ``repair:acts.dispatch.to.0``; a signature alone does nothing yet.
    """
    earlier = before.done if before else {}
    names = [name for name, count in outcome.state.done.items() if count > earlier.get(name, 0)]
    found: set[str] = set()
    for name in names:
        act = definition.acts.get(name)
        if act is None:
            continue
        found.add(_act_name(definition, name))
        way = _way(definition, act, outcome, surroundings)
        if way is not None:
            found.add(_way_name(definition, name, way))
    for addition in definition.additions:
        if any(name in addition.on for name in names) and holds(
            addition.condition, Working(definition, outcome.state, surroundings).look
        ):
            found.add(f"{definition.kind}:also.{addition.name}")
    return frozenset(found)


def coverage(definitions: Iterable[Definition], visited: Iterable[frozenset[str]]) -> Coverage:
    """Everything that can be visited, told apart by whether it was."""
    seen = frozenset().union(*visited)
    places = [place for definition in definitions for place in _places(definition)]
    return Coverage(
        visited=frozenset(place.name for place in places if place.name in seen),
        unvisited=tuple(place for place in places if place.name not in seen),
    )


def _places(definition: Definition) -> Iterable[Place]:
    for name, act in definition.acts.items():
        origin = act.origin
        yield Place(_act_name(definition, name), origin.file, origin.line, origin.cite())
        for index, way in enumerate(act.ways):
            if len(act.ways) > 1:
                origin = way.origin
                yield Place(_way_name(definition, name, index), origin.file, origin.line, origin.cite())
    for addition in definition.additions:
        origin = addition.origin
        yield Place(f"{definition.kind}:also.{addition.name}", origin.file, origin.line, origin.cite())
    for duty in definition.duties.values():
        origin = duty.origin
        yield Place(f"{definition.kind}:duties.{duty.name}", origin.file, origin.line, origin.cite())


def _way(definition: Definition, act: Act, outcome: Outcome, surroundings: Surroundings) -> int | None:
    """The way an act took: the first that holds for what is now known."""
    look = Working(definition, outcome.state, surroundings).look
    return next((index for index, way in enumerate(act.ways) if holds(way.condition, look)), None)


def _act_name(definition: Definition, act: str) -> str:
    return f"{definition.kind}:acts.{act}"


def _way_name(definition: Definition, act: str, way: int) -> str:
    return f"{definition.kind}:acts.{act}.to.{way}"
