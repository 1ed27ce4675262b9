"""Devices in the field, one at a time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from bihuan.ground.ids import new_id
from bihuan.people.models import Person
from bihuan.procedure.definition import Text
from bihuan.registers.customers.actions.keeping import locked
from bihuan.registers.customers.actions.writing import changes, entry, filled
from bihuan.registers.customers.errors import AlreadyThere, WrongInput
from bihuan.registers.customers.models import Customer, Site
from bihuan.registers.customers.queries import normal
from bihuan.registers.customers.rights import keeping

from ..models import Product, Unit
from ..serials import serial_of

SERIAL_MISSING = Text("请填写序列号", "Give the serial number")
FIELDS = (
    "serial", "model", "customer", "site", "invoice_number", "invoice_on", "accepted_on", "project", "batch", "state",
)  # fmt: skip


def add_unit(
    serial: str,
    product: Product,
    customer: Customer,
    *,
    by: Person | None,
    at: datetime,
    act_id: UUID | None = None,
    body: bytes | None = None,
    **more: Any,
) -> Unit:
    """A device of ``customer``. ``more``: site, invoice_number, invoice_on, accepted_on, project, batch, state.

    Raises NotAllowed, WrongInput, AlreadyThere, Merged.
    """
    keeping(by, customer.outlet, at)
    with transaction.atomic():
        unit = make_unit(serial, product, customer, at=at, **more)
        entry(customer.outlet, about(unit), "add-unit", by, at, told(unit), act_id=act_id, body=body)
    return unit


def make_unit(serial: str, product: Product, customer: Customer, *, at: datetime, **more: Any) -> Unit:
    """The row alone, without an entry: for an act that writes its own, in the caller's transaction."""
    customer = locked(customer.pk)
    given = read_unit(serial, customer, **more)
    _free(product, given["serial"])
    return Unit.objects.create(id=new_id(at), model=product, customer=customer, made_at=at, **given)


def read_unit(
    serial: str,
    customer: Customer,
    *,
    site: Site | None = None,
    invoice_number: str = "",
    invoice_on: date | None = None,
    accepted_on: date | None = None,
    project: str = "",
    batch: str = "",
    state: str = Unit.UNVERIFIED,
) -> dict[str, Any]:
    """What was typed as it is kept. Raises WrongInput."""
    if site is not None and site.customer_id != customer.pk:
        raise WrongInput(Text("这个地点不是该客户的", "This place is not the customer's"), "site")
    if state not in Unit.STATES:
        raise WrongInput(Text("状态须为已核实或待核实", "A device is verified or not yet"), "state")
    return {
        "serial": filled(serial_of(serial), "serial", 80, SERIAL_MISSING),
        "site": site,
        "invoice_number": filled(normal(invoice_number), "invoice_number", 60),
        "invoice_on": invoice_on,
        "accepted_on": accepted_on,
        "project": filled(normal(project), "project", 80),
        "batch": filled(normal(batch), "batch", 60),
        "state": state,
    }


def change_unit(
    unit: Unit, *, by: Person | None, at: datetime, act_id: UUID | None = None, body: bytes | None = None, **given: Any
) -> Unit:
    """Anything of ``FIELDS`` anew: moved to another customer or place, verified, dates put right.

    The entry tells old and new; nothing differs, nothing is written. A move to another customer leaves the old place.
    """
    unit = Unit.objects.select_related("model", "customer", "site").get(pk=unit.pk)
    keeping(by, unit.customer.outlet, at)
    customer = given.get("customer", unit.customer)
    if customer.pk != unit.customer_id:
        keeping(by, customer.outlet, at)
        given.setdefault("site", None)
    wanted = {name: given.get(name, getattr(unit, name)) for name in FIELDS}
    with transaction.atomic():
        customer = locked(customer.pk)
        Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
        plain = {name: wanted[name] for name in FIELDS if name not in {"serial", "model", "customer"}}
        after = {"model": wanted["model"], "customer": customer, **read_unit(wanted["serial"], customer, **plain)}
        if (after["model"], after["serial"].upper()) != (unit.model, unit.serial.upper()):
            _free(after["model"], after["serial"])
        chain, before = unit.customer.outlet, told(unit)
        Unit.objects.filter(pk=unit.pk).update(**after)
        unit = Unit.objects.select_related("model", "customer", "site").get(pk=unit.pk)
        differing = changes(before, told(unit))
        if differing:
            entry(chain, about(unit), "change-unit", by, at, differing, act_id=act_id, body=body)
    return unit


def move_with(duplicate: Customer, into: Customer) -> list[str]:
    """Within a merge of customers the devices go along; returns their ids."""
    units = Unit.objects.filter(customer=duplicate)
    moved = [str(pk) for pk in units.order_by("pk").values_list("pk", flat=True)]
    units.update(customer=into)
    return moved


def about(unit: Unit) -> tuple[str, object, str]:
    """What entries about this device are found by."""
    return ("unit", unit.pk, unit.serial)


def told(unit: Unit) -> dict[str, Any]:
    """A device as the entry keeps it."""
    return {
        "serial": unit.serial,
        "model": unit.model.code,
        "customer": unit.customer.number,
        "site": unit.site.address if unit.site else "",
        "invoice_number": unit.invoice_number,
        "invoice_on": str(unit.invoice_on or ""),
        "accepted_on": str(unit.accepted_on or ""),
        "project": unit.project,
        "batch": unit.batch,
        "state": unit.state,
    }


def _free(product: Product, serial: str) -> None:
    if Unit.objects.filter(model=product, serial__iexact=serial).exists():
        words = Text(
            f"{product.code} 的序列号 {serial} 已在册", f"{product.code} with serial {serial} is already there"
        )
        raise AlreadyThere(words, "serial")
