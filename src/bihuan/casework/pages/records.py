"""What the pages of customers, devices and terms share: a form that comes back with what was typed, pages of a list,
and the story of one record told from the book."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from bihuan.layout.frames import Crumb, Pager, Question, TimelineEntry
from bihuan.people.models import OutletKey, Person
from bihuan.people.queries import held_by
from bihuan.procedure.definition import Text
from bihuan.registers.customers import phones, rights
from bihuan.registers.customers.errors import WrongInput
from bihuan.registers.customers.models import Customer
from bihuan.registers.customers.queries import PAGE, counted
from bihuan.registers.deeds import RegisterRefusal

from .names import Names, outlet_names


@dataclass
class RecordForm:
    """A form over a register: ``questions`` as drawn, ``act`` what is done with the answers (returns an address)."""

    title: str
    questions: list[Question]
    act: Callable[[dict[str, str]], str]
    crumbs: list[Crumb] = field(default_factory=list)
    submit: str = ""
    kicker: str = ""
    # questions that offer what is found at an address while one types
    finds: dict[str, str] = field(default_factory=dict)
    problems: list[tuple[str, Any]] = field(default_factory=list)
    status: int = 200

    def answered(self, request: HttpRequest) -> str:
        """The address to go to after what was sent was done; "" when the form has to be shown (again)."""
        if request.method != "POST":
            return ""
        for one in self.questions:
            one.value = request.POST.get(one.name, "").replace("\x00", "")[:4000]
        try:
            return self.act({one.name: one.value.strip() for one in self.questions})
        except RegisterRefusal as refusal:
            self.refuse(refusal)
            return ""

    def refuse(self, refusal: RegisterRefusal) -> None:
        """Show the refusal beside the question it is about, else on top."""
        name = refusal.field
        asked = next((one for one in self.questions if one.name == name), None)
        if asked is not None:
            asked.errors = [refusal.words]
        self.problems = [(name if asked else "form", refusal.words)]
        self.status = getattr(refusal, "status", 409)

    def drawn(self) -> list[tuple[Question, str]]:
        """The questions, each with the address it finds at ("" = none)."""
        return [(one, self.finds.get(one.name, "")) for one in self.questions]

    def context(self) -> dict[str, Any]:
        """What ``record_form.html`` draws; every crumb but the last leads back."""
        back = next((one.address for one in reversed(self.crumbs) if one.address), "/")
        return {"title": self.title, "form": self, "back": back, "crumbs": [*self.crumbs, Crumb(self.title)]}


def paged(request: HttpRequest, rows: QuerySet, at_most: int = PAGE) -> tuple[list[Any], Pager]:
    """One page of ``rows``, newest first, with the addresses of its neighbours; its place stands in the address."""
    count = counted(rows)
    after, before = _uuid(request.GET.get("after", "")), _uuid(request.GET.get("before", ""))
    if before:
        found = list(rows.filter(pk__gt=before).order_by("pk")[: at_most + 1])
        earlier, later = len(found) > at_most, True
        found = list(reversed(found[:at_most]))
    else:
        found = list((rows.filter(pk__lt=after) if after else rows).order_by("-pk")[: at_most + 1])
        earlier, later = bool(after), len(found) > at_most
        found = found[:at_most]
    if not found:
        return [], Pager(count=count)
    previous = _elsewhere(request, before=found[0].pk) if earlier else ""
    return found, Pager(previous, _elsewhere(request, after=found[-1].pk) if later else "", count)


def _elsewhere(request: HttpRequest, **place: Any) -> str:
    address = request.GET.copy()
    for name in ("after", "before"):
        address.pop(name, None)
    address.update({name: str(value) for name, value in place.items()})
    return f"?{address.urlencode()}"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def customer_address(customer: Customer) -> str:
    """The page of a customer, by number where the number can stand in an address."""
    number = customer.number
    return f"/customers/{customer.pk if '/' in number or number in {'new', '.', '..'} else quote(number, safe='')}/"


def day(text: str, name: str) -> date | None:
    """The day somebody gave, None for none. Raises WrongInput."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise WrongInput(Text("日期不对", "Not a day"), name) from error


def whole(text: str, name: str) -> int:
    """The whole number somebody gave. Raises WrongInput."""
    if not text.isdecimal() or len(text) > 6:
        raise WrongInput(Text("请填写整数", "Give a whole number"), name)
    return int(text)


