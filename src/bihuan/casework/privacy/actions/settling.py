"""What the site settles by hand: its policy, holds, what was said at the beginning of a recording."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from bihuan.files.models import Attachment
from bihuan.ground.ids import new_id
from bihuan.people import access
from bihuan.people.actions import HOUSE, entry
from bihuan.people.models import Person
from bihuan.procedure.definition import Text
from bihuan.registers.customers import queries as customers
from bihuan.registers.customers.actions.writing import filled
from bihuan.registers.customers.errors import AlreadyThere
from bihuan.registers.customers.models import Customer
from bihuan.registers.customers.queries import normal

from ... import queries as casework
from ...errors import OutOfSight as CaseOutOfSight
from ...models import Case
from ..errors import OutOfSight, WrongInput
from ..models import SHORTEST_LOG_DAYS, Hold, Policy, Recording
from ..queries import governing, may_read, policy, reading

FIGURES = ("reveals_a_day", "exported_rows", "receipt_years", "unsaid_months", "recording_days")
MUST = ("request_days", "log_days")
WORDS = ("handler", "reached", "announcement", "announcement_version")
MOST = 100_000


def change_policy(given: dict[str, str], *, by: Person, at: datetime) -> Policy:
    """Settle what stands in ``given``; a change makes a new version of the notice. Raises NotAllowed, WrongInput."""
    governing(by)
    after: dict[str, Any] = {name: _figure(given.get(name, ""), name, must=False) for name in FIGURES}
    after |= {name: _figure(given.get(name, ""), name, must=True) for name in MUST}
    after |= {name: filled(normal(given.get(name, "")), name, 200) for name in ("handler", "reached")}
    after["announcement"] = filled(normal(given.get("announcement", "")), "announcement", 2000)
    after["announcement_version"] = filled(normal(given.get("announcement_version", "")), "announcement_version", 40)
    after["recordings"] = given.get("recordings", "") or policy().recordings
    if after["recordings"] not in {Policy.NOTED, Policy.HELD, Policy.REFUSED}:
        raise WrongInput(Text("请选择怎样处理", "Choose what becomes of them"), "recordings")
    if after["log_days"] < SHORTEST_LOG_DAYS:
        words = Text(f"网络日志至少保存 {SHORTEST_LOG_DAYS} 天（网络安全法 21）", f"At least {SHORTEST_LOG_DAYS} days")
        raise WrongInput(words, "log_days")
    if after["announcement"] and not after["announcement_version"]:
        raise WrongInput(Text("请给告知语一个版本号", "Give the announcement a version"), "announcement_version")
    with transaction.atomic():
        Policy.objects.get_or_create(pk=1)
        kept = Policy.objects.select_for_update().get(pk=1)
        before = {name: getattr(kept, name) for name in after}
        differing = {name: [before[name], value] for name, value in after.items() if before[name] != value}
        if not differing:
            return kept
        for name, (_old, new) in differing.items():
            setattr(kept, name, new)
        kept.version, kept.changed_by, kept.changed_at = kept.version + 1, by.username, at
        kept.save()
        entry(HOUSE, "privacy", "policy", "change-policy", by, at, {"version": kept.version, **differing})
    return kept


def _figure(text: str, name: str, *, must: bool) -> int | None:
    text = normal(text)
    if not text and not must:
        return None
    if not text.isdecimal() or not 0 < int(text) <= MOST:
        raise WrongInput(Text("请填写正整数", "Give a whole number above nought"), name)
    return int(text)


def hold(kind: str, reference: str, reason: str, *, by: Person, at: datetime) -> Hold:
    """Nothing of this ``case`` or ``customer`` (by number) goes from now on. Raises OutOfSight, AlreadyThere."""
    reading(by, at)
    reason = filled(normal(reason), "reason", 300, Text("请说明理由", "Give the reason"))
    identity, number, outlet = _held(kind, normal(reference), by, at)
    try:
        with transaction.atomic():
            kept = Hold.objects.create(
                id=new_id(at), about_kind=kind, about_id=identity, number=number, outlet=outlet, reason=reason,
                by=by.username, at=at,
            )  # fmt: skip
            entry(outlet, "privacy", str(kept.pk), "hold", by, at, {"about": kind, "number": number, "reason": reason})
    except IntegrityError as error:
        raise AlreadyThere(Text("已有法律保留", "It is held already"), "number") from error
    return kept


def _held(kind: str, reference: str, by: Person, at: datetime) -> tuple[UUID, str, str]:
    """Id, number, outlet of what is to be held: in sight, or anywhere for an administrator."""
    if access.may_manage_people(by) and kind in {"case", "customer"}:
        model = Case if kind == "case" else Customer
        row = model.objects.filter(number=reference).values_list("pk", "number", "outlet").first()
        if row is None:
            raise OutOfSight(field="number")
        return row
    if kind == "customer":
        found = customers.find(by, reference, at)
        return found.pk, found.number, found.outlet
    if kind != "case":
        raise WrongInput(Text("请选择事项或客户", "Choose a case or a customer"), "kind")
    try:
        case = casework.find(by, reference, at)
    except CaseOutOfSight as error:
        raise OutOfSight(field="number") from error
    return case.pk, case.number, case.outlet


def lift(kept: Hold, because: str, *, by: Person, at: datetime) -> None:
    """The hold is over. Raises NotAllowed, WrongInput; lifting it again changes nothing."""
    reading(by, at)
    because = filled(normal(because), "because", 300, Text("请说明理由", "Give the reason"))
    with transaction.atomic():
        changed = Hold.objects.filter(pk=kept.pk, lifted_at__isnull=True).update(
            lifted_by=by.username, lifted_at=at, lifted_because=because
        )
        if changed:
            told = {"about": kept.about_kind, "number": kept.number, "because": because}
            entry(kept.outlet, "privacy", str(kept.pk), "lift-hold", by, at, told)


def announce_recording(
    attachment: Attachment, *, announced: bool, agreed: bool, by: Person, at: datetime, nobody: bool = False
) -> Recording:
    """Say of a recording whether it was announced (with the text in force) and agreed to. Said once.

    ``nobody``: nobody is heard on it, so nothing was announced or agreed to.
    """
    if not may_read(by, at) and attachment.uploaded_by != by.username:
        raise OutOfSight
    version = policy().announcement_version
    if announced and not version:
        words = Text("还没有录音告知语，请先在规则里填写", "There is no announcement yet; settle it first")
        raise WrongInput(words, "announced")
    with transaction.atomic():
        made, first = Recording.objects.get_or_create(
            attachment=attachment.pk,
            defaults={
                "announced": announced, "announcement_version": version if announced else "", "agreed": agreed,
                "nobody": nobody, "by": by.username, "at": at,
            },
        )  # fmt: skip
        if not first:
            raise AlreadyThere(Text("已经说明过", "It was said before"), "announced")
        told = {"file": str(attachment.pk), "announced": announced, "version": made.announcement_version}
        told |= {"agreed": agreed} | ({"nobody": True} if nobody else {})
        entry(attachment.outlet or HOUSE, "privacy", str(attachment.pk), "recording", by, at, told)
    return made
