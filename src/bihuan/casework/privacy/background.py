"""Work for the worker: a job is a hint, the rows of orders and requests say what is owed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ..deferring import defer
from .actions import ordering, requesting, retaining
from .models import Order, Request

ORDER, COPY, DRAW = "privacy-order", "privacy-copy", "privacy-draw"
SLICE_SECONDS = 4


def order_soon(order_id: Any) -> None:
    """Let the worker carry this order out; asked for twice it happens once."""
    defer(ORDER, f"order-{order_id}", order_id=str(order_id))


def copy_soon(request_id: Any) -> None:
    """Let the worker write this copy."""
    defer(COPY, f"copy-{request_id}", request_id=str(request_id))


def draw_soon(order_id: Any) -> None:
    """Let the worker go on drawing this list up."""
    defer(DRAW, f"draw-{order_id}", order_id=str(order_id))


def carry_out(order_id: UUID, at: datetime) -> None:
    """Whatever this order still owes."""
    order = Order.objects.get(pk=order_id)
    if order.kind == Order.RETENTION:
        retaining.dispose_list(order_id, at)
    else:
        ordering.carry_out(order_id, at)


def make_copy(request_id: UUID, at: datetime) -> None:
    """Write one copy."""
    requesting.make_copy(request_id, at)


def left_lying(at: datetime) -> int:
    """Give orders and copies whose job was lost to the worker again, and take old copies away; returns how many."""
    orders = list(Order.objects.filter(state__in=[Order.RUNNING, Order.CLEARING]).values_list("pk", flat=True))
    copies = list(Request.objects.filter(kind=Request.ACCESS, state=Request.RUNNING).values_list("pk", flat=True))
    drawing = list(Order.objects.filter(state=Order.PROPOSED, counts__has_key=retaining.DRAWING))
    for one in orders:
        order_soon(one)
    for one in drawing:
        draw_soon(one.pk)
    for one in copies:
        copy_soon(one)
    return len(orders) + len(drawing) + len(copies) + requesting.tidy(at)
