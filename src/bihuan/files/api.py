"""``/api/v1/files``: hand a file in, and what is known of it. An act then names it in its answers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from ninja import File, Router
from ninja.files import UploadedFile

from . import actions, queries
from .errors import Missing, TooLarge
from .models import Attachment

router = Router(tags=["files"])


@router.post("/files", summary="Hand in a file; its answer goes into the act")
def hand_in(request: HttpRequest, file: File[UploadedFile] = None) -> JsonResponse:  # type: ignore[assignment]  # ninja's way to say "may be missing"
    if file is None and getattr(request, "passed_over", []):
        raise TooLarge
    if file is None:
        raise Missing
    now = timezone.now()
    taken = actions.take(file, by=request.auth.username, at=now)  # type: ignore[attr-defined]  # set by the door
    return JsonResponse(told(taken), status=201)


@router.get("/files/{identity}", summary="What is known of a file")
def read(request: HttpRequest, identity: str) -> JsonResponse:
    found = queries.find(request.auth, identity, timezone.now())  # type: ignore[attr-defined]  # set by the door
    return JsonResponse(told(found))


def told(one: Attachment) -> dict[str, Any]:
    """One file as data; ``answer`` is what a question of kind file is answered with."""
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
        "address": one.address,
        "preview": one.preview or None,
        "answer": one.answer,
    }
