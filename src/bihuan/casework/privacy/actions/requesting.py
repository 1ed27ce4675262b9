"""What a person asks for: taken down with how they proved who they are, answered within the site's working days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from bihuan.ground.ids import new_id
from bihuan.people import access
from bihuan.people.actions import entry
from bihuan.people.models import Person
from bihuan.procedure import clocks
from bihuan.procedure.definition import Text
from bihuan.procedure.retention import BY_DAYS
from bihuan.registers.calendars import queries as calendars
from bihuan.registers.customers import phones
from bihuan.registers.customers import queries as customers
from bihuan.registers.customers.actions.writing import filled
from bihuan.registers.customers.models import Customer
from bihuan.registers.customers.queries import normal

from .. import copying
from ..errors import Hindered, OutOfSight, WrongInput
from ..finding import find
from ..models import Request
from ..queries import policy, reading
from ..terms import terms_of

NO_TEXT = Text("请选择同意的文字", "Choose the words agreed to")
COPY_LIES = timedelta(days=7)


def ask(
    kind: str, customer: Customer, contact: UUID | None, identity: str, *, by: Person, at: datetime,
    namesakes: bool = False,
) -> Request:  # fmt: skip
    """Take down a request about one contact of ``customer``, or about the customer as a whole.

    ``identity``: how it was made sure that it is the person. Raises NotAllowed, WrongInput.
    """
    reading(by, at)
    if kind not in {Request.ACCESS, Request.ERASURE}:
        raise WrongInput(Text("请选择请求种类", "Choose what is asked for"), "kind")
    words = Text("请写明如何核实身份", "Say how the identity was checked")
    identity = filled(normal(identity), "identity", 300, words)
    if contact is not None and not customer.contacts.filter(pk=contact).exists():
        raise WrongInput(Text("不是该客户的联系人", "Not a contact of this customer"), "contact")
    with transaction.atomic():
        made = Request.objects.create(
            id=new_id(at), kind=kind, about_kind="contact" if contact else "customer", about_id=contact or customer.pk,
            customer_number=customer.number, outlet=customer.outlet, identity=identity, namesakes=namesakes,
            by=by.username, at=at, due_on=due_on(customer.outlet, at),
        )  # fmt: skip
        told = {"kind": kind, "about": made.about_kind, "id": str(made.about_id), "identity": identity}
        told |= {"due": made.due_on.isoformat(), "customer": customer.number}
        entry(customer.outlet, "privacy", str(made.pk), "request", by, at, told)
    return made


def due_on(outlet: str, at: datetime) -> date:
    """The last working day on which a request received at ``at`` has to be answered."""
    time = clocks.time_of(f"{policy().request_days} working days")
    end = clocks.due(at, time, BY_DAYS, calendars.calendar_for(outlet))
    return timezone.localdate(end - timedelta(minutes=1))


def refuse(request: Request, because: str, *, by: Person, at: datetime) -> None:
    """Refuse a request, with the reason the person is told (PIPL 50). Raises NotAllowed, WrongInput, Hindered."""
    reading(by, at)
    because = filled(normal(because), "because", 300, Text("请说明理由", "Give the reason"))
    with transaction.atomic():
        changed = Request.objects.filter(pk=request.pk, state=Request.OPEN).update(
            state=Request.REFUSED, words={"zh": because, "en": because}, finished=at
        )
        if not changed:
            raise Hindered(Text("此请求已办理", "This request is dealt with"))
        entry(request.outlet, "privacy", str(request.pk), "refuse-request", by, at, {"because": because})


def make_copy(request_id: UUID, at: datetime) -> None:
    """Write the copy of everything; a second time it is written anew. The entry tells the counts, never the content."""
    request = Request.objects.get(pk=request_id)
    if request.kind != Request.ACCESS or request.state not in {Request.OPEN, Request.RUNNING, Request.DONE}:
        return
    terms = terms_of(request.about_kind, request.about_id)
    found = find(terms, namesakes=request.namesakes)
    copying.write(request, found, at)
    with transaction.atomic():
        Request.objects.filter(pk=request.pk).update(state=Request.DONE, finished=at)
        by = Person.objects.filter(username=request.by).first()
        entry(request.outlet, "privacy", str(request.pk), "access-copy", by, at, {"counts": found.counts})


def tidy(at: datetime) -> int:
    """Remove copies a week after they were made; they can be made again."""
    old = [
        one for one in Request.objects.filter(kind=Request.ACCESS, finished__lte=at - COPY_LIES) if one.file.is_file()
    ]
    for one in old:
        one.file.unlink(missing_ok=True)
    return len(old)


def customer_of(request: Request) -> Customer | None:
    """The customer a request is about, as it stands now."""
    return Customer.objects.filter(number=request.customer_number).first()


def meant(by: Person, reference: str, contact: str, at: datetime) -> tuple[Customer, UUID | None]:
    """The one customer in sight meant by number, name or telephone, and the one contact of theirs, if one is named.

    An administrator, whose account opens no outlet, finds by the whole number, telephone or name and by nothing less.
    Raises WrongInput for none or several.
    """
    reference, contact = normal(reference), normal(contact)
    found = _exactly(reference) if access.may_manage_people(by) else _in_sight(by, reference, at)
    if len(found) != 1:
        words = Text("没有找到，或不止一位，请写客户编号", "None or more than one: give the customer's number")
        raise WrongInput(words, "customer")
    customer = customers.survivor(found[0])
    if not contact:
        return customer, None
    number = phones.e164(contact)
    way = Q(phone=number) if number else Q(name=contact)
    people = list(customer.contacts.filter(way)[:2])
    if len(people) != 1:
        raise WrongInput(Text("该客户没有这位联系人，或不止一位", "No such contact, or more than one"), "contact")
    return customer, people[0].pk


def _in_sight(by: Person, reference: str, at: datetime) -> list[Customer]:
    try:
        return [customers.find(by, reference, at)]
    except OutOfSight:
        return customers.search(by, reference, at, limit=2) if reference else []


def _exactly(reference: str) -> list[Customer]:
    number = phones.e164(reference)
    way = Q(number=reference) | Q(name=reference) | (Q(contacts__phone=number) if number else Q(pk__in=[]))
    return list(Customer.objects.filter(way, merged_into__isnull=True).distinct()[:2]) if reference else []


def order_copy(request: Request, *, by: Person, at: datetime) -> None:
    """Let the copy be made (again). Raises NotAllowed, Hindered."""
    reading(by, at)
    with transaction.atomic():
        changed = Request.objects.filter(
            pk=request.pk, kind=Request.ACCESS, state__in=[Request.OPEN, Request.RUNNING, Request.DONE]
        ).update(state=Request.RUNNING)
        if not changed:
            raise Hindered(Text("此请求已办理", "This request is dealt with"))
        entry(request.outlet, "privacy", str(request.pk), "order-copy", by, at, {})


def fetched(request: Request, *, by: Person, at: datetime) -> None:
    """The copy left the house."""
    with transaction.atomic():
        entry(request.outlet, "privacy", str(request.pk), "fetch-copy", by, at, {})


def read_id(text: str) -> UUID | None:
    """The id written, None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
