"""Which definition runs a case: its version's procedure, or the small one of the duty it was opened for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from bihuan.procedure.definition import Definition
from bihuan.procedure.reading import duty_definition
from bihuan.procedure.replay import Recorded, Versions
from bihuan.registers.documents import queries as documents
from bihuan.registers.documents.models import Document, Version

from .models import Case


def definition_for(case: Case) -> Definition:
    """The definition ``case`` stands under, pinned by its document version."""
    return definition_of(case.version_id, case.kind)


def definition_of(version_id: object, kind: str) -> Definition:
    """What a version says of cases of ``kind``: its procedure, or that of one of its duties.

    Raises ``KeyError`` where it has no such duty, ``ValueError`` for a version that is no procedure.
    """
    whole = documents.definition_of(version_id)
    return whole if kind == whole.kind else _of_duty(version_id, kind.partition(".")[2])


def versions_of(case: Case) -> Versions:
    """The definitions ``case`` was moved to, by the version an entry of it names."""
    return lambda version: definition_of(UUID(version), case.kind)


def began_under(case: Case, record: Iterable[Recorded]) -> Definition:
    """The definition the case began under: that of its version, or the one its first move left."""
    first = next((entry for entry in record if entry.kind == "move"), None)
    return definition_for(case) if first is None else definition_of(UUID(str(first.answers["from"])), case.kind)


def procedure_in_force(kind: str, at: datetime) -> tuple[Version, Definition] | None:
    """The version and definition in force for ``kind``; None where there is none, or it is the pack's own page."""
    return None if kind == Document.PACK else documents.in_force(kind, at)


def procedure_to_open(kind: str, at: datetime) -> tuple[Version, Definition] | None:
    """As ``procedure_in_force``, by the short way every opening takes."""
    return None if kind == Document.PACK else documents.to_open(kind, at)


def running(at: datetime) -> list[Definition]:
    """Every procedure in force at ``at``, and the small ones of its duties."""
    found: list[Definition] = []
    for version, whole in documents.all_in_force(at):
        found.append(whole)
        found += [_of_duty(version.pk, name) for name in whole.duties]
    return found


@lru_cache(maxsize=512)
def _of_duty(version: object, name: str) -> Definition:
    whole = documents.definition_of(version)
    return duty_definition(whole, whole.duties[name])
