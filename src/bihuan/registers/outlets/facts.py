"""Facts about outlets. A provider takes the question (see people.facts) and returns a value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import queries

Provider = Callable[[Any], Any]


def contracted(question: Any) -> list[str]:
    """``outlets.contracted``: codes of the points under contract that day."""
    return list(queries.contracted(question.at).values_list("key_id", flat=True))


def everyone(question: Any) -> list[str]:
    """``outlets.all``: codes of every outlet that works."""
    return list(queries.active().values_list("key_id", flat=True))


FACTS: dict[str, Provider] = {"outlets.contracted": contracted, "outlets.all": everyone}
