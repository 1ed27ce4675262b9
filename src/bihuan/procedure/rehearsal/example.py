"""What an example is once read: who does what when, what must follow, what must be refused."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from ..definition import Text


class Expected(Struct, frozen=True):
    """What one step says must come of it. Absent entries say nothing.

    ``refused`` is a clause ("" = none asked), ``wrong`` the fields of ``WrongAnswers``, ``follows`` what must be seen
    afterwards, ``offers`` the acts then open to the step's doer.
    """

    refused: str = ""
    refused_code: str = ""
    wrong: tuple[str, ...] | None = None
    not_yours: bool = False
    follows: dict[str, Any] = {}
    offers: tuple[str, ...] | None = None
    together: tuple[str, ...] | None = None

    @property
    def refusal(self) -> bool:
        """Whether the step must be refused in one way or another."""
        return bool(self.refused or self.refused_code or self.wrong is not None or self.not_yours)


class ExampleStep(Struct, frozen=True):
    """One line of an example: an act of a person or another case, news of a child case, or the clock running on.

    ``at`` and ``clock`` are as written: a local moment, a time of day, or ``+20 minutes`` from the moment before.
    """

    line: int
    by: str = ""
    act: str = ""
    at: str = ""
    clock: str = ""
    place: str = ""
    answers: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    child: dict[str, Any] = {}
    expected: Expected = Expected()
    opening: bool = False


class DutyDates(Struct, frozen=True):
    """An example of a duty: the next days it falls on counted from a day, and the last day it may be done."""

    duty: str
    start: str
    falls_on: tuple[str, ...]
    overdue_after: tuple[str, ...] | None = None
    about: tuple[str, ...] | None = None
    opens: tuple[str, ...] | None = None


class Example(Struct, frozen=True):
    """One example. ``proves`` names the entries its rules stand on, where the rule's clause does not."""

    file: str
    line: int
    title: Text
    procedure: str
    rules: tuple[str, ...] = ()
    waits_for: str = ""
    proves: tuple[str, ...] = ()
    steps: tuple[ExampleStep, ...] = ()
    duty: DutyDates | None = None
    facts: dict[str, Any] = {}
    places: tuple[str, ...] = ()
    where: dict[str, str] = {}
    holidays: tuple[str, ...] = ()


class ExampleFault(Struct, frozen=True):
    """A mistake in an example file: the file cannot be rehearsed until it is mended."""

    code: str
    file: str
    line: int
    words: Text
