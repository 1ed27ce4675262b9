"""What an act may do to the installed base. It writes no entry: the case's own entry carries it."""

from __future__ import annotations

from datetime import date
from typing import Any

from bihuan.procedure.definition import Text
from bihuan.registers.customers import queries as customers
from bihuan.registers.customers.errors import WrongInput
from bihuan.registers.deeds import Carrier, Deed, of_kind

from . import queries
from .actions import make_unit
from .models import Unit


def register(deed: Deed) -> dict[str, Any]:
    """``products.register``: the device on the form becomes part of the installed base.

    ``product`` (else the form's) names the model, ``customer`` (else the form's telephone) the owner by number,
    telephone or exact name, ``delivered`` the day of acceptance; with a day it counts as verified. One that is there
    already is refused.
    """
    serial = of_kind(deed, "device")
    if not serial:
        raise WrongInput(Text("表上没有序列号", "The form names no serial number"), "device")
    named = str(deed.arguments.get("product") or of_kind(deed, "product"))
    product = queries.product_of(named)
    if product is None:
        raise WrongInput(Text(f"没有型号 {named}", f"There is no model {named}"), "product")
    owner = str(deed.arguments.get("customer") or of_kind(deed, "phone") or of_kind(deed, "contact"))
    customer = customers.one_of(deed.outlet, owner)
    if customer is None:
        raise WrongInput(
            Text("客户不在册，或不只一个", "The customer is not on the books, or there are several"), "customer"
        )
    day = day_of(deed.arguments.get("delivered"), "delivered")
    state = Unit.VERIFIED if day else Unit.UNVERIFIED
    unit = make_unit(serial, product, customer, at=deed.at, accepted_on=day, state=state)
    return {"unit": str(unit.pk), "serial": unit.serial, "model": product.code, "customer": customer.number}


def day_of(given: Any, field: str) -> date | None:
    """A day an argument names; None for none. Raises WrongInput for what is no day."""
    if given in (None, ""):
        return None
    try:
        return given if isinstance(given, date) else date.fromisoformat(str(given)[:10])
    except ValueError as error:
        raise WrongInput(Text(f"不是日期：{given}", f"Not a day: {given}"), field) from error


EFFECTS: dict[str, Carrier] = {"products.register": register}
