"""How content customers are, month by month: what they answered, never an average over nothing.

Read from the register of surveys, whose rows are added and never changed. A case counts once a month, by its newest
answer of that month, so that every number can be opened as the list of its cases.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from bihuan.casework import queries as cases
from bihuan.casework.marks import readable
from bihuan.casework.models import Mark
from bihuan.casework.seeing import posts_of
from bihuan.people.models import Person
from bihuan.registers.customers import queries as customers
from bihuan.registers.surveys import queries as surveys

from .counting import ALL, NONE, REST, SHOWN, row_key
from .periods import Period

MONTHS = 6
CONTENT = 4
"""From this mark on (of 1 to 5) a customer counts as content."""


@dataclass
class Marks:
    """The marks given in one month by one customer: case → mark."""

    given: dict[UUID, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.given)

    @property
    def content(self) -> frozenset[UUID]:
        """The cases whose customer was content."""
        return frozenset(case for case, mark in self.given.items() if mark >= CONTENT)

    @property
    def mean(self) -> Decimal | None:
        """The mean to one decimal, halves up; None where nobody answered."""
        if not self.given:
            return None
        return (Decimal(sum(self.given.values())) / self.count).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def share(self) -> int | None:
        """Per cent of the customers who were content; None where nobody answered."""
        if not self.given:
            return None
        return int((Decimal(100 * len(self.content)) / self.count).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass
class Voices:
    """Month key → customer → marks; the customer ``ALL`` holds everybody's. ``names``: what a row is called."""

    months: tuple[Period, ...]
    marks: dict[str, dict[str, Marks]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Marks)))
    names: dict[str, str] = field(default_factory=dict)

    def rows(self) -> list[str]:
        """The customers in order, most answers first; the others share the last row, the unnamed stand before it."""
        totals: dict[str, int] = defaultdict(int)
        for month in self.marks.values():
            for customer, marks in month.items():
                totals[customer] += marks.count
        totals.pop(ALL, None)
        return sorted(totals, key=lambda one: (one == NONE, -totals[one], one))

    def of(self, month: str, row: str) -> Marks:
        """The marks of one row in one month."""
        found = self.marks.get(month, {})
        if row != REST:
            return found.get(row, Marks())
        return Marks(
            {case: mark for one in self.rows()[SHOWN:] for case, mark in found.get(one, Marks()).given.items()}
        )


def stretch(last: Period) -> tuple[Period, ...]:
    """The months of the report, the oldest first, ``last`` the newest."""
    found = [last]
    while len(found) < MONTHS:
        found.append(found[-1].before)
    return tuple(reversed(found))


def heard(person: Person, last: Period, known: datetime, at: datetime, outlets: Iterable[str] = ()) -> Voices:
    """What customers within ``person``'s scope answered in the months up to ``last``, none after ``known``."""
    found = Voices(stretch(last))
    until = min(last.end, known)
    answers = surveys.visible_to(person, at).filter(
        at__gte=found.months[0].start, at__lt=until, satisfaction__isnull=False
    )
    visible = cases.visible_to(person, at)
    wanted = list(outlets)
    if wanted:
        answers, visible = answers.filter(outlet__in=wanted), visible.filter(outlet__in=wanted)
    asked = visible.filter(number__in=answers.values("number"))
    numbers = dict(asked.values_list("number", "id"))
    rows = dict(_customers(person, asked, at, found.names))
    for number, moment, mark in answers.order_by("at", "id").values_list("number", "at", "satisfaction"):
        case = numbers.get(number)
        if case is not None:
            month = found.marks[moment.astimezone(last.zone).strftime("%Y-%m")]
            for row in (ALL, rows.get(case, NONE)):
                month[row].given[case] = mark
    return found


def _customers(person: Person, asked: object, at: datetime, names: dict[str, str]) -> list[tuple[UUID, str]]:
    """The customer of each case as written on its forms (a number of the register, or a name), else its contact."""
    seen = readable(posts_of(person, at))
    marks = Mark.objects.filter(seen, case__in=asked, kind__in=("customer", "contact"))
    # contacts first, then customers, each as written last: what comes later counts
    said = list(marks.order_by("kind", "id").values_list("case_id", "value"))
    known = customers.visible_to(person, at).filter(number__in={value for _case, value in said})
    called = dict(known.values_list("number", "name"))
    found = []
    for case, value in said:
        row = row_key(value)
        names[row] = called.get(value, value)
        found.append((case, row))
    return found
