"""Customers, their contacts and sites, one at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from bihuan.ground.ids import new_id
from bihuan.people.models import OutletKey, Person
from bihuan.procedure.definition import Text

from .. import phones, searching
from ..errors import AlreadyThere, Merged, OutOfSight, WrongInput
from ..models import Contact, Customer, Site
from ..queries import normal, survivor
from ..rights import keeping
from .writing import changes, entry, filled

NAME_MISSING = Text("请填写客户名称", "Give the customer a name")
ADDRESS_MISSING = Text("请填写地址", "Give the address")


def add_customer(
    name: str,
    *,
    outlet: str,
    by: Person | None,
    at: datetime,
    number: str = "",
    grade: str = "",
    contacts: tuple[dict[str, str], ...] = (),
    sites: tuple[dict[str, str], ...] = (),
    act_id: UUID | None = None,
    body: bytes | None = None,
) -> Customer:
    """A new customer of ``outlet``; ``number`` "" takes the next free one. ``contacts``: name, phone, post;
    ``sites``: address, region, access. Raises NotAllowed, WrongInput, AlreadyThere."""
    keeping(by, outlet, at)
    with transaction.atomic():
        customer = make_customer(name, outlet=outlet, at=at, number=number, grade=grade)
        made = [make_contact(customer, at=at, **one) for one in contacts]
        placed = [make_site(customer, at=at, **one) for one in sites]
        searching.write([customer.pk])
        content = {"number": customer.number, "name": customer.name, "grade": customer.grade, "outlet": outlet}
        content["contacts"] = [told_contact(one) for one in made]
        content["sites"] = [told_site(one) for one in placed]
        entry(outlet, about(customer), "add-customer", by, at, content, act_id=act_id, body=body)
    return customer


def make_customer(name: str, *, outlet: str, at: datetime, number: str = "", grade: str = "") -> Customer:
    """The row alone, without an entry: for an action that writes its own, in the caller's transaction."""
    name = filled(normal(name), "name", 200, NAME_MISSING)
    grade = filled(normal(grade), "grade", 40)
    number = filled(normal(number), "number", 40)
    existing_outlet(outlet)
    if number and Customer.objects.filter(number=number).exists():
        raise AlreadyThere(Text(f"客户编号 {number} 已存在", f"Customer {number} is already there"), "number")
    customer = Customer(id=new_id(at), number=number or free_numbers(1)[0], name=name, grade=grade, outlet=outlet)
    customer.made_at = at
    customer.search = searching.words_of([customer.number, name], [])
    customer.save(force_insert=True)
    return customer


def free_numbers(count: int) -> list[str]:
    """The next numbers of the house's running series that nobody has."""
    found: list[str] = []
    while len(found) < count:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval('customers_number') FROM generate_series(1, %s)", [max(count - len(found), 1)]
            )
            numbers = [f"C{row[0]:06d}" for row in cursor.fetchall()]
        taken = set(Customer.objects.filter(number__in=numbers).values_list("number", flat=True))
        found += [number for number in numbers if number not in taken]
    return found


def change_customer(
    customer: Customer, *, by: Person | None, at: datetime, act_id: UUID | None = None, body: bytes | None = None,
    **given: str,
) -> Customer:  # fmt: skip
    """New ``name``, ``grade`` or ``outlet``; the entry tells old and new. Nothing differs: nothing is written."""
    keeping(by, customer.outlet, at)
    after = {name: normal(value) for name, value in given.items() if name in {"name", "grade", "outlet"}}
    filled(after.get("name", customer.name), "name", 200, NAME_MISSING)
    filled(after.get("grade", ""), "grade", 40)
    if "outlet" in after:
        existing_outlet(after["outlet"])
        keeping(by, after["outlet"], at)
    with transaction.atomic():
        customer = locked(customer.pk)
        differing = changes({name: getattr(customer, name) for name in after}, after)
        if not differing:
            return customer
        chain = customer.outlet
        for name, (_old, new) in differing.items():
            setattr(customer, name, new)
        customer.save(update_fields=list(differing))
        searching.write([customer.pk])
        entry(chain, about(customer), "change-customer", by, at, differing, act_id=act_id, body=body)
    return customer


def add_contact(
    customer: Customer,
    *,
    by: Person | None,
    at: datetime,
    name: str = "",
    phone: str = "",
    post: str = "",
    act_id: UUID | None = None,
    body: bytes | None = None,
) -> Contact:
    """One more way to reach the customer: a name, a number, or both. Raises AlreadyThere for the same twice."""
    keeping(by, customer.outlet, at)
    with transaction.atomic():
        customer = locked(customer.pk)
        contact = make_contact(customer, at=at, name=name, phone=phone, post=post)
        searching.write([customer.pk])
        entry(
            customer.outlet, about(customer), "add-contact", by, at, told_contact(contact), act_id=act_id, body=body
        )  # fmt: skip
    return contact


def make_contact(customer: Customer, *, at: datetime, name: str = "", phone: str = "", post: str = "") -> Contact:
    """The row alone, without an entry and without the words for searching."""
    given = read_contact(name, phone, post)
    if customer.contacts.filter(**{key: given[key] for key in ("name", "phone", "extension")}, gone=False).exists():
        raise AlreadyThere(Text("这个联系人已在册", "This contact is already there"), "phone")
    return Contact.objects.create(id=new_id(at), customer=customer, **given)


