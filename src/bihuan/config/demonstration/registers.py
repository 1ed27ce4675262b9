"""What is so before the first call: customers, their devices, terms of warranty and prices."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from bihuan.people.models import Person
from bihuan.registers.charges.prices import Price, open_list
from bihuan.registers.customers import actions as customers
from bihuan.registers.customers.models import Customer as CustomerRow
from bihuan.registers.products import actions as products
from bihuan.registers.products.models import Product as ProductRow
from bihuan.registers.warranty import actions as warranty

SAMPLE = "示例"
A_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Customer:
    """A customer as the stories speak of it."""

    name: str
    contact: str
    phone: str
    address: str
    region: str
    outlet: str


@dataclass(frozen=True)
class Product:
    code: str
    skill: str
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Device:
    serial: str
    product: Product
    customer: Customer
    bought: date
    until: date


@dataclass
class Stock:
    """Everything a story may speak of; ``leader`` is whom a complaint is reported to."""

    devices: list[Device] = field(default_factory=list)
    leader: str = ""
    customers: list[Customer] = field(default_factory=list)


def fill_registers(written: dict[str, Any], at: datetime) -> Stock:
    """Customers, products, devices, terms and prices of the file, with one entry for each batch."""
    stock = Stock(leader=_leader(written))
    known = [Customer(*one) for one in written.get("customers", {}).get("list", [])]
    if not known:
        return stock
    stock.customers = known
    rows = customers.add_many(
        [
            customers.NewCustomer(
                one.name, one.outlet, grade=SAMPLE,
                contacts=(customers.NewContact(one.contact, one.phone),),
                sites=(customers.NewSite(one.address, one.region),),
            )
            for one in known
        ],
        by=None, at=at, source=SAMPLE,
    )  # fmt: skip
    made = _products(written, at)
    _terms(written, at)
    _devices(written, stock, list(zip(known, rows, strict=True)), made, at)
    _prices(written, at)
    return stock


def _leader(written: dict[str, Any]) -> str:
    """Whoever keeps the whole house: the first person of a post at its first outlet."""
    head = next((one["code"] for one in written.get("outlet", []) if not one.get("parent")), "")
    for one in written.get("person", []):
        if any(post.endswith(f"@{head}") for post in one.get("posts", [])):
            return str(one["username"])
    return ""


def _products(written: dict[str, Any], at: datetime) -> list[tuple[Product, ProductRow]]:
    listed = written.get("products", {}).get("list", [])
    rows = products.add_products(
        [
            products.NewProduct(code, name, english, line=skill, replacement_price=Decimal(price))
            for code, name, english, skill, price, _faults in listed
        ],
        by=None, at=at, source=SAMPLE,
    )  # fmt: skip
    by_code = {row.code: row for row in rows}
    return [(Product(one[0], one[3], tuple(one[5])), by_code[one[0]]) for one in listed]


def _terms(written: dict[str, Any], at: datetime) -> None:
    since = (at - 5 * A_YEAR).date()
    warranty.add_many_terms(
        [
            warranty.NewTerms(months, starts, since, SAMPLE, line=line, exclusions=tuple(exclusions))
            for line, months, starts, exclusions in written.get("terms", {}).get("list", [])
        ],
        by=None, at=at, source=SAMPLE,
    )  # fmt: skip


def _devices(
    written: dict[str, Any], stock: Stock, owners: list[tuple[Customer, CustomerRow]],
    kinds: list[tuple[Product, ProductRow]], at: datetime,
) -> None:  # fmt: skip
    months = {line: months for line, months, *_rest in written.get("terms", {}).get("list", [])}
    random = Random(written["products"].get("seed", 1))  # noqa: S311 - the same devices every time
    new = []
    for number in range(written["products"].get("devices", 0)):
        owner, row = owners[number % len(owners)]
        product, model = kinds[(number * 5 + number // len(owners)) % len(kinds)]
        bought = (at - timedelta(days=random.randrange(40, 1100))).date()
        serial = f"{product.code}-{2100 + number:05d}"
        lasts = months.get(product.skill, months.get("", 0))
        stock.devices.append(Device(serial, product, owner, bought, _months_later(bought, lasts)))
        site = row.sites.order_by("id").first()
        new.append(
            products.NewUnit(serial, model, row, site, invoice_number=f"FP{number:06d}", invoice_on=bought,
                             accepted_on=bought)
        )  # fmt: skip
    products.add_many(new, by=None, at=at, source=SAMPLE)


def _months_later(day: date, months: int) -> date:
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, min(day.day, 28))


def _prices(written: dict[str, Any], at: datetime) -> None:
    listed = written.get("prices", {})
    keeper = Person.objects.filter(is_administrator=True).order_by("username").first()
    if not listed or keeper is None:
        return
    lines = [
        Price(code, title, Decimal(amount), english, unit) for code, title, english, unit, amount in listed["list"]
    ]
    open_list(listed["name"], (at - A_YEAR).date(), by=keeper, at=at, lines=lines)
