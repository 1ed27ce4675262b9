"""Home, list, case page and the page of one promise."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from bihuan.layout.frames import Chip, Column, Crumb, Pager, StageMark, TimelineEntry
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure.deadlines import explain, read
from bihuan.procedure.definition import Definition
from bihuan.procedure.state import ClockRun, Offer
from bihuan.registers.calendars import queries as calendars
from bihuan.registers.documents import queries as documents

from .. import queries, reading
from ..actions.keeping import surroundings_of
from ..definitions import definition_for, procedure_in_force, running
from ..models import Case
from .words import act_title, answered, clause_address, clause_words, local, post_title, step_title

TO_DO = 50


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


def columns() -> list[Column]:
    """The columns of every list of cases."""
    return [Column(words) for words in (_("编号"), _("事由"), _("程序"), _("步骤"), _("时限"), _("网点"), _("开立"))]


def to_do(person: Person, at: datetime, language: str) -> list[dict[str, Any]]:
    """Open cases standing where one of this person's posts has the next act, most pressing first."""
    posts = {post for post, _place in people.doer_of(person, at).holds}
    standing = Q(pk__in=[])
    for kind, steps in _steps_of(posts, at).items():
        standing |= Q(kind=kind, step__in=steps)
    cases = queries.visible_to(person, at).filter(standing, ended_at__isnull=True)
    return rows(cases.order_by("promised_at", "id")[:TO_DO], at, language)


def _steps_of(posts: set[str], at: datetime) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for definition in running(at):
        for act in definition.acts.values():
            if not act.standing and posts & {*act.who.posts, *act.who.each, *act.who.via}:
                found[definition.kind].update(
                    act.at or [step.name for step in definition.steps.values() if not step.end]
                )
    return found


def rows(cases: Any, at: datetime, language: str) -> list[dict[str, Any]]:
    """One line per case: number, what it is about, where it stands, every running promise as a chip."""
    lines = []
    for case in cases:
        definition = definition_for(case)
        lines.append(
            {
                "number": case.number,
                "address": f"/cases/{case.number}/",
                "title": case.title,
                "kind": definition.title.say(language),
                "step": step_title(definition, case.step, language),
                "stage": case.stage,
                "outlet": case.outlet,
                "opened": local(case.opened_at, surroundings_of(case.outlet).zone),
                "ended": case.ended_at is not None,
                "chips": chips(case, definition, at, language),
            }
        )
    return lines


def chips(case: Case, definition: Definition, at: datetime, language: str) -> list[Chip]:
    """A chip for the newest run of every promise; its click shows the spans and the clause."""
    newest = {run.name: run for run in case.state.clocks}
    return [
        _chip(case, definition, run, at, language)
        for run in newest.values()
        if run.name in definition.deadlines and run.state != "void"
    ]


def _chip(case: Case, definition: Definition, run: ClockRun, at: datetime, language: str) -> Chip:
    seen = read(run, at, surroundings_of(case.outlet).calendar, definition.days)
    return Chip(
        state=seen.standing,
        title=definition.deadlines[run.name].title.say(language),
        seconds=seen.seconds,
        due=seen.due,
        counting=seen.counting,
        next_change=seen.next_change,
        address=f"/cases/{case.number}/deadlines/{run.name}/{run.run}/",
        clause=run.clause,
        provisional=run.provisional,
    )


