"""Every figure of a procedure shifted by one, in turn: limits, terms, bounds, days, counts, and what answers are
compared with. Found by going through the whole definition, so that no figure can be forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import NODEFAULT, Struct

from ...definition import Definition, Origin, Text, Time
from .plant import put

_PARTS = ("acts", "additions", "deadlines", "waits", "duties", "forms", "keep", "targets")
_TERM = re.compile(r"(\d+)( (?:working )?(?:minute|hour|day|week|month|year)s?)")


class Figure(Struct, frozen=True):
    """One figure by its dotted place, and the procedure with it one higher and one lower."""

    place: str
    value: str
    higher: Definition
    lower: Definition | None


def figures(definition: Definition) -> list[Figure]:
    """All figures in the order of the parts; the same list each time."""
    found: list[Figure] = []
    for part in _PARTS:
        whole = getattr(definition, part)
        for place, value, higher, lower in _figures(whole, part):
            shifted = (put(definition, **{part: each}) if each is not None else None for each in (higher, lower))
            more, less = shifted
            assert more is not None
            found.append(Figure(place, value, more, less))
    return found


_Shift = tuple[str, str, Any, Any]  # place, the figure, everything with it one higher, and one lower if that may be


def _figures(value: Any, place: str) -> Iterator[_Shift]:
    if isinstance(value, bool | Origin | Text) or value is None:
        return
    if isinstance(value, int | float):
        yield place, str(value), value + 1, value - 1
    elif isinstance(value, str):
        term = _TERM.fullmatch(value)
        if term:
            more, less = (f"{int(term[1]) + step}{term[2]}" for step in (1, -1))
            yield place, value, more, less if int(term[1]) else None
    elif isinstance(value, Struct):
        yield from _of_struct(value, place)
    elif isinstance(value, tuple | list):
        for index, each in enumerate(value):
            for where, figure, *others in _figures(each, f"{place}.{_name(each, index)}"):
                yield where, figure, *(_instead(value, index, other) for other in others)
    elif isinstance(value, dict):
        for key, each in value.items():
            for where, figure, *others in _figures(each, f"{place}.{key}"):
                yield where, figure, *(None if other is None else value | {key: other} for other in others)  # type: ignore[misc]  # two


def _of_struct(value: Struct, place: str) -> Iterator[_Shift]:
    for field in msgspec.structs.fields(value):
        own = getattr(value, field.name)
        if field.default is not NODEFAULT and own == field.default:
            continue  # nobody wrote it
        inner = place if field.name in ("amount", "value") else f"{place}.{field.name}"
        # a time before the start says nothing
        nothing = isinstance(value, Time) and value.amount == 0
        for where, figure, more, less in _figures(own, inner):
            lower = None if less is None or nothing else put(value, **{field.name: less})
            yield where, figure, put(value, **{field.name: more}), lower


def _name(each: Any, index: int) -> str:
    key = getattr(each, "key", "") or getattr(each, "name", "")
    return f"{index}.{key}" if key else str(index)


def _instead(items: Any, index: int, other: Any) -> Any:
    return None if other is None else type(items)((*items[:index], other, *items[index + 1 :]))
