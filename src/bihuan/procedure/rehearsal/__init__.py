"""Rehearsing: the examples a pack carries, played on a virtual clock.

``rehearse(pack)`` reads ``examples/*.toml`` beside the procedures and says of each example whether it holds, of the
whole which acts and ways nobody visits. Every example begins afresh; nothing is stored and no clock is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..calendars import Calendar, of_hours
from ..definition import Definition, Pack, Text
from .coverage import coverage
from .definitions import Definitions
from .example import DutyDates, Example, ExampleFault, ExampleStep, Expected
from .reading import UNSHAPED, read_examples
from .report import Coverage, Difference, Place, Report, Result
from .running import play

__all__ = [
    "Coverage", "Definitions", "Difference", "DutyDates", "Example", "ExampleFault", "ExampleStep", "Expected", "Place",
    "Report", "Result", "calendar_for", "play", "play_all", "read_examples", "rehearse",
]  # fmt: skip

# Duties are looked at some years ahead of the day an example asks about.
_YEARS_AHEAD = 4
# beyond these no calendar is laid out, whatever an example says
_EARLIEST, _LATEST = 1990, 2149


def rehearse(pack: Pack, calendar: Calendar | None = None) -> Report:
    """Plays every example of ``pack``. Without ``calendar``, the pack's hours and its country's public days count."""
    definitions = Definitions(pack.procedures)
    found = read_examples(Path(pack.folder), pack, definitions)
    results = play_all(found.examples, definitions, pack, calendar)
    visited = [result.visits for result in results]
    visited += [_duty_visit(result.example, definitions) for result in results]
    return Report(pack.name, tuple(results), tuple(found.faults), coverage(pack.procedures.values(), visited))


def play_all(
    examples: Iterable[Example], definitions: Definitions, pack: Pack, calendar: Calendar | None = None
) -> list[Result]:
    """Plays ``examples`` against ``definitions``, one after the other."""
    examples = list(examples)
    calendar = calendar or calendar_for(pack, examples)
    posts = frozenset(pack.posts)
    return [_played(example, definitions, posts, calendar) for example in examples]


def _played(example: Example, definitions: Definitions, posts: frozenset[str], calendar: Calendar) -> Result:
    """The example played; one with a value that nothing can read falls short with the words of the mistake."""
    try:
        return play(example, definitions, posts, calendar)
    except UNSHAPED as error:
        words = Text(f"演不下去：{error}", f"it cannot be played: {error}")
        return Result(example, (Difference(example.line, "shape", None, None, words),))


def calendar_for(pack: Pack, examples: Iterable[Example]) -> Calendar:
    """The pack's working week with the public days of the years its examples speak of."""
    said = {words[:4] for example in examples for words in _moments(example)}
    years = {int(year) for year in said if year.isascii() and year.isdigit() and _EARLIEST <= int(year) <= _LATEST}
    first, last = min(years, default=2026), max(years, default=2026)
    return of_hours(pack.name, pack.hours, range(first - 1, last + _YEARS_AHEAD))


def _moments(example: Example) -> Iterable[str]:
    for step in example.steps:
        yield step.at
        yield step.clock
    if example.duty is not None:
        yield example.duty.start


def _duty_visit(example: Example, definitions: Definitions) -> frozenset[str]:
    """An example that plays a duty's own small procedure visits that duty."""
    definition = definitions.get(example.procedure)
    if not isinstance(definition, Definition) or not definition.duty_of:
        return frozenset()
    kind, _, duty = example.procedure.rpartition(".")
    return frozenset({f"{kind}:duties.{duty}"})
