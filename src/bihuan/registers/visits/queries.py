"""Who is where, and who is free."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet
from django.utils import timezone

from bihuan.people import access, scope, withheld
from bihuan.people import queries as people
from bihuan.people.models import Person

from .models import Visit


def visible_to(person: Person, at: datetime) -> QuerySet[Visit]:
    """The visits for cases of the outlets within this person's scope that day."""
    outlets = access.visible_outlets(person, at)
    found = Visit.objects.select_related("person")
    found = found if outlets is None else found.filter(outlet__in=outlets)
    return withheld.seen(found, person, at, "case_number")


def of_case(number: str) -> list[Visit]:
    """Every visit for the case, put off and cancelled ones too, in the order they were booked."""
    return list(Visit.objects.filter(case_number=number).select_related("person").order_by("booked_at", "id"))


# whose time is taken is true whoever took it: these look over the second wall, and tell times alone
@scope.everything()
def of_person(username: str, day: date) -> list[Visit]:
    """What fills this person's ``day`` (of the site's zone), by the hour; put off or cancelled fills nothing."""
    found = Visit.objects.filter(person=username, during__overlap=span_of(day))
    return list(found.exclude(state__in=[Visit.CANCELLED, Visit.MOVED]).order_by("during"))


@scope.everything()
def busy(username: str, start: datetime, end: datetime) -> list[Visit]:
    """The visits booked or under way that take some of the time from ``start`` up to ``end``, by the hour."""
    found = Visit.objects.filter(person=username, state__in=Visit.FILLING, during__overlap=DateTimeTZRange(start, end))
    return list(found.order_by("during"))


@scope.everything()
def free_people(outlet: str, skill: str, start: datetime, end: datetime, at: datetime) -> list[Person]:
    """Who works at ``outlet`` on the day of ``start``, holds the skill that day ("" = any) and is free until ``end``.

    By name. What lies before ``at`` has passed: only the time from then on has to be free.
    """
    if end <= max(start, at):
        return []
    wanted = DateTimeTZRange(max(start, at), end)
    taken = Visit.objects.filter(state__in=Visit.FILLING, during__overlap=wanted).values_list("person", flat=True)
    busy_ones = set(taken)
    return [one for one in people.able(outlet, skill, start) if one.username not in busy_ones]


def span_of(day: date) -> DateTimeTZRange:
    """The whole ``day`` of the site's zone."""
    midnight = timezone.make_aware(datetime.combine(day, time()))
    after = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
    return DateTimeTZRange(midnight, after)
