"""Amounts of money in capitals, as they are written on receipts: 人民币壹仟贰佰叁拾元整.

After 《支付结算办法》 annex 1 (正确填写票据和结算凭证的基本规定): 整 behind yuan and behind jiao, not behind fen;
zeros in between are written as one 零; a zero of the jiao before fen is written.
"""

from __future__ import annotations

from decimal import Decimal

from bihuan.procedure.definition import Text

from .errors import WrongMoney

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿")


def amount_in_capitals(amount: Decimal) -> str:
    """``amount`` yuan (two places, from 0 to below 10^12) in capitals, without 人民币 before it.

    Raises ``WrongMoney`` for what has more places, is negative or larger.
    """
    cents = amount * 100
    if cents != cents.to_integral_value() or not 0 <= cents < 10**14:
        raise WrongMoney(Text("不能写成大写的金额", "This amount cannot be written in capitals"))
    yuan, rest = divmod(int(cents), 100)
    jiao, fen = divmod(rest, 10)
    words = f"{_whole(yuan)}元" if yuan or not rest else ""
    if not rest:
        return f"{words}整"
    if jiao:
        # a yuan figure that ends in nought keeps its nought before the jiao
        words += f"{'零' if yuan and yuan % 10 == 0 else ''}{DIGITS[jiao]}角"
    elif yuan:
        words += "零"
    return words + (f"{DIGITS[fen]}分" if fen else "整")


def _whole(number: int) -> str:
    if not number:
        return DIGITS[0]
    words, gap = "", False
    for place in reversed(range(len(GROUPS))):
        group = number // 10_000**place % 10_000
        if not group:
            # four noughts in the middle read as one
            gap = bool(words)
            continue
        if words and (gap or group < 1000):
            words += DIGITS[0]
        words += _group(group) + GROUPS[place]
        gap = False
    return words


def _group(number: int) -> str:
    """Four digits; leading noughts are the caller's."""
    words, nought = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if not digit:
            nought = bool(words)
            continue
        words += f"{DIGITS[0] if nought else ''}{DIGITS[digit]}{PLACES[place]}"
        nought = False
    return words
