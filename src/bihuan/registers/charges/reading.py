"""Lines of a form or of an effect read as items: which columns mean what.

A line is a row of answers. Read are the columns ``rate`` (code of a price line), ``what`` (else ``item`` or ``title``),
``quantity``, ``price`` (of one), ``amount`` (of all), ``because`` and ``payer``; any other column is the form's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bihuan.procedure.definition import Text

from . import queries
from .actions import Item
from .errors import NoRule, WrongMoney, WrongPrice
from .models import PriceLine
from .money import NOTHING, money, pieces, times
from .prices import Price

Row = Mapping[str, Any]


def items(at: datetime, outlet: str, arguments: Mapping[str, Any]) -> list[Item]:
    """The items an effect names: its ``lines``, else its ``amount`` and ``rate``. Raises ``NoRule``, ``WrongMoney``."""
    because = text(arguments.get("because"))
    rows = rows_in(arguments.get("lines"))
    if rows:
        found = [_item(at, outlet, row, because) for row in rows]
        adding_up(sum((one.amount for one in found), NOTHING), arguments.get("amount"))
        return found
    alone = {name: arguments[name] for name in ("amount", "rate") if given(arguments.get(name))}
    return [_item(at, outlet, alone, because)] if alone else []


def adding_up(lines: Decimal, amount: Any) -> None:
    """Refuse an ``amount`` that is not what the lines make. Raises ``WrongMoney``."""
    if given(amount) and money(amount) != lines:
        words = Text(f"明细合计 {lines}，与金额 {money(amount)} 不符", f"The lines make {lines}, not {money(amount)}")
        raise WrongMoney(words, "amount")


def _item(at: datetime, outlet: str, row: Row, because: str) -> Item:
    rate = text(row.get("rate"))
    line = queries.price_line(at, outlet, rate) if rate else _named_in(at, outlet, because)
    quantity = pieces(row["quantity"]) if given(row.get("quantity")) else Decimal(1)
    price = money(row["price"], "price") if given(row.get("price")) else None
    amount = money(row["amount"]) if given(row.get("amount")) else None
    if price is None and line is not None and (amount is None or times(line.amount, quantity) == amount):
        price = line.amount
    if price is None and amount is not None:
        # an amount for all of them together: one thing of that price
        price, quantity = amount, Decimal(1)
    if price is None:
        raise NoRule(Text("收费行缺少价目或金额", "A line says neither price nor amount"), "lines")
    if amount is not None and times(price, quantity) != amount:
        words = Text(
            f"单价 × 数量为 {times(price, quantity)}，不是 {amount}",
            f"Price × quantity is {times(price, quantity)}, not {amount}",
        )
        raise WrongMoney(words, "lines")
    what = next((text(row[name]) for name in ("what", "item", "title") if given(row.get(name))), "")
    reason = text(row.get("because")) or because
    return Item(price, quantity, line, reason, what[:200], text(row.get("payer"))[:60])


def _named_in(at: datetime, outlet: str, because: str) -> PriceLine | None:
    """The price a reason is the very code of: who writes the code where the reason stands means the price."""
    return next((one for one in queries.price_lines(at, outlet) if because and one.code == because), None)


def rows_in(value: Any) -> list[Row]:
    """The rows of an argument or answer; [] where it has none."""
    if isinstance(value, Mapping):
        return [value]
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []


def rows_of(filled: Mapping[str, Any]) -> list[Row]:
    """The rows of every table of a filled form that says a price or an amount."""
    return priced([row for value in filled.values() if isinstance(value, list) for row in rows_in(value)])


def priced(rows: Sequence[Row]) -> list[Row]:
    """The rows that say a price or an amount."""
    return [row for row in rows if given(row.get("amount")) or given(row.get("price"))]


def total(rows: Sequence[Row]) -> Decimal:
    """What the rows add up to: amount, else price × quantity. Raises ``WrongMoney``."""
    return sum((_of_row(row) for row in rows), NOTHING)


def _of_row(row: Row) -> Decimal:
    if given(row.get("amount")):
        return money(row["amount"])
    quantity = pieces(row["quantity"]) if given(row.get("quantity")) else Decimal(1)
    return times(money(row["price"], "price"), quantity)


def prices(rows: Sequence[Row], known: Mapping[str, Price]) -> list[Price]:
    """Rows of a changed tariff: ``rate`` (or ``code``), ``price`` (or ``amount``), ``what`` where the price is new."""
    found = []
    for row in rows:
        code = text(row.get("rate") or row.get("code"))
        old = known.get(code)
        title = next((text(row[name]) for name in ("what", "item", "title") if given(row.get(name))), "")
        value = row.get("price") if given(row.get("price")) else row.get("amount")
        if not code or (old is None and not title):
            raise WrongPrice(Text("新价目须有代码和名称", "A new price needs its code and what it is for"), "lines")
        unit = text(row.get("unit")) or (old.unit if old else "")
        found.append(Price(code, title or old.title, money(value), old.title_en if old else "", unit))
    return found


def yes_or_no(value: Any) -> bool | None:
    """An answer to a yes-no question; None where there is none."""
    if isinstance(value, bool):
        return value
    return {"yes": True, "true": True, "no": False, "false": False}.get(text(value).lower())


def day(value: Any, otherwise: date) -> date:
    """A date answer, or ``otherwise``. Raises ``WrongPrice``."""
    try:
        return date.fromisoformat(text(value)[:10]) if given(value) else otherwise
    except ValueError as error:
        raise WrongPrice(Text("日期须为 年-月-日", "A date is year-month-day"), "from") from error


def given(value: Any) -> bool:
    return value is not None and value not in ("", [])


def text(value: Any) -> str:
    return str(value).strip() if given(value) else ""
