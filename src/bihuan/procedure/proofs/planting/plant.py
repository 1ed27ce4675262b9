"""One planted change: the same procedure with one word of it taken away or shifted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct

from ...definition import Condition, Definition, Origin, Time, Who

PlantKind = Literal[
    "act-removed", "post-swapped", "post-widened", "doer-loosened", "needs-removed", "condition-removed",
    "letter-dropped", "effect-dropped", "child-dropped", "way-removed", "way-swapped", "wait-dropped", "know-dropped",
    "also-dropped", "must-removed", "field-dropped", "choice-dropped", "bound-shifted", "figure-shifted",
    "again-dropped", "lines-loosened", "keep-dropped", "keep-shifted", "copies-dropped", "number-dropped",
    "reader-dropped", "deadline-dropped", "time-shifted", "time-doubled", "pause-dropped", "warning-dropped",
    "rung-dropped", "until-swapped", "duty-dropped", "day-shifted", "about-dropped", "holiday-swapped",
    "received-dropped", "target-shifted", "days-swapped", "stage-swapped",
]  # fmt: skip


class Plant(Struct, frozen=True):
    """A change: its kind, the entry it touches by dotted name, the clause it stands under, the changed procedure."""

    kind: PlantKind
    entry: str
    origin: Origin
    definition: Definition

    @property
    def name(self) -> str:
        return f"{self.kind} {self.entry}"


T = TypeVar("T")
S = TypeVar("S", bound=Struct)

# A changed entry on its way back into the procedure: kind, dotted rest of its name, origin, the entry.
Change = tuple[PlantKind, str, Origin, S]
STRANGER = "nobody-holds-this-post"


def put(entry: S, **fields: Any) -> S:
    """``entry`` with other values in ``fields``."""
    return msgspec.structs.replace(entry, **fields)


def without(items: tuple[T, ...], index: int) -> tuple[T, ...]:
    return items[:index] + items[index + 1 :]


def instead(items: tuple[T, ...], index: int, item: T) -> tuple[T, ...]:
    return (*items[:index], item, *items[index + 1 :])


def shifted(time: Time) -> Time:
    """One unit longer."""
    return put(time, amount=time.amount + 1, word="")


def doubled(time: Time) -> Time:
    return put(time, amount=time.amount * 2, word="")


def drops(
    kind: PlantKind, field: str, items: tuple[Any, ...], entry: S, origin_of: Callable[[Any], Origin]
) -> Iterator[Change[S]]:
    """Each element of the list ``field`` taken away in turn."""
    for index, item in enumerate(items):
        yield kind, f"{field}.{index}", origin_of(item), put(entry, **{field: without(items, index)})


def other_figures(condition: Condition) -> Iterator[tuple[str, Condition]]:
    """The condition with each of its figures one higher and one lower, and each of its constants another."""
    for row, tests in enumerate(condition):
        for column, test in enumerate(tests):
            values: list[Any] = []
            if isinstance(test.value, bool):
                values = [not test.value]
            elif isinstance(test.value, int | float):
                values = [test.value + 1, test.value - 1]
            elif test.operator == "one-of" and isinstance(test.value, list | tuple) and len(test.value) > 1:
                values = [[*test.value[:index], *test.value[index + 1 :]] for index in range(len(test.value))]
            elif isinstance(test.value, str) and not test.of:
                values = [STRANGER]
            for value in values:
                changed = instead(tests, column, put(test, value=value))
                yield f"{test.key}.{value}", instead(condition, row, changed)


def who_changes(who: Who, origin: Origin, entry: S, everyone: tuple[str, ...]) -> Iterator[Change[S]]:
    """Another post acts, or everyone may; a bond to a place, an earlier act or another person is loosened."""
    others: list[tuple[PlantKind, str, Who]] = [("post-widened", "everyone", _widened(who, everyone))]
    for index in range(len(who.posts)):
        others.append(("post-swapped", f"posts.{index}", put(who, posts=instead(who.posts, index, STRANGER))))
    for index in range(len(who.each)):
        others.append(("post-swapped", f"each.{index}", put(who, each=instead(who.each, index, STRANGER))))
        if len(who.each) > 1:
            others.append(("doer-loosened", f"each.{index}", put(who, each=without(who.each, index))))
    for index in range(len(who.via)):
        others.append(("post-swapped", f"via.{index}", put(who, via=instead(who.via, index, STRANGER))))
    loose: dict[str, Any] = {"same": "", "other": (), "where": "", "named": "", "quorum": 0, "own": False}
    for name, nothing in loose.items():
        if getattr(who, name) != nothing:
            others.append(("doer-loosened", name, put(who, **{name: nothing})))
    for kind, name, other in others:
        yield kind, f"by.{name}", origin, put(entry, who=other)


def _widened(who: Who, everyone: tuple[str, ...]) -> Who:
    """Everyone may act, even in the place of the clock or of another case; the other bonds stay."""
    if who.each or who.cases:
        return Who(posts=everyone)
    return put(who, posts=everyone, clock=False, case_kind="")


def everyone_in(definition: Definition) -> tuple[str, ...]:
    """Every post that acts, is told or takes something in this procedure."""
    found: dict[str, None] = {}
    for act in definition.acts.values():
        found.update(dict.fromkeys((*act.who.posts, *act.who.each, *act.who.via)))
    for duty in definition.duties.values():
        found.update(dict.fromkeys((*duty.who.posts, *duty.who.each, *duty.received_by)))
    return tuple(each for each in found if "." not in each)
