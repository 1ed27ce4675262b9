"""Devices: the list, the card with warranty and history, and the forms of the register's acts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from bihuan.layout.frames import Column, Crumb, Question
from bihuan.people.models import Person
from bihuan.people.queries import zone_of
from bihuan.procedure.definition import Text
from bihuan.registers.customers import phones, rights
from bihuan.registers.customers import queries as customers
from bihuan.registers.customers.errors import WrongInput
from bihuan.registers.customers.models import Customer, Site
from bihuan.registers.deeds import RegisterRefusal
from bihuan.registers.products import actions, queries
from bihuan.registers.products.models import Product, Unit
from bihuan.registers.warranty import actions as warranty_actions
from bihuan.registers.warranty import queries as warranty
from bihuan.registers.warranty.reckoning import Finding

from .. import queries as cases
from ..marks import readable
from ..models import Case, Mark
from ..seeing import all_as_read, posts_of
from .cases import columns, rows
from .customers import FIND, fill, written_serials
from .names import Names, outlet_names
from .records import RecordForm, customer_address, day, paged, story

CASES = 20
TONES = {"in": "good"}


def device_address(unit: Unit) -> str:
    """The page of a device."""
    return f"/devices/{unit.pk}/"


def warranty_word(finding: Finding) -> str:
    """One word for the card: in, out, unknown."""
    return {"in": _("保修期内"), "out": _("保修期外")}.get(finding.status or "", _("保修不明"))


def listed(request: HttpRequest, at: datetime, language: str) -> dict[str, Any]:
    """The list as its address asks for it; ``customer`` narrows to one."""
    text = request.GET.get("q", "")[:200]
    found = queries.narrowed(request.user, text, at).select_related("model", "customer", "site")
    owner = _owner(request, at)
    page, pager = paged(request, found.filter(customer=owner) if owner else found)
    heads = (_("序列号"), _("型号"), _("客户"), _("地点"), _("保修"), _("状态"))
    return {
        "title": _("设备列表"),
        "q": text,
        "owner": owner,
        "rows": lines(page, at, language),
        "pager": pager,
        "columns": [Column(one) for one in heads],
    }


def _owner(request: HttpRequest, at: datetime) -> Customer | None:
    number = request.GET.get("customer", "")
    try:
        return customers.find(request.user, number, at) if number else None
    except RegisterRefusal:
        return None


def lines(units: list[Unit], at: datetime, language: str) -> list[dict[str, Any]]:
    """One line per device with its warranty today."""
    told = []
    findings = warranty.computed_many(units, at)
    for unit in units:
        finding = findings[unit.pk]
        told.append(
            {
                "unit": unit,
                "address": device_address(unit),
                "model": unit.model.called(language),
                "customer_address": customer_address(unit.customer),
                "warranty": warranty_word(finding),
                "tone": TONES.get(finding.status or "", "plain"),
                "ends": finding.ends,
            }
        )
    return told


def card(person: Person, unit: Unit, at: datetime, language: str) -> dict[str, Any]:
    """The whole device: what it is, where it stands, its warranty and why, what is open, what was done to it."""
    finding = warranty.computed(unit, "", None, at)
    going, past = cases_of(person, unit, at)
    decisions = warranty.visible_to(person, at).filter(unit=unit).order_by("-id")[:CASES]
    names = Names(language, zone_of(unit.customer.outlet), at)
    whole = phones.may_see(person, unit.customer, at)
    return {
        "title": unit.serial,
        "kicker": f"{unit.model.code} {unit.model.called(language)}",
        "crumbs": [Crumb(_("设备列表"), "/devices/"), Crumb(unit.serial)],
        "unit": unit,
        "address": device_address(unit),
        "model": unit.model.called(language),
        "customer_address": customer_address(unit.customer),
        "outlet": outlet_names([unit.customer.outlet], language).get(unit.customer.outlet, ""),
        "finding": finding,
        "warranty": warranty_word(finding),
        "tone": TONES.get(finding.status or "", "plain"),
        "decisions": [_decision(one) for one in decisions],
        "open_rows": rows(going, at, language),
        "past_rows": rows(past, at, language),
        "case_columns": columns(),
        "timeline": story(queries.history(unit), names, whole, unit.made_at),
        "keeps": rights.may_keep(person, unit.customer.outlet, at),
    }


def _decision(decision: Any) -> dict[str, Any]:
    words = {"in": _("保修期内"), "out": _("保修期外")}
    against = decision.decided != decision.computed
    return {"decision": decision, "word": words[decision.decided], "against": against}


def cases_of(person: Person, unit: Unit, at: datetime) -> tuple[list[Case], list[Case]]:
    """(open, ended) cases about this serial, newest first, within scope."""
    seen = readable(posts_of(person, at))
    marks = Mark.objects.filter(seen, kind="device", value__in=written_serials(unit.serial))
    found = cases.visible_to(person, at).filter(pk__in=marks.values("case")).order_by("-id")
    going = all_as_read(found.filter(ended_at__isnull=True)[:CASES], person, at)
    return going, all_as_read(found.filter(ended_at__isnull=False)[:CASES], person, at)


def options(request: HttpRequest, at: datetime, language: str) -> list[dict[str, Any]]:
    """Devices a finding field offers."""
    told = []
    for unit in queries.search(request.user, request.GET.get("q", ""), at):
        place = unit.site.address if unit.site else ""
        words = [unit.model.called(language), unit.customer.name, place]
        parts = {"serial": unit.serial, "product": unit.model.code, "address": place, "customer": unit.customer.name}
        parts["customer-number"] = unit.customer.number
        option = {"value": unit.serial, "title": unit.serial, "words": " · ".join(one for one in words if one)}
        told.append({**option, "fill": fill(request, parts)})
    return told


def unit_form(request: HttpRequest, unit: Unit | None, at: datetime, language: str) -> RecordForm:
    """A new device, or a correction: another place or customer, dates, verified."""
    person = request.user
    owner = unit.customer if unit else _owner(request, at)
    number = request.POST.get("customer", owner.number if owner else "")
    return RecordForm(
        _("更正设备") if unit else _("登记设备"),
        _questions(unit, number, _sites(person, number, at), language),
        lambda given: device_address(_save(person, unit, given, at)),
        [Crumb(_("设备列表"), "/devices/"), *([Crumb(unit.serial, device_address(unit))] if unit else [])],
        _("保存"),
        finds={"customer": FIND},
    )


def _questions(unit: Unit | None, owner: str, sites: list[Site], language: str) -> list[Question]:
    models = [(one.code, f"{one.code} {one.called(language)}") for one in queries.products(limit=1000)]
    states = [(Unit.UNVERIFIED, _("待核实")), (Unit.VERIFIED, _("已核实"))]
    places = [("", _("未定")), *((str(one.pk), one.address) for one in sites)]
    return [
        Question("serial", _("序列号"), required=True, value=unit.serial if unit else ""),
        Question("model", _("型号"), "choice", True, choices=models, value=unit.model.code if unit else ""),
        Question(
            "customer",
            _("客户编号"),
            required=True,
            value=owner,
            help=_("键入编号、名称、拼音首字母或电话，选中即填编号"),
        ),
        Question("site", _("地点"), "choice", choices=places, value=str(unit.site_id or "") if unit else ""),
        Question("invoice_on", _("发票日期"), "date", value=_iso(unit and unit.invoice_on)),
        Question("invoice_number", _("发票号"), value=unit.invoice_number if unit else ""),
        Question("accepted_on", _("验收日期"), "date", value=_iso(unit and unit.accepted_on)),
        Question("project", _("项目或合同号"), value=unit.project if unit else ""),
        Question("batch", _("批次"), value=unit.batch if unit else "", help=_("同一批次的设备一起查类似事项")),
        Question("state", _("状态"), "choice", True, choices=states, value=unit.state if unit else Unit.UNVERIFIED),
    ]


def _save(person: Person, unit: Unit | None, given: dict[str, str], at: datetime) -> Unit:
    try:
        owner = customers.find(person, given["customer"], at)
    except RegisterRefusal as error:
        raise WrongInput(error.words, "customer") from error
    model = queries.product_of(given["model"])
    if model is None:
        raise WrongInput(Text("请选择型号", "Choose the model"), "model")
    known = {
        "site": next((one for one in owner.sites.all() if str(one.pk) == given["site"]), None),
        "invoice_number": given["invoice_number"],
        "invoice_on": day(given["invoice_on"], "invoice_on"),
        "accepted_on": day(given["accepted_on"], "accepted_on"),
        "project": given["project"],
        "batch": given["batch"],
        "state": given["state"],
    }
    if unit is None:
        return actions.add_unit(given["serial"], model, owner, by=person, at=at, **known)
    return actions.change_unit(unit, by=person, at=at, serial=given["serial"], model=model, customer=owner, **known)


def _sites(person: Person, number: str, at: datetime) -> list[Site]:
    try:
        return sorted(customers.find(person, number, at).sites.all(), key=lambda one: one.pk) if number else []
    except RegisterRefusal:
        return []


def _iso(given: date | None) -> str:
    return given.isoformat() if given else ""


def register_form(person: Person, unit: Unit, at: datetime) -> RecordForm:
    """From which day this device's warranty runs, and what proves it."""
    questions = [
        Question("start", _("起算日"), "date", True),
        Question("proof", _("凭证"), required=True, help=_("保修卡号、验收单、合同条款")),
    ]

    def register(given: dict[str, str]) -> str:
        start = day(given["start"], "start")
        if start is None:
            raise WrongInput(Text("请填写起算日", "Give the first day"), "start")
        warranty_actions.register(unit, start, proof=given["proof"], by=person, at=at)
        return device_address(unit)

    back = [Crumb(_("设备列表"), "/devices/"), Crumb(unit.serial, device_address(unit))]
    return RecordForm(_("登记保修"), questions, register, back, _("保存"))


