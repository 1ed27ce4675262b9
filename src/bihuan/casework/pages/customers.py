"""Customers: the list, the card with devices and cases, and the forms of the register's acts."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from bihuan.layout.frames import Column, Crumb, Question
from bihuan.people.models import Person
from bihuan.people.queries import zone_of
from bihuan.registers.customers import actions, phones, queries, rights
from bihuan.registers.customers.errors import WrongInput
from bihuan.registers.customers.models import Contact, Customer, Site
from bihuan.registers.deeds import RegisterRefusal
from bihuan.registers.products import queries as products
from bihuan.registers.products.models import Unit

from .. import queries as cases
from ..marks import readable
from ..models import Case, Mark
from ..seeing import all_as_read, posts_of
from .cases import columns, rows
from .names import Names, outlet_names
from .records import RecordForm, customer_address, outlets_of, paged, story

CASES = 20
DEVICES = 20
# a field that takes the number of the customer found; what else is known fills nothing
FIND = "/find/customers/?to=customer:-&to=contact:-&to=phone:-&to=address:-"


def listed(request: HttpRequest, at: datetime, language: str) -> dict[str, Any]:
    """The list as its address asks for it."""
    text = request.GET.get("q", "")[:200]
    found = queries.narrowed(request.user, text, at).defer("search").prefetch_related("contacts", "sites")
    page, pager = paged(request, found)
    heads = (_("编号"), _("名称"), _("等级"), _("联系人"), _("地址"), _("设备"), _("网点"))
    return {
        "title": _("客户列表"),
        "q": text,
        "rows": lines(request.user, page, at, language),
        "pager": pager,
        "columns": [Column(one) for one in heads],
        "may_add": bool(outlets_of(request.user, at, language)),
    }


def lines(person: Person, customers: list[Customer], at: datetime, language: str) -> list[dict[str, Any]]:
    """One line per customer, numbers as this reader may see them."""
    outlets = outlet_names({one.outlet for one in customers}, language)
    counted = Unit.objects.filter(customer__in=customers).values("customer").annotate(count=Count("pk"))
    devices = {row["customer"]: row["count"] for row in counted}
    seen = {code: rights.sees_numbers(person, code, at) for code in outlets}
    return [
        {
            "customer": one,
            "address": customer_address(one),
            "contacts": [contact_line(contact, seen[one.outlet]) for contact in reached(one)[:2]],
            "site": next((site.address for site in ordered(one.sites.all())), ""),
            "devices": devices.get(one.pk, 0),
            "outlet": outlets[one.outlet],
        }
        for one in customers
    ]


def ordered(found: Any) -> list[Any]:
    """Contacts or sites as they were added."""
    return sorted(found, key=lambda one: one.pk)


def reached(customer: Customer) -> list[Contact]:
    """The contacts that still reach somebody first, each group as added."""
    return sorted(customer.contacts.all(), key=lambda one: (one.gone, one.pk))


def contact_line(contact: Contact, whole: bool) -> dict[str, Any]:
    """A contact as drawn: name, post, the number whole or masked."""
    return {
        "contact": contact,
        "phone": phones.shown(contact.phone, contact.extension, whole),
        "dial": contact.phone if whole else "",
    }


def card(person: Person, customer: Customer, at: datetime, language: str) -> dict[str, Any]:
    """The whole customer: how to reach, where, what stands there, what is going on, what happened."""
    whole = phones.may_see(person, customer, at)
    keeps = customer.merged_into_id is None and rights.may_keep(person, customer.outlet, at)
    units = list(products.of_customer(person, customer, at)[: DEVICES + 1])
    going, past = cases_of(person, customer, at)
    into = queries.survivor(customer) if customer.merged_into_id else None
    names = Names(language, zone_of(customer.outlet), at)
    return {
        "title": customer.name,
        "crumbs": [Crumb(_("客户列表"), "/customers/"), Crumb(customer.number)],
        "customer": customer,
        "address": customer_address(customer),
        "outlet": outlet_names([customer.outlet], language).get(customer.outlet, customer.outlet),
        "into": {"customer": into, "address": customer_address(into)} if into else None,
        "merged": [{"customer": one, "address": customer_address(one)} for one in queries.merged_into(customer)],
        "contacts": [contact_line(one, whole) for one in reached(customer)],
        "sites": ordered(customer.sites.all()),
        "whole": whole,
        "units": units[:DEVICES],
        "more_units": len(units) > DEVICES,
        "open_rows": rows(going, at, language),
        "past_rows": rows(past, at, language),
        "case_columns": columns(),
        "timeline": story(queries.history(customer), names, whole, customer.made_at),
        "keeps": keeps,
        "governs": keeps and rights.may_govern(person, at),
    }


def cases_of(person: Person, customer: Customer, at: datetime) -> tuple[list[Case], list[Case]]:
    """(open, ended) cases about the customer's devices or reached under its numbers, newest first, within scope."""
    serials = list(products.of_customer(person, customer, at).values_list("serial", flat=True)[:500])
    marked = Q(kind="device", value__in=[form for one in serials for form in written_serials(one)])
    numbers = [one.phone for one in customer.contacts.all() if one.phone]
    marked |= Q(kind="phone", value__in=[form for one in numbers for form in written_numbers(one)])
    found = (
        cases.visible_to(person, at)
        .filter(pk__in=Mark.objects.filter(marked, readable(posts_of(person, at))).values("case"))
        .order_by("-id")
    )
    going = all_as_read(found.filter(ended_at__isnull=True)[:CASES], person, at)
    return going, all_as_read(found.filter(ended_at__isnull=False)[:CASES], person, at)


