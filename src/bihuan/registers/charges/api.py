"""``/api/v1/price-lists`` and ``/api/v1/receipts``: read, and make a receipt void."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from bihuan.people import queries as people

from . import actions, queries
from .errors import NotThere
from .models import PriceList, Receipt
from .paging import page

router = Router(tags=["charges"])
_encode = msgspec.json.Encoder().encode
LIMIT = 200


class ListFilter(Schema):
    """``on``: lists in force that day, today unless said; ``outlet`` narrows."""

    outlet: str = Field("", max_length=40)
    on: date | None = None
    after: UUID | None = None
    limit: int = Field(50, ge=1, le=LIMIT)


class ReceiptFilter(Schema):
    """How receipts may be narrowed; the newest come first."""

    outlet: str = Field("", max_length=40)
    case: str = Field("", max_length=40)
    state: Literal["", "good", "void"] = ""
    after: UUID | None = None
    limit: int = Field(50, ge=1, le=LIMIT)


class VoidAnswers(Schema):
    model_config = ConfigDict(extra="forbid")

    because: str = Field(max_length=2000)


class ReceiptAct(Schema):
    """The one act there is."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["void"]
    answers: VoidAnswers


@router.get("/price-lists", summary="Price lists in force, with their lines")
def read_price_lists(request: HttpRequest, filters: Query[ListFilter]) -> HttpResponse:
    now = timezone.now()
    seen = queries.lists_visible_to(request.auth, now)
    found = seen.filter(queries.in_force(filters.on or people.day_of(now)))
    if filters.outlet:
        found = found.filter(outlet=_clean(filters.outlet))
    edge = seen.filter(pk=filters.after).first() if filters.after else None
    shown = page(found.prefetch_related("lines"), ("name", "outlet", "start"), after=edge, size=filters.limit)
    return _reply({"price_lists": [_list(one) for one in shown.rows], "next": shown.after or None})


@router.get("/receipts", summary="Receipts, void ones among them")
def read_receipts(request: HttpRequest, filters: Query[ReceiptFilter]) -> HttpResponse:
    seen = queries.visible_to(request.auth, timezone.now())
    wanted = {"outlet": _clean(filters.outlet), "number": _clean(filters.case), "state": filters.state}
    found = seen.filter(**{name: value for name, value in wanted.items() if value})
    edge = seen.filter(pk=filters.after).first() if filters.after else None
    shown = page(found, ("place",), after=edge, newest=True, size=filters.limit)
    return _reply({"receipts": [_receipt(one) for one in shown.rows], "next": shown.after or None})


@router.get("/receipts/{receipt}", summary="One receipt by its number")
def read_receipt(request: HttpRequest, receipt: str) -> HttpResponse:
    found = queries.visible_to(request.auth, timezone.now()).filter(name=_clean(receipt)).first()
    if found is None:
        raise NotThere(actions.no_receipt(_clean(receipt)), "number")
    return _reply(_receipt(found))


@router.post("/receipts/{receipt}/acts", summary="Make a receipt void")
def act_on_receipt(request: HttpRequest, receipt: str, body: ReceiptAct) -> HttpResponse:
    because = body.answers.because.replace("\x00", "")
    made = actions.void_by_hand(_clean(receipt), because, by=request.auth, at=timezone.now())
    return _reply(_receipt(made), 201)


def _list(one: PriceList) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "name": one.name,
        "outlet": one.outlet,
        "from": one.start.isoformat(),
        "until": one.until.isoformat() if one.until else None,
        "lines": [
            {
                "code": line.code,
                "title": {"zh": line.title, "en": line.title_en or line.title},
                "unit": line.unit,
                "amount": str(line.amount),
                "product": line.product,
            }
            for line in sorted(one.lines.all(), key=lambda line: line.code)
        ],
    }


def _receipt(one: Receipt) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "number": one.name,
        "outlet": one.outlet,
        "case": one.number,
        "amount": str(one.amount),
        "payer": one.payer,
        "lines": one.lines,
        "state": one.state,
        "by": one.by,
        "at": one.at,
        "void": {"because": one.void_because, "by": one.voided_by, "at": one.voided_at} if one.voided_at else None,
    }


def _clean(value: str) -> str:
    """No number holds a NUL, and the database would not even be asked."""
    return value.replace("\x00", "�")


def _reply(body: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(_encode(body), status=status, content_type="application/json")
