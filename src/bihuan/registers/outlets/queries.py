"""Which outlets there are, and which of them somebody may see."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from bihuan.people import access
from bihuan.people.models import Person
from bihuan.people.queries import day_of, places_of

from .models import Outlet


def active() -> QuerySet[Outlet]:
    """All outlets that work, ordered by code."""
    return Outlet.objects.filter(is_active=True).select_related("key").order_by("key_id")


def contracted(at: datetime) -> QuerySet[Outlet]:
    """Contracted points whose contract covers the day of ``at``, ordered by code."""
    day = day_of(at)
    covered = Q(contract_until__isnull=True) | Q(contract_until__gte=day)
    return active().filter(covered, kind=Outlet.CONTRACTED, contract_from__lte=day)


def visible_to(person: Person, at: datetime) -> QuerySet[Outlet]:
    """The outlets within this person's scope that day."""
    codes = access.visible_outlets(person, at)
    found = Outlet.objects.select_related("key").order_by("key_id")
    return found if codes is None else found.filter(key__in=codes)


def calendar_of(code: str) -> str:
    """The name of the calendar ``code`` works by: its own, else the nearest parent's, else ""."""
    names = dict(Outlet.objects.filter(key__in=places_of(code)).values_list("key_id", "calendar"))
    return next((names[place] for place in places_of(code) if names.get(place)), "")
