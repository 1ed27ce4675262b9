"""Who has nothing to do when somebody looks, and which case would give them something."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from bihuan.casework.models import Case
from bihuan.casework.pages import inbox
from bihuan.people.models import Holding, Person
from bihuan.procedure.definition import Act, Definition

from .heading import distance, first_step
from .laying import Weeks


@dataclass
class Filling:
    """``tried``: which of the steps at which somebody would have something to do was tried last for them."""

    weeks: Weeks
    tried: dict[str, int] = field(default_factory=dict)

    def brought(self, at: datetime) -> Iterator[tuple[str, str, str]]:
        """For everybody whose to-do list is empty: who, the kind of case to open, the step it is to stand at."""
        for person in Person.objects.order_by("username"):
            posts = set(Holding.objects.filter(person=person).values_list("post", flat=True))
            places = list(self._places(posts)) if posts and not inbox.waiting(person, at, 1) else []
            if places:
                number = self.tried[person.username] = self.tried.get(person.username, -1) + 1
                yield person.username, *places[number % len(places)]

    def on_the_way(self, person: str, definition: Definition, step: str, taken: Collection[UUID]) -> Case | None:
        """For whom a new case did not help: the open one among ``taken`` that has least far to go to the step."""
        if not self.tried[person]:
            return None
        far = distance(definition, step)
        found = Case.objects.filter(kind=definition.kind, step__in=[one for one in far if far[one]], pk__in=taken)
        found = found.filter(ended_at__isnull=True).order_by("number")
        return min(found, key=lambda one: far[one.step], default=None)

    def _places(self, posts: set[str]) -> Iterator[tuple[str, str]]:
        """Kind and step of the acts of these posts, the nearest to the beginning first, each kind once before twice."""
        found = [
            (far, kind, step)
            for kind, definition in self.weeks.pack.procedures.items()
            if definition.opening.by_hand and definition.opening.act
            for act in definition.acts.values()
            if not act.standing and act.name != definition.opening.act and _first(act, posts)
            for step, far in _far(definition, act)
        ]
        yield from dict.fromkeys((kind, step) for _far, kind, step in sorted(found))


def _first(act: Act, posts: set[str]) -> bool:
    """Whether somebody of these posts does the act, or fills in the form others sign."""
    return bool(posts & set(act.who.posts)) or next(iter(act.who.each), "") in posts


def _far(definition: Definition, act: Act) -> Iterator[tuple[str, int]]:
    for step in act.at:
        far = distance(definition, step).get(first_step(definition))
        if far is not None:
            yield step, far
