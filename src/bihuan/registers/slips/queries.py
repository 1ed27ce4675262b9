"""Reading slips: within the reader's scope, by case, by number, by who has them in hand."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Prefetch, QuerySet

from bihuan.people import access, withheld
from bihuan.people.models import Person

from .models import Copy, Movement, Slip


def visible_to(person: Person, at: datetime) -> QuerySet[Slip]:
    """The slips of the outlets within this person's scope that day."""
    outlets = access.visible_outlets(person, at)
    found = Slip.objects.all() if outlets is None else Slip.objects.filter(outlet__in=outlets)
    return withheld.seen(found, person, at, "case_number")


def of_case(number: str) -> list[Slip]:
    """Every slip of the case with its copies, void ones too, oldest first."""
    return list(_whole(Slip.objects.filter(case_number=number)).order_by("issued_at", "pk"))


def numbered(person: Person, number: str, at: datetime) -> list[Slip]:
    """The slips with this number within the reader's scope: slips of several forms may bear a case's number."""
    if "\x00" in number:
        return []
    return list(_whole(visible_to(person, at).filter(number=number)).order_by("issued_at", "pk"))


def custody(copy: Copy) -> list[Movement]:
    """Every hand the copy went through, from its issue on."""
    return list(copy.movements.order_by("step"))


def in_hands(person: Person, at: datetime) -> QuerySet[Copy]:
    """The copies in use within the reader's scope, by holder and number."""
    found = Copy.objects.filter(state=Copy.OPEN, slip__in=visible_to(person, at).filter(state=Slip.OPEN))
    return found.select_related("slip").order_by("holder_kind", "holder", "slip__number", "name", "pk")


def _whole(slips: QuerySet[Slip]) -> QuerySet[Slip]:
    copies = Copy.objects.select_related("attached_to__slip").order_by("name")
    return slips.prefetch_related(
        Prefetch("copies", copies), Prefetch("copies__movements", Movement.objects.order_by("step")), "marks"
    )
