"""Lending one's posts for some days: the questions, what is lent, and reading what was sent."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from bihuan.layout.frames import Question
from bihuan.people import queries as people
from bihuan.people.errors import PeopleRefusal
from bihuan.people.forms import problems_of
from bihuan.people.models import Delegation, Person
from bihuan.registers.documents import queries as documents

from .words import post_title


def questions(person: Person, at: datetime, language: str, sent: QueryDict | None = None) -> list[Question]:
    """Whom, which of one's own posts, from when to when, why."""
    today = people.day_of(at).isoformat()
    own = own_posts(person, at, language)
    given = sent or QueryDict()
    return [
        Question("taker", _("委托给"), "choice", True, given.get("taker", ""), choices=takers(person, at, language)),
        Question(
            "posts",
            _("哪些岗位"),
            "choice",
            True,
            values=given.getlist("posts") if sent else [post for post, _title in own],
            choices=list(own),
            several=True,
        ),
        Question("start", _("从"), "date", True, given.get("start", today)),
        Question("until", _("到（含当天）"), "date", True, given.get("until", today)),
        Question("reason", _("理由"), "text", True, given.get("reason", "")),
    ]


def own_posts(person: Person, at: datetime, language: str) -> list[tuple[str, str]]:
    """The posts this person holds themselves; what was lent to them cannot be lent on."""
    current = documents.current_pack(at)
    held = dict.fromkeys(one.post for one in people.held_by(person, at) if not one.giver)
    return [(post, post_title(current[1], post, language) if current else post) for post in held]


def takers(person: Person, at: datetime, language: str) -> list[tuple[str, str]]:
    """Colleagues at the places where this person works, and below them."""
    places = {one.place or people.root_outlet() for one in people.held_by(person, at)}
    found = {one.username: one.called(language) for place in sorted(places) for one in people.working_at(place, at)}
    found.pop(person.username, None)
    return list(found.items())


def days(sent: QueryDict) -> tuple[date | None, date | None]:
    """First and last day as written; None for what is no date."""
    return _day(sent.get("start", "")), _day(sent.get("until", ""))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def missing(asked: list[Question]) -> bool:
    """Lay what is missing beside its question; whether anything is."""
    for question in asked:
        if question.kind == "date" and _day(question.value) is None:
            question.errors.append(_("请填写日期"))
        elif not (question.values if question.several else question.value.strip()):
            question.errors.append(_("请填写"))
        elif question.choices and not {*question.values, question.value} - {""} <= {
            one for one, _words in question.choices
        }:
            question.errors.append(_("不在可选范围内"))
    return any(question.errors for question in asked)


def shown(
    person: Person, asked: list[Question], at: datetime, language: str, refusal: PeopleRefusal | None = None
) -> dict[str, Any]:
    """What the page shows: the form, and what is lent or borrowed from today on."""
    for question in asked:
        if refusal is not None and question.name == refusal.field:
            question.errors.append(refusal.words.say(language))
    day = people.day_of(at)
    current = documents.current_pack(at)
    rows = [
        {
            "giver": one.giver.called(language),
            "taker": one.taker.called(language),
            "posts": [post_title(current[1], post, language) if current else post for post in one.posts],
            "start": one.start.isoformat(),
            "until": one.until.isoformat(),
            "reason": one.reason,
        }
        for one in Delegation.objects.filter(Q(giver=person) | Q(taker=person), until__gte=day)
        .select_related("giver", "taker")
        .order_by("start")
    ]
    return {
        "title": _("委托"),
        "questions": asked,
        "problems": problems_of(asked),
        "refusal": refusal.words if refusal and not refusal.field else None,
        "rows": rows,
        "may": bool(own_posts(person, at, language)),
    }
