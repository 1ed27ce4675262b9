"""The list of cases as its address asks for it: views as tabs, filters as chips, rows, the way on and back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Case as Case_
from django.db.models import Count, Q, When
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bihuan.layout.frames import Column, FilterChip, Pager, Tab
from bihuan.people import access
from bihuan.people.models import Person
from bihuan.registers.documents import queries as documents
from bihuan.registers.documents.models import Document

from .. import listing, queries
from ..definitions import running, sends_out
from ..models import Batch, View
from ..seeing import all_as_read
from . import cells, drawn
from .names import Names, outlet_names
from .words import stage_word, step_title

# what every post meets under the same name, told by stages alone
SYSTEM_VIEWS = (
    (gettext_noop("我的今天"), "mine=1&state=open"),
    (gettext_noop("未派工"), "state=unassigned"),
    (gettext_noop("临期/超时"), "state=pressing"),
    (gettext_noop("等待"), "stage=waiting&state=open"),
    (gettext_noop("今日完工"), "done=today"),
    (gettext_noop("待回访"), "stage=done&state=open"),
    (gettext_noop("已关闭"), "state=ended"),
    (gettext_noop("全部"), "sort=promised"),
)
ROLE_WORDS = {
    "hotline-operator": gettext_noop("受理"),
    "dispatcher": gettext_noop("调度"),
    "technician": gettext_noop("维修"),
    "return-repair": gettext_noop("返修"),
    "storekeeper": gettext_noop("库管"),
    "follow-up": gettext_noop("回访"),
    "outlet": gettext_noop("网点"),
    "service-manager": gettext_noop("服务管理"),
    "quality": gettext_noop("质量"),
    "finance": gettext_noop("财务"),
    "human-resources": gettext_noop("人力资源"),
    "general-manager": gettext_noop("领导"),
    "auditor": gettext_noop("审计"),
    "administrator": gettext_noop("管理员"),
}
# where nobody is sent out, nothing waits to be dispatched either
PLAIN_WORDS = {"未派工": gettext_noop("受理未办"), "今日完工": gettext_noop("今日办毕")}
NO_FILTER = frozenset({"sort", "cols", "size", "view", "after", "before", "q"})
LABELS = {
    "kind": gettext_noop("程序"),
    "stage": gettext_noop("阶段"),
    "step": gettext_noop("步骤"),
    "outlet": gettext_noop("网点"),
    "state": gettext_noop("状态"),
    "opened": gettext_noop("开立"),
    "opened_from": gettext_noop("开立自"),
    "opened_to": gettext_noop("开立至"),
    "done": gettext_noop("完工"),
    "mine": gettext_noop("我的"),
    "person": gettext_noop("负责人"),
    "customer": gettext_noop("客户"),
    "device": gettext_noop("设备"),
    "product": gettext_noop("型号"),
    "fault": gettext_noop("故障"),
    "batch": gettext_noop("批次"),
    "figure": gettext_noop("报表数字"),
    "sort": gettext_noop("排序"),
    "cols": gettext_noop("列"),
    "after": gettext_noop("翻页"),
    "before": gettext_noop("翻页"),
}


def asked(given: QueryDict, at: datetime, known: Iterable[str] = ()) -> listing.Wanted:
    """The address of a list, read; ``known`` are the kinds there are, where they have been looked up already."""
    return listing.wanted(given, known or kinds(at, "zh"))


def kinds(at: datetime, language: str) -> dict[str, str]:
    """Every kind a case may be of with its title: what is in force, its duties, and what only old cases are of."""
    found = {one.kind: one.title.say(language) for one in running(at)}
    older = Document.objects.exclude(kind__in=[*found, Document.PACK]).order_by("kind")
    return found | {document.kind: _title(document, language) for document in older}


def _title(document: Document, language: str) -> str:
    version = document.versions.order_by("-id").first()
    return documents.definition_of(version.pk).title.say(language) if version else document.kind


def listed(request: HttpRequest, at: datetime, language: str) -> dict[str, Any]:
    """Everything the page of the list shows."""
    person: Person = request.user  # type: ignore[assignment]  # only people signed in come here
    zone: Any = timezone.get_current_timezone()
    known = kinds(at, language)
    wanted = asked(request.GET, at, known)
    page = listing.page(person, wanted, at, zone)
    cases = all_as_read(page.cases, person, at)
    names, in_vain = cells.chosen(request.GET)
    filters = choices(person, at, language, known)
    if "cols" not in request.GET:
        # who sees one outlet need not be told which; where nobody is sent out nobody is expected either
        told_anyway = {"outlet": not filters["outlet"], "appointment": not sends_out(at)}
        names = [one for one in names if not told_anyway.get(one)]
    wanted.faults += [listing.Fault("cols", one[:60]) for one in in_vain]
    address = settled(request.GET)
    back = QueryDict(mutable=True)
    back["from"] = address.urlencode()
    return {
        "rows": [drawn.row(line) for line in cells.lines(cases, names, at, language, back.urlencode())],
        "columns": cells.heads(names, wanted.order, address),
        "shown_columns": names,
        "all_columns": [(name, _(words), name in names) for name, words in cells.COLUMNS.items()],
        "pager": Pager(
            _turned(address, "before", page.previous),
            _turned(address, "after", page.next),
            listing.counted(person, wanted, at, zone),
        ),
        "wanted": wanted,
        "chips": chips(wanted, address, at, language, known),
        "faults": [(_(LABELS.get(one.name, one.name)), one.value) for one in wanted.faults],
        "query": address.urlencode(),
        "filters": filters,
        "states": states(at),
        "spans": spans(),
        "narrowed": bool(set(address) - (NO_FILTER - {"q"})),
    }


def settled(given: QueryDict) -> QueryDict:
    """The address without the page it stands at: what a view keeps and a colleague is sent."""
    kept = QueryDict(mutable=True)
    for name, values in given.lists():
        good = [one.replace("\x00", "") for one in values if one]
        if good and name not in {"after", "before", "view", "from"} and len(name) <= 40:
            kept.setlist(name, good)
    return kept


def _turned(address: QueryDict, name: str, key: str) -> str:
    if not key:
        return ""
    turned = address.copy()
    turned[name] = key
    return f"?{turned.urlencode()}"


def states(at: datetime) -> list[tuple[str, str]]:
    received = _("未派工") if sends_out(at) else _("受理未办")
    words = (_("全部"), _("进行中"), received, _("临期"), _("超时"), _("临期/超时"), _("已结束"))
    return list(zip(("", *listing.STATES), words, strict=True))


def spans() -> list[tuple[str, str]]:
    return [("", _("任何时候")), ("today", _("今天")), ("7d", _("近7天")), ("30d", _("近30天")), ("month", _("本月"))]


def choices(person: Person, at: datetime, language: str, known: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    """What may be chosen in the filters: only what lies within this person's scope; ``known`` kinds as ``kinds``."""
    outlets = access.visible_outlets(person, at)
    names = outlet_names(outlets, language) if outlets is not None else _all_outlets(language)
    return {
        "kind": list(known.items()),
        "stage": [(stage, stage_word(stage, work_order=sends_out(at))) for stage in listing.STAGES],
        "outlet": sorted(names.items()) if len(names) > 1 else [],
    }


