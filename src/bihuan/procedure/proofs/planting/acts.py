"""Changes planted in acts, in the ways out of them and in what other clauses add to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...definition import Act, Addition, Child, Definition, Effect, Letter, Needs, Origin, Way
from .plant import Change, Plant, PlantKind, drops, everyone_in, instead, other_figures, put, who_changes, without


def planted_acts(definition: Definition) -> Iterator[Plant]:
    """Every act changed in each way it can be changed alone."""
    everyone = everyone_in(definition)
    for name, act in definition.acts.items():
        for kind, rest, origin, changed in _act(act, everyone):
            acts = definition.acts | {name: changed}
            yield Plant(kind, f"acts.{name}.{rest}", origin, put(definition, acts=acts))
        if name == definition.opening.act and not definition.opening.by_hand:
            opening = put(definition.opening, by_hand=True)
            yield Plant("post-widened", f"acts.{name}.by-hand", act.origin, put(definition, opening=opening))
        if name != definition.opening.act:
            acts = {each: other for each, other in definition.acts.items() if each != name}
            if not _named_elsewhere(definition, name):
                yield Plant("act-removed", f"acts.{name}", act.origin, put(definition, acts=acts))


def planted_additions(definition: Definition) -> Iterator[Plant]:
    """Every ``also`` dropped whole, and each of its parts alone."""
    for index, addition in enumerate(definition.additions):
        changes: list[Change[Addition]] = list(_shared(addition))
        if addition.condition:
            changes.append(("condition-removed", "if", addition.origin, put(addition, condition=())))
        for key, other in other_figures(addition.condition):
            changes.append(("figure-shifted", f"if.{key}", addition.origin, put(addition, condition=other)))
        for on in range(len(addition.on)):
            if len(addition.on) > 1:
                changes.append(
                    ("also-dropped", f"on.{on}", addition.origin, put(addition, on=without(addition.on, on)))
                )
        for kind, rest, origin, changed in changes:
            additions = instead(definition.additions, index, changed)
            yield Plant(kind, f"also.{addition.name}.{rest}", origin, put(definition, additions=additions))
        rest_of = without(definition.additions, index)
        yield Plant("also-dropped", f"also.{addition.name}", addition.origin, put(definition, additions=rest_of))


def _named_elsewhere(definition: Definition, act: str) -> bool:
    """Whether something else leans on the act, so that removing it would leave no readable procedure."""
    others = [each for each in definition.acts.values() if each.name != act]
    return (
        any(act == each.who.same or act in each.who.other or act == each.undoes for each in others)
        or any(act == each.start or each.until == (act,) for each in definition.deadlines.values())
        or any(act == each.start for each in definition.waits.values())
    )


def _act(act: Act, everyone: tuple[str, ...]) -> Iterator[Change[Act]]:
    yield from who_changes(act.who, act.origin, act, everyone)
    yield from _shared(act)
    if act.condition:
        yield "condition-removed", "if", act.origin, put(act, condition=())
    for key, other in other_figures(act.condition):
        yield "figure-shifted", f"if.{key}", act.origin, put(act, condition=other)
    if act.after:
        yield "wait-dropped", "after", act.origin, put(act, after="")
    if len(act.at) > 1:
        yield from drops("way-removed", "at", act.at, act, lambda _: act.origin)
    for index, way in enumerate(act.ways):
        for kind, rest, origin, changed in _way(way):
            yield kind, f"ways.{index}.{rest}", origin, put(act, ways=instead(act.ways, index, changed))
        if len(act.ways) > 1:
            # The last way stays, or the act would lead nowhere; without an earlier one its cases go another way.
            if index < len(act.ways) - 1:
                yield "way-removed", f"ways.{index}", way.origin, put(act, ways=without(act.ways, index))
            elsewhere = act.ways[(index + 1) % len(act.ways)].step
            if elsewhere != way.step:
                turned = put(way, step=elsewhere)
                yield "way-swapped", f"ways.{index}", way.origin, put(act, ways=instead(act.ways, index, turned))
        elif way.step:
            yield "way-removed", f"ways.{index}", way.origin, put(act, ways=())


def _way(way: Way) -> Iterator[Change[Way]]:
    yield from _followings(way)
    if way.condition:
        yield "condition-removed", "if", way.origin, put(way, condition=())
    for key, other in other_figures(way.condition):
        yield "figure-shifted", f"if.{key}", way.origin, put(way, condition=other)
    if way.at_once:
        yield "condition-removed", "at-once", way.origin, put(way, at_once=False)


def _shared(entry: Act | Addition) -> Iterator[Change[Any]]:
    for index, needs in enumerate(entry.needs):
        yield "needs-removed", f"needs.{index}", needs.origin, put(entry, needs=without(entry.needs, index))
        yield from _tests(entry, index, needs)
    yield from _followings(entry)


def _tests(entry: Act | Addition, index: int, needs: Needs) -> Iterator[Change[Any]]:
    """Each comparison of a requirement taken away alone, where there is more than one."""
    for table_index, table in enumerate(needs.condition):
        for test_index, test in enumerate(table):
            if len(table) > 1:
                changed = instead(needs.condition, table_index, without(table, test_index))
                loose = put(entry, needs=instead(entry.needs, index, put(needs, condition=changed)))
                yield "needs-removed", f"needs.{index}.{test.key}", needs.origin, loose
    for key, other in other_figures(needs.condition):
        moved = put(entry, needs=instead(entry.needs, index, put(needs, condition=other)))
        yield "figure-shifted", f"needs.{index}.{key}", needs.origin, moved


def _followings(entry: Act | Addition | Way) -> Iterator[Change[Any]]:
    lists: tuple[tuple[PlantKind, str, tuple[Letter | Effect | Child, ...]], ...] = (
        ("letter-dropped", "letters", entry.letters),
        ("effect-dropped", "effects", entry.effects),
        ("child-dropped", "children", entry.children),
    )
    for kind, field, items in lists:
        yield from drops(kind, field, items, entry, _origin)
    for index, letter in enumerate(entry.letters):
        for post_index, post in enumerate(letter.posts):
            if len(letter.posts) > 1:
                fewer = put(letter, posts=without(letter.posts, post_index))
                changed = put(entry, letters=instead(entry.letters, index, fewer))
                yield "letter-dropped", f"letters.{index}.{post}", letter.origin, changed


def _origin(item: Letter | Effect | Child) -> Origin:
    origin: Origin = item.origin
    return origin
