"""Who is found, by whom, under which words; what is kept of every change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from tests.cast import MONDAY, OWN_PACK

from bihuan.journal.models import Entry
from bihuan.people import actions as people
from bihuan.procedure.reading import read_pack
from bihuan.registers.customers import actions, facts, phones, queries
from bihuan.registers.customers.errors import AlreadyThere, NotAllowed, OutOfSight, WrongInput
from bihuan.registers.customers.models import Contact, Customer, Site
from bihuan.registers.deeds import Question

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(hours=1)
CONTACT = {"name": "张经理", "phone": "138 0013 8888", "post": "设备科"}
SITE = {"address": "江东北路 88 号 3 楼", "region": "江东", "access": "门卫登记"}


@pytest.fixture
def customer(site) -> Customer:
    given = {"contacts": (CONTACT,), "sites": (SITE,), "grade": "A"}
    return actions.add_customer("宁波奥克斯空调有限公司", outlet="north", by=site.chen, at=MONDAY, **given)


def found(person, text, **more) -> list[str]:
    return [one.name for one in queries.search(person, text, LATER, **more)]


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Customer, Contact, Site, Entry))


def test_a_customer_comes_with_one_entry_that_tells_it_whole(site, customer):
    contact, place = customer.contacts.get(), customer.sites.get()
    assert (contact.phone, contact.masked, contact.post) == ("+8613800138888", "138****8888", "设备科")
    assert (place.address, place.region, place.access) == tuple(SITE.values())
    written = Entry.objects.get(about_id=str(customer.pk))
    assert (written.chain, written.verb, written.doer, written.about_number) == (
        "north", "add-customer", "chen", customer.number,
    )  # fmt: skip
    assert written.content["answers"]["contacts"][0]["phone"] == "+8613800138888"


def test_numbers_run_on_and_step_over_those_given(site):
    first = actions.add_customer("甲", outlet="north", by=None, at=MONDAY).number
    following = f"C{int(first[1:]) + 1:06d}"
    actions.add_customer("乙", outlet="north", by=None, at=MONDAY, number=following)
    assert actions.add_customer("丙", outlet="north", by=None, at=MONDAY).number == f"C{int(first[1:]) + 2:06d}"


@pytest.mark.parametrize(
    "text",
    [
        "13800138888", "+86-138 0013 8888", "8888", "00138888", "奥克斯", "奥克", "宁波 空调", "nbaks", "aks", "NBAKS",
        "张经理", "江东北路", "北路", "88 号",
    ],
)  # fmt: skip
def test_found_by_number_name_initials_and_address(site, customer, text):
    actions.add_customer("旁人", outlet="north", by=None, at=MONDAY, contacts=({"phone": "13900139000"},))
    assert found(site.chen, text) == ["宁波奥克斯空调有限公司"]
    assert [one.name for one in queries.narrowed(site.chen, text, LATER)] == ["宁波奥克斯空调有限公司"]


@pytest.mark.parametrize("text", ["", "  ", "\x00", "'", "!!", "斯空宁", "13900000000", "%", "xq"])
def test_what_fits_nobody_finds_nobody(site, customer, text):
    assert found(site.chen, text) == []


def test_another_outlets_customers_are_not_there(site, customer):
    assert found(site.wang, "奥克斯") == found(site.wang, "13800138888") == found(site.wang, customer.number) == []
    assert queries.by_phone(site.wang, "13800138888", LATER) == []
    assert list(queries.visible_to(site.wang, LATER)) == list(queries.visible_to(site.outsider, LATER)) == []
    for person in (site.wang, site.outsider):
        with pytest.raises(OutOfSight):
            queries.find(person, customer.number, LATER)


def test_who_sees_whole_numbers(site, customer):
    seen = {one: phones.may_see(site.people[one], customer, LATER) for one in ("chen", "zhou", "li", "qian", "wang")}
    assert seen == {"chen": True, "zhou": True, "li": False, "qian": True, "wang": False}
    assert not phones.may_see(site.outsider, customer, LATER)


def test_to_whom_numbers_are_masked_every_hidden_figure_is_the_same(site, customer):
    """A repairer finds by what is shown anyway; guessing the hidden figures is answered alike whatever they are."""
    assert found(site.li, "8888") == ["宁波奥克斯空调有限公司"]
    for guess in ("13800138888", "13812348888", "13899998888"):
        assert found(site.li, guess) == ["宁波奥克斯空调有限公司"]
        assert len(queries.by_phone(site.li, guess, LATER)) == 1
    for guess in ("00138888", "38888", "0013", "800138"):
        assert found(site.li, guess) == []
    assert found(site.chen, "13812348888") == []
    assert queries.by_phone(site.chen, "13812348888", LATER) == []


def test_showing_a_number_takes_a_reason_and_leaves_one_entry_without_the_number(site, customer):
    contact = customer.contacts.get()
    before = counts()
    with pytest.raises(WrongInput) as refused:
        actions.reveal(contact, by=site.li, at=LATER, reason=" ")
    assert (refused.value.field, counts()) == ("reason", before)
    with pytest.raises(NotAllowed):
        actions.reveal(contact, by=site.wang, at=LATER, reason="好奇")
    assert actions.reveal(contact, by=site.li, at=LATER, reason="上门找不到人") == "+8613800138888"
    written = Entry.objects.order_by("position").last()
    assert (written.verb, written.doer) == ("reveal", "li")
    assert written.content["answers"] == {"contact": str(contact.pk), "reason": "上门找不到人"}


def test_a_number_alone_is_a_contact_and_the_same_twice_is_refused(site, customer):
    contact = actions.add_contact(customer, by=site.chen, at=LATER, phone="0574-87654321转8")
    assert (contact.name, contact.phone, contact.extension) == ("", "+8657487654321", "8")
    before = counts()
    with pytest.raises(AlreadyThere):
        actions.add_contact(customer, by=site.chen, at=LATER, phone="(0574) 8765 4321 分机8")
    assert counts() == before


@pytest.mark.parametrize(
    ("given", "error", "field"),
    [
        ({"name": " "}, WrongInput, "name"),
        ({"name": "长" * 201}, WrongInput, "name"),
        ({"outlet": "nowhere"}, WrongInput, "outlet"),
        ({"number": "TAKEN"}, AlreadyThere, "number"),
        ({"contacts": ({"name": "无号"}, {"phone": "12"})}, WrongInput, "phone"),
        ({"contacts": ({},)}, WrongInput, "phone"),
        ({"sites": ({"address": ""},)}, WrongInput, "address"),
    ],
)
def test_a_customer_that_cannot_be_added_leaves_no_trace(site, given, error, field):
    actions.add_customer("先来", outlet="north", number="TAKEN", by=None, at=MONDAY)
    before = counts()
    with pytest.raises(error) as refused:
        actions.add_customer(**{"name": "后到", "outlet": "north", **given}, by=None, at=LATER)
    assert (refused.value.field, counts()) == (field, before)


def test_only_whoever_holds_a_post_there_may_add_and_change(site, customer):
    before = counts()
    for person in (site.wang, site.outsider):
        with pytest.raises(NotAllowed):
            actions.add_customer("越界", outlet="north", by=person, at=LATER)
        with pytest.raises(NotAllowed):
            actions.change_customer(customer, by=person, at=LATER, name="改名")
        with pytest.raises(NotAllowed):
            actions.add_site(customer, by=person, at=LATER, address="别处")
    with pytest.raises(NotAllowed):
        actions.change_customer(customer, by=site.chen, at=LATER, outlet="south")
    assert counts() == before


def test_a_change_tells_old_and_new_and_is_found_at_once(site, customer):
    actions.change_customer(customer, by=site.chen, at=LATER, name="杭州西子电器", grade="A")
    assert Entry.objects.order_by("position").last().content["answers"] == {
        "name": ["宁波奥克斯空调有限公司", "杭州西子电器"]
    }
    assert (found(site.chen, "西子"), found(site.chen, "奥克斯")) == (["杭州西子电器"], [])
    before = counts()
    actions.change_customer(
        queries.find(site.chen, customer.number, LATER), by=site.chen, at=LATER, name="杭州西子电器"
    )
    assert counts() == before


def test_a_contact_and_a_site_are_corrected_with_old_and_new(site, customer):
    contact, place = customer.contacts.get(), customer.sites.get()
    actions.change_contact(contact, by=site.chen, at=LATER, name="张总", phone="13900139999", gone=True)
    told = Entry.objects.order_by("position").last().content["answers"]
    assert (told["name"], told["phone"], told["gone"]) == (
        ["张经理", "张总"], ["+8613800138888", "+8613900139999"], [False, True],
    )  # fmt: skip
    assert Contact.objects.get().masked == "139****9999"
    actions.change_site(place, by=site.chen, at=LATER, address="中山路 1 号")
    assert (found(site.chen, "中山路"), found(site.chen, "江东北路")) == (["宁波奥克斯空调有限公司"], [])


def test_the_database_itself_keeps_numbers_in_their_form(site, customer):
    for change in (
        "UPDATE customers_contact SET phone = '13800138000'",
        "UPDATE customers_contact SET phone = '+0138001380'",
        "UPDATE customers_contact SET masked = ''",
        "UPDATE customers_contact SET name = '', phone = '', masked = ''",
        "UPDATE customers_contact SET extension = 'x'",
        "UPDATE customers_customer SET outlet = 'nowhere'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def asked(definition, outlet, **answers):
    return facts.known(
        Question(definition=definition, answers={"intake": answers}, at=LATER, outlet=outlet, form="intake")
    )


def test_whether_a_caller_is_known_is_told_within_the_books_the_case_reaches(site, customer):
    definition = read_pack(OWN_PACK).pack.procedures["job"]
    kinds = {field.kind: name for name, field in definition.forms["intake"].fields.items()}
    contact = kinds["contact"]
    assert asked(definition, "north", **{contact: "张经理"}) is True
    assert asked(definition, "north", **{contact: "李经理"}) is False
    assert asked(definition, "south", **{contact: "张经理"}) is False
    assert asked(definition, "north", **{contact: ""}) is None
    assert queries.known("north", phone="138-0013-8888") is True
    assert queries.known("south", phone="13800138888") is False
    assert queries.known("north", phone="不详") is None


def test_somebody_who_lost_the_post_sees_nothing_any_more(site, customer):
    holding = site.chen.holdings.get()
    people.end_post(holding, LATER.date(), by=None, at=LATER)
    tomorrow = LATER + timedelta(days=1)
    assert list(queries.visible_to(site.again("chen"), tomorrow)) == []
