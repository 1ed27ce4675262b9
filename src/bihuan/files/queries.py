"""Finding files again. Who may see one is told by the room that knows what it belongs to (``settings.FILE_RIGHTS``)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from .errors import NoSuchFile
from .models import Attachment


def find(person: Any, reference: UUID | str, at: datetime) -> Attachment:
    """One file within the person's sight. Raises NoSuchFile, in the same words whether it exists elsewhere or not."""
    try:
        found = Attachment.objects.filter(pk=UUID(str(reference))).first()
    except ValueError:
        found = None
    if found is None or not may_see(person, found, at):
        raise NoSuchFile
    return found


def may_see(person: Any, attachment: Attachment, at: datetime) -> bool:
    """Whoever handed it in while it belongs to nothing; after that whoever may see what it belongs to."""
    if not attachment.about_id:
        return bool(attachment.uploaded_by == person.username)
    return bool(import_string(settings.FILE_RIGHTS)(person, attachment, at))


def withheld(person: Any, attachments: Collection[Attachment], at: datetime) -> set[UUID]:
    """Recordings among these that this person may know of but not hear yet (``settings.FILE_RECORDINGS``)."""
    found: set[UUID] = import_module(settings.FILE_RECORDINGS).withheld(attachments, person, at)
    return found


def said_of(attachments: Collection[Attachment]) -> dict[UUID, str]:
    """Recording → what was said of it when it was handed in or since."""
    found: dict[UUID, str] = import_module(settings.FILE_RECORDINGS).said_of(attachments)
    return found


def about(kind: str, identities: list[str]) -> QuerySet[Attachment]:
    """What belongs to any of these, oldest first. The caller has looked whether they may be seen."""
    return Attachment.objects.filter(about_kind=kind, about_id__in=identities).order_by("id")
