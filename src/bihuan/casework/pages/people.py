"""People and their posts on pages: a contact list for everybody, everything an administrator keeps of one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from bihuan.layout.frames import Question
from bihuan.people import access, directory, scope
from bihuan.people import queries as people
from bihuan.people.forms import problems_of
from bihuan.people.models import Delegation, Holding, OutletKey, Person, Skill
from bihuan.registers.documents import queries as documents

from .. import queries
from ..definitions import definition_for
from ..importing.kinds import past_procedure
from ..models import Case
from ..seeing import title_of
from . import entry
from .words import step_title

SHOWN_AT_MOST = 200
WORK_AT_MOST = 100


@dataclass(frozen=True)
class Asked:
    """What the list is narrowed to: part of a name or its initials, an outlet, a post."""

    text: str = ""
    outlet: str = ""
    post: str = ""


def listed(reader: Person, asked: Asked, at: datetime, language: str) -> dict[str, Any]:
    """Rows of the list: everybody for an administrator, else the people of the reader's outlets."""
    keeps = access.may_manage_people(reader)
    found = _everybody(at) if keeps else directory.colleagues(reader, at)
    if asked.outlet:
        found = [one for one in found if asked.outlet in one.outlets]
    if asked.post:
        found = [one for one in found if asked.post in {held.post for held in one.holdings}]
    if asked.text:
        found = [one for one in found if directory.means(one.person, asked.text)]
    titles, names = post_titles(at, language), outlet_names(language)
    rows = [_row(one, titles, names, language) for one in found[:SHOWN_AT_MOST]]
    codes = None if keeps else access.visible_outlets(reader, at)
    return {
        "rows": rows,
        "more": len(found) > SHOWN_AT_MOST,
        "keeps": keeps,
        "asked": asked,
        "outlets": [(code, name) for code, name in names.items() if code and (codes is None or code in codes)],
        "posts": list(titles.items()),
        "ending": directory.ending(codes, people.day_of(at)),
    }


def _everybody(at: datetime) -> list[directory.Worker]:
    """Every account, also those without a post and closed ones, with what they hold that day, by name."""
    working = {one.person.pk: one for one in directory.workers(None, people.day_of(at))}
    every = Person.objects.order_by("-is_active", "name", "username")
    return [working.get(one.pk) or directory.Worker(one) for one in every]


def _row(one: directory.Worker, titles: dict[str, str], names: dict[str, str], language: str) -> dict[str, Any]:
    held = [(titles.get(each.post, each.post), names.get(each.place, each.place)) for each in one.holdings]
    return {"person": one.person, "name": one.person.called(language), "held": held, "skills": one.skills}


def post_titles(at: datetime, language: str) -> dict[str, str]:
    """Post → title, of the pack in force; and that of who closes past cases, where there ever were any."""
    current = documents.current_pack(at)
    found = {name: post.title.say(language) for name, post in current[1].posts.items()} if current else {}
    closer = past_procedure.closer_title()
    return found | ({past_procedure.CLOSER: closer.say(language)} if closer else {})


def outlet_names(language: str) -> dict[str, str]:
    """Code → name of every outlet, "" = everywhere."""
    found = OutletKey.objects.order_by("code")
    return {"": _("全部网点")} | {one.code: (one.name_en if language == "en" else "") or one.name for one in found}


def shown(reader: Person, person: Person, at: datetime, language: str) -> dict[str, Any]:
    """Everything kept of one person: posts with their days, skills, what is lent, the work still bound to them."""
    day, titles, names = people.day_of(at), post_titles(at, language), outlet_names(language)
    holdings = [
        {
            "row": one,
            "post": titles.get(one.post, one.post),
            "outlet": names.get(one.place, one.place),
            "over": one.end is not None and one.end < day,
        }
        for one in Holding.objects.filter(person=person).order_by("-start", "post")
    ]
    skills = [
        {"row": one, "over": one.until is not None and one.until < day, "soon": _soon(one, day)}
        for one in Skill.objects.filter(person=person).order_by("name", "-start")
    ]
    lent = Delegation.objects.filter(giver=person).select_related("taker").order_by("-until")[:20]
    return {
        "person": person,
        "name": person.called(language),
        "holdings": holdings,
        "skills": skills,
        "lent": [
            {"row": one, "posts": [titles.get(post, post) for post in one.posts], "over": one.until < day}
            for one in lent
        ],
        "today": day,
        "entry": entry.of(person, at),
        **work_of(reader, person, at, language),
    }


