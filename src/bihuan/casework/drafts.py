"""Half-filled forms kept for whoever fills them: one per person and place. No part of the history."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.http import QueryDict

from bihuan.people.models import Person

from .models import Draft

# where a form stands: "intake.0190…", "act.BX20261122-0001.dispatch"
PLACE = re.compile(r"[\w.:-]{1,200}")
MOST_FIELDS = 2000
LONGEST = 20_000

Answers = dict[str, list[str]]


def place_of(*parts: str) -> str:
    """The place of a form with several names: ``place_of("act", number, action)``."""
    return ".".join(re.sub(r"[^\w\-]", "-", part) for part in parts)


def clean(sent: Any) -> Answers | None:
    """What a page sent, as name → values without what no field could hold; None where it is no draft at all."""
    answers = sent.get("answers") if isinstance(sent, dict) else None
    if not isinstance(answers, dict) or len(answers) > MOST_FIELDS:
        return None
    found: Answers = {}
    for name, values in answers.items():
        if not isinstance(values, list):
            return None
        found[name[:200].replace("\x00", "")] = [
            str(value)[:LONGEST].replace("\x00", "") for value in values[:MOST_FIELDS]
        ]
    return found


def keep(person: Person, place: str, answers: Answers, at: datetime) -> Draft:
    """Keep ``answers`` at ``place``, instead of what was kept there before."""
    kept_at = {"answers": answers, "saved_at": at}
    draft, _made = Draft.objects.update_or_create(person=person, place=place, defaults=kept_at)
    return draft


def kept(person: Person, place: str) -> Draft | None:
    """What ``person`` left at ``place``."""
    return Draft.objects.filter(person=person, place=place).first()


def drop(person: Person, place: str) -> None:
    """Forget what ``person`` left at ``place``."""
    Draft.objects.filter(person=person, place=place).delete()


def as_sent(draft: Draft) -> QueryDict:
    """The draft as if it had just been sent, so that a form reads it the way it reads everything."""
    sent = QueryDict(mutable=True)
    for name, values in draft.answers.items():
        sent.setlist(name, values)
    return sent


def of_person(person: Person, limit: int = 20) -> list[Draft]:
    """What this person has left half-way, newest first."""
    return list(Draft.objects.filter(person=person).order_by("-saved_at")[:limit])
