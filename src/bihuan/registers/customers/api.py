"""``/api/v1/customers``: read, and the register's own acts. Numbers are whole only for those who may see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from . import actions, phones, queries
from .actions.writing import digest, done_before
from .errors import OutOfSight, WrongInput
from .models import Contact, Customer, Site
from .rights import governing

router = Router(tags=["customers"])
encode = msgspec.json.Encoder().encode
LIMIT = 200
Line = Annotated[str, Field(max_length=400)]


class Filter(Schema):
    """How a list may be narrowed: ``q`` is searched as on the page, ``after`` is the id of the last one read."""

    q: str = Field("", max_length=200)
    after: UUID | None = None
    limit: int = Field(queries.PAGE, ge=1, le=LIMIT)


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class AddContact(Strict):
    name: Line = ""
    phone: Line = ""
    post: Line = ""


class AddSite(Strict):
    address: Line
    region: Line = ""
    access: Line = ""


class Change(Strict):
    name: Line | None = None
    grade: Line | None = None
    outlet: Line | None = None


class Merge(Strict):
    into: Line
    because: Line


class Reveal(Strict):
    contact: UUID
    reason: Line


class _Act(Strict):
    """``id`` is the act's own (UUIDv7) and counts once."""

    id: UUID


class AddContactAct(_Act):
    action: Literal["add-contact"]
    answers: AddContact


class AddSiteAct(_Act):
    action: Literal["add-site"]
    answers: AddSite


class ChangeAct(_Act):
    action: Literal["change"]
    answers: Change


class MergeAct(_Act):
    action: Literal["merge"]
    answers: Merge


class RevealAct(_Act):
    action: Literal["reveal"]
    answers: Reveal


Act = Annotated[AddContactAct | AddSiteAct | ChangeAct | MergeAct | RevealAct, Field(discriminator="action")]


@router.get("/customers", summary="List customers")
def list_customers(request: HttpRequest, filters: Query[Filter]) -> HttpResponse:
    now = timezone.now()
    found = queries.narrowed(request.auth, filters.q, now).order_by("-id").prefetch_related("contacts", "sites")
    if filters.after:
        found = found.filter(pk__lt=filters.after)
    rows = list(found.defer("search")[: filters.limit + 1])
    shown, following = rows[: filters.limit], str(rows[filters.limit - 1].pk) if len(rows) > filters.limit else None
    return reply({"customers": [told(one, request.auth, now) for one in shown], "next": following})


@router.get("/customers/{customer}", summary="One customer, also one merged into another")
def read_customer(request: HttpRequest, customer: str) -> HttpResponse:
    now = timezone.now()
    return reply(told(queries.find(request.auth, customer, now), request.auth, now))


@router.post("/customers/{customer}/acts", summary="Do an act on a customer")
def act_on_customer(request: HttpRequest, customer: str, said: Act) -> HttpResponse:
    now = timezone.now()
    found = queries.find(request.auth, customer, now)
    body = act_body(said.id, "customer", found.pk, said.action, said.answers.dict())
    before = done_before(said.id, request.auth, body)
    more = {} if before else ACTS[said.action](found, said.answers.dict(), request.auth, now, said.id, body)
    if before and said.action == "reveal":
        more = {"phone": contact_of(found, said.answers.contact).phone}
    found = queries.find(request.auth, str(found.pk), now)
    return reply({**told(found, request.auth, now), **(more or {})}, 200 if before else 201)


def act_body(identity: UUID, *said: Any) -> bytes:
    """The digest of what was said, by which the same act sent again is known. Raises WrongInput for no UUIDv7."""
    if identity.version != 7:
        raise WrongInput(Text("每个操作须有自己的 UUIDv7 编号", "Every act needs a UUIDv7 of its own"), "id")
    return digest(*said)


Doing = Callable[[Customer, dict[str, Any], Person, datetime, UUID, bytes], "dict[str, Any] | None"]


def _add_contact(customer: Customer, given: dict[str, Any], by: Person, at: datetime, act: UUID, body: bytes) -> None:
    actions.add_contact(customer, by=by, at=at, act_id=act, body=body, **given)


def _add_site(customer: Customer, given: dict[str, Any], by: Person, at: datetime, act: UUID, body: bytes) -> None:
    actions.add_site(customer, by=by, at=at, act_id=act, body=body, **given)


def _change(customer: Customer, given: dict[str, Any], by: Person, at: datetime, act: UUID, body: bytes) -> None:
    wanted = {name: value for name, value in given.items() if value is not None}
    actions.change_customer(customer, by=by, at=at, act_id=act, body=body, **wanted)


def _merge(customer: Customer, given: dict[str, Any], by: Person, at: datetime, act: UUID, body: bytes) -> None:
    governing(by, at)
    try:
        into = queries.find(by, given["into"], at)
    except OutOfSight as error:
        raise WrongInput(error.words, "into") from error
    actions.merge(customer, into, by=by, at=at, because=given["because"], act_id=act, body=body)


def _reveal(
    customer: Customer, given: dict[str, Any], by: Person, at: datetime, act: UUID, body: bytes
) -> dict[str, str]:
    contact = contact_of(customer, given["contact"])
    return {"phone": actions.reveal(contact, by=by, at=at, reason=given["reason"], act_id=act, body=body)}


ACTS: dict[str, Doing] = {
    "add-contact": _add_contact,
    "add-site": _add_site,
    "change": _change,
    "merge": _merge,
    "reveal": _reveal,
}


def contact_of(customer: Customer, contact: UUID) -> Contact:
    """One of the customer's contacts. Raises WrongInput."""
    found = customer.contacts.filter(pk=contact).select_related("customer").first()
    if found is None:
        raise WrongInput(Text("不是该客户的联系人", "Not a contact of this customer"), "contact")
    return found


def told(customer: Customer, person: Person, at: datetime) -> dict[str, Any]:
    """A customer as this reader may see it."""
    whole = phones.may_see(person, customer, at)
    return {
        "id": str(customer.pk),
        "number": customer.number,
        "name": customer.name,
        "grade": customer.grade,
        "outlet": customer.outlet,
        "merged_into": queries.survivor(customer).number if customer.merged_into_id else None,
        "contacts": [_contact(one, whole) for one in sorted(customer.contacts.all(), key=lambda one: one.pk)],
        "sites": [_site(one) for one in sorted(customer.sites.all(), key=lambda one: one.pk)],
    }


def _contact(contact: Contact, whole: bool) -> dict[str, Any]:
    shown = contact.phone if whole else contact.masked
    told = {"id": str(contact.pk), "name": contact.name, "post": contact.post, "phone": shown, "whole": whole}
    return {**told, "extension": contact.extension if whole else "", "gone": contact.gone}


def _site(site: Site) -> dict[str, Any]:
    return {"id": str(site.pk), "address": site.address, "region": site.region, "access": site.access}


def reply(body: Any, status: int = 200) -> HttpResponse:
    """``body`` as JSON."""
    return HttpResponse(encode(body), status=status, content_type="application/json")
