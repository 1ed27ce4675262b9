"""Customers, each with one contact and one site; written by the register's own action for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bihuan.layout.tables import Cell
from bihuan.people import access
from bihuan.people import queries as people
from bihuan.procedure.definition import Text
from bihuan.registers.customers import actions, phones
from bihuan.registers.customers.models import Contact, Customer, Site

from . import parsing, undoing
from .base import Context, ImportColumn, Made, Options, Parsed, Problem, Unreadable


def phone(cell: Cell, _options: Options) -> str:
    """A telephone number that can be called, kept as it is written; the register reads it again."""
    said = parsing.text_of(40)(cell, _options)
    if phones.read(said) is None:
        raise Unreadable("phone", Text(f"电话不识别“{parsing.shown(said)}”", f"No telephone number: “{said[:40]}”"))
    return said


def _column(code: str, zh: str, en: str, parser: Any, aliases: tuple[str, ...] = (), **more: Any) -> ImportColumn:
    return ImportColumn(code, Text(zh, en), parser, aliases, **more)


COLUMNS = (
    _column("number", "客户编号", "Customer number", parsing.text_of(40), ("编号", "客户代码", "customer no", "code"),
            example="KH-0001"),
    _column("name", "客户名称", "Customer", parsing.text_of(200), ("名称", "客户", "单位", "单位名称", "公司", "name",
            "customer name", "company"), must=True, example="甬江大厦物业"),
    _column("grade", "等级", "Grade", parsing.text_of(40), ("客户等级", "级别", "class"), example="A"),
    _column("outlet", "网点代码", "Outlet code", parsing.text_of(40), ("网点", "所属网点", "outlet")),
    _column("contact", "联系人", "Contact", parsing.text_of(80), ("姓名", "负责人", "contact name", "contact person"),
            example="王女士"),
    _column("phone", "电话", "Phone", phone, ("联系电话", "手机", "手机号", "手机号码", "telephone", "mobile"),
            example="13800138000"),
    _column("post", "职务", "Position", parsing.text_of(80), ("职位", "岗位", "title")),
    _column("address", "地址", "Address", parsing.text_of(300), ("服务地址", "客户地址", "详细地址", "site"),
            example="高新区江南路 1 号"),
    _column("region", "区域", "Region", parsing.text_of(80), ("地区", "城区", "district")),
    _column("access", "进场说明", "Access", parsing.text_of(300), ("备注", "进门", "notes")),
)  # fmt: skip


class CustomerChecker:
    """Numbers once, outlets that exist and are in sight, names and telephones that are on the books are pointed out."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.names: dict[str, int] = {}
        self.outlets = set(people.outlet_codes())

    def __call__(self, rows: Sequence[Parsed], context: Context) -> list[Problem]:
        numbers = [row.get("number") for row in rows if row.get("number")]
        there = set(Customer.objects.filter(number__in=numbers).values_list("number", flat=True))
        names = set(
            Customer.objects.filter(name__in=[row.values["name"] for row in rows], merged_into=None).values_list(
                "name", flat=True
            )
        )
        found: list[Problem] = []
        for row in rows:
            found += self._named(row, there, names)
            found += in_sight(row, outlet_of(row, context), self.outlets, context)
        return found

    def _named(self, row: Parsed, there: set[str], names: set[str]) -> list[Problem]:
        number, name = row.get("number"), row.values["name"]
        if number and self.numbers.setdefault(number, row.number) != row.number:
            words = Text("客户编号在本文件中重复", "The number stands in this file twice")
            return [Problem(row.number, "twice", words, "number")]
        if number in there:
            row.fate = "skip"
            words = Text("客户编号已在册，跳过", "The number is on the books: passed over")
            return [Problem(row.number, "known", words, "number", "skip")]
        if self.names.setdefault(name, row.number) != row.number or name in names:
            words = Text("同名客户已在册或在本文件中", "A customer of this name is there already, or in this file")
            return [Problem(row.number, "same-name", words, "name", "warning")]
        return []


def outlet_of(row: Parsed, context: Context) -> str:
    """Where the row belongs: its own outlet, that of the import, the house."""
    return row.get("outlet") or context.options.outlet or people.root_outlet()


def in_sight(row: Parsed, outlet: str, known: set[str], context: Context) -> list[Problem]:
    """The problem of an outlet that does not exist or lies outside the doer's scope: the same words for both."""
    allowed = access.may_manage_people(context.by) or access.may_see(context.by, outlet, context.at)
    if outlet in known and allowed:
        return []
    words = Text(f"没有网点“{outlet}”，或不在您的范围内", f"No outlet “{outlet}” within your scope")
    return [Problem(row.number, "no-outlet", words, "outlet")]


class Customers:
    """See the module."""

    name = "customers"
    title = Text("客户", "Customers")
    columns = COLUMNS
    roles = frozenset({"service-manager"})

    def checker(self) -> CustomerChecker:
        return CustomerChecker()

    def prepare(self, context: Context) -> None:
        """Nothing has to be there before."""

    def commit(self, rows: Sequence[Parsed], context: Context) -> Made:
        numbers = [row.get("number") for row in rows if row.get("number")]
        there = set(Customer.objects.filter(number__in=numbers).values_list("number", flat=True))
        fresh = [row for row in rows if row.get("number") not in there]
        made = actions.add_many(
            [self._new(row, context) for row in fresh], by=context.by, at=context.at, source=context.source
        )
        return Made(len(made), 0, len(rows) - len(fresh), [str(one.pk) for one in made])

    @staticmethod
    def _new(row: Parsed, context: Context) -> actions.NewCustomer:
        contact = actions.NewContact(row.get("contact"), row.get("phone"), row.get("post"))
        site = actions.NewSite(row.get("address"), row.get("region"), row.get("access"))
        return actions.NewCustomer(
            name=row.values["name"],
            outlet=outlet_of(row, context),
            number=row.get("number"),
            grade=row.get("grade"),
            contacts=(contact,) if contact.name or contact.phone else (),
            sites=(site,) if site.address else (),
        )

    def undo(self, made: Sequence[Any], context: Context) -> None:
        undoing.untouched("customer", made)
        first = Customer.objects.filter(pk__in=made).values_list("outlet", flat=True).first()
        undoing.remove([(Contact, "customer_id", made), (Site, "customer_id", made), (Customer, "pk", made)])
        if first:
            undoing.tell(first, context, {"kind": self.name, "ids": list(made)})
