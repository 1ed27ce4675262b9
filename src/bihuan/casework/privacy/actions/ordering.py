"""Orders to erase a person: looked at first, given by an administrator, carried out by the worker, told again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from bihuan.ground.ids import new_id
from bihuan.people.actions import HOUSE, entry
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from .. import disposals, erasing
from ..errors import Hindered
from ..finding import Found, find, seen_of
from ..hindering import Hindrance, customer_hold, held, hindrances
from ..models import Order, Request
from ..queries import governing
from ..terms import terms_of

NOT_HERE = Text("此请求不是删除请求或已办理", "This request is not one to erase, or is dealt with")


@dataclass
class Preview:
    """What would go and what stands against it. ``refused`` says why nothing can go at all now."""

    found: Found
    hindered: dict[UUID, Hindrance] = field(default_factory=dict)
    refused: Text | None = None

    @property
    def until(self) -> date | None:
        """The last day anything has to be kept; None where nothing has, or no day can be named."""
        days = [one.until for one in self.hindered.values()]
        return max((one for one in days if one), default=None) if days and all(days) else None


def preview(request: Request, at: datetime, seen: Sequence[UUID] | None = None) -> Preview:
    """Look at everything that would be erased. Changes nothing. ``seen``: as ``find`` takes it."""
    terms = terms_of(request.about_kind, request.about_id)
    found = find(terms, namesakes=request.namesakes, more=_restricted(request), seen=seen)
    against = hindrances(found.cases, terms.customers, at)
    hold = customer_hold(terms.customers)
    refused = held(hold) if hold is not None else None
    if open_cases := [one.number for one in against.values() if one.open]:
        numbers = "、".join(open_cases[:8])
        refused = Text(f"还在办理：{numbers}。办结后才能删除", f"Still being worked on: {numbers}. End these first")
    return Preview(found, against, refused)


def _restricted(request: Request) -> list[UUID]:
    """The cases an earlier order of this request could only lock: nothing finds them by name or number any more."""
    return [UUID(one.partition(":")[2]) for one in _known_cases(request)]


def order_erasure(request: Request, *, by: Person, at: datetime) -> Order:
    """Order what the preview showed; the worker carries it out. Raises NotAllowed, Hindered."""
    governing(by)
    with transaction.atomic():
        request = Request.objects.select_for_update().get(pk=request.pk)
        if request.kind != Request.ERASURE or request.state not in {Request.OPEN, Request.RESTRICTED}:
            raise Hindered(NOT_HERE)
        seen = preview(request, at)
        if seen.refused is not None:
            raise Hindered(seen.refused)
        order = _begin(Order.ERASURE, by.username, at)
        order.subjects = sorted({f"{request.about_kind}:{request.about_id}", *_known_cases(request)})
        order.save(update_fields=["subjects"])
        Request.objects.filter(pk=request.pk).update(state=Request.RUNNING, order=order)
        told = {"request": str(request.pk), "order": str(order.pk), "counts": seen.found.counts}
        told["namesakes"] = request.namesakes
        entry(HOUSE, "privacy", str(request.pk), "order-erasure", by, at, told)
    return order


def _known_cases(request: Request) -> list[str]:
    """Cases an earlier order of this request could only restrict: nothing finds them by name any more."""
    return [one for one in (request.order.subjects if request.order else []) if one.startswith("kept:")]


def _begin(kind: str, by: str, at: datetime) -> Order:
    identity = new_id(at)
    return Order.objects.create(
        id=identity, list_name=f"{kind}-{identity}", kind=kind, state=Order.RUNNING, made_by=by, made_at=at,
        confirmed_by=by, confirmed_at=at,
    )  # fmt: skip


def carry_out(order_id: UUID, at: datetime) -> dict[str, int]:
    """Carry an ordered erasure out, or go on with one a worker left unfinished."""
    order = Order.objects.get(pk=order_id)
    if order.state == Order.CLEARING:
        erasing.clear(order.pk, at)
    if order.state != Order.RUNNING:
        return _finish(order_id, at)
    request = Request.objects.filter(order=order).first()
    kind, _, identity = next(one for one in order.subjects if one.startswith(("contact:", "customer:"))).partition(":")
    terms = terms_of(kind, UUID(identity))
    # one look for the whole step: nothing is changed before the erasing begins
    seen = seen_of(terms)
    if request is not None and (refused := preview(request, at, seen).refused) is not None:
        return _given_back(order, request, refused)
    by = Person.objects.filter(username=order.made_by).first()
    more = [UUID(one.partition(":")[2]) for one in order.subjects if one.startswith(("case:", "kept:"))]
    namesakes = bool(request and request.namesakes)
    first = find(terms, namesakes=namesakes, more=more, seen=seen)
    against = hindrances(first.cases, terms.customers, at)
    kept = [one for one in first.cases if one.pk in against]
    spared = [one.pk for one in kept]
    found = find(terms, namesakes=namesakes, more=more, spared=spared, seen=seen) if kept else first
    order.subjects = [
        *(one for one in order.subjects if not one.startswith("kept:")),
        *(f"kept:{one.pk}" for one in kept),
    ]
    erasing.erase(found, erasing.Doing(order, by, at), kept)
    days = [one.until for one in against.values()]
    until = max((one for one in days if one), default=None) if days and all(days) else None
    Request.objects.filter(order=order).update(until=until, words=_words(list(against.values())))
    return _finish(order_id, at)


def _given_back(order: Order, request: Request, refused: Text) -> dict[str, int]:
    """Something came in between the order and the worker: nothing is erased, the request waits again and says why."""
    with transaction.atomic():
        Order.objects.filter(pk=order.pk).update(state=Order.DROPPED)
        words = {"zh": refused.zh, "en": refused.en}
        Request.objects.filter(pk=request.pk).update(state=Request.OPEN, order=None, words=words)
    return {}


def _words(against: list[Hindrance]) -> dict[str, str]:
    """Why some cases were only restricted, in both languages; nothing where everything went."""
    if not against:
        return {}
    listed = sorted({(one.number, one.words.zh, one.words.en) for one in against})
    return {
        "zh": "；".join(f"{number} {zh}" for number, zh, _en in listed),
        "en": "; ".join(f"{number} {en}" for number, _zh, en in listed),
    }


def _finish(order_id: UUID, at: datetime) -> dict[str, int]:
    order = Order.objects.get(pk=order_id)
    kept = any(one.startswith("kept:") for one in order.subjects)
    state = Request.RESTRICTED if kept else Request.DONE
    Request.objects.filter(order=order, state=Request.RUNNING).update(state=state, finished=at)
    return order.counts


def apply_again(folder: Path, at: datetime) -> int:
    """Carry out every list in ``folder`` this database does not know: after a restore of an older backup.

    A list is known when its order is done here. Returns how many were carried out. Raises ValueError for a file that
    is no list; those before it are carried out.
    """
    carried = 0
    for sheet in disposals.lists(Path(folder)):
        known = Order.objects.filter(list_name=sheet["list"]).first()
        if known is not None and known.state == Order.DONE:
            continue
        order = known or _again(sheet, at)
        if order.state == Order.CLEARING:
            erasing.clear(order.pk, at)
        else:
            Order.objects.filter(pk=order.pk).update(state=Order.RUNNING)
            erasing.erase_again(sheet, erasing.Doing(order, None, at))
        _finish(order.pk, at)
        carried += 1
    return carried


def _again(sheet: dict[str, object], at: datetime) -> Order:
    return Order.objects.create(
        id=new_id(at), list_name=str(sheet["list"]), kind=str(sheet["kind"]), state=Order.RUNNING, made_at=at
    )
