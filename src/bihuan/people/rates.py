"""How often one caller may ask: keys of the API, and what costs much – searching, exporting, printing, importing.

Counted by each web process in its own memory, minute by minute: reading must not write, and a limit is there to keep
one caller from taking the house from the others, not to bill them. With n web processes a caller gets at most n times
as much. Wrong passwords are another matter and are counted in the database (``entrance``).
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from bihuan.layout.errors import error_page

MINUTE = 60
# a whole office works behind one address, and so does everybody behind a proxy nobody named
AN_ADDRESS = 20
# so many callers are told apart; beyond that the minute begins anew, which errs on the side of answering
MOST = 50_000
COSTLY = re.compile(r"/(search|exports|imports|print)/|/export\.|/print/")


class Minute:
    """Counts per caller in the minute that runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = -1
        self._counts: dict[tuple[str, str], int] = {}

    def over(self, caller: tuple[str, str], most: int, now: float) -> bool:
        """Count one more for ``caller``; whether that is more than ``most`` in this minute. ``now`` in seconds."""
        minute = int(now // MINUTE)
        with self._lock:
            if minute != self._minute or len(self._counts) > MOST:
                self._minute, self._counts = minute, {}
            self._counts[caller] = count = self._counts.get(caller, 0) + 1
        return count > most

    def forget(self) -> None:
        with self._lock:
            self._counts.clear()


counted = Minute()


class Rates:
    """An entrance: the clock is read here. Stands behind the one that knows who is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = time.monotonic()
        over = [counted.over(caller, most, now) for caller, most in _callers(request)]  # each is counted
        if any(over):
            response = error_page(request, 429)
            response.headers["Retry-After"] = str(MINUTE - int(now % MINUTE))
            return response
        return self.get_response(request)


def _callers(request: HttpRequest) -> Iterator[tuple[tuple[str, str], int]]:
    """(who is counted, how much a minute) for this request; nothing for pages that cost little."""
    address = request.META.get("REMOTE_ADDR", "")
    key = request.headers.get("Authorization", "")
    if key and request.path.startswith("/api/"):
        most = settings.API_PER_MINUTE
        if most:
            yield ("key", hashlib.sha256(key.encode()).hexdigest()), most
            yield ("keys of", address), most * AN_ADDRESS
    elif COSTLY.search(request.path) or "q" in request.GET:
        most = settings.COSTLY_PER_MINUTE
        if most:
            if request.user.is_authenticated:
                yield ("person", str(request.user.pk)), most
            yield ("people at", address), most * AN_ADDRESS
