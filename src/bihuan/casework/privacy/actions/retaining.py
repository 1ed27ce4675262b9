"""The retention list: drawn up by the clock or by somebody, checked by one person, confirmed by another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from bihuan.ground.ids import new_id
from bihuan.people.actions import HOUSE, entry
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from .. import erasing, retention
from ..errors import Hindered, NotAllowed
from ..models import Order
from ..queries import reading

# in an order's counts: the last case looked at while the list is being drawn up
DRAWING = "drawing"
OVER = Text("此清单已不在此步骤", "This list is past that step")


def propose(*, by: Person | None, at: datetime) -> Order | None:
    """Draw up the list of everything whose time is over; None where there is nothing. Nothing is disposed of.

    A list nobody has confirmed yet is replaced: what was over then is over now.
    """
    order = begin(by=by, at=at)
    draw(order.pk, at, lambda: True)
    order.refresh_from_db()
    return None if order.state == Order.DROPPED else order


def begin(*, by: Person | None, at: datetime) -> Order:
    """An empty list, to be drawn up by ``draw``; until it is, nobody can check it."""
    if by is not None:
        reading(by, at)
    identity = new_id(at)
    with transaction.atomic():
        waiting = Order.objects.select_for_update().filter(
            kind=Order.RETENTION, state__in=[Order.PROPOSED, Order.CHECKED]
        )
        Order.objects.filter(pk__in=[one.pk for one in waiting]).update(state=Order.DROPPED)
        return Order.objects.create(
            id=identity, list_name=f"{Order.RETENTION}-{identity}", kind=Order.RETENTION, state=Order.PROPOSED,
            made_by=by.username if by else "", made_at=at, counts={DRAWING: ""},
        )  # fmt: skip


def draw(order_id: UUID, at: datetime, go_on: Callable[[], bool]) -> bool:
    """Go on drawing the list up for as long as ``go_on`` says; True while something is left to look at.

    Each chunk of cases is a transaction of its own, so that nothing is looked at twice after a stop.
    """
    order = Order.objects.get(pk=order_id)
    if order.state != Order.PROPOSED or DRAWING not in order.counts:
        return False
    after = UUID(order.counts[DRAWING]) if order.counts[DRAWING] else None
    for last, found in retention.chunks(timezone.localdate(order.made_at), after):
        with transaction.atomic():
            retention.settle(order, found)
            Order.objects.filter(pk=order.pk).update(counts={DRAWING: str(last)})
        if not go_on():
            return True
    with transaction.atomic():
        count = order.items.count()
        state = Order.PROPOSED if count else Order.DROPPED
        if Order.objects.filter(pk=order.pk, state=Order.PROPOSED).update(counts={}, state=state) and count:
            by = Person.objects.filter(username=order.made_by).first()
            entry(HOUSE, "privacy", str(order.pk), "propose-list", by, at, {"list": order.list_name, "forms": count})
    return False


def check(order: Order, *, by: Person, at: datetime) -> None:
    """Somebody has gone through the list and puts it to another for confirmation. Raises NotAllowed, Hindered."""
    reading(by, at)
    with transaction.atomic():
        # one that is still being drawn up cannot be checked
        drawn = Order.objects.filter(pk=order.pk, kind=Order.RETENTION, state=Order.PROPOSED, counts={})
        changed = drawn.update(state=Order.CHECKED, checked_by=by.username)
        if not changed:
            raise Hindered(OVER)
        entry(HOUSE, "privacy", str(order.pk), "check-list", by, at, {"list": order.list_name})


def confirm(order: Order, *, by: Person, at: datetime) -> None:
    """A second person confirms; the worker then disposes. Raises NotAllowed where it is the same person, Hindered."""
    reading(by, at)
    if order.checked_by == by.username:
        words = Text("编制（核对）与确认须为两人", "Checking and confirming are for two people")
        raise NotAllowed(words)
    with transaction.atomic():
        changed = Order.objects.filter(pk=order.pk, kind=Order.RETENTION, state=Order.CHECKED).update(
            state=Order.RUNNING, confirmed_by=by.username, confirmed_at=at
        )
        if not changed:
            raise Hindered(OVER)
        told = {"list": order.list_name, "checked_by": order.checked_by}
        entry(HOUSE, "privacy", str(order.pk), "confirm-list", by, at, told)


def drop(order: Order, *, by: Person, at: datetime) -> None:
    """The list is not carried out. Raises NotAllowed, Hindered."""
    reading(by, at)
    with transaction.atomic():
        changed = Order.objects.filter(
            pk=order.pk, kind=Order.RETENTION, state__in=[Order.PROPOSED, Order.CHECKED]
        ).update(state=Order.DROPPED)
        if not changed:
            raise Hindered(OVER)
        entry(HOUSE, "privacy", str(order.pk), "drop-list", by, at, {"list": order.list_name})


def dispose_list(order_id: UUID, at: datetime) -> dict[str, int]:
    """Carry a confirmed list out, or go on with one a worker left unfinished."""
    order = Order.objects.get(pk=order_id)
    if order.state == Order.CLEARING:
        erasing.clear(order.pk, at)
    if order.state != Order.RUNNING:
        return order.counts
    by = Person.objects.filter(username=order.confirmed_by).first()
    return retention.carry_out(order, erasing.Doing(order, by, at))
