"""What waits for whom: the to-do list behind the bar, and approvals with what one needs to decide."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure.deciding import agreeing, closed, may_be_together
from bihuan.procedure.definition import Act, Definition, Field
from bihuan.procedure.engine import Surroundings
from bihuan.registers.documents import queries as documents

from .. import derived, queries, reading
from ..actions.keeping import surroundings_of
from ..definitions import definition_for, running
from ..models import Case

LOOKED_AT = 200
SHOWN = 50
DECIDERS = frozenset({"general-manager", "service-manager", "finance", "quality"})
"""The interface roles whose work it is to decide."""


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


def waiting(person: Person, at: datetime, limit: int = SHOWN, *, kind: str = "", newest: bool = False) -> list[Waiting]:
    """Open cases in which ``person`` may do the next act, the most pressing promise first; at most ``limit``.

    ``kind`` narrows to one procedure; ``newest`` puts what was opened last first instead.
    """
    standing = standing_for(person, at)
    if standing is None:
        return []
    cases = queries.visible_to(person, at).filter(standing, ended_at__isnull=True)
    cases = cases.order_by("-id") if newest else cases.order_by("promised_at", "id")
    cases = cases.filter(kind=kind) if kind else cases
    # whose decision it is stands in the pack of the case's version
    cases = cases.select_related("version").defer("version__text")
    found: list[Waiting] = []
    around: dict[str, Surroundings] = {}
    for case in cases[:LOOKED_AT]:
        if not _open_to(person, case):
            continue
        if case.outlet not in around:
            around[case.outlet] = surroundings_of(case.outlet)
        one = first_act(person, case, at, around[case.outlet])
        if one is not None:
            found.append(one)
        if len(found) == limit:
            break
    return found


def standing_for(person: Person, at: datetime) -> Q | None:
    """Cases at a step where one of the person's posts may have an act; None where there is no such step.

    What may be done at any step waits for nobody.
    """
    posts = {post for post, _place in people.doer_of(person, at).holds}
    steps: dict[str, set[str]] = defaultdict(set)
    for definition in running(at):
        for act in definition.acts.values():
            if not act.standing and _may_be(act, posts):
                steps[definition.kind].update(act.at)
    standing: Q | None = None
    for kind, at_steps in steps.items():
        one = Q(kind=kind, step__in=at_steps)
        standing = one if standing is None else standing | one
    return standing


def _may_be(act: Act, posts: set[str]) -> bool:
    who = act.who
    named = {*who.posts, *who.each, *who.via}
    # only a person is named, whoever did the earlier act; or departments chosen in an answer
    open_to = not named and bool(who.same or who.other)
    return bool(posts) and (bool(posts & named) or open_to or any("." in one for one in who.each))


def _open_to(person: Person, case: Case) -> bool:
    """Whether any act of the step may be this person's, before the engine is asked: most fixed ones are another's."""
    state = case.state
    for act in definition_for(case).acts.values():
        if act.standing or case.step not in act.at:
            continue
        fixed = state.assigned.get(act.name) or (state.doers.get(act.who.same) or ("",))[0]
        if not (act.who.same or act.name in state.assigned) or not fixed or fixed == person.username:
            return True
    return False


def first_act(person: Person, case: Case, at: datetime, around: Surroundings | None = None) -> Waiting | None:
    """The act of the case's step that is this person's to do; None when somebody else is waited for.

    Of several the one the most pressing promise waits for, else the first in the document.
    """
    definition = definition_for(case)
    offers = reading.offers(person, case, at, around)
    mine = [one for one in offers if one.allowed and _usual(definition.acts[one.act])]
    promised = derived.promised_acts(definition, case.state)
    first = next((one for name in promised for one in mine if one.act == name), next(iter(mine), None))
    if first is None:
        return None
    act = definition.acts[first.act]
    decides = decision(definition, act, case.stage) if is_decision(definition, act, case, first.post) else None
    return Waiting(case, definition, act, first.post, decides)


def _usual(act: Act) -> bool:
    return bool(act.at) and not act.standing


def _decider(case: Case, post: str) -> bool:
    held = documents.pack_of(case.version).posts.get(post)
    return held is not None and held.role in DECIDERS


def decision(definition: Definition, act: Act, stage: str) -> Field | None:
    """The question by which ``act`` decides: the first yes-no or choice that must be answered and turns its way.

    Where the case waits (stage "waiting") any such question counts: somebody is waited for to say it.
    """
    form = definition.forms.get(act.form)
    asked = [one for one in form.fields.values() if closed(one)] if form else []
    turning = {test.key for way in act.ways for tests in way.condition for test in tests}
    for one in asked:
        if stage == "waiting" or f"{act.form}.{one.name}" in turning or one.name in turning:
            return one
    return None


def is_decision(definition: Definition, act: Act, case: Case, post: str) -> bool:
    """Whether doing ``act`` in ``post`` is to decide, and no plain work."""
    return _decider(case, post) and decision(definition, act, case.stage) is not None


def decided(entry: dict[str, Any], one: Waiting) -> bool:
    """Whether an entry of the book was somebody's decision about the case of ``one``."""
    act = one.definition.acts.get(entry["verb"])
    if entry["doer_kind"] != "person" or act is None or not entry["answers"] or not _decider(one.case, entry["post"]):
        return False
    if agreeing(one.definition, act) is None:
        return False  # it asks for more than an opinion
    return any(decision(one.definition, act, one.definition.steps[step].stage) for step in act.at)


def together(one: Waiting, at: datetime) -> dict[str, Any] | None:
    """What agrees to the act of ``one`` where its text lets it be agreed to together with others; else None."""
    if one.act.together is None:
        return None
    return may_be_together(one.definition, one.case.state, one.act, at, surroundings_of(one.case.outlet))


def pick(one: Waiting, at: datetime) -> str:
    """What the tick of a line says: the case as it stands now, and the act; "" where it is decided on its own."""
    return f"{one.case.number}:{one.case.revision}:{one.act.name}" if together(one, at) is not None else ""
