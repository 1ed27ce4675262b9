"""Amounts of money as they come in and go out: CNY, two places, never negative."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from bihuan.procedure.definition import Text

from .errors import WrongMoney

CENT = Decimal("0.01")
MOST = Decimal("9999999999.99")
MOST_PIECES = Decimal("9999999.999")
NOTHING = Decimal("0.00")


def money(value: Any, field: str = "amount") -> Decimal:
    """``value`` (an answer: number or text) as yuan with two places.

    Raises ``WrongMoney``: not a number, below 0, more than two places, beyond ten digits of yuan.
    """
    found = _number(value, field)
    if found != found.quantize(CENT):
        raise WrongMoney(Text("金额最多两位小数", "An amount has two places at most"), field)
    return found.quantize(CENT)


def pieces(value: Any, field: str = "quantity") -> Decimal:
    """How many, above 0, three places at most. Raises ``WrongMoney``."""
    found = _number(value, field)
    if found <= 0 or found > MOST_PIECES or found != found.quantize(Decimal("0.001")):
        raise WrongMoney(
            Text("数量须大于 0，最多三位小数", "A quantity is above 0 and has three places at most"), field
        )
    return found


def times(price: Decimal, quantity: Decimal) -> Decimal:
    """``price`` × ``quantity`` to the cent, halves upwards. Raises ``WrongMoney`` beyond what is kept."""
    found = (price * quantity).quantize(CENT, ROUND_HALF_UP)
    if found > MOST:
        raise WrongMoney(Text("金额过大", "The amount is too large"), "amount")
    return found


def plain(amount: Decimal) -> int | float:
    """An amount as a fact: a whole number where it is one."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _number(value: Any, field: str) -> Decimal:
    try:
        # a float is taken as it is written: 0.1 means 0.10
        found = Decimal(str(value).strip().replace(",", "")) if not isinstance(value, bool) else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite():
        raise WrongMoney(Text("须为数字", "This must be a number"), field)
    if found < 0:
        raise WrongMoney(Text("金额不能为负", "An amount cannot be negative"), field)
    if found > MOST:
        raise WrongMoney(Text("金额过大", "The amount is too large"), field)
    return found
