"""``/api/v1/devices`` and ``/api/v1/products``: read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router

from bihuan.registers.customers.api import Filter, reply

from . import queries
from .models import Product, Unit

router = Router(tags=["devices"])


@router.get("/devices", summary="List devices")
def list_devices(request: HttpRequest, filters: Query[Filter]) -> HttpResponse:
    found = queries.narrowed(request.auth, filters.q, timezone.now())
    found = found.select_related("model", "customer", "site").order_by("-id")
    if filters.after:
        found = found.filter(pk__lt=filters.after)
    rows = list(found[: filters.limit + 1])
    following = str(rows[filters.limit - 1].pk) if len(rows) > filters.limit else None
    return reply({"devices": [told(one) for one in rows[: filters.limit]], "next": following})


@router.get("/devices/{device}", summary="One device, by id or by a serial only one model has")
def read_device(request: HttpRequest, device: str) -> HttpResponse:
    return reply(told(queries.find(request.auth, device, timezone.now())))


@router.get("/products", summary="The catalogue")
def list_products(request: HttpRequest, q: str = "") -> HttpResponse:
    return reply({"products": [told_product(one) for one in queries.products(q[:200], limit=200)]})


def told(unit: Unit) -> dict[str, Any]:
    """A device as it is read."""
    return {
        "id": str(unit.pk),
        "serial": unit.serial,
        "model": told_product(unit.model),
        "customer": {"number": unit.customer.number, "name": unit.customer.name, "outlet": unit.customer.outlet},
        "site": {"id": str(unit.site.pk), "address": unit.site.address} if unit.site else None,
        "invoice_number": unit.invoice_number,
        "invoice_on": unit.invoice_on,
        "accepted_on": unit.accepted_on,
        "project": unit.project,
        "batch": unit.batch,
        "state": unit.state,
    }


def told_product(product: Product) -> dict[str, Any]:
    """A model as it is read; the price as text, so that no figure is lost."""
    price = product.replacement_price
    return {
        "code": product.code,
        "name": {"zh": product.name, "en": product.name_en or product.name},
        "line": product.line,
        "replacement_price": str(price) if price is not None else None,
    }
