"""Reading cases: always through ``visible_to``, so that an outlet never sees another's work."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from bihuan.people import access
from bihuan.people.models import Person

from . import rights, rows
from .errors import OutOfSight
from .models import Case

PAGE = 50
COUNT_LIMIT = 1000
NUMBER_LENGTH = 40


def visible_to(person: Person, at: datetime) -> QuerySet[Case]:
    """The cases of the outlets within ``person``'s scope at ``at``."""
    outlets = access.visible_outlets(person, at)
    return Case.objects.all() if outlets is None else Case.objects.filter(outlet__in=outlets)


def find(person: Person, reference: str, at: datetime) -> Case:
    """One case by number or id. Raises ``OutOfSight`` when there is none within the person's scope.

    One that is kept only because a retention runs is there for those who keep or audit personal data.
    """
    case = visible_to(person, at).filter(**_key(reference)).first()
    if case is None or not _open_to(case, person, at):
        raise OutOfSight
    return case


def _open_to(case: Case, person: Person, at: datetime) -> bool:
    return not case.restricted or rights.may_read_restricted(person, at)


def locked(person: Person, reference: str, at: datetime) -> Case:
    """As ``find``, and nobody else may act on it until this transaction ends."""
    ((key, value),) = _key(reference).items()
    case = rows.lock("id" if key == "pk" else key, value, access.visible_outlets(person, at))
    # nobody works with a restricted case, not even who may read it
    if case is None or case.restricted:
        raise OutOfSight
    return case


def _key(reference: str) -> dict[str, object]:
    try:
        return {"pk": UUID(reference)}
    except ValueError:
        if "\x00" in reference or len(reference) > NUMBER_LENGTH:
            raise OutOfSight from None  # no number looks like that, and the database would not even be asked
        return {"number": reference}


def counted(cases: QuerySet[Case]) -> int:
    """Exact up to 999, then 1000 for "1000+": a list stays flat as rows grow."""
    return cases.order_by()[:COUNT_LIMIT].count()
