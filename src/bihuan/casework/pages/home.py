"""Home: the first block answers the question of the role; every number opens the list behind it.

A block is a title, a sort (how it is drawn) and its lines. Each costs a few indexed queries, none a walk over all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.layout.frames import Kpi
from bihuan.layout.numbers import count_words
from bihuan.people.models import Person
from bihuan.registers.visits import queries as visits

from .. import drafts, listing, queries, seeing
from ..definitions import definition_for, procedure_in_force, sends_out
from ..models import Case
from ..roles import ADMINISTRATOR, roles_asked, roles_of
from . import inbox, punctual, running_site
from .cases import rows as case_rows
from .followup import queue

ROLE = "role"
"""The session's key of the role chosen by somebody who has several."""
SHORT = 8
CALLS = 5
# of whom to call next home looks at so many only: what stands behind them is on the page of its own
CALLS_LOOKED_AT = 40
IN_HAND = ("assigned", "accepted", "under-way", "on-site", "waiting")


@dataclass
class Block:
    """``sort``: kpis · rows · calls · drafts · visits · steps · facts. ``more`` opens the whole list."""

    title: str
    sort: str
    lines: list[Any] = field(default_factory=list)
    more: str = ""
    empty: str = ""


@dataclass(frozen=True)
class Reader:
    """For whom home is drawn."""

    person: Person
    at: datetime
    language: str

    @property
    def cases(self) -> Any:
        """The cases within the person's scope."""
        return queries.visible_to(self.person, self.at)

    def shown(self, cases: Iterable[Case]) -> list[Case]:
        """``cases`` as the person may read them."""
        return seeing.all_as_read(cases, self.person, self.at)


def roles(request: HttpRequest) -> tuple[str, ...]:
    """Every interface role of the request's person, the leading one first; asked once per request."""
    kept: Any = getattr(request, "_interface_roles", None)
    if kept is None:
        kept = roles_asked(request.user, timezone.now())  # type: ignore[arg-type]  # only people signed in have a bar
        request._interface_roles = kept  # type: ignore[attr-defined]  # kept for menu, bar and home of one page
    return kept


def role(request: HttpRequest) -> str:
    """The role whose menu and home are shown: the one chosen, else the leading one; "" for somebody without."""
    found = roles(request)
    chosen = request.session.get(ROLE, "")
    return chosen if chosen in found else next(iter(found), "")


def blocks(person: Person, role: str, at: datetime, language: str) -> list[Block]:
    """The blocks of this role, the one that answers its question first; what waits for oneself stands in each."""
    reader = Reader(person, at, language)
    if role == ADMINISTRATOR:
        return [*running_site.blocks(at), *_own(reader, quiet=True)]
    first = FIRST.get(role, _waiting_first)
    return [one for one in [*first(reader), *_own(reader)] if one is not None]


def _own(reader: Reader, *, quiet: bool = False) -> list[Block]:
    """The old to-do list, short; the whole of it is one click away."""
    found = inbox.waiting(reader.person, reader.at, SHORT)
    if quiet and not found:
        return []
    lines = case_rows(reader.shown(one.case for one in found), reader.at, reader.language)
    for line, one in zip(lines, found, strict=True):
        line["next"] = {"title": one.act.title.say(reader.language), "address": one.address}
    nothing = _("没有等您处理的事项。") if roles_of(reader.person, reader.at) else _("您还没有岗位，请管理员安排。")
    return [Block(_("等我处理"), "rows", lines, "/approvals/?tab=mine", nothing)]


def _hotline(reader: Reader) -> list[Block]:
    """What must I answer or call back now?"""
    received = listing.in_state(reader.cases, "unassigned", reader.at)
    words = _("待派工") if sends_out(reader.at) else _("受理未办")
    kpis = [
        _count(_("今天受理"), reader.cases.filter(opened_at__gte=_midnight(reader.at)), "/cases/?opened=today"),
        _count(words, received, "/cases/?state=unassigned", "warn"),
        *_pressing(reader),
    ]
    return [Block(_("现在"), "kpis", kpis), _drafts(reader)]


def _dispatch(reader: Reader) -> list[Block]:
    """What is unassigned or slipping?"""
    opened = reader.cases.filter(ended_at__isnull=True)
    received = listing.in_state(opened, "unassigned", reader.at)
    kpis = [
        _count(_("待派工"), received, "/cases/?state=unassigned", "warn"),
        _count(_("待接单"), opened.filter(stage="assigned"), "/cases/?stage=assigned&state=open"),
        *_pressing(reader),
    ]
    pressing = reader.shown(received.order_by("promised_at", "id")[:SHORT])
    first = case_rows(pressing, reader.at, reader.language)
    return [
        Block(_("例外"), "kpis", kpis),
        Block(_("待派工，最急的在前"), "rows", first, "/cases/?state=unassigned", _("没有待派的，干得好。")),
        _drafts(reader),
    ]


