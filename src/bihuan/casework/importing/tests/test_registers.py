"""Customers, devices, price lists and people, through the registers' own actions."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.cast import Site

from bihuan.casework.importing import reversing
from bihuan.casework.importing.errors import ImportRefusal
from bihuan.journal.models import Entry
from bihuan.people.models import Holding, Person
from bihuan.registers.charges.models import PriceLine
from bihuan.registers.customers.models import Customer
from bihuan.registers.products import actions as products
from bihuan.registers.products.models import Unit

from .files import checked, imported, problems

HOUR = timedelta(hours=1)
CUSTOMERS = """客户编号,客户名称,联系人,电话,地址,等级
KH-1,甬江大厦,王女士,138 0013 8000,江南路 1 号,A
KH-2,鄞州中学,,0574-87654321,,
"""
DEVICES = """SN,型号,客户,安装地址,发票日期
A1,kf-72l,KH-1,江南路 1 号,2024年3月1日
A2,KF-72L,鄞州中学,,
"""


@pytest.fixture
def admin(site: Site) -> Person:
    Person.objects.filter(username="qian").update(is_administrator=True)
    admin = site.again("qian")
    products.add_product("KF-72L", "空调", by=admin, at=site.at)
    return admin


def test_customers_come_with_contact_and_site_in_one_entry(site, admin):
    one = imported(CUSTOMERS, admin, site.at, "customers", outlet="north")
    assert (one.state, one.new) == ("done", 2)
    first = Customer.objects.get(number="KH-1")
    assert (first.outlet, first.grade) == ("north", "A")
    assert [(each.name, each.phone) for each in first.contacts.all()] == [("王女士", "+8613800138000")]
    assert [each.address for each in first.sites.all()] == ["江南路 1 号"]
    assert Entry.objects.filter(verb="add-customers").count() == 1


def test_devices_find_model_customer_and_place(site, admin):
    imported(CUSTOMERS, admin, site.at, "customers", outlet="north")
    one = imported(DEVICES, admin, site.at, "devices")
    assert (one.state, one.new) == ("done", 2)
    unit = Unit.objects.get(serial="A1")
    assert (unit.customer.number, unit.site.address, str(unit.invoice_on)) == ("KH-1", "江南路 1 号", "2024-03-01")
    again = checked(DEVICES, admin, site.at, "devices")
    assert (again.new, again.skipped) == (0, 2)


def test_devices_name_everything_that_is_not_on_the_books(site, admin):
    text = "SN,型号,客户\n,KF-72L,KH-1\nB1,KF-99,甲\nB2,KF-72L,乙\nB2,KF-72L,乙\n"
    one = checked(text, admin, site.at, "devices")
    assert problems(one) == [
        (2, "serial", "error", "missing"),
        (3, "model", "error", "no-model"),
        (3, "customer", "error", "no-customer"),
        (4, "customer", "error", "no-customer"),
        (5, "serial", "error", "twice"),
        (5, "customer", "error", "no-customer"),
    ]


def test_telephones_that_cannot_be_called_are_named(site, admin):
    one = checked("客户名称,电话\n甲,12\n", admin, site.at, "customers", outlet="north")
    assert problems(one) == [(2, "phone", "error", "phone")]


def test_devices_are_taken_back_and_customers_only_without_devices(site, admin):
    customers = imported(CUSTOMERS, admin, site.at, "customers", outlet="north")
    devices = imported(DEVICES, admin, site.at, "devices")
    with pytest.raises(ImportRefusal) as refusal:
        reversing.reverse(customers, by=admin, at=site.at + HOUR)
    assert (refusal.value.code, Customer.objects.count()) == ("built-upon", 2)
    reversing.reverse(devices, by=admin, at=site.at + HOUR)
    reversing.reverse(customers, by=admin, at=site.at + HOUR)
    assert (Unit.objects.count(), Customer.objects.count()) == (0, 0)


def test_a_price_list_is_opened_with_its_lines(site, admin):
    head = "价目名称,项目代码,项目,单价,起始日期\n"
    text = head + '维修,SM-1,上门费,¥50.00,2026-03-02\n维修,SM-2,检测费,"1,080",2026-03-02\n'
    one = imported(text, admin, site.at, "price-list")
    assert one.words_zh == ""
    assert list(PriceLine.objects.order_by("code").values_list("code", "amount")) == [
        ("SM-1", Decimal("50.00")),
        ("SM-2", Decimal("1080.00")),
    ]


def test_people_come_with_their_post_and_cannot_sign_in_yet(site, admin):
    text = "工号,姓名,岗位,网点,任岗日期,邮箱\nG001,王丽,调度员,north,2024-03-01,w@example.com\nG002,李强,,,,\n"
    one = imported(text, admin, site.at, "people")
    assert (one.state, one.new) == ("done", 2)
    person = Person.objects.get(username="g001")
    assert (person.name, person.email, person.has_usable_password()) == ("王丽", "w@example.com", False)
    assert [(held.post, held.place) for held in Holding.objects.filter(person=person)] == [("dispatcher", "north")]
    reversing.reverse(one, by=admin, at=site.at + HOUR)
    assert not Person.objects.filter(username__in=["g001", "g002"]).exists()


def test_people_with_wrong_posts_outlets_and_addresses_are_named(site, admin):
    text = "账号,姓名,岗位,网点,邮箱\nchen,陈,,,\nx y,甲,,,\nok,乙,飞行员,nowhere,keins\n"
    assert problems(checked(text, admin, site.at, "people")) == [
        (2, "username", "skip", "known"),
        (3, "username", "error", "username"),
        (4, "email", "error", "email"),
    ]
    text = "账号,姓名,岗位,网点\nok,乙,飞行员,nowhere\n"
    assert problems(checked(text, admin, site.at, "people")) == [
        (2, "post", "error", "no-post"),
        (2, "outlet", "error", "no-outlet"),
    ]
