"""Who leaves: what ends with them, and what somebody else has to take on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.layout.frames import Question
from bihuan.people import keys
from bihuan.people import queries as people
from bihuan.people.models import Delegation, Holding, Person

from ..models import Case
from .people import outlet_names, post_titles, work_of


def leaving_questions(at: datetime) -> list[Question]:
    """The last day and why."""
    return [
        Question("leave-last_day", _("最后一天（含当天）"), "date", True, people.day_of(at).isoformat()),
        Question("leave-reason", _("理由"), required=True),
    ]


def leaving(reader: Person, person: Person, at: datetime, language: str) -> dict[str, Any]:
    """All that ends with somebody, and what somebody else has to take on."""
    day, titles, names = people.day_of(at), post_titles(at, language), outlet_names(language)
    held = Holding.objects.filter(person=person).exclude(end__lt=day).order_by("post", "outlet")
    lent = Delegation.objects.filter(until__gte=day).select_related("giver", "taker").order_by("start")
    return {
        "person": person,
        "name": person.called(language),
        "held": [(titles.get(one.post, one.post), names.get(one.place, one.place)) for one in held],
        "lent": [one for one in lent if person.pk in {one.giver_id, one.taker_id}],
        "keys": keys.of(person, at),
        **work_of(reader, person, at, language),
    }


def open_numbers(username: str) -> list[str]:
    """Numbers of the open cases bound to a person, whoever may see them: for the entry and the letter of hand-over."""
    found = Case.objects.filter(person=username, ended_at__isnull=True).order_by("promised_at", "id")
    return list(found.values_list("number", flat=True))
