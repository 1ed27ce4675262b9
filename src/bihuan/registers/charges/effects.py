"""Named effects of an act on the case's money. What each returns is kept with the act's entry."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bihuan.people import queries as people
from bihuan.procedure.definition import Text
from bihuan.registers.deeds import Carrier, Deed

from . import actions, prices, queries, reading
from .actions import Item, Told
from .errors import NoRule, NotThere
from .models import Charge, PriceLine, PriceList
from .money import money
from .prices import Price


def quote(deed: Deed) -> dict[str, Any]:
    """``charges.quote``: amount, rate or lines; with ``consent`` alone it is the answer to the newest quote."""
    told, given = _told(deed), deed.arguments
    answer = reading.yes_or_no(given.get("consent"))
    items = reading.items(deed.at, deed.outlet, given)
    if not items and answer is not None:
        said = actions.consent(told, answer)
    else:
        said = actions.quote(told, items, reading.text(given.get("because")), answer)
    found = {"amount": str(said.amount), "consent": said.consent, "because": said.because}
    return found | {"lines": said.lines, "rate": said.line.code if said.line else ""}


def add(deed: Deed) -> dict[str, Any]:
    """``charges.add``: amount, rate or lines; without any of them what the customer agreed to pay."""
    told, given = _told(deed), deed.arguments
    because, payer = reading.text(given.get("because")), reading.text(given.get("payer"))
    items = _as_agreed(deed, reading.items(deed.at, deed.outlet, given))
    rows = actions.add(told, items, payer[:60], because)
    lines = [{**actions.written(one), "payer": row.payer} for one, row in zip(items, rows, strict=True)]
    return {"lines": lines, "amount": str(sum(row.amount for row in rows)), "payer": rows[0].payer}


def receipt(deed: Deed) -> dict[str, Any]:
    """``charges.receipt``: the next number of the outlet's series."""
    given = deed.arguments
    rows = [dict(row) for row in reading.rows_in(given.get("lines"))]
    if reading.priced(rows):
        reading.adding_up(reading.total(reading.priced(rows)), given.get("amount"))
    made = actions.receipt(_told(deed), money(given.get("amount")), reading.text(given.get("to")), rows)
    return {"receipt": made.name, "amount": str(made.amount), "to": made.payer}


def void_receipt(deed: Deed) -> dict[str, Any]:
    """``charges.void-receipt``: one of the case's own outlet."""
    given = deed.arguments
    name, because = reading.text(given.get("number")), reading.text(given.get("because"))
    made = actions.void_receipt(name, because, by=deed.doer, at=deed.at, outlets=[deed.outlet])
    return {"receipt": made.name, "amount": str(made.amount), "because": made.void_because}


def settle(deed: Deed) -> dict[str, Any]:
    """``charges.settle``: ``with`` (or ``receipt``) the number of a receipt, or a reason where it is no number."""
    given = deed.arguments
    named = reading.text(given.get("receipt") or given.get("with"))
    because = reading.text(given.get("because"))
    ledger = queries.of_case(deed.number)
    if named and not given.get("receipt") and named not in {one.name for one in ledger.receipts}:
        named, because = "", because or named
    made = actions.settle(_told(deed), because, named)
    return {"settled": str(made.amount), "receipt": named, "because": made.because}


def reverse(deed: Deed) -> dict[str, Any]:
    """``charges.reverse``: ``lines`` names charges by price code or by what was charged, "all" for every one."""
    given = deed.arguments
    standing = queries.of_case(deed.number).standing()
    rows = actions.reverse(_told(deed), _named(given.get("lines"), standing), reading.text(given.get("because")))
    lines = [{"what": row.what, "amount": str(row.amount), "payer": row.payer} for row in rows]
    return {"reversed": lines, "amount": str(sum(row.amount for row in rows))}


def change_tariff(deed: Deed) -> dict[str, Any]:
    """``charges.change-tariff``: a new dated version of the price list in force (``list`` where there are several)."""
    given = deed.arguments
    old = _list(deed, reading.text(given.get("list")))
    known = {
        one.code: Price(one.code, one.title, one.amount, one.title_en, one.unit, one.product)
        for one in old.lines.order_by("code")
    }
    start = reading.day(given.get("from"), people.day_of(deed.at))
    changes = reading.prices(reading.rows_in(given.get("lines")), known)
    made = prices.make_version(old.name, old.outlet, start, changes, by=deed.doer, at=deed.at)
    return {"list": made.name, "from": str(start), "prices": {one.code: str(one.amount) for one in changes}}


def _told(deed: Deed) -> Told:
    return Told(deed.number, deed.outlet, deed.doer, deed.at)


def _as_agreed(deed: Deed, items: list[Item]) -> list[Item]:
    """What was agreed to stands behind a charge that names no rule itself: nothing said, or the very amount quoted."""
    agreed = queries.of_case(deed.number).quote
    if agreed is None or agreed.consent is not True:
        return items
    bare = len(items) == 1 and items[0].line is None and not items[0].because and items[0].amount == agreed.amount
    if items and not bare:
        return items
    if items:
        line = agreed.line if agreed.line is not None and agreed.line.amount == agreed.amount else None
        return [Item(agreed.amount, line=line, because="" if line else _quoted(agreed), payer=items[0].payer)]
    return [_agreed(row, _quoted(agreed)) for row in agreed.lines]


def _agreed(row: dict[str, str], because: str) -> Item:
    """A line of the quote under the very price it was quoted by, whatever is in force by now."""
    line = PriceLine.objects.select_related("list").filter(pk=row["line"]).first() if row.get("line") else None
    price = Decimal(row["price"])
    reason = "" if line is not None and line.amount == price else because
    return Item(price, Decimal(row["quantity"]), line, reason, row.get("what", ""))


def _quoted(agreed: Any) -> str:
    return f"按 {agreed.at:%Y-%m-%d} 顾客同意的报价" + (f"：{agreed.because}" if agreed.because else "")


def _named(lines: Any, standing: list[Charge]) -> list[Charge]:
    wanted = lines if isinstance(lines, list) else [lines]
    if wanted == ["all"]:
        return standing
    found: list[Charge] = []
    for one in wanted:
        name = reading.text((one.get("rate") or one.get("what")) if isinstance(one, dict) else one)
        rest = [row for row in standing if row not in found]
        fitting = [row for row in rest if name and name in {str(row.pk), row.what, row.line.code if row.line else ""}]
        if not fitting:
            raise NotThere(Text(f"没有可冲红的收费「{name}」", f"There is no charge “{name}” to take back"), "lines")
        found.append(fitting[0])
    return found


def _list(deed: Deed, name: str) -> PriceList:
    """The list meant: of the nearest place that has one of this name, or one at all."""
    lines = {one.list_id: one.list for one in queries.price_lines(deed.at, deed.outlet)}
    fitting = [one for one in lines.values() if name in ("", one.name)]
    nearest = [one for one in fitting if one.outlet == fitting[0].outlet]
    if len(nearest) != 1:
        raise NoRule(Text("请写明调整哪一份价目", "Say which price list is to change"), "list")
    return nearest[0]


EFFECTS: dict[str, Carrier] = {
    "charges.quote": quote,
    "charges.add": add,
    "charges.receipt": receipt,
    "charges.void-receipt": void_receipt,
    "charges.settle": settle,
    "charges.reverse": reverse,
    "charges.change-tariff": change_tariff,
}
