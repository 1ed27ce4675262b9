"""The chain of a case as a page: where it began, device, parts, actions and measures, checks – and what is open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.layout.frames import Crumb
from bihuan.people.models import Person
from bihuan.procedure.definition import Pack
from bihuan.registers.documents import queries as documents

from .. import chains, rights
from ..actions.keeping import surroundings_of
from ..checks import Check
from ..definitions import definition_for
from ..models import Case
from . import promises, similar
from .names import Names
from .words import act_title, clause_address, due_words, local, post_title, step_title


def shown(person: Person, case: Case, at: datetime, language: str) -> dict[str, Any]:
    """The page of the chain ``case`` stands in, as far as ``person`` sees it."""
    whole = chains.whole_of(person, case, at)
    zone = surroundings_of(case.outlet).zone
    names = Names(language, zone, at, whole_phones=rights.sees_numbers(person, case.outlet, at))
    members = [_member(one, case, names) for one in whole.members]
    places = _places(whole.members)
    return {
        "title": _("来龙去脉"),
        "case": case,
        "origins": _standing(members, places, ORIGIN),
        "besides": _standing(members, places, BESIDE),
        "units": [_unit(*one, names) for one in whole.units],
        "parts": similar.part_rows(whole.parts, names),
        "measures": _standing(members, places, MEASURE),
        "checked": [row for one in whole.members for row in _checks(one, names)],
        "members": len(members),
        "open": [one for one in members if one["open"]],
        "unchecked": len(whole.unchecked),
        "cut": whole.cut,
        "recurrence": similar.recurrence(person, case, definition_for(case), names),
        "crumbs": [Crumb(_("事项"), "/cases/"), Crumb(case.number, f"/cases/{case.number}/"), Crumb(_("来龙去脉"))],
    }


ORIGIN, MEASURE, BESIDE = "origin", "measure", "beside"


def _places(members: tuple[chains.Member, ...]) -> list[tuple[str, int]]:
    """Where each member stands, and how deep there.

    Where the organisation calls a kind a complaint, what led to one stands with it, what came of it are measures,
    and anything else the same origins opened stands beside. Without one whatever was opened is a measure.
    """
    path: list[int] = []
    above: list[tuple[int, ...]] = []
    for at, one in enumerate(members):
        above.append(tuple(path[: one.depth]))
        path[one.depth :] = [at]
    complaints = {at for at, one in enumerate(members) if similar.is_complaint(one.case)}
    leading = {up for at in complaints for up in above[at]} | complaints
    found = []
    for at, one in enumerate(members):
        complaint = next((up for up in above[at] if up in complaints), None)
        if complaint is not None:
            found.append((MEASURE, one.depth - members[complaint].depth - 1))
        elif not one.depth or at in leading:
            found.append((ORIGIN, one.depth))
        else:
            found.append((BESIDE if complaints else MEASURE, one.depth - 1))
    return found


def _standing(members: list[dict[str, Any]], places: list[tuple[str, int]], wanted: str) -> list[dict[str, Any]]:
    both = zip(members, places, strict=True)
    return [one | {"indent": min(deep, 3)} for one, (place, deep) in both if place == wanted]


def _member(one: chains.Member, here: Case, names: Names) -> dict[str, Any]:
    case, run = one.case, one.pressing
    return {
        "number": case.number,
        "address": f"/cases/{case.number}/",
        "here": case.pk == here.pk,
        "kind": one.definition.title.say(names.language),
        "about": one.about,
        "depth": one.depth,
        "links": one.links,
        "step": step_title(one.definition, case.step, names.language),
        "open": case.ended_at is None,
        "opened": local(case.opened_at, names.zone)[:10],
        "ended": local(case.ended_at, names.zone)[:10],
        "who": _who(one, names),
        "chip": promises.chip(case, one.definition, run, names.at, names.language) if run else None,
        "promise": one.definition.deadlines[run.name].title.say(names.language) if run else "",
        "due": due_words(run.due, names.zone) if run and run.due else "",
    }


def _who(one: chains.Member, names: Names) -> str:
    """Whose it is now: the person it was handed to, else the posts the next act belongs to."""
    if one.case.ended_at:
        return ""
    pack = documents.pack_of(one.case.version)
    who = names.person(one.case.person) if one.case.person else _posts(one.awaited, pack, names)
    return _("待%(who)s办理") % {"who": who} if who else _("等关联事项办完或到时")


def _posts(posts: tuple[str, ...], pack: Pack, names: Names) -> str:
    return (", " if names.language == "en" else "、").join(post_title(pack, post, names.language) for post in posts)


def _unit(serial: str, model: str, unit: Any, names: Names) -> dict[str, str]:
    return {
        "serial": serial,
        "model": unit.model.called(names.language) if unit else model,
        "code": unit.model.code if unit else "",
        "batch": unit.batch if unit else "",
        "address": f"/devices/{unit.pk}/" if unit else "",
    }


def _checks(one: chains.Member, names: Names) -> list[dict[str, Any]]:
    return [_check(check, one, names) for check in one.checks if check.at or one.case.ended_at is None]


def _check(check: Check, one: chains.Member, names: Names) -> dict[str, Any]:
    pack = documents.pack_of(one.case.version)
    posts = tuple(dict.fromkeys((*check.act.who.posts, *check.act.who.each)))
    outcome = chains.outcome_of(check, one)
    return {
        "number": one.case.number,
        "about": one.about,
        "act": check.act.title.say(names.language),
        "clause": check.act.origin.cite(),
        "clause_address": clause_address(one.definition, check.act.origin.clause),
        "done": local(check.at, names.zone),
        "by": names.person(check.by) if check.by else _posts(posts, pack, names),
        "post": post_title(pack, check.post, names.language) if check.post else "",
        "checked": [(act_title(one.definition, act, names.language), names.person(by)) for act, by in check.checked],
        "outcome": [(ask.say(names.language), _("是") if answer else _("否")) for ask, answer in outcome],
        "good": all(answer for _ask, answer in outcome),
    }
