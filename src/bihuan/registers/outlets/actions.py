"""Opening an outlet: its key, what it is, and one entry in its own chain, in one transaction."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from bihuan.people.actions import entry, make_outlet_key
from bihuan.people.errors import WrongInput
from bihuan.people.models import Person
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
    if kind not in dict(Outlet.KINDS):
        raise WrongInput(Text("网点须为自有或特约", "An outlet is own or contracted"), "kind")
    if kind == Outlet.CONTRACTED and contract_from is None:
        raise WrongInput(Text("特约网点须填合同起日", "A contracted outlet needs its contract's first day"), "from")
    if contract_until is not None and (contract_from is None or contract_until < contract_from):
        raise WrongInput(Text("合同止日早于起日", "The contract ends before it begins"), "until")
    with transaction.atomic():
        key = make_outlet_key(code, name, by=by, at=at, parent=parent, name_en=name_en, zone=zone)
        outlet = Outlet.objects.create(
            key=key, kind=kind, calendar=calendar, contract_from=contract_from, contract_until=contract_until
        )
        content = {"code": code, "name": key.name, "parent": parent, "kind": kind, "calendar": calendar}
        content |= {"from": str(contract_from or ""), "to": str(contract_until or "")}
        entry(key.code, "outlet", key.code, "open-outlet", by, at, content)
    return outlet
