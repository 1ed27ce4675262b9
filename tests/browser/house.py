"""What the house knows before the first call: customers, their projectors, warranty, prices, two colleagues more.

Every journey has a customer and a device of its own, so that none is another's earlier fault or open work.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.utils import timezone
from tests.cast import Site

from bihuan.journal import letters
from bihuan.people import actions as people
from bihuan.people.messages.spreading import Spread
from bihuan.people.models import Person
from bihuan.registers.charges.prices import Price, open_list
from bihuan.registers.customers import actions as customers
from bihuan.registers.products import actions as products
from bihuan.registers.warranty import actions as warranty

MODEL = "TY-300"


@dataclass(frozen=True)
class Known:
    """A customer on the books with one contact, one place and one projector."""

    name: str
    contact: str
    phone: str
    address: str
    serial: str
    sold_days_ago: int
    """Whole days; the terms last twelve months from the invoice."""


CALLER = Known("东湖中学", "王老师", "13900007001", "东湖路 8 号", "PJ-7001", 700)
COMPLAINER = Known("南湖剧院", "郑主任", "13900007002", "南湖路 12 号", "PJ-7002", 60)
TAKEN_FROM = Known("西湖诊所", "陶医生", "13900007003", "西湖路 95 号", "PJ-7003", 60)
AT_THE_COUNTER = Known("北湖书店", "吴店长", "13900007004", "北湖路 26 号", "PJ-7004", 700)
WANTED_AT_ONCE = (
    Known("中湖宾馆", "陈经理", "13900007005", "中湖路 14 号", "PJ-7005", 60),
    Known("小湖茶楼", "金老板", "13900007006", "小湖路 89 号", "PJ-7006", 60),
)
HOUSES = (CALLER, COMPLAINER, TAKEN_FROM, AT_THE_COUNTER, *WANTED_AT_ONCE)


def furnish(site: Site) -> None:
    """Put all of it on the books at the moment the site was made."""
    at = site.at
    rows = customers.add_many(
        [
            customers.NewCustomer(
                one.name, "north",
                contacts=(customers.NewContact(one.contact, one.phone),),
                sites=(customers.NewSite(one.address, "city"),),
            )
            for one in HOUSES
        ],
        by=None, at=at,
    )  # fmt: skip
    (projector,) = products.add_products(
        [products.NewProduct(MODEL, "会议投影机 TY-300", line="投影机", replacement_price=Decimal(4200))],
        by=None, at=at,
    )  # fmt: skip
    units = []
    for one, row in zip(HOUSES, rows, strict=True):
        sold = (at - timedelta(days=one.sold_days_ago)).date()
        place = row.sites.get()
        units.append(
            products.NewUnit(one.serial, projector, row, place, invoice_number=f"F-{one.serial}", invoice_on=sold,
                             accepted_on=sold)
        )  # fmt: skip
    products.add_many(units, by=None, at=at)
    since = (at - timedelta(days=1500)).date()
    warranty.add_many_terms([warranty.NewTerms(12, "invoice", since, "保修条款", line="投影机")], by=None, at=at)
    keeper = people.add_person("keeper", "管理员", None, is_administrator=True, by=None, at=at)
    lines = [Price("GF-01", "上门检查", Decimal(50)), Price("GF-03", "主板维修", Decimal(200))]
    open_list("维修收费标准", since, by=keeper, at=at, lines=lines)
    site.people["keeper"] = keeper
    site.people["zhang"] = _colleague("zhang", "张师傅", "repairer@north", at)
    people.add_skill(site.zhang, "投影机", start=at.date() - timedelta(days=365), by=None, at=at)
    site.people["feng"] = _colleague("feng", "冯管理师", "service-officer@head", at)


def _colleague(username: str, name: str, post: str, at: datetime) -> Person:
    made = people.add_person(username, name, None, name_en=username.title(), by=None, at=at)
    people.give_post(made, *post.split("@"), start=at.date() - timedelta(days=365), by=None, at=at)
    return made


def delivered(folder: Path) -> None:
    """What the worker does every few seconds: letters whose time has come are laid before their people."""
    now = timezone.now()
    letters.deliver(now, 500, Spread(letters.FileChannel(folder), now))
