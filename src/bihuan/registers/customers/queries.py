"""Reading customers: always through ``visible_to``. No answer depends on figures the reader would see masked."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Reverse

from bihuan.ground import bigrams
from bihuan.journal.models import Entry
from bihuan.people import access
from bihuan.people.models import Person

from . import phones, rights
from .errors import OutOfSight
from .models import Consent, Contact, Customer

PAGE = 50
COUNT_LIMIT = 1000
_NUMBER_LENGTH = 40
_DIGITS = re.compile(r"[\d+()\-–—./\s]{4,24}\Z")


def visible_to(person: Person, at: datetime) -> QuerySet[Customer]:
    """The customers looked after by outlets within ``person``'s scope, merged ones too."""
    outlets = access.visible_outlets(person, at)
    return Customer.objects.all() if outlets is None else Customer.objects.filter(outlet__in=outlets)


def standing(person: Person, at: datetime) -> QuerySet[Customer]:
    """As ``visible_to``, without those merged into another."""
    return visible_to(person, at).filter(merged_into__isnull=True)


def find(person: Person, reference: str, at: datetime) -> Customer:
    """One customer by number or id, also a merged one. Raises OutOfSight."""
    found = visible_to(person, at).filter(**key_of(reference)).first()
    if found is None:
        raise OutOfSight
    return found


def key_of(reference: str) -> dict[str, object]:
    """The filter for a number or an id. Raises OutOfSight for what can be neither."""
    try:
        return {"pk": UUID(reference)}
    except ValueError:
        if not reference or "\x00" in reference or len(reference) > _NUMBER_LENGTH:
            raise OutOfSight from None
        return {"number": reference}


def survivor(customer: Customer) -> Customer:
    """Who this customer is now: itself, or the one it was merged into, however often that was merged again."""
    while customer.merged_into_id is not None:
        customer = Customer.objects.get(pk=customer.merged_into_id)
    return customer


def merged_into(customer: Customer) -> list[Customer]:
    """Everybody who was merged into this one, directly or by way of another."""
    found: list[Customer] = []
    level = [customer]
    while level:
        level = list(Customer.objects.filter(merged_into__in=level).order_by("number"))
        found += level
    return found


def search(person: Person, text: str, at: datetime, limit: int = 8) -> list[Customer]:
    """Customers by number, telephone in any form, name or part of it, pinyin initials, address part; contacts and
    sites come along. The surest hits first. A merged customer's number or name leads to the survivor."""
    found: dict[UUID, None] = {}
    text = text.replace("\x00", "").strip()[:200]
    for query in (_by_number(person, text, at), _by_end_of_phone(person, text, at), _by_words(person, text, at)):
        if query is None or len(found) >= limit:
            continue
        found.update(dict.fromkeys(query.values_list("pk", flat=True)[: limit + len(found)]))
    wanted = list(found)[:limit]
    whole = standing(person, at).filter(pk__in=wanted).prefetch_related("contacts", "sites")
    return sorted(whole, key=lambda one: wanted.index(one.pk))


def narrowed(person: Person, text: str, at: datetime) -> QuerySet[Customer]:
    """The same as one filter, for lists; everybody who stands for an empty text."""
    customers = standing(person, at)
    text = text.replace("\x00", "").strip()[:200]
    if not text:
        return customers
    ways = [_by_number(person, text, at), _by_end_of_phone(person, text, at), _by_words(person, text, at)]
    either = Q(pk__in=[])
    for way in ways:
        if way is not None:
            either |= Q(pk__in=way.order_by().values("pk"))
    return customers.filter(either)


def by_phone(person: Person, number: str, at: datetime) -> list[Customer]:
    """Everybody who is reached under this number, written however, newest first.

    Where the reader sees numbers masked, all whose *masked* number is the same: the answer tells no hidden figure.
    """
    complete = phones.e164(number)
    if complete is None:
        return []
    return list(_with_phone(person, complete, at).order_by("-id").prefetch_related("contacts", "sites")[:20])


def _with_phone(person: Person, complete: str, at: datetime) -> QuerySet[Customer]:
    return _seen_as(person, Q(contacts__phone=complete), Q(contacts__masked=phones.masked(complete)), at)


