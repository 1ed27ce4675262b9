"""Error pages: what happened, what is safe, what to do, and a number that stands in the log as well.

Below ``/api/`` the same is said as a problem of RFC 9457. The log gets the pattern of an address, never the address:
a path may hold what somebody typed.
"""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.translation import get_language, gettext

from bihuan.procedure.definition import Text

log = logging.getLogger("bihuan.errors")

API = "/api/"
# no address of the house answers any other: pages are read and forms are sent
ANSWERED = frozenset({"GET", "HEAD", "POST"})
RETRY_AFTER = "5"
# status → (code in problems, words)
KNOWN = {
    400: ("bad-request", Text("请求无法读取", "The request cannot be read")),
    403: ("forbidden", Text("无权办理", "You may not do this")),
    404: ("not-found", Text("没有这个地址", "There is no such address")),
    405: ("method", Text("此地址不支持这种请求", "This address does not answer this kind of request")),
    413: ("too-large", Text("内容过大", "The body is too large")),
    429: ("too-often", Text("请求过于频繁，请稍后再试", "Too many requests; please wait a moment")),
    500: ("unexpected", Text("系统出错，没有保存任何内容", "Something broke; nothing was saved")),
    503: ("away", Text("暂时不可用，请稍后再试", "Away for a moment; please try again")),
}


def error_page(request: HttpRequest, status: int, reason: str = "") -> HttpResponse:
    """The answer for one of the ``KNOWN`` in the reader's language. ``reason`` is shown if given."""
    number = logged(request, status)
    if request.path.startswith(API):
        return _problem(status, number, reason)
    response = _page(request, status, number, reason)
    response.headers["X-Error-Number"] = number
    return response


def logged(request: HttpRequest, status: int) -> str:
    """A new number, and the line of the log that bears it; with the way it came about where nobody foresaw it."""
    number = secrets.token_hex(4).upper()
    log.log(
        logging.ERROR if status == 500 else logging.WARNING,
        "error page status=%s number=%s method=%s route=%s",
        status,
        number,
        request.method if request.method in {*ANSWERED, "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} else "other",
        route_of(request),
        exc_info=status == 500,
    )
    return number


def route_of(request: HttpRequest) -> str:
    """The pattern this address was found under, without what stood in it."""
    match = request.resolver_match
    if match is None:
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return "none"
    return f"/{match.route}"


def _problem(status: int, number: str, reason: str) -> HttpResponse:
    code, words = KNOWN[status]
    language = "en" if (get_language() or "").startswith("en") else "zh"
    body = {
        "type": f"/problems/{code}",
        "title": reason or words.say(language),
        "status": status,
        "code": code,
        "words": {"zh": words.zh, "en": words.en},
        "number": number,
    }
    response = JsonResponse(body, status=status, content_type="application/problem+json")
    response.headers["X-Error-Number"] = number
    return response


def _page(request: HttpRequest, status: int, number: str, reason: str) -> HttpResponse:
    try:
        return render(request, f"layout/{status}.html", {"number": number, "reason": reason}, status=status)
    except Exception as error:
        # The frame asks who is signed in; where even that fails, the number must still reach the reader.
        log.warning("error page could not be drawn number=%s kind=%s", number, type(error).__name__)
        words = KNOWN[status][1]
        text = f"{words.zh}\n{words.en}\n\n{status} · 编号 Number {number}\n"
        return HttpResponse(text, "text/plain; charset=utf-8", status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The words given with ``PermissionDenied("…")`` are shown; they are ours, never the visitor's."""
    return error_page(request, 403, str(exception) if exception else "")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """What nobody foresaw; a database that is away for a while is foreseen, whatever was being done."""
    if isinstance(sys.exc_info()[1], InterfaceError | OperationalError):
        response = error_page(request, 503)
        response.headers["Retry-After"] = RETRY_AFTER
        return response
    return error_page(request, 500)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """``CSRF_FAILURE_VIEW``: the page was open too long, or the form came from elsewhere."""
    return error_page(request, 403, gettext("页面已过期。请返回上一页，刷新后再提交；您填写的内容还在那一页。"))


class NamedErrors:
    """An address asked in a way it does not answer says so like every other error, and still names the right ways.

    What no form of ours can send is refused before any view is asked: a view without a word about methods would
    otherwise answer DELETE like GET.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        if request.method not in ANSWERED:
            response = _problem(405, logged(request, 405), "")
            response.headers["Allow"] = ", ".join(sorted(ANSWERED))
            return response
        response = self.get_response(request)
        if response.status_code != 405:
            return response
        named = error_page(request, 405)
        if "Allow" in response.headers:
            named.headers["Allow"] = response.headers["Allow"]
        return named