def _soon(skill: Skill, day: date) -> bool:
    return skill.until is not None and 0 <= (skill.until - day).days <= directory.ENDING_DAYS


def work_of(reader: Person, person: Person, at: datetime, language: str) -> dict[str, Any]:
    """The open work bound to ``person``: rows where the reader may see it, only its count by outlet elsewhere."""
    own = Case.objects.filter(person=person.username, ended_at__isnull=True)
    seen = queries.visible_to(reader, at).filter(person=person.username, ended_at__isnull=True)
    rows = [
        {
            "number": case.number,
            "title": title_of(case, reader, at),
            "outlet": case.outlet,
            "step": step_title(definition_for(case), case.step, language),
        }
        for case in seen.order_by("promised_at", "id")[:WORK_AT_MOST]
    ]
    called = outlet_names(language)
    with scope.everything():  # how many there are elsewhere is told to whoever keeps people, what they are is not
        elsewhere = own.exclude(pk__in=seen.values("pk")).order_by().values("outlet").annotate(cases=Count("pk"))
        hidden = list(elsewhere)
    return {"work": rows, "hidden": sorted((called.get(one["outlet"], one["outlet"]), one["cases"]) for one in hidden)}


def questions(person: Person | None, at: datetime, language: str) -> dict[str, list[Question]]:
    """What each act on a person asks, by the act; ``None`` = somebody new. Names are ``act-field``."""
    today = people.day_of(at).isoformat()
    outlets = list(outlet_names(language).items())
    posts = list(post_titles(at, language).items())
    yes_no = [("yes", _("是")), ("no", _("否"))]
    called = [
        Question("name", _("姓名"), required=True, value=person.name if person else ""),
        Question("name_en", _("英文名"), value=person.name_en if person else ""),
        Question("email", _("邮箱"), "email", value=person.email if person else ""),
        Question(
            "is_administrator",
            _("管理员"),
            "choice",
            True,
            "yes" if person and person.is_administrator else "no",
            choices=yes_no,
            help=_("管账号、岗位、网点和文件；不因此能办任何事项"),
        ),
    ]
    where = Question("outlet", _("网点"), "choice", True, choices=[(code or "*", name) for code, name in outlets])
    asked = {
        "change": called,
        "give-post": [
            Question("post", _("岗位"), "choice", True, choices=posts),
            where,
            Question("start", _("从"), "date", True, today),
            Question("end", _("到（含当天，空着就是不限）"), "date"),
        ],
        "add-skill": [
            Question("name", _("资格或证书"), required=True),
            Question("start", _("从"), "date", True, today),
            Question("until", _("到（含当天，空着就是不限）"), "date"),
        ],
        "delegate": [
            Question("taker", _("委托给"), "choice", True, choices=_others(person, language)),
            Question("posts", _("哪些岗位"), "choice", True, choices=_held(person, at, posts), several=True),
            Question("start", _("从"), "date", True, today),
            Question("until", _("到（含当天）"), "date", True, today),
            Question("reason", _("理由"), required=True),
        ],
        "close": [Question("reason", _("停用理由"), required=True)],
    }
    asked |= entry.questions(person, at)
    if person is None:
        how = asked["new"]
        asked = {"new": [Question("username", _("账号"), required=True), *called, *how, *asked["give-post"]]}
        for one in asked["new"]:
            one.required = one.name in {"username", "name", "is_administrator", "how"}
    for act, listed_ones in asked.items():
        for one in listed_ones:
            one.name = f"{act}-{one.name}"
    return asked


def _others(person: Person | None, language: str) -> list[tuple[str, str]]:
    found = Person.objects.filter(is_active=True).order_by("name", "username")
    return [(one.username, f"{one.called(language)}（{one.username}）") for one in found if one != person]


def _held(person: Person | None, at: datetime, posts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    held = {one.post for one in people.held_by(person, at) if not one.giver} if person else set()
    titles = dict(posts)
    return [(post, titles.get(post, post)) for post in sorted(held)]


def with_problems(asked: dict[str, list[Question]], submitted: str = "") -> dict[str, dict[str, Any]]:
    """The acts' forms by a name templates can read: questions, what is wrong, whether it stands open."""
    return {
        act.replace("-", "_"): {
            "act": act,
            "questions": found,
            "problems": problems_of(found),
            "open": act == submitted,
        }
        for act, found in asked.items()
    }