def _all_outlets(language: str) -> dict[str, str]:
    from bihuan.people import queries as people  # noqa: PLC0415 - a page of the whole house alone asks for all

    return outlet_names(people.outlet_codes(), language)


def chips(
    wanted: listing.Wanted, address: QueryDict, at: datetime, language: str, known: dict[str, str]
) -> list[FilterChip]:
    """One chip per filter that counts, each with the address of the list without it; ``known`` kinds as ``kinds``."""
    told: dict[str, str] = {}
    if wanted.kind:
        told["kind"] = _joined(known.get(kind, kind) for kind in wanted.kind)
    if wanted.stage:
        told["stage"] = _joined(stage_word(stage, work_order=sends_out(at)) for stage in wanted.stage)
    if wanted.step:
        words = {one.kind: one for one in running(at)}
        definition = words.get(wanted.kind[0]) if wanted.kind else None
        told["step"] = _joined(step_title(definition, one, language) if definition else one for one in wanted.step)
    if wanted.outlet:
        names = outlet_names(wanted.outlet, language)
        told["outlet"] = _joined(names.get(one, one) for one in wanted.outlet)
    told |= {"state": dict(states(at))[wanted.state]} if wanted.state else {}
    told |= {name: dict(spans())[getattr(wanted, name)] for name in ("opened", "done") if getattr(wanted, name)}
    told |= {name: str(getattr(wanted, name)) for name in ("opened_from", "opened_to") if getattr(wanted, name)}
    told |= {"mine": ""} if wanted.mine else {}
    if wanted.person:
        told["person"] = Names(language, timezone.get_current_timezone(), at).person(wanted.person)  # type: ignore[arg-type]
    told |= {name: getattr(wanted, name) for name in ("customer", *listing.MATTERS) if getattr(wanted, name)}
    told |= {"figure": wanted.behind.label} if wanted.behind else {}
    return [FilterChip(_chip(name, value), _without(address, name)) for name, value in told.items()]


