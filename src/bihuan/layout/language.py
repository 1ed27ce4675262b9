"""Which language a page speaks: the person's choice, else the cookie's, else the browser's, else Chinese."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

SESSION_KEY = "language"


class LanguageMiddleware:
    """Activates the language before anything is drawn.

    The person's choice travels in the session (written at sign-in and by the profile page), so that no account has to
    be read here, and requests without a session cost nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = chosen(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
            patch_vary_headers(response, ["Accept-Language", "Cookie"])
            response.headers.setdefault("Content-Language", "en" if language == "en" else "zh-CN")
            return response


def chosen(request: HttpRequest) -> str:
    """The code of ``settings.LANGUAGES`` this request is answered in."""
    codes = {code for code, _ in settings.LANGUAGES}
    session = getattr(request, "session", None)
    for wish in (session.get(SESSION_KEY) if session is not None else None, _cookie(request)):
        if wish in codes:
            return wish
    return translation.get_language_from_request(request)


def _cookie(request: HttpRequest) -> str | None:
    return request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
