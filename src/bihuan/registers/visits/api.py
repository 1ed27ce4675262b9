"""``/api/v1/visits``: read only; booking is an act of the case."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

import msgspec
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from . import queries
from .models import Visit

router = Router(tags=["visits"])
_encode = msgspec.json.Encoder().encode
LIMIT = 200


class VisitFilter(Schema):
    """How visits may be narrowed, the newest booked first; ``who`` is a username, ``day`` one of the site's zone."""

    outlet: str = Field("", max_length=40)
    case: str = Field("", max_length=40)
    who: str = Field("", max_length=60)
    state: Literal["", "booked", "under-way", "done", "cancelled", "moved"] = ""
    day: date | None = None
    after: UUID | None = None
    limit: int = Field(50, ge=1, le=LIMIT)


@router.get("/visits", summary="Visits, those put off and cancelled among them")
def read_visits(request: HttpRequest, filters: Query[VisitFilter]) -> HttpResponse:
    seen = queries.visible_to(request.auth, timezone.now())
    wanted = {"outlet": filters.outlet, "case_number": filters.case, "person": filters.who, "state": filters.state}
    # no code, number or name holds a NUL, and the database would not even be asked
    found = seen.filter(**{name: value.replace("\x00", "�") for name, value in wanted.items() if value})
    if filters.day is not None and date(1970, 1, 2) < filters.day < date(9999, 1, 1):
        found = found.filter(during__overlap=queries.span_of(filters.day))
    elif filters.day is not None:
        found = found.none()
    edge = seen.filter(pk=filters.after).first() if filters.after else None
    if edge is not None:
        found = found.filter(Q(booked_at__lt=edge.booked_at) | Q(booked_at=edge.booked_at, pk__lt=edge.pk))
    rows = list(found.order_by("-booked_at", "-pk")[: filters.limit + 1])
    more, rows = len(rows) > filters.limit, rows[: filters.limit]
    body = {"visits": [_visit(one) for one in rows], "next": str(rows[-1].pk) if more else None}
    return HttpResponse(_encode(body), content_type="application/json")


def _visit(one: Visit) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "case": one.case_number,
        "outlet": one.outlet,
        "who": one.person_id,
        "from": one.during.lower,
        "until": one.during.upper,
        "place": one.place,
        "skill": one.skill,
        "state": one.state,
        "arrived": one.arrived_at,
        "left": one.left_at,
        "because": one.because,
    }
