"""Money of one case: quoted, consented to, charged, received, given up, taken back.

Each runs in the caller's transaction and writes no entry: carried out as an effect, the act's entry carries it. By hand
(``void_by_hand``) there is one entry of its own. ``by`` is a username; ``at`` the moment it was done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from bihuan.ground.ids import new_id
from bihuan.people.actions import entry
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from . import access, numbers, queries
from .errors import NoRule, NotNow, NotThere, NotYours
from .models import Charge, PriceLine, Quote, Receipt, Settlement
from .money import NOTHING, times


@dataclass(frozen=True)
class Item:
    """One thing charged: so many at a price, by a line of a list or for a reason."""

    price: Decimal
    quantity: Decimal = Decimal(1)
    line: PriceLine | None = None
    because: str = ""
    what: str = ""
    payer: str = ""

    @property
    def amount(self) -> Decimal:
        return times(self.price, self.quantity)


@dataclass(frozen=True)
class Told:
    """Whose money: the case's number and outlet, who does it and when."""

    number: str
    outlet: str
    by: str
    at: datetime


def quote(told: Told, items: Sequence[Item], because: str = "", consent: bool | None = None) -> Quote:
    """Tell a customer what it will cost: the items together. ``consent`` may come now or later.

    Raises ``NoRule`` for an item without a price in force and without a reason.
    """
    _one_at_a_time(told.number)
    if not items:
        raise NoRule(Text("请写明报价金额或价目", "Say the amount or the price"), "amount")
    for one in items:
        _ruled(one, because)
    with_line = [one.line for one in items if one.line is not None]
    return Quote.objects.create(
        id=new_id(told.at),
        number=told.number,
        outlet=told.outlet,
        amount=sum((one.amount for one in items), NOTHING),
        line=with_line[0] if with_line else None,
        because=because or "；".join(dict.fromkeys(one.because for one in items if one.because)),
        lines=[written(one) for one in items],
        consent=consent,
        consent_by=told.by if consent is not None else "",
        consent_at=told.at if consent is not None else None,
        by=told.by,
        at=told.at,
    )


def consent(told: Told, answer: bool) -> Quote:
    """The customer's answer to the newest quote, given once. Raises ``NotThere``, ``NotNow``."""
    _one_at_a_time(told.number)
    newest = Quote.objects.filter(number=told.number).order_by("-place").first()
    if newest is None:
        raise NotThere(Text("还没有报价", "Nothing has been quoted yet"), "consent")
    if newest.consent is not None:
        if newest.consent == answer:
            return newest
        raise NotNow(Text("顾客对这份报价已有答复，请重新报价", "This quote has its answer; quote anew"), "consent")
    newest.consent, newest.consent_by, newest.consent_at = answer, told.by, told.at
    newest.save(update_fields=["consent", "consent_by", "consent_at"])
    return newest


def add(told: Told, items: Sequence[Item], payer: str = "", because: str = "") -> list[Charge]:
    """Charge the items to ``payer`` (the customer unless said). Raises ``NoRule``."""
    _one_at_a_time(told.number)
    if not items:
        raise NoRule(Text("请写明收费金额或价目", "Say the amount or the price charged"), "amount")
    for one in items:
        _ruled(one, because)
    return [
        Charge.objects.create(
            id=new_id(told.at),
            number=told.number,
            outlet=told.outlet,
            what=one.what or (one.line.title if one.line else ""),
            quantity=one.quantity,
            price=one.price,
            amount=one.amount,
            payer=one.payer or payer or Charge.CUSTOMER,
            line=one.line,
            because=one.because or because,
            by=told.by,
            at=told.at,
        )
        for one in items
    ]


def reverse(told: Told, which: Sequence[Charge], because: str) -> list[Charge]:
    """Take charges back, each whole, by a row of its own. Raises ``NoRule``, ``NotNow``."""
    _one_at_a_time(told.number)
    if not because.strip():
        raise NoRule(Text("请说明冲红原因", "Say why it is taken back"), "because")
    standing = {one.pk for one in queries.of_case(told.number).standing()}
    if not which or any(one.pk not in standing for one in which):
        raise NotNow(Text("没有可冲红的收费", "There is no such charge left to take back"), "lines")
    return [
        Charge.objects.create(
            id=new_id(told.at),
            number=told.number,
            outlet=one.outlet,
            what=one.what,
            quantity=one.quantity,
            price=one.price,
            amount=one.amount,
            payer=one.payer,
            line=one.line,
            because=because.strip(),
            reverses=one,
            by=told.by,
            at=told.at,
        )
        for one in which
    ]


