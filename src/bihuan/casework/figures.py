"""Numbers of reports as lists: what a report counted can be opened as exactly the cases it counted.

A room above registers how its numbers are read (``PROVIDERS``, by the first part of the number's name); the list of
cases asks here and knows no report.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bihuan.people.models import Person


@dataclass(frozen=True)
class Behind:
    """The cases behind one number and what the number is called."""

    label: str
    cases: frozenset[UUID]


Provider = Callable[[Person, str, datetime], Behind | None]
PROVIDERS: dict[str, Provider] = {}


def behind(person: Person, name: str, at: datetime) -> Behind | None:
    """The cases ``person`` may see behind the number called ``name``; None when no report has such a number."""
    provider = PROVIDERS.get(name.partition(".")[0])
    return provider(person, name, at) if provider else None


def narrowed(cases: Any, person: Person, asked: Any, at: datetime) -> Any:
    """``cases`` narrowed to those behind ``asked.figure``; a number nobody knows is named among the faults and dropped.

    A list is asked for several times while one page is drawn; the number is reckoned once.
    """
    from .listing import Fault  # noqa: PLC0415 - the list knows this page, which only names its faults

    if asked.behind is None:
        asked.behind = behind(person, asked.figure, at)
    if asked.behind is None:
        asked.faults.append(Fault("figure", asked.figure[:60]))
        asked.figure = ""
        return cases
    return cases.filter(pk__in=asked.behind.cases)
