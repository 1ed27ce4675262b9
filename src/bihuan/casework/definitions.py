"""Which definition runs a case: its version's procedure, or the small one of the duty it was opened for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from bihuan.journal import queries as journal
from bihuan.procedure.definition import Definition
from bihuan.procedure.reading import duty_definition
from bihuan.procedure.replay import Recorded, Versions
from bihuan.procedure.state import ClockRun
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


def left_by_moves(case: Case) -> list[tuple[datetime, Definition]]:
    """The definitions ``case`` stood under before, each with the moment it was moved away; the earliest first."""
    return [
        (entry.done_at, definition_of(UUID(entry.content["answers"]["from"]), case.kind))
        for entry in journal.entries_of_verb("case", case.pk, "move")
        if entry.content
    ]


def definition_of_run(
    case: Case, run: ClockRun, now: Definition | None = None, left: list[tuple[datetime, Definition]] | None = None
) -> Definition:
    """The definition one run of a promise was decided under: as it was missed, kept or given up; else ``now``, which is
    the one the case stands under. ``left`` as ``left_by_moves`` gives it, where it was asked already."""
    decided = run.missed_at or run.stopped
    if decided is not None:
        for until, before in left_by_moves(case) if left is None else left:
            # what the new text lacks is given up at the very moment of the move
            if decided < until or (decided == until and run.state == "void"):
                return before
    return now or definition_for(case)


def definition_with_form(case: Case, form: str) -> Definition | None:
    """The newest definition of ``case`` that has this form, so that what was filled in once is still read by it."""
    known = [definition_for(case)]
    if form not in known[0].forms:
        known = [one for _until, one in reversed(left_by_moves(case))]
    return next((one for one in known if form in one.forms), None)


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


def sends_out(at: datetime) -> bool:
    """Whether any procedure in force sends somebody out with a work order: then its words are the usual ones."""
    return any(whole.work_order for _version, whole in documents.all_in_force(at))


@lru_cache(maxsize=512)
def _of_duty(version: object, name: str) -> Definition:
    whole = documents.definition_of(version)
    return duty_definition(whole, whole.duties[name])
