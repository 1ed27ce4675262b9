"""Every figure of a pack shifted in turn: an example must notice, or the figure stands in the text unproved.

Each figure is set one higher, and where nobody notices one lower; the pack's examples are played again under it, those
that speak of the entry first. One that fails is enough.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from ..calendars import Calendar
from ..definition import Definition, Pack
from ..rehearsal import Definitions, Example, Report, calendar_for, play
from .planting.figures import Figure, figures


class Unnoticed(Struct, frozen=True):
    """A figure no example would miss: the procedure, the dotted place, what stands there."""

    kind: str
    place: str
    value: str


class Shifted(Struct, frozen=True):
    """What was shifted: the number of figures, the examples played again, those nobody noticed."""

    figures: int
    plays: int
    unnoticed: tuple[Unnoticed, ...]


def shifting(pack: Pack, report: Report, calendar: Calendar | None = None) -> Shifted:
    """Shifts every figure of ``pack``. ``report`` is its rehearsal; examples that do not pass are left out."""
    examples = [result.example for result in report.results if result.passed]
    shifter = _Shifter(pack, examples, calendar or calendar_for(pack, examples))
    count, unnoticed = 0, []
    for kind, definition in pack.procedures.items():
        for figure in figures(definition):
            count += 1
            if not shifter.notices(kind, figure):
                unnoticed.append(Unnoticed(kind, figure.place, figure.value))
    return Shifted(count, shifter.plays, tuple(unnoticed))


class _Shifter:
    def __init__(self, pack: Pack, examples: Iterable[Example], calendar: Calendar) -> None:
        self.definitions = Definitions(pack.procedures)
        self.calendar, self.posts = calendar, frozenset(pack.posts)
        self.plays = 0
        self.newest: Example | None = None
        self.of_kind: dict[str, list[tuple[Example, frozenset[str]]]] = {}
        for example in examples:
            definition = self.definitions[example.procedure]
            kind = definition.duty_of or definition.kind
            self.of_kind.setdefault(kind, []).append((example, _speaks_of(example)))

    def notices(self, kind: str, figure: Figure) -> bool:
        """Whether an example of the procedure fails with the figure one higher or one lower."""
        name = (*figure.place.split("."), "")[1]
        ordered = sorted(self.of_kind.get(kind, ()), key=lambda each: (name not in each[1], each[0] is not self.newest))
        return any(
            self._fails(example, other)
            for other in (figure.higher, figure.lower)
            if other is not None
            for example, _words in ordered
        )

    def _fails(self, example: Example, shifted: Definition) -> bool:
        self.plays += 1
        failed = not play(example, self.definitions.instead(shifted), self.posts, self.calendar).passed
        if failed:
            self.newest = example
        return failed


def _speaks_of(example: Example) -> frozenset[str]:
    """The acts, forms, deadlines and duties an example names."""
    words = {example.procedure.rpartition(".")[2], example.duty.duty if example.duty else ""}
    for step in example.steps:
        words.add(step.act)
        words |= {key.partition(".")[0] for key in step.answers}
        words |= {key.partition(".")[0] for key in step.expected.wrong or ()}
        for key in ("deadlines", "due", "keep"):
            words |= set(step.expected.follows.get(key, ()))
    return frozenset(words)
