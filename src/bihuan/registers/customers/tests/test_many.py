"""Many customers at once: one entry, all of them or none."""

from __future__ import annotations

import pytest
from tests.cast import MONDAY

from bihuan.journal.models import Entry
from bihuan.registers.customers import actions, queries
from bihuan.registers.customers.actions import NewContact, NewCustomer, NewSite
from bihuan.registers.customers.errors import AlreadyThere, NotAllowed, WrongInput
from bihuan.registers.customers.models import Contact, Customer

pytestmark = pytest.mark.django_db


def lines(count: int) -> list[NewCustomer]:
    return [
        NewCustomer(
            name=f"进口商{row}",
            outlet="north",
            contacts=(NewContact("王", f"138001{row:05d}"),),
            sites=(NewSite("海曙"),),
        )
        for row in range(count)
    ]


def test_a_batch_is_one_entry_and_everybody_is_found(site):
    before = Entry.objects.count()
    made = actions.add_many(lines(300), by=site.chen, at=MONDAY, source="customers.xlsx")
    assert Entry.objects.count() == before + 1
    written = Entry.objects.order_by("position").last()
    assert (written.verb, written.doer, written.content["answers"]["count"]) == ("add-customers", "chen", 300)
    assert written.content["answers"]["numbers"] == [one.number for one in made]
    assert len({one.number for one in made}) == 300
    assert [one.name for one in queries.search(site.chen, "138-0010-0123", MONDAY)] == ["进口商123"]
    assert queries.counted(queries.narrowed(site.chen, "海曙", MONDAY)) == 300
    assert queries.counted(queries.narrowed(site.chen, "jks", MONDAY)) == 300


@pytest.mark.parametrize(
    ("line", "error", "field"),
    [
        (NewCustomer("", "north"), WrongInput, "2.name"),
        (NewCustomer("甲", "nowhere"), WrongInput, "2.outlet"),
        (NewCustomer("甲", "north", contacts=(NewContact(phone="1"),)), WrongInput, "2.phone"),
        (NewCustomer("甲", "north", sites=(NewSite(""),)), WrongInput, "2.address"),
        (NewCustomer("甲", "north", number="TWICE"), AlreadyThere, "1.number"),
    ],
)
def test_one_bad_line_refuses_all_and_is_named(site, line, error, field):
    before = (Customer.objects.count(), Contact.objects.count(), Entry.objects.count())
    given = [*lines(1), NewCustomer("先", "north", number="TWICE" if field == "1.number" else ""), line]
    with pytest.raises(error) as refused:
        actions.add_many(given, by=None, at=MONDAY)
    assert refused.value.field == field
    assert (Customer.objects.count(), Contact.objects.count(), Entry.objects.count()) == before


def test_nobody_brings_in_customers_of_another_outlet(site):
    with pytest.raises(NotAllowed):
        actions.add_many(lines(1), by=site.wang, at=MONDAY)
    assert Customer.objects.count() == 0
