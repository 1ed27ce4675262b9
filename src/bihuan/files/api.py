"""``/api/v1/files``: hand a file in, and what is known of it. An act then names it in its answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from ninja import File, Form, Router
from ninja.files import UploadedFile

from . import actions, queries
from .errors import Missing, TooLarge
from .models import Attachment

router = Router(tags=["files"])


@router.post("/files", summary="Hand in a file; its answer goes into the act")
def hand_in(
    request: HttpRequest,
    file: File[UploadedFile] = None,  # type: ignore[assignment]  # ninja's way to say "may be missing"
    recording: Form[str] = "",
) -> JsonResponse:
    """``recording``, of a recording: ``agreed``, ``told``, ``untold`` or ``nobody`` (nobody is heard on it)."""
    if file is None and getattr(request, "passed_over", []):
        raise TooLarge
    if file is None:
        raise Missing
    now = timezone.now()
    taken = actions.take(file, by=request.auth.username, at=now, said=recording)  # type: ignore[attr-defined]  # set by the door
    return JsonResponse(told(taken, request, now), status=201)


@router.get("/files/{identity}", summary="What is known of a file")
def read(request: HttpRequest, identity: str) -> JsonResponse:
    now = timezone.now()
    found = queries.find(request.auth, identity, now)  # type: ignore[attr-defined]  # set by the door
    return JsonResponse(told(found, request, now))


def told(one: Attachment, request: HttpRequest, at: datetime) -> dict[str, Any]:
    """One file as data; ``answer`` is what a question of kind file is answered with.

    ``recording`` is what was said of a recording, ``held_back`` whether the reader has to wait until more is said.
    """
    held = queries.withheld(request.auth, [one], at)  # type: ignore[attr-defined]  # set by the door
    return {
        "id": str(one.id),
        "name": one.name,
        "kind": one.kind,
        "size": one.size,
        "sha256": one.sha256,
        "width": one.width,
        "height": one.height,
        "uploaded_by": one.uploaded_by,
        "uploaded_at": one.uploaded_at.isoformat(),
        "scan": one.scan,
        "recording": queries.said_of([one]).get(one.pk),
        "held_back": bool(held),
        "address": one.address,
        "preview": one.preview or None,
        "answer": one.answer,
    }
