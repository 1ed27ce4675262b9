"""Comparisons and how they join."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

Operator = Literal["equal", "one-of", "at-least", "more-than", "at-most", "less-than", "absent", "present"]


class Test(Struct, frozen=True):
    """One comparison. ``of`` means that ``value`` names another answer or fact.

    ``some`` turns "every line" into "at least one line".
    """

    key: str
    operator: Operator
    value: Any = None
    of: bool = False
    some: bool = False


# Any of the inner tuples, each of which must hold whole. An empty condition always holds.
Condition = tuple[tuple[Test, ...], ...]
