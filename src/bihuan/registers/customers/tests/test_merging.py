"""Two records of one customer become one; nothing is lost and no ring comes about."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from tests.cast import MONDAY, at_once, make_site

from bihuan.journal.models import Entry
from bihuan.registers.customers import actions, queries
from bihuan.registers.customers.errors import Merged, NotAllowed, WrongInput
from bihuan.registers.customers.models import Contact, Customer, Site

LATER = MONDAY + timedelta(hours=1)
pytestmark = pytest.mark.django_db


def new(name: str, outlet: str = "north", phone: str = "") -> Customer:
    contacts = ({"phone": phone},) if phone else ()
    sites = ({"address": f"{name}路 1 号"},)
    return actions.add_customer(name, outlet=outlet, by=None, at=MONDAY, contacts=contacts, sites=sites)


def merge(duplicate: Customer, into: Customer, by=None) -> Customer:
    return actions.merge(duplicate, into, by=by, at=LATER, because="同一电话")


def test_everything_goes_over_and_the_duplicate_points_there(site):
    old, kept = new("甲公司", phone="13800138000"), new("乙公司", phone="13900139000")
    merge(old, kept, by=site.zhou)
    old.refresh_from_db()
    assert (old.merged_into, old.merged_at) == (kept, LATER)
    assert (old.contacts.count(), old.sites.count(), kept.contacts.count(), kept.sites.count()) == (0, 0, 2, 2)
    written = Entry.objects.order_by("position").last()
    assert (written.verb, written.doer, written.about_number, written.chain) == ("merge", "zhou", old.number, "north")
    told = written.content["answers"]
    assert (told["into"], told["because"], len(told["contacts"]), len(told["sites"])) == (kept.number, "同一电话", 1, 1)


def test_it_stays_readable_and_its_number_and_name_lead_to_the_survivor(site):
    old, kept = new("甲公司", phone="13800138000"), new("乙公司")
    merge(old, kept)
    assert queries.find(site.chen, old.number, LATER).name == "甲公司"
    for text in (old.number, "甲公司", "13800138000", "甲公司路"):
        assert queries.search(site.chen, text, LATER) == [kept], text
    assert list(queries.standing(site.chen, LATER)) == [kept]
    assert [one.verb for one in queries.history(kept)] == ["add-customer", "add-customer", "merge"]


def test_a_chain_of_merges_leads_to_the_last(site):
    first, second, third = new("甲公司"), new("乙公司"), new("丙公司")
    merge(first, second)
    merge(second, third)
    assert queries.survivor(Customer.objects.get(pk=first.pk)) == third
    assert queries.search(site.chen, first.number, LATER) == [third]
    assert queries.merged_into(third) == [Customer.objects.get(pk=second.pk), Customer.objects.get(pk=first.pk)]
    assert third.sites.count() == 3


def test_neither_ring_nor_second_merge_nor_itself(site):
    first, second, third = new("甲公司"), new("乙公司"), new("丙公司")
    merge(first, second)
    before = Entry.objects.count()
    for duplicate, into in ((second, first), (first, third), (third, first)):
        with pytest.raises(Merged):
            merge(duplicate, into)
    with pytest.raises(WrongInput):
        merge(third, third)
    with pytest.raises(WrongInput):
        actions.merge(third, second, by=None, at=LATER, because="")
    assert (Entry.objects.count(), Customer.objects.filter(merged_into__isnull=False).count()) == (before, 1)


def test_nothing_more_is_done_on_one_that_was_merged(site):
    first, second = new("甲公司"), new("乙公司")
    merge(first, second)
    with pytest.raises(Merged):
        actions.add_contact(first, by=None, at=LATER, name="迟到")
    with pytest.raises(Merged):
        actions.change_customer(first, by=None, at=LATER, name="改名")
    assert not Contact.objects.filter(name="迟到").exists()


def test_only_administrators_managers_and_dispatchers_merge_within_their_scope(site):
    north, other, south = new("甲公司"), new("乙公司"), new("丙公司", "south")
    for person in (site.chen, site.li, site.qian, site.outsider):
        with pytest.raises(NotAllowed):
            merge(north, other, by=person)
    for person in (site.zhou, site.wang):
        with pytest.raises(NotAllowed):
            merge(north, south, by=person)
    assert merge(north, other, by=site.zhou) == other


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE customers_customer SET merged_into_id = id, merged_at = now() WHERE name = '乙公司'",
        "UPDATE customers_customer SET merged_at = now() WHERE name = '乙公司'",
        # back into the ring
        "UPDATE customers_customer SET merged_at = now(), merged_into_id ="
        " (SELECT id FROM customers_customer WHERE name = '甲公司') WHERE name = '乙公司'",
        # once more, or taken back
        "UPDATE customers_customer SET merged_into_id ="
        " (SELECT id FROM customers_customer WHERE name = '丙公司') WHERE name = '甲公司'",
        "UPDATE customers_customer SET merged_into_id = NULL, merged_at = NULL WHERE name = '甲公司'",
        # something hung on it afterwards
        "UPDATE customers_site SET customer_id = (SELECT id FROM customers_customer WHERE name = '甲公司')",
        # merged by hand, leaving its sites behind
        "UPDATE customers_customer SET merged_at = now(), merged_into_id ="
        " (SELECT id FROM customers_customer WHERE name = '乙公司') WHERE name = '丙公司'",
    ],
)
def test_the_database_itself_refuses(site, change):
    merge(new("甲公司"), new("乙公司"))
    new("丙公司")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=some.lists(some.tuples(some.integers(0, 5), some.integers(0, 5)), max_size=12))
def test_whatever_is_merged_in_whatever_order_nothing_is_lost(site, pairs):
    with transaction.atomic():
        made = [new(f"客户{place}", phone=f"1380013800{place}") for place in range(6)]
        for left, right in pairs:
            try:
                with transaction.atomic():
                    merge(made[left], made[right])
            except (Merged, WrongInput):
                continue
        rows = {one.pk: one for one in Customer.objects.filter(pk__in=[one.pk for one in made])}
        standing = {pk for pk, one in rows.items() if one.merged_into_id is None}
        assert {queries.survivor(one).pk for one in rows.values()} == standing
        assert set(Contact.objects.filter(customer__in=rows).values_list("customer", flat=True)) == standing
        assert (Contact.objects.filter(customer__in=rows).count(), Site.objects.filter(customer__in=rows).count()) == (
            6, 6,
        )  # fmt: skip
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_each_other_at_the_same_instant_make_no_ring():
    make_site()
    left, right = new("甲公司"), new("乙公司")

    def one_way() -> object:
        return merge(left, right)

    def other_way() -> object:
        return merge(right, left)

    answers = at_once(one_way, other_way)
    refused = [one for one in answers if isinstance(one, Merged | OperationalError)]
    assert len(refused) == 1
    assert Customer.objects.filter(merged_into__isnull=True).count() == 1
    assert Site.objects.filter(customer__merged_into__isnull=True).count() == 2
