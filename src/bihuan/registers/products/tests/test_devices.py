"""What stands where, who finds it, and what is kept of every change."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from tests.cast import MONDAY, OWN_PACK

from bihuan.journal.models import Entry
from bihuan.procedure.reading import read_pack
from bihuan.registers.customers import actions as customers
from bihuan.registers.customers.errors import AlreadyThere, NotAllowed, OutOfSight, WrongInput
from bihuan.registers.deeds import Deed, Question
from bihuan.registers.products import actions, effects, facts, queries
from bihuan.registers.products.actions import NewProduct, NewUnit
from bihuan.registers.products.models import Product, Unit

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
def product(site) -> Product:
    return actions.add_product("KF-72L", "柜式空调", by=None, at=MONDAY, line="空调", replacement_price="6,200")


@pytest.fixture
def owner(site):
    given = {"contacts": ({"name": "张经理", "phone": "13800138888"},), "sites": ({"address": "江东北路 88 号"},)}
    return customers.add_customer("宁波奥克斯", outlet="north", by=None, at=MONDAY, **given)


@pytest.fixture
def unit(site, product, owner) -> Unit:
    days = {"invoice_on": date(2025, 3, 2), "invoice_number": "FP-1", "accepted_on": date(2025, 3, 5)}
    return actions.add_unit("0A93-17", product, owner, by=site.chen, at=MONDAY, site=owner.sites.get(), **days)


def found(person, text) -> list[str]:
    return [one.serial for one in queries.search(person, text, LATER)]


def counts() -> tuple[int, ...]:
    return (Product.objects.count(), Unit.objects.count(), Entry.objects.count())


def test_a_device_comes_with_one_entry_that_tells_it_whole(unit):
    written = Entry.objects.get(about_id=str(unit.pk))
    assert (written.chain, written.verb, written.doer, written.about_number) == ("north", "add-unit", "chen", "0A93-17")
    told = written.content["answers"]
    assert (told["model"], told["site"], told["invoice_on"], told["state"]) == (
        "KF-72L", "江东北路 88 号", "2025-03-02", "unverified",
    )  # fmt: skip


@pytest.mark.parametrize(
    "text", ["0A93-17", "0a93-17", "０Ａ９３-17", "0A93", "3-17", "KF-72", "柜式", "奥克斯", "13800138888"]
)
def test_found_by_serial_model_and_customer(site, unit, text):
    assert found(site.chen, text) == ["0A93-17"]
    assert [one.serial for one in queries.narrowed(site.chen, text, LATER)] == ["0A93-17"]


def test_another_outlets_devices_are_not_there(site, unit):
    assert found(site.wang, "0A93-17") == []
    assert queries.unit_by_serial(site.wang, "0A93-17", LATER) is None
    for reference in ("0A93-17", str(unit.pk)):
        with pytest.raises(OutOfSight):
            queries.find(site.wang, reference, LATER)
    assert queries.find(site.chen, "0a93-17", LATER) == queries.find(site.chen, str(unit.pk), LATER) == unit
    for nobody in ("", "\x00", "\x01", str(uuid4())):
        with pytest.raises(OutOfSight):
            queries.find(site.chen, nobody, LATER)


def test_one_serial_once_in_a_model_and_no_guess_between_two_models(site, unit, product, owner):
    before = counts()
    with pytest.raises(AlreadyThere) as refused:
        actions.add_unit("0a93 - 17", product, owner, by=None, at=LATER)
    assert (refused.value.field, counts()) == ("serial", before)
    other = actions.add_product("KF-35", "挂式空调", by=None, at=MONDAY)
    actions.add_unit("0A93-17", other, owner, by=None, at=LATER)
    assert queries.unit_by_serial(site.chen, "0A93-17", LATER) is None
    assert [one.model.code for one in queries.units_by_serial(site.chen, "0A93-17", LATER)] == ["KF-35", "KF-72L"]
    assert queries.within_reach("north", "0A93-17", "KF-35").model == other
    assert queries.within_reach("north", "0A93-17") is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"serial": "　"}, "serial"),
        ({"serial": "9" * 81}, "serial"),
        ({"state": "lost"}, "state"),
        ({"site": 1}, "site"),
    ],
)
def test_a_device_that_cannot_be_added_leaves_no_trace(site, product, owner, given, field):
    other = customers.add_customer("别家", outlet="north", by=None, at=MONDAY, sites=({"address": "别处"},))
    given = {"serial": "X1", **given} | ({"site": other.sites.get()} if "site" in given else {})
    before = counts()
    with pytest.raises(WrongInput) as refused:
        actions.add_unit(product=product, customer=owner, by=None, at=LATER, **given)
    assert (refused.value.field, counts()) == (field, before)


def test_a_change_tells_old_and_new_and_a_move_leaves_the_old_place(site, unit, owner):
    other = customers.add_customer("乙公司", outlet="north", by=None, at=MONDAY)
    moved = actions.change_unit(unit, by=site.chen, at=LATER, customer=other, state="verified")
    assert (moved.customer, moved.site, moved.state) == (other, None, "verified")
    assert Entry.objects.order_by("position").last().content["answers"] == {
        "customer": [owner.number, other.number],
        "site": ["江东北路 88 号", ""],
        "state": ["unverified", "verified"],
    }
    before = counts()
    actions.change_unit(moved, by=site.chen, at=LATER, state="verified")
    assert counts() == before
    assert [one.verb for one in queries.history(moved)] == ["add-unit", "change-unit"]


def test_nobody_moves_a_device_out_of_or_into_anothers_scope(site, unit, product):
    south = customers.add_customer("南方", outlet="south", by=None, at=MONDAY)
    before = counts()
    with pytest.raises(NotAllowed):
        actions.change_unit(unit, by=site.wang, at=LATER, project="P")
    with pytest.raises(NotAllowed):
        actions.change_unit(unit, by=site.chen, at=LATER, customer=south)
    with pytest.raises(NotAllowed):
        actions.add_unit("X1", product, south, by=site.chen, at=LATER)
    with pytest.raises(NotAllowed):
        actions.add_product("NEW", "新品", by=site.chen, at=LATER)
    assert counts() == before


def test_devices_go_along_when_customers_are_merged(site, unit, owner):
    other = customers.add_customer("乙公司", outlet="north", by=None, at=MONDAY)
    customers.merge(owner, other, by=site.zhou, at=LATER, because="同一家")
    unit.refresh_from_db()
    assert (unit.customer, unit.site.customer) == (other, other)
    assert Entry.objects.order_by("position").last().content["answers"]["units"] == [str(unit.pk)]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE products_unit SET serial = ' 1 '",
        "UPDATE products_unit SET state = 'lost'",
        "UPDATE products_product SET replacement_price = 0",
        "INSERT INTO products_unit (id, serial, model_id, customer_id, invoice_number, project, state, made_at)"
        " SELECT gen_random_uuid(), lower(serial), model_id, customer_id, '', '', state, now() FROM products_unit",
        # at the site of somebody else
        "UPDATE products_unit SET customer_id = (SELECT id FROM customers_customer WHERE name = '乙公司')",
        # merged by hand, leaving the device behind
        "UPDATE customers_customer SET merged_at = now(), merged_into_id ="
        " (SELECT id FROM customers_customer WHERE name = '乙公司') WHERE name = '丁公司'",
    ],
)
def test_the_database_itself_refuses(site, unit, product, change):
    customers.add_customer("乙公司", outlet="north", by=None, at=MONDAY)
    bare = customers.add_customer("丁公司", outlet="north", by=None, at=MONDAY)
    actions.add_unit("D1", product, bare, by=None, at=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_batch_is_one_copy_and_one_entry(site, product, owner):
    before = counts()
    lines = [NewUnit(f"S{row:04d}", product, owner, invoice_on=date(2025, 1, 1)) for row in range(500)]
    ids = actions.add_many(lines, by=site.chen, at=LATER, source="devices.xlsx")
    assert counts() == (before[0], before[1] + 500, before[2] + 1)
    assert [Unit.objects.get(pk=ids[place]).serial for place in (0, 499)] == ["S0000", "S0499"]
    assert Entry.objects.order_by("position").last().content["answers"]["count"] == 500
    assert queries.counted(queries.narrowed(site.chen, "S00", LATER)) == 100


@pytest.mark.parametrize(
    ("serial", "error", "field"),
    [("", WrongInput, "1.serial"), ("S1", AlreadyThere, "1.serial"), ("0a93-17", AlreadyThere, "1.serial")],
)
def test_one_bad_device_refuses_the_whole_batch(site, unit, product, owner, serial, error, field):
    before = counts()
    with pytest.raises(error) as refused:
        actions.add_many([NewUnit("S1", product, owner), NewUnit(serial, product, owner)], by=None, at=LATER)
    assert (refused.value.field, counts()) == (field, before)


def test_a_catalogue_is_brought_in_with_one_entry_and_a_price_is_a_positive_sum(site):
    before = counts()
    made = actions.add_products(
        [NewProduct("A1", "甲"), NewProduct("A2", "乙", replacement_price="1,234.5")], by=None, at=MONDAY
    )
    assert counts() == (before[0] + 2, before[1], before[2] + 1)
    assert str(made[1].replacement_price) == "1234.50"
    for price in ("0", "-1", "NaN", "Infinity", "x", "1e20"):
        with pytest.raises(WrongInput):
            actions.add_product("A3", "丙", by=None, at=MONDAY, replacement_price=price)
    changed = actions.change_product(made[0], by=None, at=LATER, replacement_price="99")
    assert Entry.objects.order_by("position").last().content["answers"] == {"replacement_price": [None, "99.00"]}
    assert (changed.code, str(changed.replacement_price)) == ("A1", "99.00")


@pytest.fixture
def definition():
    return read_pack(OWN_PACK).pack.procedures["job"]


def test_whether_a_device_is_known_and_when_it_was_delivered(site, unit, definition):
    device = next(name for name, one in definition.forms["intake"].fields.items() if one.kind == "device")

    def asked(outlet, serial):
        question = Question(definition, {"intake": {device: serial}}, LATER, outlet=outlet, form="intake")
        return facts.known(question), facts.delivered(question)

    assert asked("north", "0A93-17") == (True, "2025-03-05")
    assert asked("north", "0000") == (False, None)
    assert asked("south", "0A93-17") == (False, None)
    assert asked("north", "") == (None, None)


def test_an_act_registers_a_device_without_an_entry_of_its_own(site, product, owner, definition):
    device = next(name for name, one in definition.forms["intake"].fields.items() if one.kind == "device")

    def deed(serial="N-1", outlet="north", **arguments):
        given = {"answers": {"intake": {device: serial}}, "outlet": outlet, "form": "intake", "arguments": arguments}
        return Deed(definition, at=LATER, received=LATER, number="J-1", case=uuid4(), **given)

    before = counts()
    whole = {"product": "KF-72L", "customer": "13800138888", "delivered": "2026-03-01"}
    came = effects.register(deed(**whole))
    assert (came["serial"], came["model"], came["customer"]) == ("N-1", "KF-72L", owner.number)
    unit = Unit.objects.get()
    assert (unit.accepted_on, unit.state, counts()) == (date(2026, 3, 1), "verified", (before[0], 1, before[2]))
    for wrong, field in (
        (deed(""), "device"),
        (deed("N-2", **{**whole, "product": "none"}), "product"),
        (deed("N-2", **{**whole, "customer": "nobody"}), "customer"),
        (deed("N-2", "south", **whole), "customer"),
        (deed("N-2", **{**whole, "delivered": "soon"}), "delivered"),
        (deed("N-1", **whole), "serial"),
    ):
        with pytest.raises((WrongInput, AlreadyThere)) as refused, transaction.atomic():
            effects.register(wrong)
        assert refused.value.field == field
    assert counts()[1] == 1