def _joined(words: Any) -> str:
    return ", ".join(words)


def _chip(name: str, value: str) -> str:
    label = str(_(LABELS[name]))
    return f"{label}: {value}" if value else label


def _without(address: QueryDict, name: str) -> str:
    left = address.copy()
    left.pop(name, None)
    return f"?{left.urlencode()}" if left else "?sort=promised"


# ---- views ---------------------------------------------------------------------------------------------------------


def views_of(person: Person, at: datetime) -> list[View]:
    """The kept views this person sees: own ones, those of an outlet in sight, those for everybody."""
    outlets = access.visible_outlets(person, at)
    team = Q(shown_to="outlet") if outlets is None else Q(shown_to="outlet", outlet__in=outlets)
    found = View.objects.filter(Q(owner=person) | team | Q(shown_to="all")).select_related("owner")
    return list(found.order_by("position", "id")[:30])


def tabs(person: Person, query: str, at: datetime, *, counted: bool) -> list[Tab]:
    """System views, then the kept ones; with ``counted`` how many are in each (none beyond 1000)."""
    zone: Any = timezone.get_current_timezone()
    plain = {} if sends_out(at) else PLAIN_WORDS
    named = [(str(_(plain.get(words, words))), kept) for words, kept in SYSTEM_VIEWS]
    named += [(view.name, view.query) for view in views_of(person, at)]
    here = _parts(QueryDict(query))
    known = list(kinds(at, "zh")) if counted else []
    found = []
    for label, kept in named:
        given = QueryDict(kept)
        count = None
        if counted and kept not in {"sort=promised", "state=ended"}:
            count = queries.counted(listing.narrowed(person, asked(given, at, known), at, zone))
        found.append(Tab(label, f"/cases/?{kept}", _parts(given) == here, count))
    return found


def _parts(given: QueryDict) -> set[tuple[str, str]]:
    kept = settled(given)
    return {(name, value) for name, values in kept.lists() for value in values}


def first_view(person: Person, role: str, at: datetime) -> str:
    """The query of the view kept as the first list of this interface role; "" where there is none."""
    return next((view.query for view in views_of(person, at) if role and view.role == role), "")


# ---- acts on many --------------------------------------------------------------------------------------------------

SHOWN_ITEMS = 500


def batch(one: Batch, language: str) -> dict[str, Any]:
    """How far a list is: done, refused with reason, still waiting."""
    counted = dict(one.items.order_by().values_list("outcome").annotate(Count("id")))
    over = one.total - counted.get("waiting", 0)
    words = {"waiting": _("等待"), "done": _("已办理"), "refused": _("未办理"), "stopped": _("已停止")}
    # what did not go stands first: it is what somebody has to look at
    first = Case_(When(outcome="refused", then=0), When(outcome="stopped", then=1), default=2)
    items = one.items.order_by(first, "position")[:SHOWN_ITEMS]
    return {
        "batch": one,
        "done": counted.get("done", 0),
        "refused": counted.get("refused", 0) + counted.get("stopped", 0),
        "over": over,
        "running": one.ended_at is None,
        "columns": [Column(_("编号")), Column(_("结果")), Column(_("说明"))],
        "items": [
            {
                "number": item.number,
                "outcome": words[item.outcome],
                "bad": item.outcome in {"refused", "stopped"},
                "words": item.words.get(language, ""),
                "clause": item.clause,
            }
            for item in items
        ],
        "more": max(one.total - SHOWN_ITEMS, 0),
    }