def catalogue(request: HttpRequest, at: datetime, language: str) -> dict[str, Any]:
    """The catalogue of models."""
    text = request.GET.get("q", "")[:200]
    heads = [Column(_("型号")), Column(_("名称")), Column(_("产品线")), Column(_("重置价（元）"), numeric=True)]
    found = queries.products(text, limit=200)
    return {
        "title": _("产品目录"),
        "q": text,
        "rows": [{"product": one, "name": one.called(language)} for one in found],
        "columns": heads,
        "crumbs": [Crumb(_("设备列表"), "/devices/"), Crumb(_("产品目录"))],
        "governs": rights.may_set_terms(request.user, at),
    }


def product_form(person: Person, product: Product | None, at: datetime) -> RecordForm:
    """A new model, or a correction; the code stays."""
    price = product.replacement_price if product else None
    questions = [
        Question("name", _("名称"), required=True, value=product.name if product else ""),
        Question("name_en", _("英文名称"), value=product.name_en if product else ""),
        Question("line", _("产品线"), value=product.line if product else "", help=_("同一产品线共用保修条款")),
        Question("replacement_price", _("重置价（元）"), "money", value="" if price is None else f"{price:.2f}"),
    ]
    if product is None:
        questions.insert(0, Question("code", _("型号"), required=True))

    def save(given: dict[str, str]) -> str:
        if product is None:
            actions.add_product(given.pop("code"), given.pop("name"), by=person, at=at, **given)
        else:
            actions.change_product(product, by=person, at=at, **given)
        return "/products/"

    title = f"{_('更正')} {product.code}" if product else _("新增型号")
    return RecordForm(title, questions, save, [Crumb(_("产品目录"), "/products/")], _("保存"))
