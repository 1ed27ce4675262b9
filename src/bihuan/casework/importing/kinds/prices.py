"""A price list: all lines of one name are one list, opened as one act on the day the file says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from bihuan.people import queries as people
from bihuan.procedure.definition import Text
from bihuan.registers.charges import prices
from bihuan.registers.charges.models import PriceList
from bihuan.registers.charges.prices import Price

from ..errors import ImportRefusal
from . import parsing
from .base import Context, ImportColumn, Made, Parsed, Problem
from .customers import in_sight


def _column(code: str, zh: str, en: str, parser: Any, aliases: tuple[str, ...] = (), **more: Any) -> ImportColumn:
    return ImportColumn(code, Text(zh, en), parser, aliases, **more)


COLUMNS = (
    _column("list", "价目名称", "List", parsing.text_of(80), ("价目", "价目表", "price list"), must=True,
            example="上门维修收费"),
    _column("code", "项目代码", "Code", parsing.text_of(40), ("代码", "编号", "item code"), must=True, example="SM-01"),
    _column("title", "项目", "Item", parsing.text_of(200), ("项目名称", "名称", "收费项目"), must=True,
            example="上门费"),
    _column("amount", "单价", "Price", parsing.money, ("金额", "价格", "amount"), must=True, example="50.00",
            shown_as="money"),
    _column("unit", "单位", "Unit", parsing.text_of(20), ("计量单位", "uom"), example="次"),
    _column("start", "起始日期", "In force from", parsing.day, ("生效日期", "执行日期", "start", "from"), must=True,
            example="2026-01-01", shown_as="date"),
    _column("title-en", "英文名称", "Item in English", parsing.text_of(200), ("english",)),
    _column("product", "产品", "Product", parsing.text_of(80), ("型号", "适用型号", "model")),
    _column("outlet", "网点代码", "Outlet code", parsing.text_of(40), ("网点", "outlet")),
)  # fmt: skip


class PriceChecker:
    """A code once per list, one day of beginning per list, amounts not below nothing."""

    def __init__(self) -> None:
        self.seen: dict[tuple[str, str, str], int] = {}
        self.starts: dict[tuple[str, str], str] = {}
        self.outlets = {*people.outlet_codes(), ""}

    def __call__(self, rows: Sequence[Parsed], context: Context) -> list[Problem]:
        found: list[Problem] = []
        for row in rows:
            outlet = row.get("outlet") or context.options.outlet
            name, code, start = row.values["list"], row.values["code"], row.values["start"]
            if outlet:
                found += in_sight(row, outlet, self.outlets, context)
            if self.seen.setdefault((outlet, name, code), row.number) != row.number:
                words = Text("同一价目里代码重复", "The code stands in this list twice")
                found.append(Problem(row.number, "twice", words, "code"))
            if not prices.CODE.match(code):
                words = Text("代码只用文字、数字、点、连字符", "A code is letters, digits, dots, hyphens")
                found.append(Problem(row.number, "code", words, "code"))
            if Decimal(row.values["amount"]) < 0:
                found.append(Problem(row.number, "amount", Text("单价为负", "The price is negative"), "amount"))
            first = self.starts.setdefault((outlet, name), start)
            if first != start:
                words = Text(f"同一价目的起始日期不同（{first}）", f"The list begins on {first}")
                found.append(Problem(row.number, "start", words, "start"))
            elif PriceList.objects.filter(name=name, outlet=outlet).exists():
                words = Text(
                    f"价目“{name}”已在，请在价目页面改版", f"“{name}” is there: make a new version on its page"
                )
                found.append(Problem(row.number, "known", words, "list"))
        return found


class Prices:
    """See the module. The lines of one list must fit into one batch: a list of more than 500 lines is refused."""

    name = "price-list"
    title = Text("价目", "Price lists")
    columns = COLUMNS
    roles = frozenset({"finance", "service-manager"})

    def checker(self) -> PriceChecker:
        return PriceChecker()

    def prepare(self, context: Context) -> None:
        """Nothing has to be there before."""

    def commit(self, rows: Sequence[Parsed], context: Context) -> Made:
        lists: dict[tuple[str, str], list[Parsed]] = defaultdict(list)
        for row in rows:
            lists[(row.get("outlet") or context.options.outlet, row.values["list"])].append(row)
        made = Made(new=len(rows))
        for (outlet, name), lines in sorted(lists.items()):
            start = date.fromisoformat(lines[0].values["start"])
            opened = prices.open_list(
                name, start, by=context.by, at=context.at, outlet=outlet, lines=[self._line(row) for row in lines]
            )
            made.made.append(str(opened.pk))
        return made

    @staticmethod
    def _line(row: Parsed) -> Price:
        return Price(
            code=row.values["code"],
            title=row.values["title"],
            amount=Decimal(row.values["amount"]),
            title_en=row.get("title-en"),
            unit=row.get("unit"),
            product=row.get("product"),
        )

    def undo(self, made: Sequence[Any], context: Context) -> None:
        words = Text(
            "价目只能由新版替代，不能撤回；请在价目页面改版",
            "A price list is replaced by a new version, never taken back",
        )
        raise ImportRefusal("built-upon", words)
