"""Whom to send: everybody who could be named in an act, with skill, free time and the day's load beside the name.

Any act whose form asks for a person and for a skill is chosen with these in sight; nothing here decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.people import queries as people
from bihuan.people import scope
from bihuan.people.models import Person, Skill
from bihuan.procedure.definition import Act, Definition
from bihuan.registers.visits import queries as visits

from .. import agreed
from ..models import Case

MOST = 40


@dataclass
class Candidate:
    """One person with what speaks for and against; ``free`` for the next two hours."""

    username: str
    name: str
    skills: list[str]
    free: bool
    busy_until: str
    visits_today: int
    open_cases: int
    fits: bool = False
    reasons: list[str] = field(default_factory=list)


def fitting(definition: Definition, act: Act) -> tuple[str, str] | None:
    """The names of the questions for the person and the skill; None where the act asks not for both."""
    form = definition.forms.get(act.form)
    kinds = {one.kind: one.name for one in form.fields.values()} if form else {}
    return (kinds["person"], kinds["skill"]) if {"person", "skill"} <= kinds.keys() else None


def beside(definition: Definition, act: Act, case: Case, answers: dict[str, Any], at: datetime, language: str) -> Any:
    """What the panel shows: names of both questions and the candidates, whoever fits and is free first."""
    named = fitting(definition, act)
    if named is None:
        return None
    person_field, skill_field = named
    wanted = str(answers.get(skill_field) or "")
    found = candidates(case.outlet, wanted, at, language)
    return {"person": person_field, "skill": skill_field, "wanted": wanted, "people": found}


# somebody's day is full whichever outlet fills it; only how full is told
@scope.everything()
def candidates(outlet: str, wanted: str, at: datetime, language: str) -> list[Candidate]:
    """Everybody who works at ``outlet`` that day; who has the skill, is free and has least to do comes first."""
    day = timezone.localdate(at)
    working = people.working_at(outlet, at)[:MOST]
    skills = _skills(working, at)
    load = _open_cases([one.username for one in working])
    free_for = agreed.span("candidate-free-for", at)
    found = []
    for one in working:
        taken = visits.busy(one.username, at, at + free_for)
        today = visits.of_person(one.username, day)
        until = max((visit.during.upper for visit in taken if visit.during.upper), default=None)
        found.append(
            Candidate(
                username=one.username,
                name=one.called(language),
                skills=skills.get(one.pk, []),
                free=not taken,
                busy_until=timezone.localtime(until).strftime("%H:%M") if until else "",
                visits_today=len(today),
                open_cases=load.get(one.username, 0),
                fits=bool(wanted) and wanted in skills.get(one.pk, []),
            )
        )
    for one in found:
        one.reasons = _reasons(one)
    return sorted(found, key=lambda one: (not one.fits, not one.skills, not one.free, one.open_cases, one.name))


def _reasons(one: Candidate) -> list[str]:
    told = [_("技能：%(skills)s") % {"skills": ", ".join(one.skills)} if one.skills else _("没有登记技能")]
    told.append(_("现在有空") if one.free else _("%(time)s 前有预约") % {"time": one.busy_until})
    told.append(_("今天 %(visits)s 次上门，手上 %(cases)s 件") % {"visits": one.visits_today, "cases": one.open_cases})
    return told


def _skills(working: list[Person], at: datetime) -> dict[Any, list[str]]:
    day = timezone.localdate(at)
    found: dict[Any, list[str]] = {}
    rows = Skill.objects.filter(person__in=working, start__lte=day).order_by("name")
    for person, name, until in rows.values_list("person", "name", "until"):
        if (until is None or until >= day) and name not in found.get(person, []):
            found.setdefault(person, []).append(name)
    return found


def _open_cases(usernames: list[str]) -> dict[str, int]:

    open_ones = Case.objects.filter(person__in=usernames, ended_at__isnull=True).order_by()
    return dict(open_ones.values_list("person").annotate(Count("id")))