def listed(request: HttpRequest, at: datetime, language: str) -> dict[str, Any]:
    """The list as its address asks for it."""
    given = request.GET
    after = _uuid(given.get("after", ""))
    filters = SimpleNamespace(
        **{name: given.get(name, "") for name in ("kind", "step", "stage", "outlet", "state", "q")}, after=after
    )
    cases = reading.narrowed(queries.visible_to(request.user, at), filters, at).order_by("-id")
    counted = queries.counted(cases)
    if after:
        cases = cases.filter(pk__lt=after)
    found = list(cases[: queries.PAGE + 1])
    following = str(found[queries.PAGE - 1].pk) if len(found) > queries.PAGE else ""
    address = given.copy()
    address["after"] = following
    return {
        "rows": rows(found[: queries.PAGE], at, language),
        "pager": Pager(next=f"?{address.urlencode()}" if following else "", count=counted),
        "columns": columns(),
        "filters": filters,
        "states": [("", _("全部")), ("open", _("进行中")), ("overdue", _("超时")), ("ended", _("已结束"))],
        "kinds": [(one.kind, one.title.say(language)) for one in running(at)],
    }


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def shown(person: Person, case: Case, at: datetime, language: str) -> dict[str, Any]:
    """The case page: next step, stage line, chips, journal, answers."""
    definition = definition_for(case)
    pack = documents.pack_of(case.version)
    zone = surroundings_of(case.outlet).zone
    offers = [_offer(definition, pack, case, offer, zone, language) for offer in reading.offers(person, case, at)]
    usual = [offer for offer in offers if not offer["standing"]]
    return {
        "title": case.number,
        "case": case,
        "kind": definition.title.say(language),
        "step": step_title(definition, case.step, language),
        "stage": case.stage,
        "primary": next((offer for offer in usual if offer["allowed"]), None),
        "offers": usual,
        "standing": [offer for offer in offers if offer["standing"]],
        "chips": chips(case, definition, at, language),
        "stages": stages(definition, case),
        "crumbs": [Crumb(_("事项"), "/cases/"), Crumb(case.number)],
        "timeline": [_line(definition, pack, entry, language) for entry in reversed(reading.history(case))],
        "forms": [
            {
                "title": definition.forms[name].title.say(language),
                "answers": answered(definition, name, filled, language),
            }
            for name, filled in case.state.answers.items()
            if name in definition.forms
        ],
        "children": list(case.children.order_by("id")),
        "parent": case.parent,
        "document": {
            "number": definition.number,
            "version": definition.version,
            "kind": definition.duty_of or case.kind,
        },
        "opened": local(case.opened_at, zone),
    }


def _offer(
    definition: Definition, pack: Any, case: Case, offer: Offer, zone: ZoneInfo, language: str
) -> dict[str, Any]:
    act = definition.acts[offer.act]
    who = (*act.who.posts, *act.who.each, *act.who.via)
    return {
        "act": offer.act,
        "title": act.title.say(language),
        "allowed": offer.allowed,
        "standing": act.standing,
        # whose it is stands beside it anyway
        "why": offer.words.say(language) if offer.words and offer.code != "not-yours" else "",
        "clause": offer.clause or act.origin.cite(),
        "clause_address": clause_address(definition, offer.clause or act.origin.clause),
        "who": "、".join(post_title(pack, post, language) for post in who),
        "until": local(offer.until, zone),
        "address": f"/cases/{case.number}/acts/{offer.act}/",
    }


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


def _line(definition: Definition, pack: Any, entry: dict[str, Any], language: str) -> TimelineEntry:
    act = definition.acts.get(entry["verb"])
    told = [_happening(definition, pack, one, language) for one in entry["happenings"] or []]
    late = any(one["kind"] == "deadline-missed" for one in entry["happenings"] or [])
    lines: list[Any] = answered(definition, act.form if act else "", entry["answers"] or {}, language)
    lines += [words for words in told if words]
    if entry["happenings"] is None:
        lines.append(_("内容已按清单处置"))
    if entry["recorded_at"] != entry["done_at"]:
        zone = surroundings_of("").zone
        lines.append(_("%(moment)s 收到") % {"moment": local(entry["recorded_at"], zone)})
    who = " · ".join(part for part in (_doer(entry), post_title(pack, entry["post"], language)) if part)
    return TimelineEntry(
        at=entry["done_at"],
        title=act_title(definition, entry["verb"], language) if act else _event(entry["verb"]),
        who=who,
        clause=entry["clause"],
        clause_address=clause_address(definition, entry["clause"]),
        lines=tuple(lines),
        tone="bad" if late else "quiet" if entry["doer_kind"] == "clock" else "plain",
    )


