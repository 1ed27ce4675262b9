"""Two records that turn out to be one customer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from .. import searching
from ..errors import Merged, OutOfSight, WrongInput
from ..models import Contact, Customer, Site
from ..queries import normal, survivor
from ..rights import governing, keeping
from .keeping import about
from .writing import entry, filled

# registers above that hold things of a customer say here how these go along; what they moved is kept with the entry
_FOLLOWERS: dict[str, Callable[[Customer, Customer], list[str]]] = {}


def follow(name: str, move: Callable[[Customer, Customer], list[str]]) -> None:
    """``move(from, to)`` is called within every merge and returns the ids of what went along."""
    _FOLLOWERS[name] = move


def merge(
    duplicate: Customer,
    into: Customer,
    *,
    by: Person | None,
    at: datetime,
    because: str,
    act_id: UUID | None = None,
    body: bytes | None = None,
) -> Customer:
    """``duplicate`` is ``into``: contacts, sites and what else hangs on it go over; it stays readable and points there.

    Raises NotAllowed, WrongInput, Merged (one of them was merged before; a ring can therefore never come about).
    """
    governing(by, at)
    for one in (duplicate, into):
        keeping(by, one.outlet, at)
    because = filled(normal(because), "because", 300, Text("请说明为什么是同一客户", "Say why they are the same"))
    if duplicate.pk == into.pk:
        raise WrongInput(Text("不能并入自己", "A customer cannot be merged into itself"), "into")
    with transaction.atomic():
        duplicate, into = _both_locked(duplicate.pk, into.pk)
        moved: dict[str, Any] = {"contacts": _move(Contact, duplicate, into), "sites": _move(Site, duplicate, into)}
        moved |= {name: move(duplicate, into) for name, move in _FOLLOWERS.items()}
        duplicate.merged_into, duplicate.merged_at = into, at
        duplicate.save(update_fields=["merged_into", "merged_at"])
        searching.write([into.pk])
        content = {"into": into.number, "into_id": str(into.pk), "because": because, **moved}
        entry(into.outlet, about(duplicate), "merge", by, at, content, act_id=act_id, body=body)
    return into


def _both_locked(duplicate: UUID, into: UUID) -> tuple[Customer, Customer]:
    """Both rows, locked in the order of their ids, neither of them merged."""
    rows = Customer.objects.select_for_update().defer("search").filter(pk__in=[duplicate, into]).order_by("pk")
    found = {one.pk: one for one in rows}
    if len(found) != 2:
        raise OutOfSight
    for one in found.values():
        if one.merged_into_id is not None:
            final = survivor(one).number
            raise Merged(Text(f"{one.number} 已并入 {final}", f"{one.number} was merged into {final}"), "into")
    return found[duplicate], found[into]


def _move(model: type[Contact] | type[Site], duplicate: Customer, into: Customer) -> list[str]:
    rows = model.objects.filter(customer=duplicate)
    moved = [str(pk) for pk in rows.order_by("pk").values_list("pk", flat=True)]
    rows.update(customer=into)
    return moved
