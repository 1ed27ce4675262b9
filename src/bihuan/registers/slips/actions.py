"""Making out slips, handing their copies on, using them up, voiding: each with the movements that show it.

Carried out inside a case's act these write no entry of their own: every movement names the act and its case.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bihuan.ground.ids import new_id
from bihuan.procedure.definition import Text

from . import numbers
from .errors import AlreadyUsed, NotInHand, WrongSlip
from .holders import Holder, same_hand
from .models import Copy, Mark, Movement, Slip


@dataclass(frozen=True)
class Doing:
    """In whose name and for which case something is done. ``at`` is the moment of the act."""

    case_number: str
    outlet: str
    by: str
    at: datetime
    act_id: UUID | None = None


@dataclass(frozen=True)
class NewCopy:
    """A copy to be made: its first holder and, where known, the one with whom its way ends."""

    name: str
    title: Text
    holder: Holder
    ends: Holder | None = None


def issue(form: str, title: Text, copies: Iterable[NewCopy], doing: Doing, *, series: str = "") -> Slip:
    """Make out a slip with its copies. ``series`` names a run of numbers without gaps; without it the case's number.

    Raises WrongSlip for a slip without a copy.
    """
    made = list(copies)
    if not made:
        raise WrongSlip(Text("单据没有联", "The slip has no copy"), "slip")
    with transaction.atomic():
        run, sequence, number = None, None, ""
        if series:
            run, sequence, number = numbers.take(series, form, doing.outlet, doing.at)
        slip = Slip.objects.create(
            id=new_id(doing.at),
            number=number or numbers.of_case(doing.case_number, form, doing.outlet),
            form=form,
            title=title.zh[:200],
            title_en=title.en[:200],
            case_number=doing.case_number,
            outlet=doing.outlet,
            series=run,
            sequence=sequence,
            issued_at=doing.at,
            issued_by=doing.by,
        )
        for one in made:
            _make(slip, one, doing)
        _fasten_waiting(slip)
    return slip


def _make(slip: Slip, wanted: NewCopy, doing: Doing) -> None:
    copy = Copy.objects.create(
        id=new_id(doing.at),
        slip=slip,
        name=wanted.name,
        title=wanted.title.zh[:200],
        title_en=wanted.title.en[:200],
        holder_kind=wanted.holder.kind,
        holder=wanted.holder.name,
        ends_kind=wanted.ends.kind if wanted.ends else "",
        ends_holder=wanted.ends.name if wanted.ends else "",
    )
    _record(copy, 1, Holder("", ""), wanted.holder, doing)


def _fasten_waiting(slip: Slip) -> None:
    """Copies used earlier in this case for a copy of this form are fastened to it now that it stands."""
    for copy in slip.copies.all():
        waiting = Copy.objects.filter(slip__case_number=slip.case_number, attached_to=None)
        waiting.filter(attach_name=f"{slip.form}.{copy.name}").update(attached_to=copy)


def hand(copies: Iterable[Copy], to: Holder, doing: Doing, *, givers: Iterable[Holder] | None = None) -> list[Movement]:
    """Hand copies on to ``to``, with whatever is fastened to them. ``givers``: the hands one of which must hold each.

    ``givers`` None = whoever holds them (the receiver says so). Raises NotInHand, AlreadyUsed; then nothing has moved.
    """
    with transaction.atomic():
        moved: list[Movement] = []
        allowed = None if givers is None else list(givers)
        for copy in _locked(copies):
            _must_be_open(copy)
            if allowed is not None and not any(same_hand(holder_of(copy), one, doing.at) for one in allowed):
                words = called(copy)
                raise NotInHand(Text(f"{words.zh}不在交出人手里", f"{words.en}: the giver does not hold it"), "from")
            moved += _move(copy, to, doing)
    return moved


def use(copies: Iterable[Copy], by: Holder | None, doing: Doing, *, attach: str = "") -> list[Copy]:
    """Use copies up, once; each is taken into the hand ``by`` first. ``attach``: ``form.copy`` it is fastened to.

    A slip all of whose copies are used up is used. Raises AlreadyUsed.
    """
    with transaction.atomic():
        used = _locked(copies)
        for copy in used:
            _must_be_open(copy)
        target = _find_target(attach, doing.case_number)
        for copy in used:
            if by is not None:
                _move(copy, by, doing)
            now = {"state": Copy.USED, "used_at": doing.at, "used_by": doing.by}
            Copy.objects.filter(pk=copy.pk).update(**now, attached_to=target, attach_name=attach[:170])
        for slip in {copy.slip for copy in used}:
            if not slip.copies.exclude(state__in=[Copy.USED, Copy.ATTACHED]).exists():
                Slip.objects.filter(pk=slip.pk, state=Slip.OPEN).update(state=Slip.USED)
    return used


def _find_target(name: str, case_number: str) -> Copy | None:
    form, _dot, copy = name.partition(".")
    found = Copy.objects.filter(slip__case_number=case_number, slip__form=form, name=copy, slip__state=Slip.OPEN)
    return found.order_by("-slip__issued_at", "-slip__pk").first() if copy else None


def attach(copy: Copy, target: Copy, doing: Doing) -> None:
    """Fasten ``copy`` to another; from now on it goes where that one goes. Raises AlreadyUsed, WrongSlip."""
    with transaction.atomic():
        both = {one.pk: one for one in _locked([copy, target])}
        copy, target = both[copy.pk], both[target.pk]
        _must_be_open(copy)
        _must_be_open(target)
        if copy.pk == target.pk:
            raise WrongSlip(Text("不能附于自身", "A copy cannot be fastened to itself"), "to")
        _move(copy, holder_of(target), doing)
        Copy.objects.filter(pk=copy.pk).update(state=Copy.ATTACHED, attached_to=target)


def void(slip: Slip, because: str, doing: Doing) -> Slip:
    """Take a slip out of use; its number stays taken, with the reason. Raises WrongSlip without one, AlreadyUsed."""
    if not because.strip():
        raise WrongSlip(Text("作废要写明理由", "Say why the slip is void"), "because")
    with transaction.atomic():
        found = Slip.objects.select_for_update().get(pk=slip.pk)
        used = found.copies.filter(state=Copy.USED).exists()
        if found.state != Slip.OPEN or used:
            words = Text(f"{found.title} {found.number} 已作废或已用", f"{found.title_en or found.title} is not in use")
            raise AlreadyUsed(words, "slip")
        found.copies.exclude(state=Copy.VOID).update(state=Copy.VOID)
        found.state, found.void_reason = Slip.VOID, because.strip()[:300]
        found.voided_at, found.voided_by = doing.at, doing.by
        found.save(update_fields=["state", "void_reason", "voided_at", "voided_by"])
    return found


def mark(slip: Slip, words: str, doing: Doing) -> Mark:
    """Put a word on a slip; the same word twice is there once. Raises WrongSlip for no word."""
    if not words.strip():
        raise WrongSlip(Text("没有写明标记什么", "No word to mark the slip with"), "as")
    made, _new = Mark.objects.get_or_create(
        slip=slip,
        words=words.strip()[:120],
        defaults={"id": new_id(doing.at), "at": doing.at, "by": doing.by, "case_number": doing.case_number},
    )
    return made


def holder_of(copy: Copy) -> Holder:
    """In whose hand the copy is."""
    return Holder(copy.holder_kind, copy.holder)


def called(copy: Copy) -> Text:
    """How a refusal names the copy: the slip's number and the copy's title."""
    return Text(f"{copy.slip.number} {copy.title}", f"{copy.slip.number} {copy.title_en or copy.title}")


def _locked(copies: Iterable[Copy]) -> list[Copy]:
    """The copies as they stand now, in one order for everybody; nobody else moves them until this transaction ends."""
    wanted = [copy.pk for copy in copies]
    # without the slip in the lock: two copies of one slip may go their ways at the same time
    found = Copy.objects.select_for_update(of=("self",)).filter(pk__in=wanted).select_related("slip")
    return list(found.order_by("pk"))


def _must_be_open(copy: Copy) -> None:
    if copy.state != Copy.OPEN or copy.slip.state == Slip.VOID:
        states = {Copy.USED: ("已用", "used"), Copy.ATTACHED: ("已附于他联", "fastened to another")}
        zh, en = states.get(copy.state, ("已作废", "void"))
        words = called(copy)
        raise AlreadyUsed(Text(f"{words.zh}{zh}", f"{words.en} is {en}"), "copy")


def _move(copy: Copy, to: Holder, doing: Doing) -> list[Movement]:
    """One movement, and one for each copy fastened to it; none where it is in that hand already."""
    if holder_of(copy) == to:
        return []
    moved = [_record(copy, copy.movements.count() + 1, holder_of(copy), to, doing)]
    copy.holder_kind, copy.holder = to
    for fastened in _locked(copy.attached.filter(state=Copy.ATTACHED)):
        moved += _move(fastened, to, doing)
    return moved


def _record(copy: Copy, step: int, giver: Holder, to: Holder, doing: Doing) -> Movement:
    return Movement.objects.create(
        id=new_id(doing.at),
        copy=copy,
        step=step,
        from_kind=giver.kind,
        from_holder=giver.name,
        to_kind=to.kind,
        to_holder=to.name,
        at=doing.at,
        by=doing.by,
        case_number=doing.case_number,
        act_id=doing.act_id,
    )
