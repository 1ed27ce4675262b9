"""``/api/v1/cases``: open, act, read. The API says the same sentence as every other door."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema

from bihuan.procedure.refusals import Changed
from bihuan.registers.documents.catalogue import forms_in_force

from . import actions, attachments, chains, queries, reading
from .bodies import ActBody, MoveBody, OpenBody, read_act, read_move, read_opening
from .openapi import body_of
from .replies import problem, reply

router = Router(tags=["cases"])


class CaseFilter(Schema):
    """How a list of cases may be narrowed; all of it stands in the address."""

    kind: str = ""
    step: str = ""
    stage: str = ""
    outlet: str = ""
    state: str = ""
    q: str = ""
    after: UUID | None = None
    limit: int = queries.PAGE


@router.post("/cases", openapi_extra=body_of(OpenBody), summary="Open a case")
def open_case(request: HttpRequest) -> HttpResponse:
    sentence = read_opening(request, timezone.now())
    attachments.check(request.auth, sentence.answers, sentence.received)
    answer = actions.open_case(request.auth, sentence)
    attachments.attach(request.auth, sentence.answers, answer.number)
    return reply(answer, 201 if answer.first else 200)


@router.post("/cases/{reference}/acts", openapi_extra=body_of(ActBody), summary="Do an act")
def act(request: HttpRequest, reference: str) -> HttpResponse:
    received = timezone.now()
    sentence = read_act(request, reference, received)
    wanted = request.headers.get("If-Match", "").strip()
    if wanted not in {"", "*"}:
        # what the reader's copy was tagged with is what the act expects; an act sent again is answered all the same
        tag = wanted.removeprefix("W/").strip('"')
        sentence = replace(sentence, expect=int(tag) if tag.isdecimal() and len(tag) < 10 else -1)
    attachments.check(request.auth, sentence.answers, received)
    try:
        answer = actions.act(request.auth, sentence)
        attachments.attach(request.auth, sentence.answers, answer.number)
    except Changed as changed:
        meanwhile = reading.meanwhile(queries.find(request.auth, reference, received), changed.seen)
        status = 412 if wanted else 409
        return problem(status, "changed", changed.words, seen=changed.seen, now=changed.now, meanwhile=meanwhile)
    return reply(answer, 201 if answer.first else 200)


@router.post("/cases/{reference}/move", openapi_extra=body_of(MoveBody), summary="Move to the version in force")
def move(request: HttpRequest, reference: str) -> HttpResponse:
    received = timezone.now()
    body, act_id = read_move(request)
    answer = actions.move(
        request.auth, reference, body.to, body.steps, body.reason, received, act_id, post=body.post, expect=body.expect
    )
    return reply(answer, 201 if answer.first else 200)


@router.get("/cases", summary="List cases")
def list_cases(request: HttpRequest, filters: Query[CaseFilter]) -> HttpResponse:
    return reply(reading.page(request.auth, filters, timezone.now()))


@router.get("/cases/{reference}", summary="One case, with what may be done now")
def read_case(request: HttpRequest, reference: str) -> HttpResponse:
    now = timezone.now()
    case = queries.find(request.auth, reference, now)
    response = reply(reading.whole(request.auth, case, now))
    response["ETag"] = f'"{case.revision}"'
    return response


@router.get("/cases/{reference}/journal", summary="What happened")
def read_journal(request: HttpRequest, reference: str) -> HttpResponse:
    now = timezone.now()
    case = queries.find(request.auth, reference, now)
    return reply({"entries": reading.shown_history(request.auth, case, now)})


@router.get("/cases/{reference}/deadlines", summary="Every promise, span by span")
def read_deadlines(request: HttpRequest, reference: str) -> HttpResponse:
    now = timezone.now()
    case = queries.find(request.auth, reference, now)
    return reply({"deadlines": reading.deadlines(case, now)})


@router.get("/cases/{reference}/chain", summary="What it hangs together with: origin, units, parts, measures, checks")
def read_chain(request: HttpRequest, reference: str) -> HttpResponse:
    now = timezone.now()
    case = queries.find(request.auth, reference, now)
    return reply(chains.told(request.auth, case, now))


@router.get("/procedures", summary="What may be opened by hand")
def read_procedures(request: HttpRequest) -> HttpResponse:
    return reply({"procedures": reading.procedures(timezone.now())})


@router.get("/forms", summary="Every form in force, with its number and how long its record is kept")
def read_forms(request: HttpRequest) -> HttpResponse:
    return reply({"forms": forms_in_force(timezone.now())})
