"""What was looked at, carried out, asked for and drawn up: the lists of this room and one of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.layout.context import short_language
from bihuan.layout.frames import Column, Crumb, Question
from bihuan.people import access, scope
from bihuan.people.models import Person

from ...definitions import definition_for
from ...models import Case
from ...pages.people import outlet_names
from .. import queries
from ..actions import preview
from ..actions.retaining import DRAWING
from ..models import Order, OrderItem, Request
from ..purposes import NOT_COLLECTED, notice_version, purposes, separate
from ..queries import Told
from ..recording_terms import FILE
from .frame import KINDS, SHOWN, STATES, Cell, called, counted, crumbs, moment_words, table, tabs


def _index_columns(*, printed: bool) -> list[str]:
    names = [_("数据"), _("用途"), _("法律依据"), _("保存期限"), _("谁可见全部")]
    return names if printed else [*names, _("表单")]


def index(person: Person, at: datetime, *, printed: bool = False) -> dict[str, Any]:
    """What there is, what for, on which ground, how long, who sees it whole; ``printed`` without the forms."""
    policy = queries.policy()
    return {
        "title": _("个人信息"),
        "tabs": tabs(person, at, "/privacy/"),
        "policy": policy,
        "version": notice_version(policy, at),
        "purposes": purposes(at),
        "separate": separate(),
        "not_collected": NOT_COLLECTED,
        "columns": [Column(one) for one in _index_columns(printed=printed)],
        "printed": printed,
        "governs": access.may_manage_people(person),
    }


# ------------------------------------------------------------------------------------------- reveals, exports


def period(request: HttpRequest, at: datetime) -> tuple[date, date, str]:
    """First and last day asked for and whose; the last month and everybody unless the address says otherwise."""
    today = timezone.localdate(at)
    last = _day(request.GET.get("last", "")) or today
    return _day(request.GET.get("first", "")) or last - timedelta(days=30), last, request.GET.get("doer", "")[:60]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def filters(first: date, last: date, doer: str) -> list[Question]:
    """The period and the person, as questions above a list."""
    return [
        Question("first", _("自"), "date", value=first.isoformat()),
        Question("last", _("至"), "date", value=last.isoformat()),
        Question("doer", _("谁（用户名）"), value=doer),
    ]


def reveals(request: HttpRequest, at: datetime) -> dict[str, Any]:
    """Who looked at which number when and why; who looked more often in a day than the site allows."""
    first, last, doer = period(request, at)
    told = queries.reveals(request.user, at, first=first, last=last, doer=doer)
    limit = queries.policy().reveals_a_day
    over = queries.over_limit(told, limit)
    outlets, people = outlet_names(short_language()), called(who for _day, who, _count in over)
    rows = [
        [
            Cell(moment_words(one.at)),
            Cell(one.doer, who=True),
            Cell(one.number, _whose(one)),
            Cell(outlets.get(one.outlet, one.outlet)),
            Cell(_reason(one)),
        ]
        for one in told[:SHOWN]
    ]
    names = (_("时刻"), _("谁"), _("客户或事项"), _("网点"), _("理由"))
    return table(_("号码查看"), names, rows, _("这段时间没有人查看过完整号码。")) | {
        "filters": filters(first, last, doer),
        "warnings": [
            _("%(day)s %(who)s 查看 %(count)s 次，超过每天 %(limit)s 次")
            % {"day": day, "who": people.get(who, who), "count": count, "limit": limit}
            for day, who, count in over
        ],
        "note": "" if limit else _("还没有定每人每天的查看上限（处理规则里填写）。"),
    }


def _whose(one: Told) -> str:
    return f"/customers/{one.number}/" if one.verb == "reveal" else f"/cases/{one.number}/"


def _reason(one: Told) -> str:
    if one.content is None:
        return _("内容已销毁")
    return str(one.content.get("reason") or one.content.get("words") or "")


def exports(request: HttpRequest, at: datetime) -> dict[str, Any]:
    """Who carried which list out of the house, how many rows, by which filter."""
    first, last, doer = period(request, at)
    told = queries.exports_made(request.user, at, first=first, last=last, doer=doer)
    limit = queries.policy().exported_rows
    rows = [
        [
            Cell(moment_words(one.at)), Cell(one.doer, who=True),
            Cell((one.content or {}).get("list", _("内容已销毁"))), Cell((one.content or {}).get("format", "")),
            Cell((one.content or {}).get("filters", "")),
            Cell((one.content or {}).get("count", ""), tone="bad" if _many(one, limit) else "", numeric=True),
        ]
        for one in told[:SHOWN]
    ]  # fmt: skip
    names = (_("时刻"), _("谁"), _("列表"), _("格式"), _("筛选"), _("行数"))
    return table(_("批量导出"), names, rows, _("这段时间没有导出。")) | {"filters": filters(first, last, doer)}


def _many(one: Told, limit: int | None) -> bool:
    return limit is not None and int((one.content or {}).get("count", 0)) > limit


# ------------------------------------------------------------------------------------------- requests, lists


def requests(person: Person, at: datetime, language: str) -> dict[str, Any]:
    """Requests of people, the soonest due first."""
    today = timezone.localdate(at)
    rows = []
    for one in Request.objects.order_by("finished", "due_on")[:SHOWN]:
        words, tone = STATES[one.state]
        late = one.state == Request.OPEN and one.due_on < today
        rows.append(
            [
                Cell(KINDS[one.kind].say(language), f"/privacy/requests/{one.pk}/"), Cell(one.customer_number),
                Cell(moment_words(one.at)), Cell(one.due_on.isoformat(), tone="bad" if late else ""),
                Cell(words.say(language), tone=tone), Cell(one.by, who=True),
            ]
        )  # fmt: skip
    names = (_("请求"), _("客户"), _("提出"), _("答复期限"), _("状态"), _("受理"))
    return table(_("个人请求"), names, rows, _("还没有人提出过请求。"))


def request(one: Request, person: Person, at: datetime, language: str) -> dict[str, Any]:
    """One request: what it is about, what would go, what stands against it."""
    words, tone = STATES[one.state]
    told: dict[str, Any] = {
        "title": KINDS[one.kind].say(language), "kicker": one.customer_number, "one": one,
        "by": called([one.by]).get(one.by, one.by),
        "state": words.say(language), "tone": tone, "crumbs": crumbs(Crumb(_("个人请求"), "/privacy/requests/")),
        "governs": access.may_manage_people(person), "there": one.file.is_file(),
        "said": one.words.get("en" if language == "en" else "zh", ""),
        "about": _("整个客户") if one.about_kind == "customer" else _("一位联系人"),
    }  # fmt: skip
    if one.kind == Request.ERASURE and one.state in {Request.OPEN, Request.RESTRICTED}:
        # what is held is counted over the whole house, only figures are shown
        with scope.everything():
            seen = preview(one, at)
        told["counts"] = counted(seen.found.counts, language)
        told["refused"] = seen.refused.say(language) if seen.refused else ""
        against = [each for each in seen.hindered.values() if not each.open]
        told["hindered"] = [(each.number, each.words.say(language)) for each in against]
        # what was restricted before and still has to be kept is all there is: nothing to order
        left = [case for case in seen.found.cases if case.pk not in seen.hindered]
        told["orderable"] = one.state == Request.OPEN or bool(left)
    elif one.order is not None:
        told["counts"] = counted(one.order.counts, language)
    return told


def request_form(customers: Sequence[tuple[str, str]] = ()) -> list[Question]:
    """What is asked when a request is taken down."""
    return [
        Question("kind", _("请求"), "choice", required=True, choices=list(KINDS.items())),
        Question("customer", _("客户（编号、电话或名称）"), required=True),
        Question("contact", _("只是其中一位联系人（姓名或电话；留空为整个客户）")),
        Question("identity", _("如何核实身份"), "long-text", required=True),
        Question(
            "namesakes", _("仅同名、没有电话的事项也算此人"), "yes-no", help=_("不确定时留空，预览里会列出数目。")
        ),
    ]


def retention(person: Person, at: datetime, language: str) -> dict[str, Any]:
    """Retention lists, the newest first."""
    rows = []
    for one in Order.objects.filter(kind=Order.RETENTION).order_by("-made_at")[:SHOWN]:
        words, tone = STATES[one.state]
        rows.append(
            [
                Cell(moment_words(one.made_at), f"/privacy/retention/{one.pk}/"), Cell(one.items.count(), numeric=True),
                Cell(words.say(language), tone=tone), Cell(one.made_by or _("系统"), who=bool(one.made_by)),
                Cell(one.checked_by, who=True), Cell(one.confirmed_by, who=True),
            ]
        )  # fmt: skip
    names = (_("编制"), _("表单数"), _("状态"), _("编制者"), _("核对"), _("确认"))
    return table(_("到期处置"), names, rows, _("还没有到期处置清单；每月一日自动编制，也可以现在编制。"))


def _form_titles(cases: Collection[UUID], language: str) -> dict[tuple[UUID, str], str]:
    """What the forms of these cases are called by the versions they run by; looked up over the whole house."""
    found: dict[tuple[UUID, str], str] = {}
    with scope.everything():
        for case in Case.objects.filter(pk__in=cases).defer("state"):
            forms = definition_for(case).forms.values()
            found |= {(case.pk, form.name): form.title.say(language) for form in forms}
    return found


def _item(titles: dict[tuple[UUID, str], str], one: OrderItem) -> str:
    """What the list says may go: a form by its title, or a recording by its own term."""
    if one.form.startswith(FILE):
        return _("录音（自身期限）")
    return titles.get((one.case, one.form), one.form)


def retention_list(order: Order, person: Person, at: datetime, language: str) -> dict[str, Any]:
    """One list: every form that may go, and the step it is at."""
    words, tone = STATES[order.state]
    states = {
        "waiting": (_("待处置"), ""), "done": (_("已处置"), "good"), "held": (_("保留，未处置"), "bad"),
    }  # fmt: skip
    items = list(order.items.order_by("kept_until", "number")[:SHOWN])
    titles = _form_titles({one.case for one in items}, language)
    rows = [
        [
            Cell(one.number, f"/cases/{one.number}/"), Cell(_item(titles, one)),
            Cell(one.kept_until.isoformat()), Cell(states[one.state][0], tone=states[one.state][1]),
        ]
        for one in items
    ]  # fmt: skip
    names = (_("事项"), _("表单"), _("保存至"), _("状态"))
    acts = {Order.PROPOSED: ("check", _("已逐项核对，提交确认")), Order.CHECKED: ("confirm", _("确认并处置"))}
    act, label = acts.get(order.state, ("", ""))
    own = order.state == Order.CHECKED and order.checked_by == person.username
    drawing = DRAWING in order.counts
    names_of = called([order.made_by, order.checked_by, order.confirmed_by])
    did = {"made": order.made_by, "checked": order.checked_by, "confirmed": order.confirmed_by}
    return table(_("到期处置清单"), names, rows, _("清单是空的。")) | {
        "people": {part: names_of.get(who, who) for part, who in did.items()},
        "order": order, "state": words.say(language), "tone": tone, "label": label,
        "act": "" if own or drawing else act,
        "own": own, "drawing": drawing, "counts": counted(order.counts, language), "total": order.items.count(),
        "droppable": order.state in {Order.PROPOSED, Order.CHECKED},
        "crumbs": crumbs(Crumb(_("到期处置"), "/privacy/retention/")),
    }  # fmt: skip
