"""Numbers as people read them: money, telephone, and what is counted only so far."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

COUNTED_TO = 999


def yuan(amount: Any) -> str:
    """``¥1,200.00``; a minus before the sign; "—" where nothing is known; other text as it is."""
    if amount is None or amount == "":
        return "—"
    try:
        number = Decimal(str(amount))
    except InvalidOperation:
        return str(amount)
    if not number.is_finite():
        return str(amount)
    return f"{'−' if number < 0 else ''}¥{abs(number):,.2f}"


def phone_groups(number: str) -> str:
    """3-4-4 for mainland mobiles (with or without +86), anything else as it is."""
    digits = re.sub(r"[\s-]", "", str(number)).removeprefix("+86")
    if re.fullmatch(r"1\d{10}", digits):
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    return str(number)


def count_words(count: int | None) -> str:
    """The number up to 999, then "999+"; "" where nobody counted."""
    if count is None:
        return ""
    return f"{COUNTED_TO}+" if count > COUNTED_TO else str(count)
