"""The door of the room: whoever is signed in and has a role that reads it; everybody else is told no."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from bihuan.people.models import Person

from ..replies import spoken
from . import rights
from .pages.log import Reader

Allowed = Callable[[Person, Any], bool]


def reading(view: Callable[..., HttpResponse], allowed: Allowed = rights.may_read) -> Callable[..., HttpResponse]:
    """A page of this room: the view is given the ``Reader`` instead of having to make one."""

    @wraps(view)
    def entered(request: HttpRequest, **named: Any) -> HttpResponse:
        now = timezone.now()
        if not allowed(request.user, now):
            raise PermissionDenied
        return view(request, Reader(request.user, now, spoken()), **named)

    return login_required(entered)


def drawing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of those who draw samples and fill in their sheets."""
    return reading(view, rights.may_draw)


def governing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of those who set what counts as an exception."""
    return reading(view, rights.may_govern)


def comparing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page about the digests of the whole house."""
    return reading(view, rights.may_compare)
