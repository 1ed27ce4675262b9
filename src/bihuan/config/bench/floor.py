"""The floor: a bare view of the same framework doing the same writes, under an address only the bench's settings know.

It lets in whoever brings a personal token, like the API, and knows nothing more: no procedure, no rights, no refusals.
What it writes was put on record beforehand.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from django.contrib.auth.decorators import login_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from bihuan.casework.models import Case
from bihuan.ground.ids import new_id
from bihuan.people import queries as people

from . import statements

RECORD = "BIHUAN_BENCH_RECORD"


@lru_cache(maxsize=1)
def record() -> dict[str, Any]:
    """The story as plain data."""
    return dict(msgspec.json.decode(Path(os.environ[RECORD]).read_bytes()))


@csrf_exempt
def write(request: HttpRequest, number: str = "") -> HttpResponse:
    """The writes of one act: of the story's ``line``, by ``person``, at ``outlet``."""
    story, at = record(), timezone.now()
    if people.person_of_token(request.headers.get("Authorization", "").removeprefix("Bearer "), at) is None:
        return HttpResponse(status=401)
    body = msgspec.json.decode(request.body)
    ids = (new_id(at), body["id"], new_id(at))
    opened = None if number else (story["series"], "F")

    with transaction.atomic(), connection.cursor() as cursor:

        def execute(sql: str, values: list[Any]) -> Any:
            cursor.execute(sql, values)
            return cursor

        number = statements.carry_out(
            execute,
            ids,
            opened,
            (number, body["outlet"]),
            story["written"][body["line"]],
            body["person"],
            at,
            os.urandom(112),
        )
    return HttpResponse(msgspec.json.encode({"number": number}), status=201, content_type="application/json")


@login_required
def read(request: HttpRequest, number: str) -> HttpResponse:
    """What every page of somebody signed in takes at least: session, person, one case by its key."""
    case = Case.objects.defer("state").get(number=number)
    return HttpResponse(f"{case.number} {case.title}", content_type="text/plain; charset=utf-8")


urlpatterns = [
    path("health/", include("bihuan.config.health")),
    path("floor/cases", write),
    path("floor/cases/<str:number>/acts", write),
    path("floor/cases/<str:number>/page", read),
]
