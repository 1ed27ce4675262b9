"""Over TLS every cookie of ours bears the name of one that no other host can have set: ``__Host-…``.

Browsers take a cookie of such a name only from this very host, by TLS, for the whole of it. A neighbour below the same
domain, or somebody who answers in its place without TLS, cannot slip us a session of his own. Over plain HTTP (this
machine only) browsers would refuse such names, and the plain ones stay. Inside the house nobody knows of either.
"""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import SimpleCookie

from django.http import HttpRequest, HttpResponse

PREFIX = "__Host-"


class HostCookies:
    """Stands outside everything that reads or sets a cookie, inside what knows how the visitor came."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.is_secure():
            return self.get_response(request)
        # a cookie without the prefix may be anybody's: it is not there
        request.COOKIES = {
            name.removeprefix(PREFIX): value for name, value in request.COOKIES.items() if name.startswith(PREFIX)
        }
        response = self.get_response(request)
        renamed(response.cookies)
        return response


def renamed(cookies: SimpleCookie) -> None:
    """Give these their prefix and what browsers ask of such a cookie: Secure, path ``/``, no domain."""
    for name in [one for one in cookies if not one.startswith(PREFIX)]:
        cookie = cookies.pop(name)
        cookie.set(PREFIX + name, cookie.value, cookie.coded_value)
        cookie.update({"secure": True, "path": "/", "domain": ""})
        cookies[cookie.key] = cookie