def written_serials(serial: str) -> set[str]:
    """How a serial may stand on a form."""
    return {serial, serial.upper(), serial.lower()}


def written_numbers(number: str) -> set[str]:
    """How a number may stand on a form: as E.164, as dialled at home, in groups."""
    grouped = phones.grouped(number)
    return {number, grouped, grouped.replace(" ", "-"), grouped.replace(" ", ""), number.lstrip("+")}


def crumbs(customer: Customer) -> list[Crumb]:
    """The way to a form about this customer."""
    return [Crumb(_("客户列表"), "/customers/"), Crumb(customer.name, customer_address(customer))]


def new_form(person: Person, at: datetime, language: str) -> RecordForm:
    """A new customer with a first contact and a first place."""
    outlets = outlets_of(person, at, language)
    questions = [
        Question("name", _("客户名称"), required=True),
        Question("outlet", _("由谁服务"), "choice", True, choices=outlets, value=outlets[0][0] if outlets else ""),
        Question("grade", _("等级")),
        Question("number", _("客户编号"), help=_("不填则自动取号")),
        Question("contact", _("联系人")),
        Question("phone", _("电话"), "phone", help=_("只有电话也可以")),
        Question("post", _("职务")),
        Question("address", _("地址"), "address"),
        Question("region", _("地区")),
        Question("access", _("进门须知"), help=_("楼层、门卫、钥匙")),
    ]

    def add(given: dict[str, str]) -> str:
        reach = {"name": given["contact"], "phone": given["phone"], "post": given["post"]}
        place = {name: given[name] for name in ("address", "region", "access")}
        customer = actions.add_customer(
            given["name"], outlet=given["outlet"], number=given["number"], grade=given["grade"], by=person, at=at,
            contacts=(reach,) if any(reach.values()) else (), sites=(place,) if any(place.values()) else (),
        )  # fmt: skip
        return customer_address(customer)

    return RecordForm(_("新建客户"), questions, add, [Crumb(_("客户列表"), "/customers/")], _("保存"))


def edit_form(person: Person, customer: Customer, at: datetime, language: str) -> RecordForm:
    """Name, grade, and who looks after the customer."""
    outlets = outlets_of(person, at, language)
    questions = [
        Question("name", _("客户名称"), required=True, value=customer.name),
        Question("grade", _("等级"), value=customer.grade),
        Question("outlet", _("由谁服务"), "choice", True, choices=outlets, value=customer.outlet),
    ]

    def change(given: dict[str, str]) -> str:
        return customer_address(actions.change_customer(customer, by=person, at=at, **given))

    return RecordForm(_("更正客户"), questions, change, crumbs(customer), _("保存"))


