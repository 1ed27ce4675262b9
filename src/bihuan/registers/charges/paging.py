"""One page of a list by its key, either way; flat however long the list grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

SIZE = 50
COUNT_LIMIT = 1000


@dataclass(frozen=True)
class Page:
    """``before`` and ``after`` are the ids that lead to the neighbours; "" = there is none."""

    rows: list[Any]
    before: str = ""
    after: str = ""
    count: int = 0


def page(
    found: QuerySet,
    key: Sequence[str],
    *,
    after: Any = None,
    before: Any = None,
    newest: bool = False,
    size: int = SIZE,
) -> Page:
    """The ``size`` rows behind the row ``after`` (or ahead of the row ``before``), ordered by ``key``.

    ``newest``: the greatest first. ``key`` must name every row once. The count is exact to 999.
    """
    count = found.order_by()[:COUNT_LIMIT].count()
    falling = newest != (before is not None)
    edge = before if before is not None else after
    rows = found.order_by(*[f"-{name}" if falling else name for name in key])
    if edge is not None:
        rows = rows.filter(_beyond(key, edge, falling))
    taken = list(rows[: size + 1])
    more, taken = len(taken) > size, taken[:size]
    if before is not None:
        taken.reverse()
    if not taken:
        return Page([], count=count)
    ahead = more if before is not None else edge is not None
    behind = more if before is None else True
    return Page(taken, str(taken[0].pk) if ahead else "", str(taken[-1].pk) if behind else "", count)


def _beyond(key: Sequence[str], edge: Any, falling: bool) -> Q:
    """(a, b, c) beyond those of ``edge``, written out so that an index can be walked."""
    beyond, same = Q(), Q()
    for name in key:
        value = getattr(edge, name)
        beyond |= same & Q(**{f"{name}__{'lt' if falling else 'gt'}": value})
        same &= Q(**{name: value})
    return beyond
