"""One case: its next step, where it stands, what happened, and one promise of it span by span."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.layout.frames import Crumb, StageMark
from bihuan.people.models import Person
from bihuan.procedure.deadlines import explain
from bihuan.procedure.definition import Act, Definition, Pack
from bihuan.procedure.state import Offer
from bihuan.registers.calendars import queries as calendars
from bihuan.registers.documents import queries as documents

from .. import reading
from ..actions.keeping import surroundings_of
from ..definitions import definition_for
from ..models import Case
from . import papers, promises, story
from .names import Names, outlet_names
from .words import answered, clause_address, clause_words, local, post_title, step_title

SIDE_BY_SIDE = 3
"""Buttons at the top of a case: the primary one and at most two beside it; the rest stands in the list."""


def shown(person: Person, case: Case, at: datetime, language: str) -> dict[str, Any]:
    """The case page: next step, stage line, chips, journal, answers."""
    definition = definition_for(case)
    pack = documents.pack_of(case.version)
    names = Names(language, surroundings_of(case.outlet).zone, at)
    history = reading.history(case)
    offers = [_offer(definition, pack, case, offer, names) for offer in reading.offers(person, case, at)]
    usual = sorted((offer for offer in offers if offer["near"]), key=_nearest)
    buttons = [offer for offer in usual if offer["allowed"]][:SIDE_BY_SIDE]
    return {
        "title": case.number,
        "case": case,
        "kind": definition.title.say(language),
        "step": step_title(definition, case.step, language),
        "stage": case.stage,
        "buttons": buttons,
        "offers": usual,
        "standing": [offer for offer in offers if not offer["near"]],
        "chips": promises.chips(case, definition, at, language),
        "stages": stages(definition, case),
        "crumbs": [Crumb(_("事项"), "/cases/"), Crumb(case.number)],
        "timeline": story.told(definition, pack, history, names),
        "forms": [
            {
                "title": definition.forms[name].title.say(language),
                "answers": answered(definition, name, case.state.answers[name], names),
                "kept": papers.kept(case, definition, name, pack, language),
            }
            for name in story.filled_forms(definition, history, case.state.answers)
            if name in definition.forms
        ],
        "children": list(case.children.order_by("id")),
        "parent": case.parent,
        "document": _document(definition, case),
        "outlet": outlet_names([case.outlet], language).get(case.outlet, case.outlet),
        "opened": local(case.opened_at, names.zone),
    }


def _document(definition: Definition, case: Case) -> dict[str, str]:
    return {"number": definition.number, "version": definition.version, "kind": definition.duty_of or case.kind}


def _nearest(offer: dict[str, Any]) -> tuple[bool, bool, bool]:
    """What I may do here comes first, then what I could do if it were not for something, then what is others'."""
    return (not offer["allowed"], offer["anywhere"], not offer["why"])


def _offer(definition: Definition, pack: Pack, case: Case, offer: Offer, names: Names) -> dict[str, Any]:
    act = definition.acts[offer.act]
    return {
        "act": offer.act,
        "title": act.title.say(names.language),
        "allowed": offer.allowed,
        "anywhere": not act.at,
        # what the text does not foresee in this situation stands aside with the standing acts
        "near": not act.standing and offer.code != "condition" and (offer.allowed or bool(act.at)),
        # whose it is stands beside it anyway
        "why": offer.words.say(names.language) if offer.words and offer.code != "not-yours" else "",
        "clause": offer.clause or act.origin.cite(),
        "clause_address": clause_address(definition, offer.clause or act.origin.clause),
        "who": _who(definition, pack, act, names),
        "until": local(offer.until, names.zone),
        "address": f"/cases/{case.number}/acts/{offer.act}/",
    }


def _who(definition: Definition, pack: Pack, act: Act, names: Names) -> str:
    """Whose act it is: posts, the clock, or the other case that carries it out."""
    who = act.who
    if who.clock:
        return _("时钟")
    if who.case_kind:
        duty = definition.duties.get(who.case_kind.partition(".")[2])
        return _("随「%(case)s」") % {"case": duty.title.say(names.language) if duty else names.kind(who.case_kind)}
    if who.cases:
        return _("等关联事项")
    posts = dict.fromkeys((*who.posts, *who.each, *who.via))
    return (", " if names.language == "en" else "、").join(post_title(pack, post, names.language) for post in posts)


STAGES = ("received", "assigned", "accepted", "under-way", "on-site", "waiting", "done", "followed-up", "closed")


def stages(definition: Definition, case: Case) -> list[StageMark]:
    """The stages this procedure knows, in their fixed order, with where the case stands."""
    words = {
        "received": _("受理"),
        "assigned": _("派工"),
        "accepted": _("接单"),
        "under-way": _("在途"),
        "on-site": _("在场"),
        "waiting": _("等待"),
        "done": _("完工"),
        "followed-up": _("回访"),
        "closed": _("关闭"),
    }
    first: dict[str, datetime] = {}
    for step in definition.steps.values():
        entered = case.state.moments.get(f"enter {step.name}")
        if entered is not None:
            first[step.stage] = min(first.get(step.stage, entered), entered)
    known = {step.stage for step in definition.steps.values()}
    return [
        StageMark(
            words[stage],
            "current" if stage == case.stage else "done" if stage in first else "ahead",
            first.get(stage),
        )
        for stage in STAGES
        if stage in known
    ]


def explained(case: Case, name: str, run: int, at: datetime, language: str) -> dict[str, Any] | None:
    """One run of one promise, span by span; None when the case has no such run."""
    definition = definition_for(case)
    found = next((one for one in case.state.clocks if one.name == name and one.run == run), None)
    if found is None:
        return None
    calendar = calendars.calendar_for(case.outlet, found.calendar)
    explanation = explain(definition, case.state, name, calendar, at, run)
    return {
        "title": definition.deadlines[name].title.say(language),
        "case": case,
        "chip": promises.chip(case, definition, found, at, language),
        "crumbs": [Crumb(_("事项"), "/cases/"), Crumb(case.number, f"/cases/{case.number}/"), Crumb(_("时限"))],
        "clause": clause_words(definition, found.clause),
        "document": _document(definition, case),
        **promises.shown(explanation, language),
    }
