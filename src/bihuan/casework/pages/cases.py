"""Home and the list: many cases, a line each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from bihuan.layout.frames import Column
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure.definition import Definition
from bihuan.registers.documents import queries as documents

from .. import queries, reading
from ..definitions import definition_for, procedure_in_force, running
from ..models import Case
from ..seeing import all_as_read
from . import promises
from .names import outlet_names
from .words import step_title

TO_DO = 50
LOOKED_AT = 200


def definition_of_kind(kind: str, at: datetime) -> Definition | None:
    """The procedure in force for ``kind``."""
    found = procedure_in_force(kind, at)
    return found[1] if found else None


def openable(person: Person, at: datetime) -> list[dict[str, str]]:
    """The kinds of case this person's posts may open by hand."""
    posts = {post for post, _place in people.doer_of(person, at).holds}
    kinds = []
    for _version, definition in documents.all_in_force(at):
        who = definition.acts[definition.opening.act].who
        if definition.opening.by_hand and posts & {*who.posts, *who.each, *who.via}:
            kinds.append({"kind": definition.kind, "title": definition.title, "number": definition.number})
    return kinds


def columns(next_step: bool = False) -> list[Column]:
    """The columns of every list of cases."""
    first, last = [_("编号"), _("事由"), _("步骤"), _("时限")], [_("程序"), _("网点"), _("开立")]
    return [Column(words) for words in (*first, *([_("下一步")] if next_step else []), *last)]


def to_do(person: Person, at: datetime, language: str) -> list[dict[str, Any]]:
    """Open cases in which this person may do the next act, the most pressing promise first."""
    posts = {post for post, _place in people.doer_of(person, at).holds}
    standing = Q(pk__in=[])
    for kind, steps in _steps_of(posts, at).items():
        standing |= Q(kind=kind, step__in=steps)
    cases = queries.visible_to(person, at).filter(standing, ended_at__isnull=True)
    mine: list[Case] = []
    acts: list[dict[str, str]] = []
    for case in cases.order_by("promised_at", "id")[:LOOKED_AT]:
        act = _next_act(person, case, at, language)
        if act:
            mine.append(case)
            acts.append(act)
        if len(mine) == TO_DO:
            break
    shown = rows(all_as_read(mine, person, at), at, language)
    return [{**row, "next": act} for row, act in zip(shown, acts, strict=True)]


def _next_act(person: Person, case: Case, at: datetime, language: str) -> dict[str, str]:
    """The first act of the case's step that is this person's to do; {} when somebody else is waited for."""
    definition = definition_for(case)
    for offer in reading.offers(person, case, at):
        act = definition.acts[offer.act]
        if offer.allowed and act.at and not act.standing:
            return {"title": act.title.say(language), "address": f"/cases/{case.number}/acts/{act.name}/"}
    return {}


def _steps_of(posts: set[str], at: datetime) -> dict[str, set[str]]:
    """The steps of each kind at which one of ``posts`` has an act; what may be done anywhere waits for nobody."""
    found: dict[str, set[str]] = defaultdict(set)
    for definition in running(at):
        for act in definition.acts.values():
            if not act.standing and posts & {*act.who.posts, *act.who.each, *act.who.via}:
                found[definition.kind].update(act.at)
    return found


def rows(cases: Iterable[Case], at: datetime, language: str) -> list[dict[str, Any]]:
    """One line per case: number, what it is about, where it stands, the promises still open as chips."""
    found = list(cases)
    outlets = outlet_names({case.outlet for case in found}, language)
    without = {case.parent_id for case in found if not case.title}
    parents = dict(Case.objects.filter(pk__in=without).values_list("pk", "title"))
    lines = []
    for case in found:
        definition = definition_for(case)
        lines.append(
            {
                "number": case.number,
                "address": f"/cases/{case.number}/",
                "title": case.title or parents.get(case.parent_id, ""),
                "kind": definition.title.say(language),
                "document": definition.number,
                "step": step_title(definition, case.step, language),
                "stage": case.stage,
                "outlet": outlets.get(case.outlet, case.outlet),
                "opened": case.opened_at,
                "ended": case.ended_at is not None,
                "chips": promises.chips(case, definition, at, language, only_open=True),
            }
        )
    return lines
