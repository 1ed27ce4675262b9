"""What waits for whom: the to-do list behind the bar, and approvals with what one needs to decide."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure.definition import Act, Definition, Field

from .. import queries, reading
from ..definitions import definition_for, running
from ..models import Case

LOOKED_AT = 200
SHOWN = 50


@dataclass(frozen=True)
class Waiting:
    """One case that waits for this person, the act they may do, and the question that decides (None for plain work)."""

    case: Case
    definition: Definition
    act: Act
    post: str
    decides: Field | None = None

    @property
    def address(self) -> str:
        """The act's own form."""
        return f"/cases/{self.case.number}/acts/{self.act.name}/"


def waiting(person: Person, at: datetime, limit: int = SHOWN) -> list[Waiting]:
    """Open cases in which ``person`` may do the next act, the most pressing promise first; at most ``limit``."""
    posts = {post for post, _place in people.doer_of(person, at).holds}
    standing = Q(pk__in=[])
    for kind, steps in _steps_of(posts, at).items():
        standing |= Q(kind=kind, step__in=steps)
    cases = queries.visible_to(person, at).filter(standing, ended_at__isnull=True).order_by("promised_at", "id")
    found: list[Waiting] = []
    for case in cases[:LOOKED_AT]:
        one = _first(person, case, at)
        if one is not None:
            found.append(one)
        if len(found) == limit:
            break
    return found


def _steps_of(posts: set[str], at: datetime) -> dict[str, set[str]]:
    """The steps of each kind at which one of ``posts`` may have an act; what may be done anywhere waits for nobody."""
    found: dict[str, set[str]] = defaultdict(set)
    for definition in running(at):
        for act in definition.acts.values():
            who = act.who
            named = {*who.posts, *who.each, *who.via}
            # only a person is named: who did the earlier act, in whatever post
            anybody = not named and bool(who.same or who.other) and bool(posts)
            if not act.standing and (posts & named or anybody or any("." in one for one in who.each)):
                found[definition.kind].update(act.at)
    return found


def _first(person: Person, case: Case, at: datetime) -> Waiting | None:
    """The first act of the case's step that is this person's to do."""
    definition = definition_for(case)
    for offer in reading.offers(person, case, at):
        act = definition.acts[offer.act]
        if offer.allowed and act.at and not act.standing:
            return Waiting(case, definition, act, offer.post, decision(definition, act, case.stage))
    return None


def decision(definition: Definition, act: Act, stage: str) -> Field | None:
    """The question by which ``act`` decides: the first yes-no or choice that must be answered and turns its way.

    Where the case waits (stage "waiting") any such question counts: somebody is waited for to say it.
    """
    form = definition.forms.get(act.form)
    asked = [one for one in form.fields.values() if _closed(one)] if form else []
    turning = {test.key for way in act.ways for tests in way.condition for test in tests}
    for one in asked:
        if stage == "waiting" or f"{act.form}.{one.name}" in turning or one.name in turning:
            return one
    return None


def _closed(field: Field) -> bool:
    """A question with two or more closed answers of which one must be given."""
    return field.must == ((),) and not field.several and (field.kind == "yes-no" or len(field.choices) > 1)
