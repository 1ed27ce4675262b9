"""Home: the first block answers the question of the role; every number opens the list behind it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from ..roles import roles_of

ROLE = "role"
"""The session's key of the role chosen by somebody who has several."""


def roles(request: HttpRequest) -> tuple[str, ...]:
    """Every interface role of the request's person, the leading one first; asked once per request."""
    kept: Any = getattr(request, "_interface_roles", None)
    if kept is None:
        kept = roles_of(request.user, timezone.now())  # type: ignore[arg-type]  # only people signed in have a bar
        request._interface_roles = kept  # type: ignore[attr-defined]  # kept for menu, bar and home of one page
    return kept


def role(request: HttpRequest) -> str:
    """The role whose menu and home are shown: the one chosen, else the leading one; "" for somebody without."""
    found = roles(request)
    chosen = request.session.get(ROLE, "")
    return chosen if chosen in found else next(iter(found), "")
