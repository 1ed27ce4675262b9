"""The figures: which cases stand behind each number of a report. Nothing here is a number – every count is a set.

``Counted``: section → row → column → the cases. A number is the size of its set, so it can always be opened.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from typing import Any
from uuid import UUID

from bihuan.procedure.definition import Definition

from .periods import Period
from .reading import Reading
from .told import Told

Rows = dict[str, dict[str, set[UUID]]]
ALL, NONE, REST = "all", "~none", "~rest"
SHOWN = 20
"""So many values of a question have a row of their own; the others share the last."""
ANSWERED = (("30m", timedelta(minutes=30)), ("2h", timedelta(hours=2)), ("1d", timedelta(days=1)))
LATER_THAN_ALL = "more"
FIRST_COLUMN = {"promise": "kept", "stage": "open"}
"""The column the rows of a section are sorted by; of the others it is ``opened``."""
LONGEST_KEY = 60


def _rows() -> Rows:
    return defaultdict(partial(defaultdict, set))


@dataclass
class Counted:
    """``labels``: what a value is called, as (zh, en); ``gaps``: cases some of whose entries were disposed of."""

    sections: dict[str, Rows] = field(default_factory=lambda: defaultdict(_rows))
    labels: dict[tuple[str, str], Any] = field(default_factory=dict)
    waits: list[timedelta] = field(default_factory=list)
    gaps: int = 0

    def cases(self, section: str, row: str, column: str) -> frozenset[UUID]:
        """The cases behind one number; none where nothing was counted."""
        rows = self.sections.get(section, {})
        if row == REST:
            hidden = [rows[key] for key in ordered(rows, FIRST_COLUMN.get(section, "opened"))[SHOWN:]]
            return frozenset().union(*(one.get(column, ()) for one in hidden))
        return frozenset(rows.get(row, {}).get(column, ()))

    def middle_wait(self) -> timedelta | None:
        """The median time to the first reply; None where nobody was answered."""
        return median(self.waits) if self.waits else None


def ordered(rows: Rows, column: str) -> list[str]:
    """The rows of a section, most cases first; what was not answered stands last."""
    return sorted(rows, key=lambda key: (key == NONE, -len(rows[key].get(column, ())), key))


def is_duty(kind: str) -> bool:
    """Whether cases of ``kind`` are periods of a duty, which are counted apart."""
    return "." in kind


def begun(period: Period) -> Counted:
    """Nothing counted yet; of a week every day has its row all the same."""
    found = Counted()
    for day in period.days() if period.sort == "week" else ():
        found.sections["day"][day.isoformat()]["opened"] = set()
    return found


def count_month(found: Counted, one: Told, period: Period, reading: Reading, *, choices: bool) -> None:
    """Count one case in the monthly quality information; with ``choices`` in a table for every question that has some.

    ``reading``: with whose eyes answers are read.
    """
    _common(found, one, period, reading)
    if is_duty(one.kind):
        return
    if one.ended is None:
        row = found.sections["stage"][reading.stage(one) or NONE]
        row["open"].add(one.id)
        if one.overdue():
            row["overdue"].add(one.id)
    if one.opened >= period.start:
        _about(found, one, reading, choices=choices)


def count_week(found: Counted, one: Told, period: Period, reading: Reading, *, choices: bool) -> None:
    """Count one case in the weekly statistics: what came in, went out, is open, day by day; the first reply."""
    _common(found, one, period, reading)
    if is_duty(one.kind):
        return
    if one.opened >= period.start:
        found.sections["day"][_day(one.opened, period)]["opened"].add(one.id)
        _first_reply(found, one)
    if one.ended is not None:
        found.sections["day"][_day(one.ended, period)]["ended"].add(one.id)


def _common(found: Counted, one: Told, period: Period, reading: Reading) -> None:
    """What every report counts: in, out, open, overdue, promises – by kind, outlet, promise and over all."""
    found.gaps += bool(one.gaps)
    kept, missed = one.decided(period.start)
    columns = [*_standing(one, period), *(["missed"] if missed else ["kept"] if kept else [])]
    if is_duty(one.kind):
        _put(found.sections["duty"][one.kind], columns, one)
    else:
        for section, row in (("whole", ALL), ("kind", one.kind), ("outlet", one.outlet)):
            _put(found.sections[section][row], columns, one)
        if one.child:
            _put(found.sections["child"][one.kind], _standing(one, period), one)
        if one.later:
            found.sections["whole"][ALL]["later"].add(one.id)
    for column, names in (("kept", kept), ("missed", missed)):
        for name in names:
            row = f"{one.kind}/{name}"
            found.sections["promise"][row][column].add(one.id)
            if ("promise", row) not in found.labels:
                found.labels["promise", row] = _promise_title(reading.of(one), name)


def _promise_title(definition: Definition, name: str) -> Any:
    deadline = definition.deadlines.get(name)
    return (definition.title, deadline.title if deadline else name)


def _standing(one: Told, period: Period) -> list[str]:
    """The columns it stands in by where it stands: in, out, open, overdue."""
    opened = ["opened"] if one.opened >= period.start else []
    if one.ended is not None:
        return [*opened, "ended"]
    return [*opened, "open", *(["overdue"] if one.overdue() else [])]


def _put(row: dict[str, set[UUID]], columns: Iterable[str], one: Told) -> None:
    for column in columns:
        row[column].add(one.id)


def _about(found: Counted, one: Told, reading: Reading, *, choices: bool) -> None:
    """What the case is about: every answer to a question of a counted kind, with ``choices`` also to every other."""
    asked: dict[str, bool] = {}
    counted, forms = reading.counted(one, choices=choices)
    answers = one.answers(reading.of(one), forms)
    for section, form, question in counted:
        values = list(_values(answers.get(form, {}).get(question.name)))
        asked[section] = asked.get(section, False) or bool(values)
        for value in values:
            _count_value(found, section, value, one, question)
    for section, answered in asked.items():
        if not answered:
            found.sections[section][NONE]["opened"].add(one.id)


def _count_value(found: Counted, section: str, value: str, one: Told, question: Any) -> None:
    row = row_key(value)
    found.sections[section][row]["opened"].add(one.id)
    if (section, row) not in found.labels:
        choice = next((each for each in question.choices if each.name == value), None)
        found.labels[section, row] = choice.label if choice else value


def _values(answer: Any) -> Iterator[str]:
    for value in answer if isinstance(answer, list) else [answer]:
        if isinstance(value, str) and value.strip():
            yield " ".join(value.split())


def row_key(value: str) -> str:
    """How an address calls an answer: by itself, a long one by its digest."""
    return value if len(value) <= LONGEST_KEY else f"#{hashlib.sha256(value.encode()).hexdigest()[:20]}"


def _first_reply(found: Counted, one: Told) -> None:
    """The first thing done by hand after the opening, in elapsed time since then."""
    if one.answered is None:
        found.sections["answer"][NONE]["opened"].add(one.id)
        return
    wait = one.answered - one.opened
    found.waits.append(wait)
    row = next((name for name, most in ANSWERED if wait <= most), LATER_THAN_ALL)
    found.sections["answer"][row]["opened"].add(one.id)


def _day(moment: datetime, period: Period) -> str:
    return moment.astimezone(period.zone).date().isoformat()
