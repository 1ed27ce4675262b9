"""When a clock stands still, in whole minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ..definition import Text
from ..state import Paused
from .wall import minute_after, minute_before

FOREVER = 1 << 60


class Break(Struct, frozen=True):
    """A pause with its reason and clause. ``end`` is None while it lasts."""

    start: datetime
    end: datetime | None
    because: Text = Text("暂停", "Paused")
    clause: str = ""


AnyPause = tuple[datetime, datetime | None] | Paused | Break
Pauses = Sequence[AnyPause]


class StillPaused(ValueError):
    """The clock stands and nobody knows yet until when: there is no due moment."""


def breaks(pauses: Pauses) -> list[Break]:
    """The pauses in order of their start, however they were handed over."""
    read = [
        pause
        if isinstance(pause, Break)
        else Break(pause.start, pause.end, clause=pause.clause)
        if isinstance(pause, Paused)
        else Break(*pause)
        for pause in pauses
    ]
    return sorted(read, key=lambda one: one.start)


def stops(pauses: Pauses) -> list[tuple[int, int]]:
    """The minutes that do not count: every minute a pause touches; overlapping pauses are one."""
    merged: list[tuple[int, int]] = []
    for one in breaks(pauses):
        start, end = minutes(one)
        if one.end is not None and one.end <= one.start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def minutes(one: Break) -> tuple[int, int]:
    """First and last minute boundary that a break touches."""
    return minute_before(one.start), FOREVER if one.end is None else minute_after(one.end)
