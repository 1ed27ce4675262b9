"""What a case is tied to: the one it was opened by, those it opened, those it named – and all of them as one chain.

A tie by name (``case.link``, ``case.act`` on one other case, being merged into another) is kept as a ``Mark`` of kind
``link`` whose value is the other's number, so that it is found from either end. The rest stands in the cases' rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from bihuan.people.models import Person
from bihuan.procedure.state import Happening

from . import queries, rights
from .models import Case, Mark

LINK = "link"
NAMING = {"case.link": "to", "case.act": "on"}
"""Effects that may name one other case, and the argument it stands in."""
MOST = 100
"""So many cases of one chain are shown; a chain beyond it says that it goes on."""


def links_of(happenings: Iterable[Happening]) -> list[tuple[str, str]]:
    """The marks (kind, value) of what these happenings tie the case to; a list acted on together ties nothing."""
    told = [_named(one) for one in happenings]
    return [(LINK, number) for number in dict.fromkeys(told) if number]


def _named(one: Happening) -> str:
    """The one other case a happening names: linked to, merged into, or acted on alone."""
    key = "into" if one.kind == "merged" else NAMING.get(one.name, "") if one.kind == "effect" else ""
    number = one.data.get(key)
    return number if isinstance(number, str) else ""


@dataclass(frozen=True)
class Chain:
    """Cases that hang together, the oldest first. ``links``: (who names, who is named). ``cut``: there are more."""

    cases: tuple[Case, ...]
    links: frozenset[tuple[UUID, UUID]]
    cut: bool = False

    @property
    def origins(self) -> list[Case]:
        """Those that were opened by none of the others."""
        known = {case.pk for case in self.cases}
        return [case for case in self.cases if case.parent_id not in known]

    def opened_by(self, case: Case) -> list[Case]:
        """What ``case`` opened."""
        return [one for one in self.cases if one.parent_id == case.pk]

    def below(self, case: Case) -> list[tuple[int, Case]]:
        """(depth from 0, case) of everything opened by ``case``, each followed by what it opened itself."""
        found: list[tuple[int, Case]] = []
        for one in self.opened_by(case):
            found += [(0, one), *((depth + 1, each) for depth, each in self.below(one))]
        return found


def chain_of(person: Person, case: Case, at: datetime) -> Chain:
    """Everything ``case`` hangs together with, as far as ``person`` sees it.

    What is out of sight is not walked through either: nothing tells that it is there. Three questions for each step
    away from ``case``.
    """
    seen = open_to(person, at)
    found: dict[UUID, Case] = {case.pk: case}
    ties: set[tuple[UUID, str]] = set()
    frontier = [case]
    while frontier and len(found) <= MOST:
        ids, numbers = [one.pk for one in frontier], [one.number for one in frontier]
        marks = Mark.objects.filter(Q(case__in=ids) | Q(value__in=numbers), kind=LINK).values_list("case", "value")
        told = set(marks)
        ties |= told
        # each along its own index: joined by "or" and put in order, a large table might be read whole
        below = Case.objects.filter(parent__in=ids).values_list("pk")
        named = Case.objects.filter(number__in=[number for _pk, number in told]).values_list("pk")
        near = {pk for (pk,) in below.union(named)} | {pk for pk, _number in told}
        near |= {one.parent_id for one in frontier if one.parent_id}
        frontier = list(seen.filter(pk__in=sorted(near - found.keys())[: MOST + 1]))
        found.update({one.pk: one for one in frontier})
    cases = sorted(found.values(), key=lambda one: (one.opened_at, one.number))
    kept = cases[:MOST] if case in cases[:MOST] else [*cases[: MOST - 1], case]
    by_number = {one.number: one.pk for one in kept}
    known = {one.pk for one in kept}
    links = frozenset((pk, by_number[number]) for pk, number in ties if pk in known and number in by_number)
    return Chain(tuple(kept), links, cut=len(cases) > MOST)


def open_to(person: Person, at: datetime) -> QuerySet[Case]:
    """The cases ``person`` may read one by one: those kept only because a retention runs are for few."""
    cases = queries.visible_to(person, at)
    return cases if rights.may_read_restricted(person, at) else cases.filter(restricted=False)
