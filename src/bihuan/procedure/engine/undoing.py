"""Taking back the newest act: the promises it had met, stopped, paused or moved run on as they were."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from ..state import ClockRun, Undoing
from .clockwork import void
from .counting import counted_again
from .working import Working


def to_undo(before: Iterable[ClockRun], after: Iterable[ClockRun]) -> Undoing:
    """What an act did to the promises, kept so that it can be taken back."""
    old = {(run.name, run.run): run for run in before}
    new = {(run.name, run.run): run for run in after}
    changed = tuple(run for key, run in old.items() if new[key] != run)
    return Undoing(changed, tuple(key for key in new if key not in old))


def take_back(work: Working, act: str) -> None:
    """Give every promise back as it was before ``act``; those the act had begun are void.

    Start, pauses and figure are the old ones, so a promise whose limit has passed meanwhile is late from now on.
    """
    undoing = work.undoing
    assert undoing is not None
    were = {(run.name, run.run): run for run in undoing.changed}
    for index, run in enumerate(work.clocks):
        key = run.name, run.run
        if key in were:
            work.clocks[index] = _as_it_was(work, were[key], act)
        elif key in undoing.begun and run.state != "void":
            work.clocks[index] = void(work, run, "undone")


def _as_it_was(work: Working, run: ClockRun, act: str) -> ClockRun:
    due = run.due.isoformat() if run.due else ""
    work.say("deadline-resumed", run.name, run.clause, {"run": run.run, "due": due, "undone": act})
    if run.state != "running":
        return run
    return counted_again(work, replace(run, next=None))
