"""Ask a colleague to sign before one decides, sign, and take the request back. Each is one entry about the case."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bihuan.ground.ids import new_id
from bihuan.journal import actions as journal
from bihuan.journal.actions import NewLetter
from bihuan.people import access
from bihuan.people.models import Person

from .. import queries, reading
from ..actions.noting import NothingSaid, note
from ..definitions import definition_for
from ..errors import OutOfSight
from ..models import Case
from . import queries as asked
from .errors import AlreadyAsked, CannotSign, NotAsked, ReasonMissing
from .models import AddedSigner

ASKED, SIGNED, TAKEN_BACK = "signer-added", "signer-signed", "signer-let-off"


def add_signer(number: str, act: str, username: str, words: str, *, by: Person, at: datetime) -> AddedSigner:
    """Before ``act`` of the case of ``number`` is done, ``username`` shall sign; ``words`` say what about.

    Only whoever may do the act now may ask. Raises ``OutOfSight``, ``NotAsked``, ``CannotSign``, ``AlreadyAsked``,
    ``NothingSaid``.
    """
    if not words.strip():
        raise NothingSaid(field="words")
    with transaction.atomic():
        case = queries.locked(by, number, at)
        _refuse_outsider(case, act, by, at)
        signer = Person.objects.filter(username=username, is_active=True).first()
        if signer is None or signer.pk == by.pk or not access.may_see(signer, case.outlet, at):
            raise CannotSign(field="signer")
        if asked.open_of(case, act).filter(signer=username).exists():
            raise AlreadyAsked(field="signer")
        entry = new_id(at)
        added = AddedSigner.objects.create(
            id=new_id(at), case=case, act=act, signer=username, asked_by=by.username, asked_at=at, asked_in=entry
        )
        lines = [f"{case.number} {case.title}".strip(), words.strip(), f"/approvals/signing/{added.pk}/"]
        _tell(entry, username, f"请加签 {case.number} {by.name}：{words[:60]}", lines)
        note(case.number, ASKED, words, by=by, at=at, more={"act": act, "signer": username}, entry=entry)
    return added


def sign(key: UUID, agreed: bool, words: str, *, by: Person, at: datetime) -> AddedSigner:
    """What ``by`` thinks of it; whoever asked is told. Whoever does not agree says why.

    Raises ``OutOfSight`` (no such request), ``NotAsked`` (somebody else's, or answered), ``ReasonMissing``.
    """
    with transaction.atomic():
        added = _open(key, by, at)
        if added is None or added.signer != by.username:
            raise NotAsked
        if not agreed and not words.strip():
            raise ReasonMissing(field="words")
        _end(added, SIGNED, agreed, words.strip(), by, at, tell=added.asked_by)
    return added


def let_off(key: UUID, words: str, *, by: Person, at: datetime) -> AddedSigner:
    """Take the request back, with a reason: by whoever asked, or whoever may do the act now. Raises as ``sign``."""
    with transaction.atomic():
        added = _open(key, by, at)
        if added is None:
            raise NotAsked
        if added.asked_by != by.username:
            _refuse_outsider(added.case, added.act, by, at)
        if not words.strip():
            raise NothingSaid(field="words")
        _end(added, TAKEN_BACK, None, words.strip(), by, at, tell=added.signer)
    return added


def _open(key: UUID, by: Person, at: datetime) -> AddedSigner | None:
    """The request, locked; None where it was answered. Raises ``OutOfSight`` where ``by`` can see none."""
    added = AddedSigner.objects.select_for_update(of=("self",)).select_related("case__version").filter(pk=key).first()
    if added is None or not access.may_see(by, added.case.outlet, at):
        raise OutOfSight
    return added if added.ended_at is None else None


def _end(
    added: AddedSigner, verb: str, agreed: bool | None, words: str, by: Person, at: datetime, *, tell: str
) -> None:
    entry = new_id(at)
    added.ended_at, added.ended_in, added.agreed = at, entry, agreed
    added.save(update_fields=["ended_at", "ended_in", "agreed"])
    said = {True: "已签：同意", False: "已签：不同意", None: "不用签了"}[agreed]
    number = added.case.number
    _tell(entry, tell, f"{number} {by.name} {said}", [words, f"/cases/{number}/"])
    more = {"act": added.act, "signer": added.signer, "agreed": agreed}
    note(number, verb, words, by=by, at=at, more=more, entry=entry, silent=True)


def _refuse_outsider(case: Case, act: str, by: Person, at: datetime) -> None:
    """Raises ``NotAsked`` unless ``by`` may do ``act`` now."""
    doing = definition_for(case).acts.get(act)
    if doing is None or doing.standing or not doing.at:
        raise NotAsked
    if not any(offer.act == act and offer.allowed for offer in reading.offers(by, case, at)):
        raise NotAsked


def _tell(entry: UUID, to: str, subject: str, lines: list[str]) -> None:
    body = "\n".join(lines)
    journal.lay_letters(
        [NewLetter(entry_id=entry, key=f"{entry}:0", to_kind="person", to=to, subject=subject, body=body)]
    )
