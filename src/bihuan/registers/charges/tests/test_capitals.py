"""Amounts in capitals: a table worked by hand, and every amount read back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.registers.charges.capitals import DIGITS, amount_in_capitals
from bihuan.registers.charges.errors import WrongMoney

# the first six as 正确填写票据和结算凭证的基本规定 gives them (整 written behind jiao too)
TABLE = {
    "1409.50": "壹仟肆佰零玖元伍角整",
    "6007.14": "陆仟零柒元壹角肆分",
    "1680.32": "壹仟陆佰捌拾元零叁角贰分",
    "107000.53": "壹拾万柒仟元零伍角叁分",
    "16409.02": "壹万陆仟肆佰零玖元零贰分",
    "325.04": "叁佰贰拾伍元零肆分",
    "1230": "壹仟贰佰叁拾元整",
    "0": "零元整",
    "0.05": "伍分",
    "0.50": "伍角整",
    "0.55": "伍角伍分",
    "1": "壹元整",
    "10": "壹拾元整",
    "10.10": "壹拾元零壹角整",
    "100.01": "壹佰元零壹分",
    "1001": "壹仟零壹元整",
    "1010": "壹仟零壹拾元整",
    "10001": "壹万零壹元整",
    "10100": "壹万零壹佰元整",
    "1000000": "壹佰万元整",
    "1000001": "壹佰万零壹元整",
    "100000000": "壹亿元整",
    "100005000": "壹亿零伍仟元整",
    "100050000": "壹亿零伍万元整",
    "120304056.78": "壹亿贰仟零叁拾万肆仟零伍拾陆元柒角捌分",
    "999999999999.99": "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
}


@pytest.mark.parametrize("amount", TABLE)
def test_the_table_worked_by_hand(amount):
    assert amount_in_capitals(Decimal(amount)) == TABLE[amount]


@pytest.mark.parametrize("amount", ["-1", "0.001", "1000000000000"])
def test_what_cannot_be_written_is_refused(amount):
    with pytest.raises(WrongMoney):
        amount_in_capitals(Decimal(amount))


def read_back(words: str) -> int:
    """Cents, read as somebody at a counter reads: digit, place, group; noughts say nothing."""
    total, group, digit = 0, 0, 0
    for sign in words.removesuffix("整"):
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        elif sign in "拾佰仟":
            group += digit * {"拾": 10, "佰": 100, "仟": 1000}[sign]
            digit = 0
        elif sign in "亿万元":
            total += (group + digit) * {"亿": 10**8, "万": 10**4, "元": 1}[sign] * 100
            group = digit = 0
        else:
            total += digit * {"角": 10, "分": 1}[sign]
            digit = 0
    return total


@given(st.integers(0, 10**14 - 1) | st.integers(0, 10**5) | st.integers(0, 10**7).map(lambda number: number * 1000))
def test_every_amount_reads_back_as_itself(cents):
    words = amount_in_capitals(Decimal(cents) / 100)
    assert read_back(words) == cents
    assert "零零" not in words
    assert not words.startswith("零") or cents == 0
