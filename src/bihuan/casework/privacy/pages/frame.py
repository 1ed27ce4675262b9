"""What every page of this room is drawn with: cells, tables, tabs, words for states and places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.layout.context import short_language
from bihuan.layout.frames import Column, Crumb, Tab
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from .. import queries
from ..models import Order, Request

SHOWN = 200
STATES = {
    Request.OPEN: (Text("待办", "Open"), "plain"),
    Request.RUNNING: (Text("办理中", "Under way"), "plain"),
    Request.DONE: (Text("已办", "Done"), "good"),
    Request.RESTRICTED: (Text("已限制处理", "Restricted"), "bad"),
    Request.REFUSED: (Text("已拒绝", "Refused"), "plain"),
    Order.PROPOSED: (Text("待核对", "To be checked"), "plain"),
    Order.CHECKED: (Text("待确认", "To be confirmed"), "plain"),
    Order.CLEARING: (Text("办理中", "Under way"), "plain"),
    Order.DROPPED: (Text("不执行", "Dropped"), "plain"),
}
KINDS = {Request.ACCESS: Text("查阅复制", "Access copy"), Request.ERASURE: Text("删除", "Erasure")}
WAYS = {
    "by-telephone": Text("电话", "By telephone"), "in-writing": Text("书面", "In writing"),
    "in-person": Text("当面", "In person"), "online": Text("线上", "Online"),
}  # fmt: skip
# what stands in counts, as people call it
PLACES = {
    "contacts": Text("联系人", "Contacts"), "sites": Text("地点", "Places"), "cases": Text("事项", "Cases"),
    "uncertain": Text("仅同名的事项（未计入）", "Cases with the same name only (left out)"),
    "mentions": Text("他人事项里的同名记录（未计入）", "Entries on others' cases with the same name (left out)"),
    "entries": Text("台账内容", "Contents of entries"), "files": Text("附件", "Files"),
    "letters": Text("信件", "Letters"), "drafts": Text("草稿", "Drafts"), "views": Text("存下的列表", "Kept lists"),
    "exports": Text("导出记录", "Exports"), "imports": Text("导入问题行", "Rows of imports"),
    "charges_quote": Text("报价", "Quotes"), "charges_charge": Text("收费", "Charges"),
    "charges_receipt": Text("收据", "Receipts"), "surveys_attempt": Text("回访拨打", "Calls made"),
    "surveys_answer": Text("回访答卷", "Answers"), "visits_visit": Text("上门", "Visits"),
    "slips_slip": Text("单据", "Slips"), "slips_movement": Text("单据流转", "Movements of slips"),
    "warranty_decision": Text("保修判定", "Decisions on warranty"), "forms": Text("表单", "Forms"),
    "recordings": Text("录音", "Recordings"),
    "held": Text("因保留未处置", "Held back"), "sign-in attempts": Text("登录尝试", "Sign-in attempts"),
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One cell: words, where they lead, how they are marked. ``numeric`` stands to the right.

    ``who``: the words are a username, and ``table`` shows the name.
    """

    words: Any
    address: str = ""
    tone: str = ""
    numeric: bool = False
    who: bool = False


def crumbs(*more: Crumb) -> list[Crumb]:
    return [Crumb(_("个人信息"), "/privacy/"), *more]


def tabs(person: Person, at: datetime, current: str) -> list[Tab]:
    """The parts of this room that are there for this reader."""
    parts = [("/privacy/", _("处理目的"))]
    if queries.may_read(person, at):
        parts += [
            ("/privacy/requests/", _("个人请求")), ("/privacy/reveals/", _("号码查看")),
            ("/privacy/exports/", _("批量导出")), ("/privacy/retention/", _("到期处置")),
            ("/privacy/holds/", _("法律保留")), ("/privacy/recordings/", _("录音告知")),
            ("/privacy/consents/", _("同意文本")),
        ]  # fmt: skip
    return [Tab(label, address, address == current) for address, label in parts]


def table(title: str, names: Sequence[str], rows: Sequence[Sequence[Cell]], empty: str) -> dict[str, Any]:
    """What a list is drawn from; usernames are told as the people are called, with one question for all of them."""
    people = called(one.words for row in rows for one in row if one.who)
    drawn = [[replace(one, words=people.get(one.words, one.words)) if one.who else one for one in row] for row in rows]
    return {"title": title, "columns": [Column(one) for one in names], "rows": drawn, "empty": empty}


def called(usernames: Iterable[str]) -> dict[str, str]:
    """Username → name in the reader's language; who is not there has none."""
    wanted, language = set(usernames) - {""}, short_language()
    found = Person.objects.filter(username__in=wanted) if wanted else ()
    return {one.username: one.called(language) for one in found}


def counted(counts: dict[str, int], language: str) -> list[tuple[str, int]]:
    """Counts by place, in words; nothing that is nought."""
    return [
        (PLACES[name].say(language) if name in PLACES else name, count)
        for name, count in counts.items()
        if isinstance(count, int) and count
    ]


def moment_words(at: datetime) -> str:
    """Date and minute in the site's zone."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
