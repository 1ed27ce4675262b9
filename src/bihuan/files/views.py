"""Handing files out: never as what they claim, always as what they were found to be."""

from __future__ import annotations

import secrets
from pathlib import Path
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from bihuan.layout.context import short_language

from . import queries, store
from .errors import HeldBack, NoSuchFile
from .kinds import KINDS
from .models import Attachment

POLICY = "sandbox; default-src 'none'; img-src 'self' data:; media-src 'self'"
"""Whatever a file contains runs nothing and reaches nothing."""


@login_required
@require_safe
def whole(request: HttpRequest, identity: UUID) -> HttpResponseBase:
    """The file itself. Pictures and recordings open in the browser, everything else is saved.

    A PDF too: browsers show none inside a sandbox, and it goes nowhere without one.
    """
    one = _found(request, identity)
    if queries.withheld(request.user, [one], timezone.now()):
        raise PermissionDenied(HeldBack.words.say(short_language()))
    return handed_out(one, store.path_of(one.sha256), save="save" in request.GET)


@login_required
@require_safe
def preview(request: HttpRequest, identity: UUID) -> HttpResponseBase:
    """The small picture."""
    one = _found(request, identity)
    if not one.is_picture:
        raise Http404
    return handed_out(one, store.preview_of(one.sha256))


def _found(request: HttpRequest, identity: UUID) -> Attachment:
    try:
        return queries.find(request.user, identity, timezone.now())
    except NoSuchFile as error:
        raise Http404(error.words.zh) from error


def handed_out(one: Attachment, path: Path, *, save: bool = False) -> HttpResponseBase:
    """``path`` as a response that a browser cannot take for anything else; its name is a random one."""
    kind = KINDS[one.kind]
    try:
        response = FileResponse(path.open("rb"), content_type=kind.media_type)
    except FileNotFoundError as error:
        raise Http404 from error
    name = f"{secrets.token_hex(8)}{kind.ending}"
    response["Content-Disposition"] = content_disposition_header(save or not kind.inline, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
