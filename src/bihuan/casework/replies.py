"""Refusals as RFC 9457 bodies, the same for every door of the API."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from bihuan.procedure.refusals import Changed, NotYours, Refusal, WrongAnswers

from .bodies import BadBody
from .errors import CaseworkError

encode = msgspec.json.Encoder().encode


def reply(body: Any, status: int = 200) -> HttpResponse:
    """``body`` as JSON; structs, moments and UUIDs included."""
    return HttpResponse(encode(body), status=status, content_type="application/json")


def spoken() -> str:
    """The reader's language: "zh" or "en"."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def problem(status: int, code: str, words: Any, **more: Any) -> HttpResponse:
    """One refusal: a stable code, words in the reader's language and in both."""
    body = {
        "type": f"/problems/{code}",
        "title": words.say(spoken()),
        "status": status,
        "code": code,
        "words": {"zh": words.zh, "en": words.en or words.zh},
        **{name: value for name, value in more.items() if value not in ("", None)},
    }
    return HttpResponse(encode(body), status=status, content_type="application/problem+json")


def refused(request: HttpRequest, refusal: Exception) -> HttpResponse:
    """The reply to any refusal this room or the engine knows."""
    if isinstance(refusal, BadBody):
        return problem(refusal.status, refusal.code, refusal.words, field=refusal.field)
    if isinstance(refusal, CaseworkError):
        return problem(refusal.status, refusal.code, refusal.words, clause=refusal.clause, field=refusal.field)
    if not isinstance(refusal, Refusal):
        raise refusal
    cited = {"document": refusal.document, "version": refusal.version, "clause": refusal.clause}
    if isinstance(refusal, WrongAnswers):
        return problem(422, refusal.code, refusal.words, problems=refusal.problems, **cited)
    if isinstance(refusal, NotYours):
        return problem(403, refusal.code, refusal.words, **cited)
    if isinstance(refusal, Changed):
        return problem(409, "changed", refusal.words, seen=refusal.seen, now=refusal.now)
    return problem(409, "refused", refusal.words, reason=refusal.code, **cited)