def read_contact(name: str, phone: str, post: str) -> dict[str, str]:
    """What was typed as it is kept. Raises WrongInput for what is no telephone number or says nothing."""
    name, phone = filled(normal(name), "name", 80), normal(phone)
    found = phones.read(phone) if phone else ("", "")
    if found is None:
        words = Text("不是完整的电话号码（座机请带区号）", "Not a complete telephone number (with its area code)")
        raise WrongInput(words, "phone")
    if not name and not phone:
        raise WrongInput(Text("请填写姓名或电话", "Give a name or a number"), "phone")
    number, extension = found
    return {
        "name": name, "post": filled(normal(post), "post", 80), "phone": number,
        "extension": extension, "masked": phones.masked(number),
    }  # fmt: skip


def change_contact(
    contact: Contact, *, by: Person | None, at: datetime, name: str, phone: str, post: str = "", gone: bool = False
) -> Contact:
    """Correct a contact, or say that it no longer reaches anybody (``gone``)."""
    keeping(by, contact.customer.outlet, at)
    after: dict[str, Any] = {**read_contact(name, phone, post), "gone": gone}
    with transaction.atomic():
        customer = locked(contact.customer_id)
        differing = changes({name: getattr(contact, name) for name in after}, after)
        differing.pop("masked", None)
        if not differing:
            return contact
        Contact.objects.filter(pk=contact.pk).update(**after)
        searching.write([customer.pk])
        entry(customer.outlet, about(customer), "change-contact", by, at, {"contact": str(contact.pk), **differing})
    return Contact.objects.get(pk=contact.pk)


def add_site(
    customer: Customer,
    *,
    by: Person | None,
    at: datetime,
    address: str,
    region: str = "",
    access: str = "",
    act_id: UUID | None = None,
    body: bytes | None = None,
) -> Site:
    """One more place of the customer. Raises WrongInput."""
    keeping(by, customer.outlet, at)
    with transaction.atomic():
        customer = locked(customer.pk)
        site = make_site(customer, at=at, address=address, region=region, access=access)
        searching.write([customer.pk])
        entry(customer.outlet, about(customer), "add-site", by, at, told_site(site), act_id=act_id, body=body)
    return site


def make_site(customer: Customer, *, at: datetime, address: str, region: str = "", access: str = "") -> Site:
    """The row alone, without an entry and without the words for searching."""
    return Site.objects.create(id=new_id(at), customer=customer, **read_site(address, region, access))


def read_site(address: str, region: str, access: str) -> dict[str, str]:
    """What was typed as it is kept. Raises WrongInput."""
    return {
        "address": filled(normal(address), "address", 300, ADDRESS_MISSING),
        "region": filled(normal(region), "region", 80),
        "access": filled(normal(access), "access", 300),
    }


def change_site(
    site: Site, *, by: Person | None, at: datetime, address: str, region: str = "", access: str = ""
) -> Site:
    """Correct a place."""
    keeping(by, site.customer.outlet, at)
    after = read_site(address, region, access)
    with transaction.atomic():
        customer = locked(site.customer_id)
        differing = changes({name: getattr(site, name) for name in after}, after)
        if not differing:
            return site
        Site.objects.filter(pk=site.pk).update(**after)
        searching.write([customer.pk])
        entry(customer.outlet, about(customer), "change-site", by, at, {"site": str(site.pk), **differing})
    return Site.objects.get(pk=site.pk)


def reveal(
    contact: Contact, *, by: Person, at: datetime, reason: str, act_id: UUID | None = None, body: bytes | None = None
) -> str:
    """The whole number (E.164) shown once to one who sees it masked; the entry keeps who and why, never the number."""
    keeping(by, contact.customer.outlet, at)
    reason = filled(normal(reason), "reason", 300, Text("请说明为什么要看", "Say why it has to be seen"))
    if not contact.phone:
        raise WrongInput(Text("这个联系人没有电话", "This contact has no number"), "contact")
    with transaction.atomic():
        customer = contact.customer
        content = {"contact": str(contact.pk), "reason": reason}
        entry(customer.outlet, about(customer), "reveal", by, at, content, act_id=act_id, body=body)
    return contact.phone


def locked(pk: UUID) -> Customer:
    """The customer, and nobody else changes it until this transaction ends. Raises Merged, OutOfSight."""
    customer = Customer.objects.select_for_update().defer("search").filter(pk=pk).first()
    if customer is None:
        raise OutOfSight
    if customer.merged_into_id is not None:
        into = survivor(customer).number
        raise Merged(Text(f"此客户已并入 {into}，请在那里办理", f"This customer was merged into {into}; go there"))
    return customer


def existing_outlet(outlet: str) -> None:
    """Raises WrongInput unless there is such an outlet."""
    if not OutletKey.objects.filter(pk=outlet).exists():
        raise WrongInput(Text(f"没有网点 {outlet}", f"There is no outlet {outlet}"), "outlet")


def about(customer: Customer) -> tuple[str, object, str]:
    """What entries about this customer are found by."""
    return ("customer", customer.pk, customer.number)


def told_contact(contact: Contact) -> dict[str, str]:
    """A contact as the entry keeps it."""
    told = {"contact": str(contact.pk), "name": contact.name, "post": contact.post, "phone": contact.phone}
    return told | ({"extension": contact.extension} if contact.extension else {})


def told_site(site: Site) -> dict[str, str]:
    """A site as the entry keeps it."""
    return {"site": str(site.pk), "address": site.address, "region": site.region, "access": site.access}
