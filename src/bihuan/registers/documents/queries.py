"""Which text is in force, and what it says to the engine."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from bihuan.procedure.definition import Definition, Pack
from bihuan.procedure.reading import read_frame, read_procedure

from .models import Document, Version

# A version in force is frozen by the database, so what was read from it once stays true in this process for good.
KEPT_AT_MOST = 500
_definitions: OrderedDict[UUID, Definition] = OrderedDict()
_packs: OrderedDict[UUID, Pack] = OrderedDict()
_opened: OrderedDict[UUID, Version] = OrderedDict()

# the same choice as ``_current``, asked at every opening
_TO_OPEN = """
SELECT v.id FROM documents_version v JOIN documents_document d ON d.id = v.document_id
 WHERE d.kind = %s AND v.state IN ('effective', 'obsolete') AND v.effective_from <= %s
   AND (v.effective_until IS NULL OR v.effective_until > %s)
 ORDER BY v.effective_from DESC, d.number LIMIT 1
"""


def in_force(kind: str, at: datetime) -> tuple[Version, Definition] | None:
    """The version of the procedure for this kind of case in force at ``at``, and its definition; None if there is none.

    One indexed query; the text is read into a definition once per process and version.
    """
    version = _current(at).filter(document__kind=kind).first()
    return None if version is None else (version, definition_of(version.pk))


def to_open(kind: str, at: datetime) -> tuple[Version, Definition] | None:
    """As ``in_force``, for opening a case: one short statement, the row kept per process.

    Of that row only what never changes may be read (its id, document, frame); its state may have moved on.
    """
    version = _row_in_force(kind, at)
    return None if version is None else (version, definition_of(version.pk))


def _row_in_force(kind: str, at: datetime) -> Version | None:
    with connection.cursor() as cursor:
        cursor.execute(_TO_OPEN, [kind, at, at])
        found = cursor.fetchone()
    if found is None:
        return None
    version = _opened.get(found[0])
    if version is None:
        version = Version.objects.select_related("document").defer("text").get(pk=found[0])
        _keep(_opened, found[0], version, version.state)
    return version


def all_in_force(at: datetime) -> list[tuple[Version, Definition]]:
    """Every procedure in force at ``at``, ordered by number."""
    versions = _current(at).exclude(document__kind=Document.PACK).order_by("document__number")
    return [(version, definition_of(version.pk)) for version in versions]


def _current(at: datetime) -> QuerySet[Version]:
    still = Q(effective_until__isnull=True) | Q(effective_until__gt=at)
    states = [Version.EFFECTIVE, Version.OBSOLETE]
    found = Version.objects.filter(still, state__in=states, effective_from__lte=at).select_related("document")
    return found.defer("text").order_by("-effective_from", "document__number")


def is_in_force(version: Version, at: datetime) -> bool:
    """Whether this very version is the text to go by at ``at``."""
    return _current(at).filter(pk=version.pk).exists()


def definition_of(version_id: UUID | Any) -> Definition:
    """The definition a version's text reads as, with the pack it was approved with.

    Raises Version.DoesNotExist, or ValueError for a version that is no procedure.
    """
    kept = _definitions.get(version_id)
    if kept is None:
        version = Version.objects.select_related("frame").get(pk=version_id)
        if version.frame is None:
            raise ValueError("a pack is no procedure")
        read = read_procedure(version.text, version.file, pack_of(version.frame)).definition
        if read is None:
            raise ValueError(f"version {version_id} cannot be read any more")
        kept = _keep(_definitions, version_id, read, version.state)
    return kept


def pack_of(version: Version) -> Pack:
    """The pack (posts, numbers, words of time, hours; no procedures) a version runs with."""
    frame_id = version.frame_id or version.pk
    kept = _packs.get(frame_id)
    if kept is None:
        frame = Version.objects.get(pk=frame_id)
        read = read_frame(frame.text, frame.file).pack
        if read is None:
            raise ValueError(f"version {frame_id} cannot be read any more")
        kept = _keep(_packs, frame_id, read, frame.state)
    return kept


def _keep(kept: OrderedDict[UUID, Any], key: UUID, value: Any, state: str) -> Any:
    # A draft may still be written; only what is frozen may be remembered.
    if state in {Version.APPROVED, Version.EFFECTIVE, Version.OBSOLETE}:
        kept[key] = value
        if len(kept) > KEPT_AT_MOST:
            kept.popitem(last=False)
    return value


def current_pack(at: datetime) -> tuple[Version, Pack] | None:
    """The pack in force at ``at``; None in an empty house.

    Asked on every page: one short statement, and of the row only what never changes may be read, as with ``to_open``.
    """
    version = _row_in_force(Document.PACK, at)
    return None if version is None else (version, pack_of(version))


def text_of(version_id: UUID) -> str:
    """The whole text of a version as it was stored."""
    return Version.objects.values_list("text", flat=True).get(pk=version_id)


def versions_of(number: str) -> QuerySet[Version]:
    """All versions of the document with this number, newest first."""
    found = Version.objects.filter(document__number=number).select_related("document").defer("text")
    return found.order_by("-effective_from", "-pk")
