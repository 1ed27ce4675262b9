"""What the book tells of one case up to a moment, folded from its own entries and nothing else.

The engine is not asked again: what it decided then stands in the happenings of every entry. A row of today says only
which cases can be meant at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from bihuan.procedure.definition import Definition


class Happened(msgspec.Struct, gc=False):
    """One happening of an entry; what it says in particular stays unread until it is counted."""

    kind: str
    name: str
    at: datetime
    data: msgspec.Raw = msgspec.Raw(b"{}")


class Particular(msgspec.Struct, gc=False):
    """What happenings that count say in particular."""

    run: int = 0
    due: str = ""
    was: str | None = None
    form: str = ""
    field: str = ""
    after: Any = None


class Decided(Particular, array_like=True, gc=False):
    """The same as an extract carries it."""


class Content(msgspec.Struct, gc=False):
    """The parts of an entry's content that are counted."""

    answers: msgspec.Raw = msgspec.Raw(b"null")
    happenings: list[Happened] = []


Line = tuple[datetime, datetime, bool, Content | None]
"""One entry of a case: done, recorded, whether by hand, and what it says – None where that was disposed of."""

read_lines = msgspec.json.Decoder(list[Line]).decode
read_content = msgspec.json.Decoder(Content).decode
read_particular = msgspec.json.Decoder(Particular).decode
_read_answers = msgspec.json.Decoder(Any).decode


class Run(msgspec.Struct, array_like=True, gc=False):
    """One run of a promise: when due (None while it stands still), kept when, known late, and whether it still runs."""

    name: str
    due: datetime | None
    kept: datetime | None = None
    late: bool = False
    open: bool = True
    ended: datetime | None = None


