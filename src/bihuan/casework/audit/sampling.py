"""Drawing cases to be looked at: at random or by risk, the same ones again from the same seed.

Every case has its own lot: the MD5 of seed and case id, as text. At random the least lots are drawn; by risk first
those on which most exceptions weigh, and among equals the least lots. So a draw can be repeated by anybody with a
database prompt, and cases opened later do not disturb the order of the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import md5
from typing import Any
from uuid import UUID

from django.db.models import CharField, Func, QuerySet, Value
from django.db.models.functions import Cast, Concat

from ..models import Case
from . import exceptions
from .exceptions import Period

CHUNK = 500


@dataclass(frozen=True)
class Drawn:
    """One case drawn; ``score`` and ``reasons`` (exception → how often) only where it was drawn by risk."""

    number: str
    outlet: str
    score: int = 0
    reasons: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Draw:
    """What was drawn from how many."""

    population: int
    cases: tuple[Drawn, ...]


def population(period: Period, kind: str, outlet: str) -> QuerySet[Case]:
    """The cases opened in the period, of the kind and outlet asked for ("" = any), in sight."""
    found = Case.objects.filter(opened_at__gte=period.start, opened_at__lt=period.until)
    if period.outlets is not None:
        found = found.filter(outlet__in=period.outlets)
    if kind:
        found = found.filter(kind=kind)
    return found.filter(outlet=outlet) if outlet else found


def lot(seed: str, case: UUID) -> str:
    """The lot of a case: what its database computes."""
    return md5(f"{seed}{case}".encode(), usedforsecurity=False).hexdigest()


def at_random(cases: QuerySet[Case], seed: str, size: int) -> Draw:
    """The ``size`` cases with the least lots, in the order of their lots."""
    drawn = _by_lot(cases, seed).values_list("number", "outlet")[:size]
    return Draw(cases.count(), tuple(Drawn(number, outlet) for number, outlet in drawn))


def by_risk(cases: QuerySet[Case], seed: str, size: int, period: Period, weights: Mapping[str, int]) -> Draw:
    """First the cases on which most exceptions of the period weigh, then by lot."""
    scored = scores(period, weights)
    found: list[tuple[int, str, Drawn]] = []
    numbers = list(scored)
    for start in range(0, len(numbers), CHUNK):
        some = cases.filter(number__in=numbers[start : start + CHUNK]).values_list("pk", "number", "outlet")
        for pk, number, outlet in some:
            score = sum(weights.get(name, 0) * times for name, times in scored[number].items())
            if score:
                reasons = tuple(sorted(scored[number].items()))
                found.append((-score, lot(seed, pk), Drawn(number, outlet, score, reasons)))
    chosen = [one for _score, _lot, one in sorted(found, key=lambda one: one[:2])[:size]]
    if len(chosen) < size:
        others = _by_lot(cases, seed).exclude(number__in=[one.number for one in chosen])
        rest = others.values_list("number", "outlet")[: size - len(chosen)]
        chosen += [Drawn(number, outlet) for number, outlet in rest]
    return Draw(cases.count(), tuple(chosen))


def scores(period: Period, weights: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Case number → exception → how often it was found in the period; only what weighs anything."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for one in exceptions.CATALOGUE:
        if not weights.get(one.name):
            continue
        for each in one.found(period):
            for number in {each.number, *each.also} - {""}:
                found[number][one.name] = found[number].get(one.name, 0) + 1
    return dict(found)


def _by_lot(cases: QuerySet[Case], seed: str) -> QuerySet[Case]:
    text: Any = Concat(Value(seed), Cast("pk", CharField()), output_field=CharField())
    return cases.alias(lot=Func(text, function="md5", output_field=CharField())).order_by("lot", "pk")


def again(sample: Any, period: Period) -> tuple[Drawn, ...]:
    """The same draw repeated today, to be compared with what was drawn then."""
    cases = population(period, sample.kind, sample.outlet)
    if sample.method == sample.RANDOM:
        return at_random(cases, sample.seed, sample.size).cases
    return by_risk(cases, sample.seed, sample.size, period, sample.weights).cases


def moment_named(at: datetime) -> str:
    """A seed nobody chose: the moment to the microsecond, as digits."""
    return at.strftime("%Y%m%d%H%M%S%f")
