"""An open case moved to another version of its procedure: one act by hand, with a step map and a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bihuan.ground.ids import new_id
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure import engine
from bihuan.procedure.definition import Definition, Text
from bihuan.procedure.refusals import Refused
from bihuan.registers.documents import queries as documents
from bihuan.registers.documents.models import Version

from .. import queries, rows
from ..definitions import definition_for, definition_of
from ..models import Case
from .acting import Answer, Sentence, counting_once
from .keeping import Change, Moment, calendar_id, keep, surroundings_of

VERB = "move"


def move(
    by: Person,
    number: str,
    version_id: UUID,
    steps: Mapping[str, str],
    reason: str,
    at: datetime,
    id: UUID | None = None,
    *,
    post: str = "",
    expect: int | None = None,
) -> Answer:
    """Move the open case ``number`` to the version in force ``version_id`` of its procedure; the same id counts once.

    ``steps`` names for the step the case stands at (others may be named too) the step of the new text. Raises the
    refusals of ``engine.moved``, ``Refused`` (``not-in-force``, ``same-version``, ``other-procedure``) and
    ``OutOfSight``; after any of them nothing has changed.
    """
    answers = {"to": str(version_id), "steps": dict(steps), "reason": reason}
    # done when it is sent: the moment is no part of what was asked, so that it may be sent again
    sentence = Sentence(id or new_id(at), VERB, at, at, answers, case=number, post=post, expect=expect, dated=False)
    return _move(by, sentence)


@counting_once
def _move(by: Person, sentence: Sentence) -> Answer:
    with transaction.atomic():
        case = queries.locked(by, sentence.case, sentence.received)
        old = definition_for(case)
        told = {"from": str(case.version_id), **sentence.answers}
        doer = people.doer_of(by, sentence.received, sentence.post)
        around = surroundings_of(case.outlet)
        # who may not is told nothing of versions
        engine.mover(old, case.state, doer, around)
        version, new = _target(case, old, sentence)
        outcome = engine.moved(
            case.state, old, new, told["steps"], doer, sentence.at, around, told["reason"], sentence.expect
        )
        case.version = version
        rows.carry_out([rows.pinning(case)])
        moment = Moment(sentence.at, sentence.received)
        change = Change(new, outcome, doer, told, moment, calendar_id(around), sentence.id, verb=VERB)
        entry = keep(case, change, sentence.digest())
        return Answer(case.number, case.step, case.revision, entry)


def _target(case: Case, old: Definition, sentence: Sentence) -> tuple[Version, Definition]:
    """The version to move to and what it says of such a case. Raises ``Refused``."""

    def refused(code: str, zh: str, en: str) -> Refused:
        return Refused(Text(zh, en), code=code, document=old.number, version=old.version)

    wanted = UUID(sentence.answers["to"])
    if wanted == case.version_id:
        raise refused("same-version", "事项已在这一版之下", "The case stands under this version already")
    version = Version.objects.select_related("document").defer("text").filter(pk=wanted).first()
    if version is None or version.document_id != case.version.document_id:
        raise refused("other-procedure", "这不是该事项程序的版本", "This is no version of the procedure of this case")
    if not documents.is_in_force(version, sentence.received):
        raise refused("not-in-force", "这一版未在施行，不能换到它", "This version is not in force; no case moves to it")
    try:
        return version, definition_of(version.pk, case.kind)
    except KeyError as error:
        raise refused("other-procedure", "新版没有这项定期义务", "The new text has no such duty") from error


def newer(case: Case, at: datetime) -> tuple[Version, Definition] | None:
    """The version in force at ``at`` an open case could be moved to; None where it stands under it already."""
    if case.ended_at is not None:
        return None
    whole = documents.to_open(case.kind.partition(".")[0], at)
    if whole is None or whole[0].pk == case.version_id:
        return None
    try:
        return whole[0], definition_of(whole[0].pk, case.kind)
    except KeyError:
        return None
