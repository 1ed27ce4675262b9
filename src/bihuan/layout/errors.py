"""Error pages: what happened, what is safe, what to do, and a number that stands in the log as well."""

from __future__ import annotations

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

log = logging.getLogger("bihuan.errors")


def error_page(request: HttpRequest, status: int, reason: str = "") -> HttpResponse:
    """The page for ``status`` (400, 403, 404 or 500) in the reader's language. ``reason`` is shown if given."""
    number = secrets.token_hex(4).upper()
    # The path may hold a number of a case but never what somebody typed: query and body stay out of the log.
    log.log(
        logging.ERROR if status >= 500 else logging.WARNING,
        "error page status=%s number=%s method=%s path=%s",
        status,
        number,
        request.method,
        request.path,
    )
    try:
        response = render(request, f"layout/{status}.html", {"number": number, "reason": reason}, status=status)
    except Exception:
        # The frame asks who is signed in; where even that fails, the number must still reach the reader.
        log.exception("error page could not be drawn number=%s", number)
        response = HttpResponse(f"{status} · 编号 Number {number}", "text/plain; charset=utf-8", status)
    response.headers["X-Error-Number"] = number
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The words given with ``PermissionDenied("…")`` are shown; they are ours, never the visitor's."""
    return error_page(request, 403, str(exception) if exception else "")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(request, 500)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """``CSRF_FAILURE_VIEW``: the page was open too long, or the form came from elsewhere."""
    from django.utils.translation import gettext  # noqa: PLC0415 - the words are chosen per request

    return error_page(request, 403, gettext("页面已过期。请返回上一页，刷新后再提交；您填写的内容还在那一页。"))
