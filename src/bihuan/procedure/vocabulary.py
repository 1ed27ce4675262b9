"""The words a clause may use of the registers: facts it may ask, effects it may have.

``built`` is False where the register comes with a later issue: a text may already use the word (finding
``register-to-come``), the fact is then unknown, and an act that needs it is refused.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from .definition import Text

FactKind = Literal["yes-no", "number", "text", "date", "moment", "list", "choice"]
Tail = Literal["", "act", "step", "deadline", "form", "copy", "name"]


class FactWord(Struct, frozen=True):
    """A fact: its type, the register that answers, and what a dotted tail after its name means."""

    name: str
    kind: FactKind
    register: str
    title: Text
    built: bool = True
    tail: Tail = ""
    choices: tuple[str, ...] = ()


class EffectWord(Struct, frozen=True):
    """An effect: the register that carries it out and its arguments; ``must`` of them have to be given."""

    name: str
    register: str
    title: Text
    must: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    built: bool = True

    @property
    def arguments(self) -> tuple[str, ...]:
        return (*self.must, *self.may)


# name, kind, words, tail
_BUILT: tuple[tuple[str, FactKind, str, str, Tail], ...] = (
    ("people.qualified-for", "yes-no", "当日具备资格", "qualified on the day", ""),
    ("people.has-read", "yes-no", "已阅读现行文件", "has read the document in force", ""),
    ("case.times-done", "number", "做过的次数", "how often it was done", "act"),
    ("case.times-entered", "number", "进入该步骤的次数", "how often the step was entered", "step"),
    ("case.late", "yes-no", "已逾期", "late", "deadline"),
    ("case.opened-days-ago", "number", "立案至今天数", "days since the case was opened", ""),
    ("case.number", "text", "编号", "number of the case", ""),
    ("case.kind", "text", "种类", "kind of the case", ""),
    ("case.step", "text", "所在步骤", "step of the case", ""),
    ("case.outlet", "text", "所属网点", "outlet of the case", ""),
    ("case.opened", "moment", "立案时刻", "moment of opening", ""),
    ("case.signers", "list", "签字人", "signers", ""),
    ("cases.days-since-same-fault", "number", "距上次同样故障天数", "days since the same fault", ""),
    ("cases.recurred-after", "text", "此前已验证关闭、如今再发的单号", "case put right before, recurring now", "name"),
    ("cases.days-since-put-right", "number", "距其关闭的天数", "days since that case ended", "name"),
    ("cases.standing-at", "list", "停在该步骤的事项", "cases standing at the step", "step"),
    ("outlets.contracted", "list", "签约网点", "contracted outlets", ""),
    ("outlets.all", "list", "全部网点", "all outlets", ""),
    ("cases.earlier-same-fault", "text", "上次同样故障的单号", "case of the same fault before", ""),
    ("customers.of-grade", "list", "该等级的顾客", "customers of the grade", "name"),
    ("customers.known", "yes-no", "顾客在册", "customer on the books", ""),
    ("products.known", "yes-no", "产品在册", "product on the books", ""),
    ("products.delivered", "date", "交付日期", "date of delivery", ""),
    ("warranty.status", "choice", "算得的保修状态", "warranty status as computed", ""),
    ("warranty.ends", "date", "保修截止日", "end of warranty", ""),
    ("warranty.decision", "choice", "保修判定", "warranty decision", ""),
    ("visits.appointment", "moment", "预约时刻", "moment of the appointment", ""),
    ("visits.arrived", "moment", "到达时刻", "moment of arrival", ""),
    ("visits.count", "number", "上门次数", "number of visits", ""),
    ("slips.held-by", "text", "某联持有者", "holder of a copy", "copy"),
    ("slips.out", "number", "未收回的联数", "copies still out", ""),
    ("slips.issued", "yes-no", "已开出单据", "slip issued", "form"),
    ("charges.quoted", "number", "最近一次报价", "newest quote", ""),
    ("charges.consented", "yes-no", "顾客已同意报价", "quote consented to", ""),
    ("charges.due", "number", "应收未收", "charged and not yet received", ""),
    ("charges.settled", "yes-no", "已结清", "settled", ""),
    ("charges.payer", "choice", "承担费用者", "who pays", ""),
    ("charges.total-of-lines", "number", "明细合计", "total of the lines", ""),
    ("charges.share-of-replacement", "number", "报价占更新价的百分比", "quote as % of replacement", ""),
    ("surveys.attempts", "number", "联系次数", "attempts to reach", ""),
    ("surveys.next-call", "moment", "约定再打", "next call", ""),
    ("duty.per", "text", "本期对象", "what this period is for", ""),
    ("duty.about", "text", "所报期间", "the period spoken of", ""),
    ("duty.due", "moment", "应交时刻", "moment due", ""),
    ("duty.period", "text", "期次", "period", ""),
)

_TO_COME: tuple[tuple[str, FactKind, str, str], ...] = (
    ("warranty.invoice-date", "date", "发票日期", "date of invoice"),
    ("warranty.earlier-case", "text", "前一次维修", "the earlier repair"),
    ("slips.unused", "number", "未用的空白单数", "unused blank slips"),
    ("parts.available", "yes-no", "有货", "in stock"),
    ("parts.reserved", "yes-no", "已预留", "reserved"),
    ("parts.returns-of-month", "list", "当月退货", "returns of the month"),
    ("parts.old-outstanding", "number", "未交旧件数", "old parts not handed in"),
    ("products.unit-warehouse", "text", "产品所属单元仓库", "warehouse of the product's unit"),
    ("units.warehouses", "list", "各单元仓库", "warehouses of the units"),
    ("documents.in-force", "yes-no", "文件现行有效", "document in force"),
    ("documents.read-by-all", "yes-no", "相关人员均已阅读", "read by all concerned"),
    ("surveys.share-of-users", "number", "回收比例", "share of users answered"),
    ("surveys.score", "number", "满意度", "satisfaction"),
    ("votes.outcome", "choice", "表决结果", "outcome of the vote"),
    ("votes.turnout", "number", "参与比例", "turnout"),
    ("complaints.analysed", "yes-no", "抱怨已分析", "complaint analysed"),
    ("complaints.count", "number", "抱怨次数", "number of complaints"),
    ("factors.major", "yes-no", "重要因素", "major factor"),
    ("factors.cells-without-entry", "number", "未填的格数", "cells without entry"),
)

# name, words, arguments that must be given, arguments that may be
_CARRIED_OUT: tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("case.act", "对所列事项办理", "act on the listed cases", ("act", "on"), ()),
    ("case.link", "关联事项", "link cases", ("to",), ("as",)),
    ("slips.issue", "开出单据", "issue a slip", ("slip",), ("to",)),
    ("slips.hand", "交出单联", "hand over copies", ("to",), ("slip", "copy", "copies", "from")),
    ("slips.attach", "附联", "attach a copy", ("copy", "to"), ()),
    ("slips.use", "使用单联", "use up copies", ("copies",), ("attach",)),
    ("slips.mark", "标记单据", "mark a slip", ("slip", "as"), ()),
    ("slips.void", "作废单据", "void a slip", ("slip", "because"), ()),
    ("charges.quote", "报价", "quote", (), ("amount", "rate", "lines", "consent", "because")),
    ("charges.add", "记收费", "add a charge", (), ("amount", "lines", "payer", "rate", "because")),
    ("charges.receipt", "开收据", "write a receipt", ("amount",), ("to", "lines")),
    ("charges.void-receipt", "作废收据", "void a receipt", ("number", "because"), ()),
    ("charges.settle", "结算", "settle", (), ("lines", "with", "because", "receipt")),
    ("charges.reverse", "冲红", "reverse", ("lines",), ("because",)),
    ("charges.change-tariff", "调整收费标准", "change the tariff", (), ("lines", "from", "list")),
    ("products.register", "登记产品", "register a product", (), ("product", "customer", "delivered")),
    ("warranty.register", "登记保修", "register a warranty", (), ("product", "from")),
    ("warranty.decide", "判定保修", "decide on warranty", (), ("as", "because", "basis")),
    ("visits.book", "预约上门", "book a visit", ("at",), ("who", "place", "minutes", "skill")),
    ("visits.arrive", "到达", "arrive", (), ("who",)),
    ("visits.leave", "离开", "leave", (), ("who",)),
    ("visits.cancel", "取消预约", "cancel a visit", (), ("because",)),
    ("surveys.record", "记录回访", "record the answers", (), ("survey", "result", "answers", "visit", "contact")),
    ("surveys.attempt", "记录未接通", "record an attempt", (), ("result", "next", "contact", "note")),
)

_EFFECTS_TO_COME: tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("people.record-training", "记录培训", "record training", ("about",), ("who", "result", "until")),
    ("parts.reserve", "预留备件", "reserve parts", ("lines",), ("place",)),
    ("parts.release", "取消预留", "release parts", ("lines",), ()),
    ("parts.issue", "发出备件", "issue parts", ("lines",), ("book", "to")),
    ("parts.receive", "收入备件", "receive parts", ("lines",), ("place",)),
    ("parts.to-old-bin", "旧件入库", "put old parts aside", ("lines",), ()),
    ("parts.freeze", "冻结备件", "freeze parts", (), ("lines", "batch", "because")),
    ("documents.add-article", "加入资料库", "add an article", (), ("title", "text")),
    ("documents.issue", "发放文件", "issue a document", ("document",), ("to",)),
    ("documents.withdraw", "收回文件", "withdraw a document", ("document",), ("from",)),
    ("surveys.send", "发出调查", "send a survey", ("survey",), ("to",)),
    ("votes.open", "开始表决", "open a vote", ("question",), ("among", "until")),
    ("votes.close", "结束表决", "close a vote", (), ("question",)),
    ("complaints.count-in", "计入抱怨统计", "count a complaint", (), ("cause",)),
    ("outlets.assess", "考核网点", "assess an outlet", (), ("outlet", "score", "because")),
)


def registers() -> frozenset[str]:
    """The first part of every fact and effect: names no form and no group of children may bear."""
    return frozenset(name.partition(".")[0] for name in (*FACTS, *EFFECTS))


def _register(name: str) -> str:
    first = name.partition(".")[0]
    return "cases" if first in ("case", "duty") else first


FACTS: dict[str, FactWord] = {
    name: FactWord(name, kind, _register(name), Text(zh, en), tail=tail) for name, kind, zh, en, tail in _BUILT
} | {name: FactWord(name, kind, _register(name), Text(zh, en), built=False) for name, kind, zh, en in _TO_COME}

# what a duty may be owed for one by one (``per``)
SUBJECTS = frozenset({"outlets.contracted", "outlets.all", "customers.of-grade"})

EFFECTS: dict[str, EffectWord] = {
    name: EffectWord(name, _register(name), Text(zh, en), must, may, built)
    for built, words in ((True, _CARRIED_OUT), (False, _EFFECTS_TO_COME))
    for name, zh, en, must, may in words
}


def fact(name: str) -> FactWord | None:
    """The word behind ``name``, with or without a tail: ``cases.standing-at.followed-up`` is ``cases.standing-at``."""
    if name in FACTS:
        return FACTS[name]
    register, _, rest = name.partition(".")
    word = FACTS.get(f"{register}.{rest.partition('.')[0]}")
    return word if word is not None and word.tail else None


def tail(name: str) -> str:
    """What stands after the word: ``followed-up`` of ``cases.standing-at.followed-up``."""
    word = fact(name)
    return "" if word is None else name.removeprefix(word.name).lstrip(".")