def receipt(told: Told, amount: Decimal, payer: str = "", lines: Sequence[dict[str, Any]] = ()) -> Receipt:
    """Money received, under the next number of the outlet's series. ``payer`` is the name written on it."""
    _one_at_a_time(told.number)
    series, counter, name = numbers.take(told.outlet, told.at)
    return Receipt.objects.create(
        id=new_id(told.at),
        series=series,
        counter=counter,
        name=name,
        outlet=told.outlet,
        number=told.number,
        amount=amount,
        payer=payer[:120],
        lines=list(lines),
        by=told.by,
        at=told.at,
    )


def void_receipt(name: str, because: str, *, by: str, at: datetime, outlets: Sequence[str] | None = None) -> Receipt:
    """Make a receipt void, once and with a reason; its number stays. ``outlets``: where it must be from (None = all).

    Raises ``NoRule``, ``NotThere``, ``NotNow``.
    """
    if not because.strip():
        raise NoRule(Text("请说明作废原因", "Say why it is void"), "because")
    found = Receipt.objects.select_for_update(of=("self",)).filter(name=name.strip())
    if outlets is not None:
        found = found.filter(outlet__in=list(outlets))
    row = found.first()
    if row is None:
        raise NotThere(no_receipt(name), "number")
    if row.state == Receipt.VOID:
        raise NotNow(Text(f"收据 {name} 已作废", f"Receipt {name} is void already"), "number")
    row.state, row.void_because, row.voided_by, row.voided_at = Receipt.VOID, because.strip(), by, at
    row.save(update_fields=["state", "void_because", "voided_by", "voided_at"])
    return row


def void_by_hand(name: str, because: str, *, by: Person, at: datetime) -> Receipt:
    """The same from the receipts page, with one entry. Raises ``NotYours`` too; outside one's scope ``NotThere``."""
    seen = queries.visible_to(by, at).filter(name=name.strip()).first()
    if seen is None:
        raise NotThere(no_receipt(name), "number")
    if not access.may_void(by, seen.outlet, at):
        raise NotYours(Text("作废收据由财务或服务管理岗位办理", "Finance or service management makes receipts void"))
    with transaction.atomic():
        row = void_receipt(name, because, by=by.username, at=at)
        content = {"receipt": row.name, "case": row.number, "amount": str(row.amount), "because": row.void_because}
        entry(row.outlet, "receipt", str(row.pk), "void-receipt", by, at, content)
    return row


def settle(told: Told, because: str = "", paid_by: str = "") -> Settlement:
    """Call settled what is due: by the receipt ``paid_by`` when nothing is left, else only for a reason.

    Raises ``NotThere`` (no such good receipt of this case), ``NotNow`` (something is still due and nobody says why).
    """
    _one_at_a_time(told.number)
    ledger = queries.of_case(told.number)
    by_receipt = next((one for one in ledger.receipts if one.name == paid_by and one.state == Receipt.GOOD), None)
    if paid_by and by_receipt is None:
        raise NotThere(Text(f"本事项没有有效收据 {paid_by}", f"This case has no good receipt {paid_by}"), "receipt")
    if ledger.due and not because.strip():
        raise NotNow(
            Text(f"还有 {ledger.due} 元未收，不收须说明原因", f"{ledger.due} yuan are still due: say why not"),
            "because",
        )
    return Settlement.objects.create(
        id=new_id(told.at),
        number=told.number,
        outlet=told.outlet,
        amount=ledger.due,
        receipt=by_receipt,
        because=because.strip(),
        by=told.by,
        at=told.at,
    )


def written(one: Item) -> dict[str, str]:
    """An item as kept with a quote and in the act's entry."""
    rule = f"{one.line.list.name}/{one.line.code}" if one.line else ""
    found = {"what": one.what or (one.line.title if one.line else ""), "rate": rule, "because": one.because}
    found |= {"quantity": f"{one.quantity.normalize():f}", "price": str(one.price), "amount": str(one.amount)}
    found |= {"line": str(one.line.pk) if one.line else ""}
    return {name: value for name, value in found.items() if value}


def no_receipt(name: str) -> Text:
    """The same words whether nobody has this number or another outlet does."""
    return Text(f"没有收据 {name}", f"There is no receipt {name}")


def _ruled(one: Item, because: str) -> None:
    """Refuse what neither a list nor a reason stands behind, and another price than the listed one without a reason."""
    if one.because or because:
        return
    if one.line is None:
        raise NoRule(Text("没有价目也没有说明，不能收费", "Neither a price nor a reason stands behind it"), "rate")
    if one.price != one.line.amount:
        raise NoRule(
            Text(f"与价目 {one.line.amount} 元不同，须说明原因", f"The list says {one.line.amount} yuan: say why not"),
            "because",
        )


def _one_at_a_time(number: str) -> None:
    """What is due is read and then written down: two at once for one case would both read the old."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"charges {number}"])