def _doer(entry: dict[str, Any]) -> str:
    if entry["instead_of"]:
        return _("%(doer)s（代 %(other)s）") % {"doer": entry["doer"], "other": entry["instead_of"]}
    return entry["doer"] or (_("时钟") if entry["doer_kind"] == "clock" else "")


def _event(verb: str) -> str:
    return {"tick": _("到时"), "child": _("关联事项有变化")}.get(verb, verb)


def _happening(definition: Definition, pack: Any, one: dict[str, Any], language: str) -> str:
    kind, name = one["kind"], one["name"]
    named = name
    if kind.startswith("deadline"):
        named = definition.deadlines[name].title.say(language) if name in definition.deadlines else name
    elif kind in {"entered", "left", "ended"}:
        named = step_title(definition, name, language)
    elif kind == "letter":
        named = post_title(pack, name, language)
    elif kind == "filled" and name in definition.forms:
        named = definition.forms[name].title.say(language)
    if kind in {"left", "done", "opened"}:
        return ""
    return HAPPENED[kind][language == "en"].format(named) if kind in HAPPENED else f"{kind} {named}"


HAPPENED = {
    "opened": ("开立", "Opened"),
    "filled": ("填写《{}》", "Filled “{}”"),
    "signed": ("签署「{}」", "Signed “{}”"),
    "left": ("离开「{}」", "Left “{}”"),
    "entered": ("进入「{}」", "Entered “{}”"),
    "ended": ("结束于「{}」", "Ended at “{}”"),
    "deadline-started": ("时限「{}」开始", "Deadline “{}” started"),
    "deadline-paused": ("时限「{}」暂停", "Deadline “{}” paused"),
    "deadline-resumed": ("时限「{}」继续", "Deadline “{}” resumed"),
    "deadline-met": ("时限「{}」按时完成", "Deadline “{}” met"),
    "deadline-missed": ("时限「{}」超时", "Deadline “{}” missed"),
    "deadline-void": ("时限「{}」作废", "Deadline “{}” void"),
    "deadline-moved": ("时限「{}」改期", "Deadline “{}” moved"),
    "wait-started": ("等待「{}」开始", "Wait “{}” started"),
    "wait-over": ("等待「{}」结束", "Wait “{}” over"),
    "letter": ("通知 {}", "Told {}"),
    "effect": ("登记 {}", "Booked {}"),
    "child": ("开立关联事项「{}」", "Opened related case “{}”"),
    "corrected": ("更正「{}」", "Corrected “{}”"),
    "reassigned": ("改派「{}」", "Reassigned “{}”"),
    "merged": ("并入 {}", "Merged with {}"),
    "deadline-stopped": ("时限「{}」停表", "Deadline “{}” stopped"),
    "cancelled": ("取消 {}", "Cancelled {}"),
    "departed": ("离开流程到「{}」", "Departed to “{}”"),
}


def explained(case: Case, name: str, run: int, at: datetime, language: str) -> dict[str, Any] | None:
    """One run of one promise, span by span; None when the case has no such run."""
    definition = definition_for(case)
    found = next((one for one in case.state.clocks if one.name == name and one.run == run), None)
    if found is None:
        return None
    calendar = calendars.calendar_for(case.outlet, found.calendar)
    return {
        "title": definition.deadlines[name].title.say(language),
        "case": case,
        "chip": _chip(case, definition, found, at, language),
        "crumbs": [Crumb(_("事项"), "/cases/"), Crumb(case.number, f"/cases/{case.number}/"), Crumb(_("时限"))],
        "explanation": explain(definition, case.state, name, calendar, at, run),
        "clause": clause_words(definition, found.clause),
        "zone": calendar.zone,
        "language": language,
        "document": {
            "number": definition.number,
            "version": definition.version,
            "kind": definition.duty_of or case.kind,
        },
    }