def contact_form(person: Person, customer: Customer, contact: Contact | None, at: datetime) -> RecordForm:
    """A new contact, or a correction of one. Who sees the number masked types it anew to change it."""
    whole = phones.may_see(person, customer, at)
    number = phones.shown(contact.phone, contact.extension, whole) if contact else ""
    questions = [
        Question("name", _("姓名"), value=contact.name if contact else ""),
        Question("phone", _("电话"), "phone", value=number, help=_("只有电话也可以")),
        Question("post", _("职务"), value=contact.post if contact else ""),
    ]
    if contact:
        choices = [("no", _("在用")), ("yes", _("已停用"))]
        questions.append(Question("gone", _("状态"), "choice", value="yes" if contact.gone else "no", choices=choices))

    def save(given: dict[str, str]) -> str:
        gone = given.pop("gone", "no") == "yes"
        if contact is None:
            actions.add_contact(customer, by=person, at=at, **given)
            return customer_address(customer)
        if not whole and given["phone"] == number:
            # what stood there masked was left alone
            given["phone"] = contact.phone + (f"转{contact.extension}" if contact.extension else "")
        actions.change_contact(contact, by=person, at=at, gone=gone, **given)
        return customer_address(customer)

    return RecordForm(_("更正联系人") if contact else _("添加联系人"), questions, save, crumbs(customer), _("保存"))


def site_form(person: Person, customer: Customer, site: Site | None, at: datetime) -> RecordForm:
    """A new place, or a correction of one."""
    questions = [
        Question("address", _("地址"), "address", True, value=site.address if site else ""),
        Question("region", _("地区"), value=site.region if site else ""),
        Question("access", _("进门须知"), value=site.access if site else "", help=_("楼层、门卫、钥匙")),
    ]

    def save(given: dict[str, str]) -> str:
        if site is None:
            actions.add_site(customer, by=person, at=at, **given)
        else:
            actions.change_site(site, by=person, at=at, **given)
        return customer_address(customer)

    return RecordForm(_("更正地点") if site else _("添加地点"), questions, save, crumbs(customer), _("保存"))


def merge_form(person: Person, customer: Customer, at: datetime) -> RecordForm:
    """This customer is another one: everything goes there."""
    questions = [
        Question("into", _("并入哪个客户"), required=True, help=_("键入编号、名称、拼音首字母或电话，选中即填编号")),
        Question("because", _("理由"), required=True),
    ]

    def merge(given: dict[str, str]) -> str:
        rights.governing(person, at)
        try:
            into = queries.find(person, given["into"], at)
        except RegisterRefusal as error:
            raise WrongInput(error.words, "into") from error
        return customer_address(actions.merge(customer, into, by=person, at=at, because=given["because"]))

    finds, warning = {"into": FIND}, _("联系人、地点、设备都会过去，合并后不能撤回")
    return RecordForm(_("并入另一客户"), questions, merge, crumbs(customer), _("合并"), warning, finds=finds)


def reveal_form(person: Person, customer: Customer, contact: Contact, at: datetime) -> RecordForm:
    """Why the whole number has to be seen; the answer is shown once and the asking is kept."""
    questions = [Question("reason", _("为什么要看"), required=True, help=_("会记入台账"))]

    def reveal(given: dict[str, str]) -> str:
        return actions.reveal(contact, by=person, at=at, reason=given["reason"])

    who = f"{contact.name} {contact.masked}".strip()
    return RecordForm(_("查看完整号码"), questions, reveal, crumbs(customer), _("显示"), kicker=who)


def options(request: HttpRequest, at: datetime, language: str) -> list[dict[str, Any]]:
    """Customers a finding field offers; a masked number is never put into a form."""
    found = queries.search(request.user, request.GET.get("q", ""), at)
    told = []
    for line in lines(request.user, found, at, language):
        customer, contact = line["customer"], next(iter(line["contacts"]), None)
        parts = {"customer": customer.name, "customer-number": customer.number, "address": line["site"]}
        if contact:
            parts |= {"contact": contact["contact"].name, "phone": contact["dial"]}
        words = [customer.number, *([f"{contact['contact'].name} {contact['phone']}"] if contact else []), line["site"]]
        option = {"value": customer.number, "title": customer.name, "words": " · ".join(one for one in words if one)}
        told.append({**option, "fill": fill(request, parts)})
    return told


def fill(request: HttpRequest, parts: dict[str, str]) -> str:
    """``parts`` as JSON for data-fill, under the names the asking form gives them (``?to=phone:intake.phone``)."""
    wanted = dict(one.split(":", 1) for one in request.GET.getlist("to") if ":" in one)
    return json.dumps({wanted.get(name, name): value for name, value in parts.items() if value}, ensure_ascii=False)