def outlets_of(person: Person, at: Any, language: str) -> list[tuple[str, str]]:
    """The outlets this person may keep customers for, as choices; where the posts are held comes first."""
    codes = sorted(OutletKey.objects.values_list("code", flat=True))
    mine = [code for code in codes if rights.may_keep(person, code, at)]
    here = [one.place for one in held_by(person, at) if one.place]
    names = outlet_names(mine, language)
    return [(code, names[code]) for code in sorted(mine, key=lambda code: (code not in here, code))]


# what an entry of a register says in words; the verb itself where there is none
def _verbs() -> dict[str, str]:
    return {
        "add-customer": _("登记客户"), "add-customers": _("批量登记客户"), "change-customer": _("更正客户"),
        "add-contact": _("添加联系人"), "change-contact": _("更正联系人"), "add-site": _("添加地点"),
        "change-site": _("更正地点"), "reveal": _("查看完整号码"), "merge": _("并入另一客户"),
        "add-unit": _("登记设备"), "add-units": _("批量登记设备"), "change-unit": _("更正设备"),
        "register-warranty": _("登记保修"), "add-terms": _("添加保修条款"), "end-terms": _("终止保修条款"),
        "give-consent": _("同意"), "withdraw-consent": _("撤回同意"),
    }  # fmt: skip


def field_words() -> dict[str, str]:
    """What a field of a register is called in the story of a record."""
    return {
        "name": _("名称"), "number": _("编号"), "grade": _("等级"), "outlet": _("网点"), "phone": _("电话"),
        "post": _("职务"), "extension": _("分机"), "gone": _("已停用"), "address": _("地址"), "region": _("地区"),
        "access": _("进门须知"), "reason": _("理由"), "because": _("理由"), "into": _("并入"), "serial": _("序列号"),
        "model": _("型号"), "customer": _("客户"), "site": _("地点"), "invoice_number": _("发票号"),
        "invoice_on": _("发票日期"), "accepted_on": _("验收日期"), "project": _("项目或合同号"), "batch": _("批次"),
        "state": _("状态"),
        "start": _("起算日"), "proof": _("凭证"), "purpose": _("用途"),
        "version": _("版本"),
    }  # fmt: skip


def story(entries: Iterable[Any], names: Names, whole_numbers: bool, made_at: datetime) -> list[TimelineEntry]:
    """The book about one record, newest first; telephone numbers as this reader may see them.

    What was brought in with many others has no entry of its own for that: the entry of the batch names it.
    """
    told = list(entries)
    began = any(entry.verb in ("add-customer", "add-unit") for entry in told)
    batch = [] if began else [TimelineEntry(at=made_at, title=_("随一批资料登记"), tone="quiet")]
    names.learn(entry.doer for entry in told)
    verbs, words = _verbs(), field_words()
    return [
        *[_told(entry, verbs, words, names, whole_numbers) for entry in reversed(told)],
        *batch,
    ]


def _told(entry: Any, verbs: dict[str, str], words: dict[str, str], names: Names, whole_numbers: bool) -> TimelineEntry:
    return TimelineEntry(
        at=entry.done_at,
        title=f"{verbs.get(entry.verb, entry.verb)} {entry.about_number}".strip(),
        who=names.person(entry.doer) if entry.doer else _("系统"),
        lines=tuple(_lines((entry.content or {}).get("answers") or {}, words, whole_numbers)),
        tone="quiet" if entry.verb == "reveal" else "plain",
    )


def _lines(answers: dict[str, Any], words: dict[str, str], whole_numbers: bool) -> Iterable[tuple[str, str]]:
    for name, value in answers.items():
        if name not in words or value in ("", None, []) or (name == "site" and _uuid(str(value))):
            continue
        pair = value if isinstance(value, list) and len(value) == 2 else [value]
        said = [_said(name, one, whole_numbers) for one in pair]
        yield words[name], " → ".join(said) if len(said) == 2 else said[0]


def _said(name: str, value: Any, whole_numbers: bool) -> str:
    if name == "phone" and value:
        return phones.shown(str(value), "", whole_numbers)
    if name == "extension" and not whole_numbers:
        return "…"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    state = {"verified": _("已核实"), "unverified": _("待核实")}
    return state.get(value, str(value)) if value not in ("", None) else _("无")
