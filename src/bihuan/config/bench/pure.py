"""What one core does without any database: acts of the engine, due moments with the calendar."""

from __future__ import annotations

from collections.abc import Callable

from bihuan.procedure.engine.speed import acts_per_second
from bihuan.procedure.speed import deadlines_per_second

from .figures import Measured, at_least, at_most

HOW_ENGINE = """The pure engine alone, one process on one core: an ordinary act (a form of six fields, two promises
running) on the state the act before it left. Best of three, because other work on the machine only ever slows it."""

HOW_DEADLINES = """{count:,} due moments of eight working hours each on the Chinese calendar of three years with its
make-up days, starts spread over a year, half of them not on whole minutes; laying out the calendar is within the
measured time. One process on one core, best of three."""


def engine(quick: bool, say: Callable[[str], None]) -> Measured:
    """Acts of the engine a second."""
    say("engine …")
    best = max(acts_per_second(0.3 if quick else 2.0) for _ in range(3))
    return Measured(
        "engine", "The engine", " ".join(HOW_ENGINE.split()), (at_least("acts on one core", best, "acts/s", 20_000),)
    )


def deadlines(quick: bool, say: Callable[[str], None]) -> Measured:
    """Seconds for a million due moments."""
    count = 100_000 if quick else 1_000_000
    say("deadlines …")
    seconds = 1_000_000 / max(deadlines_per_second(count) for _ in range(3))
    how = " ".join(HOW_DEADLINES.format(count=count).split())
    return Measured("deadlines", "Due moments", how, (at_most("1,000,000 deadlines", seconds, "s", 1.0),))