def _technician(reader: Reader) -> list[Block]:
    """What do I do next?"""
    booked = visits.of_person(reader.person.username, timezone.localdate(reader.at))
    cases = {one.number: one for one in reader.cases.filter(number__in=[visit.case_number for visit in booked])}
    lines = [
        {
            "from": visit.during.lower,
            "to": visit.during.upper,
            "number": visit.case_number,
            "title": cases[visit.case_number].title if visit.case_number in cases else "",
            "place": visit.place,
            "address": f"/cases/{visit.case_number}/" if visit.case_number in cases else "",
        }
        for visit in booked
    ]
    mine = reader.cases.filter(person=reader.person.username, ended_at__isnull=True, stage__in=IN_HAND)
    kept = case_rows(reader.shown(mine.order_by("promised_at", "id")[:SHORT]), reader.at, reader.language)
    return [
        Block(_("今天的预约"), "visits", lines, "/visits/", _("今天还没有约好的上门。")),
        Block(_("我手上的"), "rows", kept, "/cases/?mine=1&state=open", _("手上没有没办完的。")),
    ]


def _follow_up(reader: Reader) -> list[Block]:
    """Whom do I call now?"""
    calls = queue.waiting(reader.person, reader.at, reader.language, looked_at=CALLS_LOOKED_AT)
    return [Block(_("现在打给谁"), "calls", calls[:CALLS], "/followup/", _("没有要打的回访。"))]


def _manager(reader: Reader) -> list[Block]:
    """Are we keeping our promises, and where not?"""
    opened = reader.cases.filter(ended_at__isnull=True)
    kpis = [
        _count(_("进行中"), opened, "/cases/?state=open"),
        *_pressing(reader),
        *([punctual.kpi(reader.cases, reader.at)] if punctual.promised(reader.at) else []),
    ]
    pressing = Q(promised_at__lt=reader.at) | Q(risk_at__lte=reader.at)
    late = opened.filter(pressing).order_by("promised_at", "id")[:SHORT]
    lines = case_rows(reader.shown(late), reader.at, reader.language)
    words = _("没有超时或临期的。")
    return [
        Block(_("承诺守得怎样"), "kpis", kpis),
        Block(_("需要您关注"), "rows", lines, "/cases/?state=pressing", words),
    ]


def _waiting_first(reader: Reader) -> list[Block]:
    """What waits?"""
    waiting = reader.cases.filter(stage="waiting", ended_at__isnull=True)
    kpis = [_count(_("等待中"), waiting, "/cases/?stage=waiting&state=open"), *_pressing(reader)]
    return [Block(_("现在"), "kpis", kpis)] if reader.cases.exists() else []


def _auditor(reader: Reader) -> list[Block]:
    """What looks unusual?"""
    late = listing.in_state(reader.cases, "overdue", reader.at).order_by("-promised_at", "-id")[:SHORT]
    lines = case_rows(reader.shown(late), reader.at, reader.language)
    return [
        Block(_("现在"), "kpis", _pressing(reader)),
        Block(_("最近超时的"), "rows", lines, "/cases/?state=overdue&sort=-promised", _("没有超时的。")),
    ]


FIRST: dict[str, Callable[[Reader], list[Block]]] = {
    "hotline-operator": _hotline,
    "dispatcher": _dispatch,
    "outlet": _dispatch,
    "technician": _technician,
    "follow-up": _follow_up,
    "service-manager": _manager,
    "general-manager": _manager,
    "quality": _manager,
    "auditor": _auditor,
}


def _pressing(reader: Reader) -> list[Kpi]:
    """At risk and overdue."""
    risk, over = (listing.in_state(reader.cases, state, reader.at) for state in ("at-risk", "overdue"))
    return [
        _count(_("临期"), risk, "/cases/?state=at-risk", "warn"),
        _count(_("超时"), over, "/cases/?state=overdue", "bad"),
    ]


def _count(label: str, cases: Any, address: str, tone: str = "plain") -> Kpi:
    """How many, exact to 999; a tone only where there is something to be warned of."""
    found = queries.counted(cases)
    return Kpi(label, count_words(found), address, tone=tone if found else "plain")  # type: ignore[arg-type]  # a tone


def _drafts(reader: Reader) -> Block:
    """What this person left half-way, with the way back to it."""
    lines = [_draft(one, reader) for one in drafts.of_person(reader.person, SHORT)]
    return Block(_("我的草稿"), "drafts", [line for line in lines if line], "", _("没有没写完的。"))


def _draft(one: Any, reader: Reader) -> dict[str, Any] | None:
    sort, _dot, rest = one.place.partition(".")
    first = next((value for values in one.answers.values() for value in values if len(value) > 1), "")
    line = {"at": one.saved_at, "words": first[:40]}
    if sort == "open":
        found = procedure_in_force(rest, reader.at)
        return (
            {**line, "title": found[1].title.say(reader.language), "address": f"/cases/new/{rest}/"} if found else None
        )
    if sort == "act":
        number, _dot, action = rest.rpartition(".")
        case = reader.cases.filter(number=number, ended_at__isnull=True).first()
        act = definition_for(case).acts.get(action) if case else None
        address = f"/cases/{number}/acts/{action}/"
        return {**line, "title": f"{act.title.say(reader.language)} · {number}", "address": address} if act else None
    return (
        {**line, "title": _("受理"), "address": f"/intake/?draft={rest.rpartition('.')[2]}"}
        if sort == "intake"
        else None
    )


def _midnight(at: datetime) -> datetime:
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