def _seen_as(person: Person, whole: Q, hidden: Q, at: datetime) -> QuerySet[Customer]:
    """Those found by ``whole`` where the reader sees whole numbers, else by ``hidden``, outlet by outlet."""
    customers = standing(person, at)
    outlets = access.visible_outlets(person, at)
    # the rule is asked once for each outlet there is something of; most readers have one answer for all
    codes = sorted(outlets) if outlets is not None else [""]
    open_ones = [code for code in codes if rights.sees_numbers(person, code, at)]
    if len(open_ones) == len(codes):
        return customers.filter(whole).distinct()
    if not open_ones:
        return customers.filter(hidden).distinct()
    return customers.filter(Q(outlet__in=open_ones) & whole | ~Q(outlet__in=open_ones) & hidden).distinct()


def _by_number(person: Person, text: str, at: datetime) -> QuerySet[Customer] | None:
    complete = phones.e164(text)
    if complete is not None:
        return _with_phone(person, complete, at).order_by("-id")
    return standing(person, at).filter(number=text) if text and len(text) <= _NUMBER_LENGTH else None


def _by_end_of_phone(person: Person, text: str, at: datetime) -> QuerySet[Customer] | None:
    """The last figures of a number: four or more, but no more than four for those who see it masked."""
    figures = re.sub(r"\D", "", text)
    if not _DIGITS.match(text) or not 4 <= len(figures) <= 14:
        return None
    ending = Contact.objects.alias(back=Reverse("phone")).filter(back__startswith=figures[::-1])
    whole = Q(pk__in=ending.values("customer"))
    hidden = whole if len(figures) == 4 else Q(pk__in=[])
    return _seen_as(person, whole, hidden, at).order_by("-id")


def _by_words(person: Person, text: str, at: datetime) -> QuerySet[Customer] | None:
    wanted = bigrams.query(text)
    if not wanted:
        return None
    # behind the scope wall ``@@`` may use no index; the function reads ids in front of it, the rows are read behind it
    ids = RawSQL("SELECT customers_by_words(%s::tsquery)", [wanted])
    return standing(person, at).filter(pk__in=ids).order_by("-id")


def known(outlet: str, *, phone: str = "", name: str = "") -> bool | None:
    """Whether this number, else this name (of a contact or customer), is on the books a case of ``outlet`` reaches.

    None when there is neither, or what stands for the number is none.
    """
    customers = Customer.objects.filter(outlet__in=rights.reach(outlet), merged_into__isnull=True)
    if phone:
        complete = phones.e164(phone)
        return None if complete is None else customers.filter(contacts__phone=complete).exists()
    name = normal(name)
    if not name:
        return None
    return customers.filter(name=name).exists() or customers.filter(contacts__name=name).exists()


def of_grade(grade: str) -> list[tuple[str, str]]:
    """Number and outlet of every customer of this grade, duplicates aside, by number; none for no grade at all."""
    found = Customer.objects.filter(grade=grade, merged_into__isnull=True).exclude(grade="")
    return list(found.order_by("number").values_list("number", "outlet"))


def one_of(outlet: str, text: str) -> Customer | None:
    """The one customer a case of ``outlet`` means by number, telephone or exact name; None unless exactly one."""
    customers = Customer.objects.filter(outlet__in=rights.reach(outlet))
    found = customers.filter(number=text).first()
    if found is not None:
        return survivor(found)
    complete = phones.e164(text)
    way = Q(contacts__phone=complete) if complete else Q(name=text)
    few = list(customers.filter(way, merged_into__isnull=True).distinct()[:2])
    return few[0] if len(few) == 1 else None


def history(customer: Customer) -> list[Entry]:
    """What happened to this customer and to all that was merged into it, oldest first, with content."""
    about = [str(one.pk) for one in (customer, *merged_into(customer))]
    entries = Entry.objects.select_related("kept").filter(about_kind="customer", about_id__in=about)
    return list(entries.order_by("position"))


def consents_of(contact: Contact) -> dict[str, Consent]:
    """What counts now for each purpose: the newest row, given or taken back."""
    rows = Consent.objects.filter(contact=contact).select_related("text").order_by("at", "id")
    return {one.text.purpose: one for one in rows}


def may_use(contact: Contact, purpose: str) -> bool:
    """Whether the contact agrees to this purpose now. Nobody has agreed to what was never asked."""
    newest = consents_of(contact).get(purpose)
    return newest is not None and newest.state == Consent.GIVEN


def counted(customers: QuerySet[Customer]) -> int:
    """Exact up to 999, then 1000 for "1000+"."""
    return customers.order_by()[:COUNT_LIMIT].count()


def normal(text: object) -> str:
    """One line of text as it is kept: as written, without spaces around it and without NUL."""
    return str(text or "").replace("\x00", "").strip()
