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
    text = text.replace("\x00", "").strip()[:200]
    if not text:
        return []
    units = visible_to(person, at)
    owners = [one.pk for one in customers.search(person, text, at, limit)]
    ways = [*_by_serial(units, text), units.filter(model__in=_models(text)).order_by("-id")]
    ways.append(units.filter(customer__in=owners).order_by("-id"))
    found: dict[UUID, None] = {}
    for way in ways:
        if len(found) < limit:
            found.update(dict.fromkeys(way.values_list("pk", flat=True)[: limit + len(found)]))
    wanted = list(found)[:limit]
    whole = Unit.objects.filter(pk__in=wanted).select_related(*_WHOLE)
    return sorted(whole, key=lambda one: wanted.index(one.pk))


def narrowed(person: Person, text: str, at: datetime) -> QuerySet[Unit]:
    """The same as one filter, for lists; every device for an empty text."""
    text = text.replace("\x00", "").strip()[:200]
    units = visible_to(person, at)
    if not text:
        return units
    owners = customers.narrowed(person, text, at).order_by().values("pk")
    others = [Unit.objects.filter(model__in=_models(text)), Unit.objects.filter(customer__in=owners)]
    ways = [way.values("pk") for way in (*_by_serial(Unit.objects.all(), text), *others)]
    return units.filter(pk__in=ways[0].union(*ways[1:]))


def _by_serial(units: QuerySet[Unit], text: str) -> list[QuerySet[Unit]]:
    """By the whole serial, its beginning, and its end from four figures on; each along an index of its own."""
    serial = serial_of(text).upper()
    if not serial:
        return []
    units = units.alias(upper=Upper("serial"), back=Reverse(Upper("serial")))
    ways = [units.filter(upper=serial), units.filter(upper__startswith=serial)]
    return [*ways, units.filter(back__startswith=serial[::-1])] if len(serial) >= 4 else ways


def _models(text: str) -> list[UUID]:
    """The models whose code begins with ``text`` or whose name holds it."""
    either = Q(code__istartswith=text) | Q(name__icontains=text) | Q(name_en__icontains=text)
    return list(Product.objects.filter(either).values_list("pk", flat=True)[:200])


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
