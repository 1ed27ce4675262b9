"""What is shown of added signers: the line of the list, the card of one, and the form that asks somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from bihuan.layout.frames import ApprovalCard, Question
from bihuan.people import access
from bihuan.people import queries as people
from bihuan.people.models import Person

from .. import reading
from ..actions.keeping import surroundings_of
from ..actions.noting import notes_about
from ..definitions import definition_for
from ..models import Case
from ..pages import approvals, inbox
from ..pages import card as cards
from ..pages.names import Names
from ..pages.words import act_title
from . import queries
from .models import AddedSigner


@dataclass(frozen=True)
class Signer:
    """One who was added to a case: by whom, about what, and what they said ("" while they have not)."""

    key: str
    name: str
    asked_by: str
    asked_at: datetime
    words: str
    said: str
    state: str
    may_let_off: bool


def lines(person: Person, at: datetime, language: str) -> list[approvals.Line]:
    """What waits for this person's added signature, as lines of the page of approvals."""
    names = Names(language, surroundings_of("").zone, at)
    found = []
    for one in queries.waiting_for(person, at):
        definition = definition_for(one.case)
        names.learn([one.asked_by])
        found.append(
            approvals.Line(
                number=one.case.number,
                title=_("加签：%(act)s") % {"act": act_title(definition, one.act, language)},
                subject=cards.subject_of(one.case, definition, person, at, language),
                who=names.person(one.asked_by),
                address=f"/approvals/signing/{one.pk}/",
                at=one.asked_at,
                kind=one.case.kind,
                kind_title=definition.title.say(language),
            )
        )
    return found


def signers(case: Case, person: Person, at: datetime, language: str, act: str) -> list[Signer]:
    """Everybody added to ``case`` before ``act``, oldest first; who asked, or may do the act, may let them off."""
    found = [one for one in queries.all_of(case) if one.act == act]
    mine = bool(found) and any(one.act == act and one.allowed for one in reading.offers(person, case, at))
    names = Names(language, surroundings_of(case.outlet).zone, at)
    names.learn(name for one in found for name in (one.signer, one.asked_by))
    said = {note["entry"]: note["words"] for note in notes_about(case)} if found else {}
    return [_told(one, mine or one.asked_by == person.username, names, said) for one in found]


def _told(one: AddedSigner, may_let_off: bool, names: Names, said: dict[UUID, str]) -> Signer:
    states = {True: _("同意"), False: _("不同意"), None: _("不用签了") if one.ended_at else _("还没有签")}
    return Signer(
        key=str(one.pk),
        name=names.person(one.signer),
        asked_by=names.person(one.asked_by),
        asked_at=one.asked_at,
        words=said.get(one.asked_in, ""),
        said=said.get(one.ended_in, "") if one.ended_in else "",
        state=states[one.agreed],
        may_let_off=may_let_off and one.ended_at is None,
    )


def asking(case: Case, person: Person, at: datetime, language: str, sent: QueryDict | None = None) -> list[Question]:
    """Whom to ask, and what about."""
    given = sent or QueryDict()
    return [
        Question(
            "signer", _("请谁加签"), "choice", True, given.get("signer", ""), choices=able(case, person, at, language)
        ),
        Question("words", _("请对方看什么"), "long-text", True, given.get("words", "")),
    ]


def able(case: Case, person: Person, at: datetime, language: str) -> list[tuple[str, str]]:
    """Colleagues who may see the case, those at its outlet first."""
    others = [one for one in people.reachable_from(case.outlet, at) if one.pk != person.pk]
    return [(one.username, one.called(language)) for one in others if access.may_see(one, case.outlet, at)]


def saying(sent: QueryDict | None = None) -> list[Question]:
    """What a signer thinks of it."""
    return [
        Question(
            "words", _("意见"), "long-text", False, (sent or QueryDict()).get("words", ""), help=_("不同意的要写明理由")
        )
    ]


def card(one: AddedSigner, person: Person, at: datetime, language: str) -> ApprovalCard:
    """The same card the decider sees, for whoever signs before them."""
    definition = definition_for(one.case)
    waiting = inbox.Waiting(one.case, definition, definition.acts[one.act], "")
    return cards.card(waiting, person, at, language)
