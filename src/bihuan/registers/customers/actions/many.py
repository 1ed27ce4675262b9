"""Bringing in many customers at once: a few statements and one entry for the whole batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from bihuan.ground.ids import new_id
from bihuan.people.models import OutletKey, Person
from bihuan.procedure.definition import Text

from .. import searching
from ..errors import AlreadyThere, WrongInput
from ..models import Contact, Customer, Site
from ..queries import normal
from ..rights import bringing_in
from .keeping import NAME_MISSING, free_numbers, read_contact, read_site
from .writing import entry, filled

_AT_ONCE = 2000


@dataclass(frozen=True)
class NewContact:
    name: str = ""
    phone: str = ""
    post: str = ""


@dataclass(frozen=True)
class NewSite:
    address: str
    region: str = ""
    access: str = ""


@dataclass(frozen=True)
class NewCustomer:
    """One line of what is brought in; ``number`` "" takes the next free one."""

    name: str
    outlet: str
    number: str = ""
    grade: str = ""
    contacts: tuple[NewContact, ...] = ()
    sites: tuple[NewSite, ...] = ()


def add_many(new: Sequence[NewCustomer], *, by: Person | None, at: datetime, source: str = "") -> list[Customer]:
    """All of them or none. ``field`` of a refusal is ``<row>.<field>``, rows counted from 0.

    One entry, in the chain of the first one's outlet, names every customer made; ``source`` says where they come from.
    Raises NotAllowed, WrongInput, AlreadyThere.
    """
    if not new:
        return []
    bringing_in(by, {one.outlet for one in new}, at)
    _all_fit(new)
    with transaction.atomic():
        numbers = iter(free_numbers(sum(1 for one in new if not normal(one.number))))
        customers, contacts, sites = [], [], []
        # of one moment, in the order of the list
        ids = sorted(new_id(at) for _one in new)
        for row, one in enumerate(new):
            customer = Customer(
                id=ids[row], number=normal(one.number) or next(numbers), name=normal(one.name),
                grade=normal(one.grade), outlet=one.outlet, made_at=at,
            )  # fmt: skip
            customers.append(customer)
            own = [Contact(id=new_id(at), customer=customer, **_read(row, read_contact, c.name, c.phone, c.post))
                   for c in one.contacts]  # fmt: skip
            placed = [Site(id=new_id(at), customer=customer, **_read(row, read_site, s.address, s.region, s.access))
                      for s in one.sites]  # fmt: skip
            others = [c.name for c in own] + [s.address for s in placed]
            customer.search = searching.words_of([customer.number, customer.name], others)
            contacts += own
            sites += placed
        for model, rows in ((Customer, customers), (Contact, contacts), (Site, sites)):
            model.objects.bulk_create(rows, batch_size=_AT_ONCE)
        content = {"source": source, "count": len(customers), "numbers": [one.number for one in customers]}
        content["ids"] = [str(one.pk) for one in customers]
        entry(new[0].outlet, ("customers", customers[0].pk, ""), "add-customers", by, at, content)
    return customers


def _all_fit(new: Sequence[NewCustomer]) -> None:
    outlets = set(OutletKey.objects.values_list("code", flat=True))
    given = Counter(normal(one.number) for one in new)
    taken = set(Customer.objects.filter(number__in=[one for one in given if one]).values_list("number", flat=True))
    for row, one in enumerate(new):
        number = normal(one.number)
        _read(row, filled, normal(one.name), "name", 200, NAME_MISSING)
        _read(row, filled, normal(one.grade), "grade", 40)
        _read(row, filled, number, "number", 40)
        if one.outlet not in outlets:
            words = Text(f"没有网点 {one.outlet}", f"There is no outlet {one.outlet}")
            raise WrongInput(words, f"{row}.outlet")
        if number and (number in taken or given[number] > 1):
            words = Text(f"客户编号 {number} 已存在或重复", f"Customer {number} is there already, or twice")
            raise AlreadyThere(words, f"{row}.number")


def _read(row: int, reader, *given):
    """What ``reader`` makes of it; a refusal names the row."""
    try:
        return reader(*given)
    except WrongInput as error:
        raise WrongInput(error.words, f"{row}.{error.field}") from error
