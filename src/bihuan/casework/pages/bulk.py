"""Many cases at once: which acts they have in common, what would be changed and what not and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils import timezone

from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure import engine
from bihuan.procedure.definition import Act, Text
from bihuan.procedure.refusals import Refusal, WrongAnswers
from bihuan.procedure.state import Doer

from .. import listing, queries
from ..actions.batches import MOST
from ..actions.keeping import surroundings_of
from ..definitions import definition_for
from ..models import Case
from . import inbox, lists

DECIDED = Text("要决定的事在待办里办", "What is to be decided is decided in the inbox")
OTHER = Text("此事项现在没有这个动作", "This act does not stand here now")
LOOKED_AT = 400


@dataclass
class Preview:
    """What an act would do to the selection: the cases it may be done on, and the others by reason."""

    action: str
    title: str
    allowed: list[Case] = field(default_factory=list)
    refused: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.allowed) + len(self.refused)

    @property
    def reasons(self) -> list[tuple[str, str, int]]:
        """(words, clause, how many), the most frequent first."""
        counted = Counter((words, clause) for _number, words, clause in self.refused)
        return [(words, clause, count) for (words, clause), count in counted.most_common()]


def selected(person: Person, post: QueryDict, at: datetime) -> list[str]:
    """Numbers of what was ticked, or of all that match the list's own address; only what may be seen."""
    if post.get("all"):
        zone: Any = timezone.get_current_timezone()
        wanted = lists.asked(QueryDict(post.get("query", "")[:2000]), at)
        return listing.numbers(person, wanted, at, _zone(zone), MOST)
    ticked = [*post.getlist("pick"), *post.get("numbers", "").split()]
    wanted_ones = list(dict.fromkeys(one.replace("\x00", "")[:40] for one in ticked))[:MOST]
    seen = set(queries.visible_to(person, at).filter(number__in=wanted_ones).values_list("number", flat=True))
    return [one for one in wanted_ones if one in seen]


def _zone(zone: Any) -> ZoneInfo:
    return zone  # the site's zone is one


def cases_of(person: Person, numbers: Iterable[str], at: datetime) -> list[Case]:
    """The cases of these numbers within the scope, in this order."""
    found = {one.number: one for one in queries.visible_to(person, at).filter(number__in=list(numbers))}
    return [found[number] for number in numbers if number in found]


def common(person: Person, cases: list[Case], at: datetime, language: str) -> list[dict[str, Any]]:
    """The acts this person may do on at least one of ``cases``: title, on how many; what fits most comes first."""
    doer = people.doer_of(person, at)
    counted: Counter[str] = Counter()
    titles: dict[str, str] = {}
    places: dict[str, int] = {}
    for case in cases[:LOOKED_AT]:
        definition = definition_for(case)
        for offer in engine.allowed(definition, case.state, doer, at, surroundings_of(case.outlet)):
            act = definition.acts[offer.act]
            if offer.allowed and _by_hand(act) and not inbox.is_decision(definition, act, case, offer.post):
                counted[offer.act] += 1
                titles.setdefault(offer.act, act.title.say(language))
                places.setdefault(offer.act, int(act.standing or not act.at))
    names = sorted(counted, key=lambda name: (places[name], -counted[name]))
    return [{"action": name, "title": titles[name], "count": counted[name]} for name in names]


def _by_hand(act: Act) -> bool:
    # a correction names one entry of one case; merging names where to: neither is the same for many
    return not (act.who.clock or act.who.case_kind or act.who.cases) and not (
        act.standing and act.name in {"correct", "merge", "depart"}
    )


def preview(person: Person, cases: list[Case], action: str, at: datetime, language: str) -> Preview:
    """On which of ``cases`` the act may be done now, and why not on the others."""
    doer = people.doer_of(person, at)
    found = Preview(action, action)
    for case in cases:
        definition = definition_for(case)
        act = definition.acts.get(action)
        offers = engine.allowed(definition, case.state, doer, at, surroundings_of(case.outlet)) if act else ()
        offer = next((one for one in offers if one.act == action), None)
        if act and offer and offer.allowed and inbox.is_decision(definition, act, case, offer.post):
            # which decisions may be taken together is the text's to say, and only the inbox asks it
            found.refused.append((case.number, DECIDED.say(language), act.origin.cite()))
        elif act and offer and offer.allowed and _by_hand(act):
            found.title = act.title.say(language) if not found.allowed else found.title
            found.allowed.append(case)
        else:
            words = offer.words if offer and offer.words else OTHER
            found.refused.append((case.number, words.say(language), offer.clause if offer else ""))
    return found


def wrong_answers(case: Case, action: str, doer: Doer, answers: dict[str, Any], at: datetime) -> WrongAnswers | None:
    """What is wrong with the answers whatever case they are for: tried on one, nothing is kept."""
    try:
        engine.act(definition_for(case), case.state, action, doer, answers, {}, at, surroundings_of(case.outlet))
    except WrongAnswers as wrong:
        return wrong
    except Refusal:
        return None  # what forbids it on this case is told for each case by itself
    return None