class Told(msgspec.Struct, gc=False):
    """A case as the book tells it at ``until``. ``ended`` None while it is open.

    ``answered``: the first thing done by hand after the opening. ``later``: something of the period was recorded after
    it. ``gaps``: entries whose content was disposed of. ``said``: what was answered, read only when asked for.
    ``whole``: nothing of it was done at ``until`` or after. ``filled`` and ``known_runs``: the answers that
    count and the runs of all promises, where an extract knows them.
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
    said: list[tuple[msgspec.Raw, Happened]] = []
    runs: dict[tuple[str, int], Run] = {}
    answered: datetime | None = None
    recorded: datetime | None = None
    later: bool = False
    gaps: int = 0
    whole: bool = True
    filled: dict[str, dict[str, Any]] | None = None
    known_runs: Sequence[Run] | None = None

    def decided(self, start: datetime) -> tuple[set[str], set[str]]:
        """Promises kept between ``start`` and ``until``, none of their runs in it missed; and those missed in it."""
        kept, missed = set(), set()
        for run in self._runs():
            if run.kept is not None:
                if start <= run.kept < self.until:
                    kept.add(run.name)
            elif (due := self._passed(run)) is not None and start <= due:
                missed.add(run.name)
        return kept - missed, missed

    def kept(self, start: datetime) -> set[str]:
        """Promises kept between ``start`` and ``until``, none of their runs in it missed."""
        return self.decided(start)[0]

    def missed(self, start: datetime) -> set[str]:
        """Promises whose limit passed unkept between ``start`` and ``until``."""
        return self.decided(start)[1]

    def overdue(self) -> bool:
        """Whether it is open and a promise of it stands unkept past its limit."""
        return self.ended is None and any(run.open and self._passed(run) for run in self._runs())

    def answers(self, definition: Definition, forms: frozenset[str] | None = None) -> dict[str, dict[str, Any]]:
        """The newest filling of every form: form → question → answer. ``forms``: only these need to be read."""
        if self.filled is not None:
            return self.filled
        found: dict[str, dict[str, Any]] = {}
        signed: dict[str, Any] = {}
        for raw, one in self.said:
            if forms is not None and one.kind == "filled" and one.name not in forms:
                continue
            said = _read_answers(raw)
            said = said if isinstance(said, dict) else {}
            if one.kind == "corrected":
                data = particular(one)
                found.setdefault(data.form, {})[data.field] = data.after
            elif one.kind == "signed":
                signed = said or signed
            else:
                _fill(found, one.name, said or signed, definition)
        return found

    def _runs(self) -> Collection[Run]:
        return self.runs.values() if self.known_runs is None else self.known_runs

    def _passed(self, run: Run) -> datetime | None:
        """The limit of ``run`` where it passed before ``until`` without the promise having been kept."""
        if run.due is None or run.kept is not None or run.due >= self.until:
            return None
        return run.due if run.open or run.late else None


def fold(told: Told, lines: Iterable[Line], end: datetime) -> Told:
    """``told`` with everything its entries up to ``told.until`` say; ``end``: the end of the period reported on.

    An entry recorded at ``end`` or after about something done before it makes the case one recorded later.
    """
    for done, recorded, by_hand, content in lines:
        if done >= told.until:
            told.whole = False
            continue
        if told.recorded is None:
            told.recorded = recorded
        elif told.answered is None and by_hand:
            told.answered = done
        if recorded >= end > done:
            told.later = True
        if content is None:
            told.gaps += 1
            continue
        for one in content.happenings:
            taken = _TAKEN.get(one.kind)
            if taken is not None:
                taken(told, one)
            elif one.kind in _ANSWERING:
                told.said.append((content.answers, one))
    return told


class Whole(msgspec.Struct, array_like=True, gc=False):
    """What ``fold`` makes of all entries of a case, whatever the period: for one of which nothing was done afterwards.

    ``done`` and ``known``: when the last was done, and the last recorded. ``late``: when something was done and when
    recorded, where a period could end between the two.
    """

    done: datetime
    known: datetime
    step: str
    ended: datetime | None
    answered: datetime | None
    recorded: datetime | None
    gaps: int
    runs: list[Run]
    late: list[tuple[datetime, datetime]]
    filled: dict[str, dict[str, Any]]

    def into(self, told: Told, end: datetime) -> Told:
        """As ``fold`` does with the entries."""
        told.step, told.ended, told.answered, told.recorded = self.step, self.ended, self.answered, self.recorded
        told.gaps, told.filled, told.known_runs = self.gaps, self.filled, self.runs
        told.later = any(recorded >= end > done for done, recorded in self.late)
        return told


def _fill(found: dict[str, dict[str, Any]], form: str, said: dict[str, Any], definition: Definition) -> None:
    """The form as it was filled: an answer may be called ``form.question``, ``question``, or stand under the form.

    A question asked again answers the earlier one as well.
    """
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
    found[form] = filled
    for question in asked.fields.values():
        before = found.get(question.again.partition(".")[0]) if question.again else None
        if before is not None and question.name in filled:
            before[question.again.partition(".")[2]] = filled[question.name]


def _entered(told: Told, one: Happened) -> None:
    told.step, told.ended = one.name, None


def _ended(told: Told, one: Happened) -> None:
    told.ended = one.at


def _started(told: Told, one: Happened) -> None:
    data = particular(one)
    told.runs[one.name, data.run] = Run(one.name, _due(data))


def _resumed(told: Told, one: Happened) -> None:
    """Counting again after a pause, or given back because an act was taken back: nothing is decided any more."""
    run, data = _run(told, one)
    run.due, run.kept, run.late, run.open, run.ended = _due(data), None, False, True, None


def _paused(told: Told, one: Happened) -> None:
    _run(told, one)[0].due = None


def _moved(told: Told, one: Happened) -> None:
    run, data = _run(told, one)
    run.due = _due(data)
    # one known late stays so where the new limit has passed as well: nothing says it a second time
    if run.open and (run.due is None or run.due >= one.at):
        run.late = False


def _met(told: Told, one: Happened) -> None:
    run, _data = _run(told, one)
    run.kept = run.ended = run.ended or one.at
    run.late, run.open = False, False


def _missed(told: Told, one: Happened) -> None:
    run, data = _run(told, one)
    run.due, run.late, run.kept = _due(data) or run.due, True, None


def _stopped(told: Told, one: Happened) -> None:
    run, _data = _run(told, one)
    run.open, run.ended = False, one.at


def _void(told: Told, one: Happened) -> None:
    run, data = _run(told, one)
    run.open, run.late = False, data.was == "missed"
    run.kept = None


def _run(told: Told, one: Happened) -> tuple[Run, Particular]:
    data = particular(one)
    return told.runs.setdefault((one.name, data.run), Run(one.name, None)), data


def particular(one: Happened) -> Particular:
    """What ``one`` says in particular: read already in an extract, not yet in what comes out of the book."""
    data: Any = one.data
    return data if isinstance(data, Decided) else read_particular(data)


def _due(data: Particular) -> datetime | None:
    return datetime.fromisoformat(data.due) if data.due else None


_TAKEN = {
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
_ANSWERING = frozenset({"filled", "corrected", "signed"})
COUNTED_KINDS = _ANSWERING | _TAKEN.keys()
"""Happenings of any other kind count for nothing."""
