"""What a case is about – device, model, fault, batch – and which other cases are about the same.

Always within the cases one is given: a question asked of ``visible_to`` never tells of another outlet's, not by a
count either. Frequent values stay cheap: only the newest ``LOOKED_AT`` marks of a value are looked at, along their
index, and of cases alike in device or model and fault only the newest ``ALIKE``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from bihuan.procedure.definition import Definition
from bihuan.registers.products.models import Product, Unit

from .checks import was_checked
from .definitions import definition_for
from .marks import for_eyes, marks_of, readable
from .models import Case, Mark

LOOKED_AT = 2000
ALIKE = 500
CANDIDATES = 20
BATCH = 500


@dataclass(frozen=True)
class Matter:
    """What a case is about: serials, model codes and faults as they were answered."""

    devices: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether there is a device or a model to look by."""
        return bool(self.devices or self.models)


def matter_of(definition: Definition, answers: dict[str, dict[str, Any]]) -> Matter:
    """What the answers of one case say it is about."""
    marks = marks_of(definition, answers)

    def values(kind: str) -> tuple[str, ...]:
        return tuple(value for each, value in marks if each == kind)

    return Matter(values("device"), values("product"), values("fault"))


def written(serials: Iterable[str]) -> list[str]:
    """How these serials may stand on a form."""
    return sorted({way for one in serials for way in (one, one.upper(), one.lower())})


def marked(kind: str, values: Collection[str], posts: Collection[str] | None) -> QuerySet[Mark]:
    """The newest cases (ids) marked with one of ``values``; for a reader what those ``posts`` may read, None = all."""
    found = Mark.objects.filter(for_eyes(posts), kind=kind, value__in=values)
    return found.order_by("-case_id").values("case_id")[:LOOKED_AT]


def of_batch(batch: str, models: Collection[str] = ()) -> list[str]:
    """The serials of one batch – of these models, where any are named – as they may stand on a form."""
    units = Unit.objects.filter(batch=batch) if batch else Unit.objects.none()
    if models:
        units = units.filter(model__in=Product.objects.filter(code__in=models).values("pk"))
    return written(units.values_list("serial", flat=True)[:BATCH])


def narrowed(cases: QuerySet[Case], asked: Any, posts: Collection[str]) -> QuerySet[Case]:
    """``cases`` about what the address asks for: ``device``, ``product``, ``fault``, ``batch`` ("" = anything).

    Only by what may be read by whoever holds ``posts``.
    """
    seen = Mark.objects.filter(readable(posts))
    for kind in ("device", "product", "fault"):
        value = getattr(asked, kind)
        if value:
            values = written([value]) if kind == "device" else [value]
            cases = cases.filter(pk__in=seen.filter(kind=kind, value__in=values).values("case"))
    if asked.batch:
        serials = of_batch(asked.batch)
        cases = cases.filter(pk__in=seen.filter(kind="device", value__in=serials).values("case"))
    return cases


def put_right_before(
    cases: QuerySet[Case], matter: Matter, before: datetime, kind: str = "", posts: Collection[str] | None = None
) -> Case | None:
    """The newest of ``cases`` about the same fault of the same device or model that was put right by ``before``.

    Put right: it ended as done, and in it or in a case it opened something was done that another person checked.
    ``kind`` narrows to cases of one procedure. Where it was opened by another of them, that one is told: a complaint
    before its action. None where nothing like it was. ``posts``: the reader's; None = a fact asks, which knows all.
    """
    if not matter.known or not matter.faults:
        return None
    # step by step, each along its own index: in one question the marks of a frequent model would be read whole
    same = [pk for (pk,) in marked("fault", matter.faults, posts).values_list("case_id")]
    thing = Q(kind="device", value__in=written(matter.devices)) | Q(kind="product", value__in=matter.models)
    about = {pk for (pk,) in Mark.objects.filter(thing, for_eyes(posts), case_id__in=same).values_list("case_id")}
    ended = cases.filter(pk__in=sorted(about, reverse=True)[:ALIKE], ended_at__lte=before, done_at__isnull=False)
    ended = ended.filter(kind=kind) if kind else ended
    found = list(ended.order_by("-ended_at", "-id")[:CANDIDATES])
    checked = _put_right(found)
    by_id = {case.pk: case for case in found}
    newest = next((case for case in found if case.pk in checked), None)
    while newest is not None and newest.parent_id in by_id:
        newest = by_id[newest.parent_id]
    return newest


def _put_right(cases: list[Case]) -> set[UUID]:
    """Which of ``cases`` (ids) were checked, themselves or through what they opened, two steps down."""
    roots = {case.pk: case.pk for case in cases}
    family = list(cases)
    generation = cases
    for _step in range(2):
        generation = list(Case.objects.filter(parent__in=[one.pk for one in generation])) if generation else []
        generation = [one for one in generation if one.pk not in roots]
        roots.update({one.pk: roots[one.parent_id] for one in generation if one.parent_id})
        family += generation
    return {roots[one.pk] for one in family if one.ended_at and was_checked(definition_for(one), one.state)}
