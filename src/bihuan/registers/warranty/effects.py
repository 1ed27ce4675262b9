"""What an act may do to warranty. It writes no entry: the case's own entry carries what came of it."""

from __future__ import annotations

from typing import Any

from bihuan.people.queries import day_of as day_at
from bihuan.procedure.definition import Text
from bihuan.registers.customers.errors import WrongInput
from bihuan.registers.deeds import Carrier, Deed, of_kind
from bihuan.registers.products.effects import day_of
from bihuan.registers.products.facts import unit_of

from . import actions
from .facts import bought_on


def decide(deed: Deed) -> dict[str, Any]:
    """``warranty.decide``: ``as`` "in" or "out" (else what was computed), ``because`` where it differs.

    ``basis`` is the reason where nothing could be computed: the paper somebody looked at.
    """
    decision = actions.decide(
        deed.number,
        outlet=deed.outlet,
        unit=unit_of(deed),
        product=of_kind(deed, "product"),
        bought_on=bought_on(deed),
        doer=deed.doer,
        post=deed.post,
        at=deed.at,
        as_=str(deed.arguments.get("as") or ""),
        because=str(deed.arguments.get("because") or ""),
        basis=str(deed.arguments.get("basis") or ""),
    )
    return {
        "decision": decision.decided,
        "computed": decision.computed or None,
        "rule": decision.rule,
        "ends": decision.ends.isoformat() if decision.ends else None,
        "proof": decision.proof,
    }


def register(deed: Deed) -> dict[str, Any]:
    """``warranty.register``: the device's warranty begins on ``from``, else that day; the case is the proof."""
    unit = unit_of(deed)
    if unit is None:
        raise WrongInput(Text("设备不在册，不能登记保修", "The device is not on the books"), "device")
    start = day_of(deed.arguments.get("from"), "from") or day_at(deed.at)
    made = actions.make_registration(unit, start, proof=deed.number, doer=deed.doer, at=deed.at)
    return {"unit": str(unit.pk), "serial": unit.serial, "start": made.start.isoformat(), "proof": made.proof}


EFFECTS: dict[str, Carrier] = {"warranty.decide": decide, "warranty.register": register}
