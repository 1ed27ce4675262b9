"""Where an act came from: through which door, and from which address.

Whoever opens a door says so once (``entering``); every entry written inside carries it in its content under ``from`` –
beside the answers, not in the columns, because an address is personal data and goes when the content goes. Entries
written where nobody opened a door (a migration, a test) carry none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the command line asks for this before Django is there
    from django.http import HttpRequest, HttpResponse

PAGE, API, COMMAND, WORKER = DOORS = ("page", "api", "command", "worker")
KEY = "from"
LONGEST = 64
_API = "/api/"

_here: ContextVar[dict[str, str] | None] = ContextVar("bihuan_origin", default=None)


@contextmanager
def entering(door: str, address: str = "") -> Iterator[None]:
    """Everything written inside came through ``door`` (one of ``DOORS``) from ``address`` ("" = there is none)."""
    before = _here.set({"door": door, "address": address[:LONGEST]} if address else {"door": door})
    try:
        yield
    finally:
        _here.reset(before)


def here() -> dict[str, str] | None:
    """Door and address of what is going on now; None where nobody entered."""
    return _here.get()


def told(content: dict[str, Any]) -> dict[str, Any]:
    """``content`` with where it came from; as it is where nobody entered, or where it says so already."""
    origin = _here.get()
    return content if origin is None or KEY in content else {**content, KEY: origin}


class OriginMiddleware:
    """The entrance of pages and API. The address is REMOTE_ADDR, which whoever stands before us has set rightly."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        door = API if request.path.startswith(_API) else PAGE
        with entering(door, str(request.META.get("REMOTE_ADDR") or "")):
            return self.get_response(request)
