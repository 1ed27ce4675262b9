"""What a case is about – device, model, fault, batch – and which other cases are about the same.

Always within the cases one is given: a question asked of ``visible_to`` never tells of another outlet's, not by a
count either. Frequent values stay cheap: only the newest ``LOOKED_AT`` marks of a value are looked at, along their
index.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from bihuan.procedure.definition import Definition
from bihuan.registers.products.models import Product, Unit

from .checks import was_checked
from .definitions import definition_for
from .marks import marks_of
from .models import Case, Mark

LOOKED_AT = 2000
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


def marked(kind: str, values: Collection[str]) -> QuerySet[Mark]:
    """The newest cases (ids) marked with one of ``values``."""
    found = Mark.objects.filter(kind=kind, value__in=values)
    return found.order_by("-case").values("case")[:LOOKED_AT]


def of_batch(batch: str, models: Collection[str] = ()) -> list[str]:
    """The serials of one batch – of these models, where any are named – as they may stand on a form."""
    units = Unit.objects.filter(batch=batch) if batch else Unit.objects.none()
    if models:
        units = units.filter(model__in=Product.objects.filter(code__in=models).values("pk"))
    return written(units.values_list("serial", flat=True)[:BATCH])


def narrowed(cases: QuerySet[Case], asked: Any) -> QuerySet[Case]:
    """``cases`` about what the address asks for: ``device``, ``product``, ``fault``, ``batch`` ("" = anything)."""
    for kind in ("device", "product", "fault"):
        value = getattr(asked, kind)
        if value:
            values = written([value]) if kind == "device" else [value]
            cases = cases.filter(pk__in=Mark.objects.filter(kind=kind, value__in=values).values("case"))
    if asked.batch:
        serials = of_batch(asked.batch)
        cases = cases.filter(pk__in=Mark.objects.filter(kind="device", value__in=serials).values("case"))
    return cases


def put_right_before(cases: QuerySet[Case], matter: Matter, before: datetime, kind: str = "") -> Case | None:
    """The newest of ``cases`` about the same fault of the same device or model that was put right by ``before``.

    Put right: it ended as done, and in it or in a case it opened something was done that another person checked.
    ``kind`` narrows to cases of one procedure. Where it was opened by another of them, that one is told: a complaint
    before its action. None where nothing like it was.
    """
    if not matter.known or not matter.faults:
        return None
    ended = cases.filter(ended_at__lte=before, done_at__isnull=False)
    ended = ended.filter(kind=kind) if kind else ended
    same = Mark.objects.filter(kind="fault", value__in=matter.faults).values("case")
    thing = Mark.objects.filter(kind="device", value__in=written(matter.devices)).values("case")
    thing = thing.union(Mark.objects.filter(kind="product", value__in=matter.models).values("case"))
    found = list(ended.filter(pk__in=same).filter(pk__in=thing).order_by("-ended_at", "-id")[:CANDIDATES])
    by_id = {case.pk: case for case in found}
    newest = next((case for case in found if _put_right(case)), None)
    while newest is not None and newest.parent_id in by_id:
        newest = by_id[newest.parent_id]
    return newest


def _put_right(case: Case) -> bool:
    below = Case.objects.filter(parent=case)
    family = [case, *below, *Case.objects.filter(parent__in=below.values("pk"))]
    return any(was_checked(definition_for(one), one.state) for one in family if one.ended_at is not None)
