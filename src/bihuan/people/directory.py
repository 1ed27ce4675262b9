"""Lists of people for the pages: who works where, whose certificate runs out, who is meant by a few letters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q

from bihuan.ground.initials import initials

from . import access, queries
from .models import Holding, Person, Skill

# how long before its last day a certificate is shown as ending
ENDING_DAYS = 30
ALL = None


@dataclass
class Worker:
    """A person with the posts held that day and the skills valid then, each by name."""

    person: Person
    holdings: list[Holding] = field(default_factory=list)
    skills: list[Skill] = field(default_factory=list)

    @property
    def outlets(self) -> list[str]:
        """Where they work, each once; "" = everywhere."""
        return sorted({one.place for one in self.holdings})


def workers(codes: Iterable[str] | None, day: date) -> list[Worker]:
    """Active people who hold a post at one of ``codes`` on ``day`` (None = anywhere), with their skills, by name."""
    held = Holding.objects.filter(start__lte=day).exclude(end__lt=day).filter(person__is_active=True)
    if codes is not ALL:
        held = held.filter(outlet__in=list(codes))
    found: dict[object, Worker] = {}
    for one in held.select_related("person", "outlet").order_by("person__name", "person__username", "post"):
        found.setdefault(one.person_id, Worker(one.person)).holdings.append(one)
    valid = Skill.objects.filter(person__in=list(found), start__lte=day).exclude(until__lt=day).order_by("name")
    for skill in valid:
        found[skill.person_id].skills.append(skill)
    return list(found.values())


def ending(codes: Iterable[str] | None, day: date, within: int = ENDING_DAYS) -> list[Skill]:
    """Certificates of people working at ``codes`` whose last day lies within so many days from ``day``, soonest first.

    One that is followed by a later one of the same name is not ending.
    """
    there = [one.person.pk for one in workers(codes, day)]
    last = day + timedelta(days=within)
    soon = Skill.objects.filter(person__in=there, until__gte=day, until__lte=last).select_related("person")
    followed = Skill.objects.filter(person__in=there).filter(Q(until__isnull=True) | Q(until__gt=last))
    longer = {(one.person_id, one.name) for one in followed}
    return [one for one in soon.order_by("until", "person__name", "name") if (one.person_id, one.name) not in longer]


def means(person: Person, text: str) -> bool:
    """Whether ``text`` is part of this person's name or username, or the beginning of the name's initials."""
    wanted = text.strip().lower()
    named = (person.name.lower(), person.name_en.lower(), person.username)
    return any(wanted in one for one in named) or initials(person.name).startswith(wanted)


def colleagues(reader: Person, at: datetime) -> list[Worker]:
    """Everybody who works at an outlet this reader may see, with posts and skills of the day of ``at``."""
    return workers(access.visible_outlets(reader, at), queries.day_of(at))
