"""Which definition runs a case: its version's procedure, or the small one of the duty it was opened for."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from bihuan.procedure.definition import Definition
from bihuan.procedure.reading import duty_definition
from bihuan.registers.documents import queries as documents
from bihuan.registers.documents.models import Document, Version

from .models import Case


def definition_for(case: Case) -> Definition:
    """The definition ``case`` began under, pinned by its document version."""
    whole = documents.definition_of(case.version_id)
    return whole if case.kind == whole.kind else _of_duty(case.version_id, case.kind.partition(".")[2])


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
