"""Work whose data is only kept because somebody has to keep it: nobody works with it, few read it (PIPL 47).

The one rule every register's reading asks. It is known by the number registers write beside their rows; the rooms above
say which work that is, and ``settings.REGISTER_RIGHTS`` who still reads it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from .models import Person, Withheld


def may_read(person: Person, at: datetime) -> bool:
    """Whether what is withheld is open to this person at ``at``."""
    return bool(import_module(settings.REGISTER_RIGHTS).may_read_restricted(person, at))


def seen(rows: QuerySet[Any], person: Person, at: datetime, number: str = "number") -> QuerySet[Any]:
    """``rows`` without those of withheld work; ``number`` is the column its number stands in."""
    return rows if may_read(person, at) else at_work(rows, number)


def at_work(rows: QuerySet[Any], number: str = "number") -> QuerySet[Any]:
    """The same for whatever work is drawn from the rows: nobody works with what is withheld."""
    return rows.exclude(**{f"{number}__in": Withheld.objects.values("number")})


def hidden(numbers: Iterable[str], person: Person, at: datetime) -> frozenset[str]:
    """Which of these numbers are of withheld work that ``person`` does not read."""
    if may_read(person, at):
        return frozenset()
    return frozenset(Withheld.objects.filter(number__in=list(numbers)).values_list("number", flat=True))


def settle(number: str, *, withheld: bool) -> None:
    """Withhold the work of this number, or give it free. Runs in the caller's transaction."""
    if withheld:
        Withheld.objects.get_or_create(number=number)
    else:
        Withheld.objects.filter(number=number).delete()
