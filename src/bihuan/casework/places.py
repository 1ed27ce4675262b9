"""An address as a place, so that the same one is known again however it was written (migration 0010)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, Func, Q, QuerySet, TextField, Value

from .models import Mark


class PlaceKey(Func):
    """Half and full width, blanks, 号 and 號, Arabic and Chinese figures make no difference. The index knows it."""

    function = "casework_place_key"
    output_field = TextField()


def at_places(marks: QuerySet[Mark], addresses: Iterable[str]) -> QuerySet[Mark]:
    """Those of ``marks`` that name one of these addresses."""
    wanted = Q()
    for one in dict.fromkeys(addresses):
        wanted |= Q(place=PlaceKey(Value(one.strip())))
    return marks.filter(kind="address").alias(place=PlaceKey(F("value"))).filter(wanted) if wanted else marks.none()
