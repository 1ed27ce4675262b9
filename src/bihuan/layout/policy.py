"""Headers by which a browser runs nothing but our own files, keeps nothing, and hands nothing on."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
# nothing of what a browser can do beyond showing pages is asked for
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer",
        "microphone", "midi", "payment", "usb", "browsing-topics",
    )
)  # fmt: skip
# what a page shows of people and cases stays in no cache, neither the browser's nor one on the way
KEPT_NOWHERE = "private, no-store"
# a year, as browsers' own lists ask for; other hosts of the same domain are not ours to decide about
TRANSPORT = "max-age=31536000"

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": PERMISSIONS,
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": KEPT_NOWHERE,
}


class ContentPolicy:
    """Adds these headers unless the view has set one of its own; where the visitor came by TLS, more.

    Stands outside sessions, so that their cookies pass it: over TLS no cookie may travel without it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.is_secure():
            response.headers.setdefault("Strict-Transport-Security", TRANSPORT)
            for cookie in response.cookies.values():
                cookie["secure"] = True
        return response
