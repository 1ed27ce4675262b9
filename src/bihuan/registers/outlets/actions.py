"""Opening, changing and closing an outlet: each one transaction and one entry in the outlet's own chain."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from bihuan.people.actions import entry, make_outlet_key, managing
from bihuan.people.directory import workers
from bihuan.people.errors import WrongInput
from bihuan.people.models import Person
from bihuan.people.queries import day_of
from bihuan.procedure.definition import Text

from .models import Outlet


def open_outlet(
    code: str,
    name: str,
    *,
    by: Person | None,
    at: datetime,
    parent: str = "",
    name_en: str = "",
    zone: str = "",
    kind: str = Outlet.OWN,
    calendar: str = "",
    contract_from: date | None = None,
    contract_until: date | None = None,
) -> Outlet:
    """Open an own or contracted outlet. A contracted one needs the first day of its contract.

    Raises NotAllowed, WrongInput, AlreadyThere.
    """
    _kind_and_contract(kind, contract_from, contract_until)
    with transaction.atomic():
        key = make_outlet_key(code, name, by=by, at=at, parent=parent, name_en=name_en, zone=zone)
        outlet = Outlet.objects.create(
            key=key, kind=kind, calendar=calendar, contract_from=contract_from, contract_until=contract_until
        )
        content = {"code": code, "name": key.name, "parent": parent, "kind": kind, "calendar": calendar}
        content |= {"from": str(contract_from or ""), "to": str(contract_until or "")}
        entry(key.code, "outlet", key.code, "open-outlet", by, at, content)
    return outlet


def change_outlet(
    outlet: Outlet,
    *,
    by: Person | None,
    at: datetime,
    name: str,
    name_en: str = "",
    kind: str = Outlet.OWN,
    contract_from: date | None = None,
    contract_until: date | None = None,
) -> Outlet:
    """Another name, kind or contract. Code, place in the tree and zone stay: work already counted hangs on them.

    Raises NotAllowed, WrongInput.
    """
    managing(by)
    _kind_and_contract(kind, contract_from, contract_until)
    if not name.strip():
        raise WrongInput(Text("请填写网点名称", "Give the outlet a name"), "name")
    with transaction.atomic():
        kept = Outlet.objects.select_for_update(of=("self",)).select_related("key").get(pk=outlet.pk)
        before = {"name": kept.key.name, "kind": kept.kind, "to": str(kept.contract_until or "")}
        kept.key.name, kept.key.name_en = name.strip()[:120], name_en.strip()[:120]
        kept.key.save(update_fields=["name", "name_en"])
        kept.kind, kept.contract_from, kept.contract_until = kind, contract_from, contract_until
        kept.save(update_fields=["kind", "contract_from", "contract_until"])
        content = {"code": kept.code, "name": kept.key.name, "kind": kind, "before": before}
        content |= {"from": str(contract_from or ""), "to": str(contract_until or "")}
        entry(kept.code, "outlet", kept.code, "change-outlet", by, at, content)
    return kept


def close_outlet(outlet: Outlet, *, by: Person | None, at: datetime, reason: str) -> Outlet:
    """The outlet works no longer. Refused while an outlet under it works or somebody still holds a post there."""
    managing(by)
    if not reason.strip():
        raise WrongInput(Text("请写明停办理由", "Say why the outlet is closed"), "reason")
    with transaction.atomic():
        kept = Outlet.objects.select_for_update(of=("self",)).get(pk=outlet.pk)
        if Outlet.objects.filter(key__parent=kept.key_id, is_active=True).exists():
            raise WrongInput(Text("下面还有在办的网点", "An outlet under it still works"), "reason")
        if workers([kept.code], day_of(at)):
            raise WrongInput(
                Text("还有人在此任岗，先结束岗位", "Somebody still holds a post here: end it first"), "reason"
            )
        return _stand(kept, False, "close-outlet", by, at, reason.strip())


def reopen_outlet(outlet: Outlet, *, by: Person | None, at: datetime) -> Outlet:
    """A closed outlet works again."""
    managing(by)
    with transaction.atomic():
        kept = Outlet.objects.select_for_update(of=("self",)).get(pk=outlet.pk)
        return _stand(kept, True, "reopen-outlet", by, at, "")


def _stand(kept: Outlet, active: bool, verb: str, by: Person | None, at: datetime, reason: str) -> Outlet:
    if kept.is_active == active:
        words = Text("网点在办", "It works already") if active else Text("网点已经停办", "It is closed already")
        raise WrongInput(words, "reason")
    kept.is_active = active
    kept.save(update_fields=["is_active"])
    entry(kept.code, "outlet", kept.code, verb, by, at, {"code": kept.code, "reason": reason})
    return kept


def _kind_and_contract(kind: str, contract_from: date | None, contract_until: date | None) -> None:
    if kind not in dict(Outlet.KINDS):
        raise WrongInput(Text("网点须为自有或特约", "An outlet is own or contracted"), "kind")
    if kind == Outlet.CONTRACTED and contract_from is None:
        raise WrongInput(Text("特约网点须填合同起日", "A contracted outlet needs its contract's first day"), "from")
    if contract_until is not None and (contract_from is None or contract_until < contract_from):
        raise WrongInput(Text("合同止日早于起日", "The contract ends before it begins"), "until")
