"""Devices in the field: a serial, its model of the catalogue, whose it is, where it stands, since when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models.functions import Upper

from bihuan.people import access
from bihuan.procedure.definition import Text
from bihuan.registers.customers.models import Customer, Site
from bihuan.registers.products import actions
from bihuan.registers.products.models import Product, Unit

from . import parsing, undoing
from .base import Context, ImportColumn, Made, Parsed, Problem


def _column(code: str, zh: str, en: str, parser: Any, aliases: tuple[str, ...] = (), **more: Any) -> ImportColumn:
    return ImportColumn(code, Text(zh, en), parser, aliases, **more)


COLUMNS = (
    _column("serial", "序列号", "Serial", parsing.text_of(80), ("SN", "机号", "机身号", "出厂编号", "设备编号",
            "serial number", "serial no"), must=True, example="0A93X00012345"),
    _column("model", "型号", "Model", parsing.text_of(60), ("产品型号", "设备型号", "产品", "model code", "product"),
            must=True, example="KF-72L"),
    _column("customer", "客户", "Customer", parsing.text_of(200), ("客户名称", "客户编号", "用户", "customer name",
            "customer number"), must=True, example="KH-0001"),
    _column("address", "安装地址", "Installed at", parsing.text_of(300), ("地址", "安装地点", "位置", "location")),
    _column("invoice-number", "发票号", "Invoice", parsing.text_of(60), ("发票号码", "invoice number")),
    _column("invoice-on", "发票日期", "Invoice date", parsing.day, ("购买日期", "开票日期"),
            example="2024-03-01", shown_as="date"),
    _column("accepted-on", "验收日期", "Accepted on", parsing.day, ("交付日期", "安装日期", "acceptance date"),
            example="2024-03-15", shown_as="date"),
    _column("project", "项目", "Project", parsing.text_of(80), ("合同号", "contract")),
    _column("batch", "批次", "Batch", parsing.text_of(60), ("生产批号", "批号", "lot", "batch number")),
)  # fmt: skip


class Books:
    """Customers and models by what a row calls them, each asked of the database once."""

    def __init__(self, context: Context) -> None:
        outlets = access.visible_outlets(context.by, context.at)
        self.outlets = None if access.may_manage_people(context.by) else outlets
        self.models: dict[str, Product] = {one.code.casefold(): one for one in Product.objects.all()}
        self.customers: dict[str, list[Customer]] = {}
        self.sites: dict[tuple[Any, str], Site] = {}

    def learn(self, rows: Sequence[Parsed]) -> None:
        """Look up what these rows name and is not known yet."""
        asked = {row.values["customer"] for row in rows} - set(self.customers)
        if not asked:
            return
        found = Customer.objects.filter(merged_into=None).defer("search")
        if self.outlets is not None:
            found = found.filter(outlet__in=self.outlets)
        for name in asked:
            self.customers[name] = []
        for customer in found.filter(number__in=asked):
            self.customers[customer.number] = [customer]
        for customer in found.filter(name__in=[name for name in asked if not self.customers[name]]):
            self.customers[customer.name].append(customer)
        ids = [one.pk for name in asked for one in self.customers[name]]
        for site in Site.objects.filter(customer__in=ids):
            self.sites[(site.customer_id, site.address)] = site

    def model(self, row: Parsed) -> Product | None:
        return self.models.get(row.values["model"].casefold())


class DeviceChecker:
    """Models and customers that are on the books, serials once per model."""

    def __init__(self) -> None:
        self.seen: dict[tuple[Any, str], int] = {}
        self.books: Books | None = None

    def __call__(self, rows: Sequence[Parsed], context: Context) -> list[Problem]:
        self.books = self.books or Books(context)
        self.books.learn(rows)
        there = on_the_books(rows)
        found: list[Problem] = []
        for row in rows:
            found += self._serial(row, there)
            found += self._customer(row)
            if row.get("invoice-on", "0") > context.at.date().isoformat():
                words = Text("发票日期在将来", "The date of the invoice lies in the future")
                found.append(Problem(row.number, "future", words, "invoice-on"))
        return found

    def _serial(self, row: Parsed, there: set[tuple[Any, str]]) -> list[Problem]:
        model = self.books.model(row) if self.books else None
        if model is None:
            said = row.values["model"]
            return [Problem(row.number, "no-model", Text(f"没有型号“{said}”", f"There is no model “{said}”"), "model")]
        key = (model.pk, row.values["serial"].upper())
        if self.seen.setdefault(key, row.number) != row.number:
            words = Text("序列号在本文件中重复", "The serial stands in this file twice")
            return [Problem(row.number, "twice", words, "serial")]
        if key in there:
            row.fate = "skip"
            words = Text("序列号已在册，跳过", "The serial is on the books: passed over")
            return [Problem(row.number, "known", words, "serial", "skip")]
        return []

    def _customer(self, row: Parsed) -> list[Problem]:
        said = row.values["customer"]
        found = self.books.customers.get(said, []) if self.books else []
        if len(found) > 1:
            words = Text(f"有几个客户叫“{said}”，请填客户编号", f"Several are called “{said}”: give the number")
            return [Problem(row.number, "several", words, "customer")]
        if not found:
            words = Text(f"客户不存在“{said}”", f"There is no customer “{said}”")
            return [Problem(row.number, "no-customer", words, "customer")]
        return []


def on_the_books(rows: Sequence[Parsed]) -> set[tuple[Any, str]]:
    """(model, serial in capitals) of those among ``rows`` that are there; asked as the index has them, in capitals."""
    serials = {row.values["serial"].upper() for row in rows}
    found = Unit.objects.annotate(capitals=Upper("serial")).filter(capitals__in=serials)
    return set(found.values_list("model_id", "capitals"))


class Devices:
    """See the module."""

    name = "devices"
    title = Text("设备档案", "Devices")
    columns = COLUMNS
    roles = frozenset({"service-manager", "storekeeper"})

    def checker(self) -> DeviceChecker:
        return DeviceChecker()

    def prepare(self, context: Context) -> None:
        """Nothing has to be there before."""

    def commit(self, rows: Sequence[Parsed], context: Context) -> Made:
        books = Books(context)
        books.learn(rows)
        there = on_the_books(rows)
        fresh = [(row, books.model(row)) for row in rows]
        new = [
            self._new(row, model, books)
            for row, model in fresh
            if model is not None and (model.pk, row.values["serial"].upper()) not in there
        ]
        ids = actions.add_many(new, by=context.by, at=context.at, source=context.source)
        return Made(len(ids), 0, len(rows) - len(ids), [str(one) for one in ids])

    @staticmethod
    def _new(row: Parsed, model: Product, books: Books) -> actions.NewUnit:
        (customer,) = books.customers[row.values["customer"]][:1]
        invoiced, accepted = row.get("invoice-on"), row.get("accepted-on")
        return actions.NewUnit(
            serial=row.values["serial"],
            product=model,
            customer=customer,
            site=books.sites.get((customer.pk, row.get("address"))),
            invoice_number=row.get("invoice-number"),
            invoice_on=date.fromisoformat(invoiced) if invoiced else None,
            accepted_on=date.fromisoformat(accepted) if accepted else None,
            project=row.get("project"),
            batch=row.get("batch"),
        )

    def undo(self, made: Sequence[Any], context: Context) -> None:
        undoing.untouched("unit", made)
        first = Unit.objects.filter(pk__in=made).values_list("customer__outlet", flat=True).first()
        undoing.remove([(Unit, "pk", made)])
        if first:
            undoing.tell(first, context, {"kind": self.name, "ids": list(made)})
