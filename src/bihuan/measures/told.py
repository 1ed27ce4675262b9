"""What the book tells of one case up to a moment, folded from its own entries and nothing else.

The engine is not asked again: what it decided then stands in the happenings of every entry. A row of today says only
which cases can be meant at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from bihuan.procedure.definition import Definition


class Happened(msgspec.Struct):
    """One happening of an entry; what is not counted stays unread."""

    kind: str
    name: str
    at: datetime
    data: dict[str, Any] = {}


class Content(msgspec.Struct):
    """The parts of an entry's content that are counted."""

    answers: Any = None
    happenings: list[Happened] = []


class Line(NamedTuple):
    """One entry of a case; ``content`` None where it was disposed of."""

    done: datetime
    recorded: datetime
    by_hand: bool
    content: Content | None


read_content = msgspec.json.Decoder(Content).decode


@dataclass(slots=True)
class Run:
    """One run of a promise: when due (None while it stands still), kept when, known late, and whether it still runs."""

    name: str
    due: datetime | None
    kept: datetime | None = None
    late: bool = False
    open: bool = True
    ended: datetime | None = None


@dataclass(slots=True)
class Told:
    """A case as the book tells it at ``until``. ``ended`` None while it is open.

    ``answered``: the first thing done by hand after the opening. ``later``: something of the period was recorded after
    it. ``gaps``: entries whose content was disposed of. ``signed``: what the first of several signers filled in.
    """

    id: UUID
    kind: str
    version: UUID
    outlet: str
    child: bool
    opened: datetime
    until: datetime
    step: str = ""
    ended: datetime | None = None
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    signed: dict[str, Any] = field(default_factory=dict)
    runs: dict[tuple[str, int], Run] = field(default_factory=dict)
    answered: datetime | None = None
    recorded: datetime | None = None
    later: bool = False
    gaps: int = 0

    def kept(self, start: datetime) -> set[str]:
        """Promises kept between ``start`` and ``until``, none of their runs in it missed."""
        kept = {run.name for run in self.runs.values() if run.kept and start <= run.kept < self.until}
        return kept - self.missed(start)

    def missed(self, start: datetime) -> set[str]:
        """Promises whose limit passed unkept between ``start`` and ``until``."""
        return {run.name for run in self.runs.values() if (due := self._passed(run)) and start <= due < self.until}

    def overdue(self) -> bool:
        """Whether it is open and a promise of it stands unkept past its limit."""
        return self.ended is None and any(run.open and self._passed(run) for run in self.runs.values())

    def _passed(self, run: Run) -> datetime | None:
        """The limit of ``run`` where it passed before ``until`` without the promise having been kept."""
        if run.due is None or run.kept is not None or run.due >= self.until:
            return None
        return run.due if run.open or run.late else None


def fold(told: Told, lines: Iterable[Line], end: datetime, definition: Definition) -> Told:
    """``told`` with everything its entries up to ``told.until`` say; ``end``: the end of the period reported on.

    An entry recorded at ``end`` or after about something done before it makes the case one recorded later.
    """
    for place, line in enumerate(lines):
        if line.done >= told.until:
            continue
        if told.recorded is None:
            told.recorded = line.recorded
        elif told.answered is None and line.by_hand and place:
            told.answered = line.done
        if line.recorded >= end > line.done:
            told.later = True
        if line.content is None:
            told.gaps += 1
            continue
        said = line.content.answers if isinstance(line.content.answers, dict) else {}
        for one in line.content.happenings:
            taken = _TAKEN.get(one.kind)
            if taken is not None:
                taken(told, one)
            elif one.kind == "filled":
                _fill(told, one.name, said, definition)
            elif one.kind == "signed" and said:
                told.signed = said
    return told


def _fill(told: Told, form: str, said: dict[str, Any], definition: Definition) -> None:
    """The form as it was filled: an answer may be called ``form.question``, ``question``, or stand under the form.

    A question asked again answers the earlier one as well.
    """
    said = said or told.signed
    inner = said.get(form)
    if isinstance(inner, dict):
        said = {**said, **inner}
    prefix = f"{form}."
    asked = definition.forms.get(form)
    if asked is None:
        return
    names = ((name.removeprefix(prefix), value) for name, value in said.items())
    # a standing act (departing, cancelling) says its own things beside the form
    filled = {name: value for name, value in names if name in asked.fields or name in asked.lines}
    told.answers[form] = filled
    for question in asked.fields.values():
        before = told.answers.get(question.again.partition(".")[0]) if question.again else None
        if before is not None and question.name in filled:
            before[question.again.partition(".")[2]] = filled[question.name]


def _corrected(told: Told, one: Happened) -> None:
    form, name = one.data.get("form"), one.data.get("field")
    if isinstance(form, str) and isinstance(name, str):
        told.answers.setdefault(form, {})[name] = one.data.get("after")


def _entered(told: Told, one: Happened) -> None:
    told.step, told.ended = one.name, None


def _ended(told: Told, one: Happened) -> None:
    told.ended = one.at


def _started(told: Told, one: Happened) -> None:
    told.runs[one.name, one.data["run"]] = Run(one.name, _due(one))


def _resumed(told: Told, one: Happened) -> None:
    """Counting again after a pause, or given back because an act was taken back: nothing is decided any more."""
    run = _run(told, one)
    run.due, run.kept, run.late, run.open, run.ended = _due(one), None, False, True, None


def _paused(told: Told, one: Happened) -> None:
    _run(told, one).due = None


def _moved(told: Told, one: Happened) -> None:
    run = _run(told, one)
    run.due = _due(one)
    if run.open:
        run.late = False


def _met(told: Told, one: Happened) -> None:
    run = _run(told, one)
    run.kept = run.ended = run.ended or one.at
    run.late, run.open = False, False


def _missed(told: Told, one: Happened) -> None:
    run = _run(told, one)
    run.due, run.late, run.kept = _due(one) or run.due, True, None


def _stopped(told: Told, one: Happened) -> None:
    run = _run(told, one)
    run.open, run.ended = False, one.at


def _void(told: Told, one: Happened) -> None:
    run = _run(told, one)
    run.open, run.late = False, one.data.get("was") == "missed"
    run.kept = None


def _run(told: Told, one: Happened) -> Run:
    return told.runs.setdefault((one.name, one.data["run"]), Run(one.name, None))


def _due(one: Happened) -> datetime | None:
    written = one.data.get("due")
    return datetime.fromisoformat(written) if written else None


_TAKEN = {
    "corrected": _corrected,
    "entered": _entered,
    "ended": _ended,
    "deadline-started": _started,
    "deadline-resumed": _resumed,
    "deadline-paused": _paused,
    "deadline-moved": _moved,
    "deadline-met": _met,
    "deadline-missed": _missed,
    "deadline-stopped": _stopped,
    "deadline-void": _void,
}
