"""Reading products and devices. Devices always through ``visible_to``; the catalogue is the house's own."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Reverse, Upper

from bihuan.journal.models import Entry
from bihuan.people import access
from bihuan.people.models import Person
from bihuan.registers.customers import queries as customers
from bihuan.registers.customers import rights
from bihuan.registers.customers.errors import OutOfSight
from bihuan.registers.customers.models import Customer

from .models import Product, Unit
from .serials import serial_of

PAGE = 50
COUNT_LIMIT = 1000
_WHOLE = ("model", "customer", "site")


def visible_to(person: Person, at: datetime) -> QuerySet[Unit]:
    """The devices of customers within ``person``'s scope."""
    outlets = access.visible_outlets(person, at)
    return Unit.objects.all() if outlets is None else Unit.objects.filter(customer__outlet__in=outlets)


def find(person: Person, reference: str, at: datetime) -> Unit:
    """One device by id, or by serial where only one model has it. Raises OutOfSight."""
    units = visible_to(person, at).select_related(*_WHOLE)
    try:
        found = list(units.filter(pk=UUID(reference)))
    except ValueError:
        found = list(_with_serial(units, reference)[:2])
    if len(found) != 1:
        raise OutOfSight
    return found[0]


def unit_by_serial(person: Person, serial: str, at: datetime) -> Unit | None:
    """The device with this serial, however it was typed; None when there is none, or several models have it."""
    found = list(_with_serial(visible_to(person, at).select_related(*_WHOLE), serial)[:2])
    return found[0] if len(found) == 1 else None


def units_by_serial(person: Person, serial: str, at: datetime) -> list[Unit]:
    """Every device with this serial, whatever its model."""
    return list(_with_serial(visible_to(person, at).select_related(*_WHOLE), serial).order_by("model__code")[:20])


def _with_serial(units: QuerySet[Unit], serial: str) -> QuerySet[Unit]:
    wanted = serial_of(serial).upper()
    return units.alias(upper=Upper("serial")).filter(upper=wanted) if wanted else units.none()


def search(person: Person, text: str, at: datetime, limit: int = 8) -> list[Unit]:
    """Devices by serial (beginning, or end from four figures), model, customer in any way a customer is found.

    The surest hits first.
    """
    found: dict[UUID, None] = {}
    text = text.replace("\x00", "").strip()[:200]
    for way in _ways(person, text, at):
        if len(found) < limit:
            units = visible_to(person, at).filter(way).order_by("-id")
            found.update(dict.fromkeys(units.values_list("pk", flat=True)[: limit + len(found)]))
    wanted = list(found)[:limit]
    units = Unit.objects.filter(pk__in=wanted).select_related(*_WHOLE)
    return sorted(units, key=lambda one: wanted.index(one.pk))


def narrowed(person: Person, text: str, at: datetime) -> QuerySet[Unit]:
    """The same as one filter, for lists; every device for an empty text."""
    text = text.replace("\x00", "").strip()[:200]
    units = visible_to(person, at)
    if not text:
        return units
    either = Q(pk__in=[])
    for way in _ways(person, text, at):
        either |= Q(pk__in=Unit.objects.filter(way).values("pk"))
    return units.filter(either)


def _ways(person: Person, text: str, at: datetime) -> list[Q]:
    """The filters a text stands for, the surest first."""
    if not text:
        return []
    serial = serial_of(text).upper()
    units = Unit.objects.alias(upper=Upper("serial"), back=Reverse(Upper("serial")))
    ways = []
    if serial:
        ways.append(Q(pk__in=units.filter(upper=serial).values("pk")))
        ways.append(Q(pk__in=units.filter(upper__startswith=serial).values("pk")))
    if len(serial) >= 4:
        ways.append(Q(pk__in=units.filter(back__startswith=serial[::-1]).values("pk")))
    models = Product.objects.filter(Q(code__istartswith=text) | Q(name__icontains=text) | Q(name_en__icontains=text))
    ways.append(Q(model__in=models))
    owners = customers.narrowed(person, text, at)
    ways.append(Q(customer__in=owners.order_by().values("pk")))
    return ways


def products(text: str = "", limit: int = 50) -> list[Product]:
    """The catalogue by code, narrowed to those whose code or name contains ``text``."""
    found = Product.objects.order_by("code")
    text = text.replace("\x00", "").strip()
    if text:
        found = found.filter(Q(code__icontains=text) | Q(name__icontains=text) | Q(name_en__icontains=text))
    return list(found[:limit])


def product_of(text: str) -> Product | None:
    """The model of this code, else the only one of this name; None otherwise."""
    text = text.replace("\x00", "").strip()
    by_code = Product.objects.filter(code__iexact=text).first()
    if by_code is not None or not text:
        return by_code
    few = list(Product.objects.filter(name=text)[:2])
    return few[0] if len(few) == 1 else None


def lines() -> list[str]:
    """The families of products there are."""
    return sorted(set(Product.objects.exclude(line="").values_list("line", flat=True)))


def within_reach(outlet: str, serial: str, product: str = "") -> Unit | None:
    """The device a case of ``outlet`` means by its serial (and model, where several models have it); None otherwise."""
    units = Unit.objects.filter(customer__outlet__in=rights.reach(outlet)).select_related(*_WHOLE)
    found = list(_with_serial(units, serial)[:20])
    if len(found) > 1 and product:
        model = product_of(product)
        found = [one for one in found if one.model == model]
    return found[0] if len(found) == 1 else None


def of_customer(person: Person, customer: Customer, at: datetime) -> QuerySet[Unit]:
    """The devices of one customer, newest first."""
    return visible_to(person, at).filter(customer=customer).select_related(*_WHOLE).order_by("-id")


def history(unit: Unit) -> list[Entry]:
    """What happened to this device, oldest first, with content."""
    entries = Entry.objects.select_related("kept").filter(about_kind="unit", about_id=str(unit.pk))
    return list(entries.order_by("position"))


def counted(units: QuerySet[Unit]) -> int:
    """Exact up to 999, then 1000 for "1000+"."""
    return units.order_by()[:COUNT_LIMIT].count()
