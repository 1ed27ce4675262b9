"""A report whole: its figures beside those of the period before, each with the address of the cases behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from bihuan.layout.durations import over_words
from bihuan.people.models import Person
from bihuan.procedure.definition import Definition

from . import sections as tables
from .behind import Name, counted_in, titles
from .counting import ALL, FIRST_COLUMN, REST, SHOWN, Counted, ordered
from .labels import Labels
from .periods import Period
from .queries import Only
from .reading import choice_section
from .sections import Section


@dataclass(frozen=True)
class Cell:
    """One number and the one before it (None: not to be compared).

    ``address`` leads to exactly the cases counted; "" where there are none.
    """

    count: int
    before: int | None
    address: str = ""
    before_address: str = ""

    @property
    def change(self) -> str:
        """``+3``, ``−2``, "" where nothing changed."""
        more = self.count - self.before if self.before is not None else 0
        return f"+{more}" if more > 0 else f"−{-more}" if more else ""


@dataclass(frozen=True)
class Row:
    """``share`` of what was on time, in per cent; "" where nothing was decided. ``bar``: its length in per cent."""

    key: str
    label: str
    cells: tuple[Cell, ...]
    share: str = ""
    bar: float = 0


@dataclass(frozen=True)
class Table:
    section: Section
    title: str
    heading: str
    columns: tuple[str, ...]
    rule: str
    rows: tuple[Row, ...]
    chart: str = ""


@dataclass
class Report:
    """``totals`` are those of the first table as key figures (column, cell, label)."""

    title: str
    period: Period
    known: datetime
    unfinished: bool
    totals: list[tuple[str, Cell, str]]
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def later(self) -> Cell:
        """How many of the cases have entries recorded after the period."""
        return next(cell for column, cell, _label in self.totals if column == "later")


@dataclass(frozen=True)
class Asked:
    """Whose report, of when, up to when the book is read, narrowed to what, in which language."""

    person: Person
    period: Period
    known: datetime
    at: datetime
    only: Only
    language: str


def report(asked: Asked) -> Report:
    """The monthly or the weekly report, by the sort of its period."""
    month = asked.period.sort == "month"
    # tables of single questions are shown of one procedure at a time
    now, before = counted_in(
        asked.person, (asked.period, asked.period.before), asked.known, asked.at, asked.only,
        choices=len(asked.only.kinds) == 1,
    )  # fmt: skip
    labels = Labels(asked.person, asked.language, asked.at, now, before)
    drawing = _Drawing(asked, now, before, labels)
    found = Report(
        titles()[asked.period.sort], asked.period, asked.known, asked.known < asked.period.end,
        [(column, drawing.cell(tables.WHOLE, ALL, column), tables.COLUMNS[column].say(asked.language))
         for column in tables.WHOLE.columns],
    )  # fmt: skip
    wanted = [*(tables.MONTH if month else tables.WEEK), *(_choices(asked, labels) if month else ())]
    found.tables = [table for one in wanted if (table := drawing.table(one)).rows]
    found.notes = _notes(now, before, asked.language, month=month)
    return found


def _choices(asked: Asked, labels: Labels) -> Iterator[Section]:
    """A table for every question with choices, where one procedure alone is asked for."""
    definition: Definition | None = labels.definition(asked.only.kinds[0]) if len(asked.only.kinds) == 1 else None
    for form in definition.forms.values() if definition else ():
        for question in form.fields.values():
            if question.choices and question.kind not in tables.keys(tables.ABOUT) and definition:
                yield tables.choice(choice_section(definition.kind, form.name, question.name), form.title, question.ask)


def _notes(now: Counted, before: Counted, language: str, *, month: bool) -> list[str]:
    said = []
    if not month:
        waits = [one.middle_wait() for one in (now, before)]
        said.append(_("首次答复的中位数：%(now)s；上期：%(before)s") % dict(
            zip(("now", "before"), (_wait(one, language) for one in waits), strict=True)))  # fmt: skip
    if now.gaps:
        said.append(_("%(count)s 件事项的部分记录已按保存期或依法处置，只能按现在的登记计。") % {"count": now.gaps})
    return said


def _wait(wait: timedelta | None, language: str) -> str:
    return _("尚无") if wait is None else over_words(int(wait.total_seconds()), language)


class _Drawing:
    """Turns counted sets into tables with addresses."""

    def __init__(self, asked: Asked, now: Counted, before: Counted, labels: Labels) -> None:
        self.asked, self.now, self.before, self.labels = asked, now, before, labels
        self.more = [("kind", one) for one in asked.only.kinds] + [("outlet", one) for one in asked.only.outlets]

    def table(self, section: Section) -> Table:
        language = self.asked.language
        keys = self._keys(section)
        rows = [self._row(section, key) for key in keys]
        column = section.columns.index(section.chart) if section.chart else 0
        most = max((row.cells[column].count for row in rows), default=0) if section.chart else 0
        drawn = [
            Row(row.key, row.label, row.cells, row.share, round(100 * row.cells[column].count / most, 1) if most else 0)
            for row in rows
        ]
        return Table(
            section, section.title.say(language), section.heading.say(language),
            tuple(tables.COLUMNS[one].say(language) for one in section.columns), section.rule.say(language),
            tuple(drawn), tables.COLUMNS[section.chart].say(language) if section.chart else "",
        )  # fmt: skip

    def _keys(self, section: Section) -> list[str]:
        """The rows in order: most first, days and steps in their own; what only the period before had, at the end."""
        now = self.now.sections.get(section.key, {})
        if section.key in {"day", "stage", "answer"}:
            return [key for key in self.labels.order(section.key, now) if key in now]
        column = FIRST_COLUMN.get(section.key, "opened")
        found = ordered(now, column)
        if len(found) > SHOWN:
            return [*found[:SHOWN], REST]
        if section.columns == ("opened",):
            return found
        return found + [key for key in ordered(self.before.sections.get(section.key, {}), column)
                        if key not in now][: SHOWN - len(found)]  # fmt: skip

    def _row(self, section: Section, key: str) -> Row:
        cells = tuple(self.cell(section, key, column) for column in section.columns)
        return Row(key, self.labels.of(section.key, key), cells, self._share(section, cells))

    def _share(self, section: Section, cells: tuple[Cell, ...]) -> str:
        if not section.share:
            return ""
        kept, missed = (cells[section.columns.index(one)].count for one in ("kept", "missed"))
        return f"{round(100 * kept / (kept + missed))}%" if kept + missed else ""

    def cell(self, section: Section, row: str, column: str) -> Cell:
        asked = self.asked
        # a day is compared with the same day of the week before
        rows = (row, _week_before(row) if section.key == "day" else row)
        counted = zip((self.now, self.before), (asked.period, asked.period.before), rows, strict=True)
        counts, addresses = [], []
        for figures, period, key in counted:
            counts.append(len(figures.cases(section.key, key, column)))
            name = Name(period.sort, period, asked.known, section.key, column, key)
            addresses.append(self._address(name) if counts[-1] else "")
        if row == REST:  # what shares the last row is not the same in both periods
            return Cell(counts[0], None, addresses[0])
        return Cell(counts[0], counts[1], *addresses)

    def _address(self, name: Name) -> str:
        return f"/cases/?{urlencode([*self.more, ('figure', str(name)), ('sort', 'newest')])}"


def _week_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(7)).isoformat()
