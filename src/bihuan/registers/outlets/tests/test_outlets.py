"""Own and contracted points, and who sees which."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from bihuan.journal.models import Entry
from bihuan.people import actions as people
from bihuan.people.errors import AlreadyThere, NotAllowed, WrongInput
from bihuan.people.models import OutletKey
from bihuan.registers.outlets import actions, facts, queries
from bihuan.registers.outlets.models import Outlet

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def house():
    actions.open_outlet("head", "总部", by=None, at=MONDAY, calendar="cn")
    actions.open_outlet("north", "北区", by=None, at=MONDAY, parent="head")
    contract = {"contract_from": date(2026, 3, 1), "contract_until": date(2026, 3, 2)}
    actions.open_outlet("south", "南区", by=None, at=MONDAY, parent="head", kind="contracted", **contract)


def test_opening_an_outlet_makes_key_detail_and_one_entry_in_its_own_chain(house):
    assert (OutletKey.objects.get(pk="north").parent_id, Outlet.objects.get(pk="north").kind) == ("head", "own")
    written = Entry.objects.get(about_id="north")
    assert (written.verb, written.chain) == ("open-outlet", "north")


@pytest.mark.parametrize(
    ("more", "error", "field"),
    [
        ({"kind": "contracted"}, WrongInput, "from"),
        ({"kind": "rented"}, WrongInput, "kind"),
        ({"parent": "nowhere"}, WrongInput, "parent"),
        ({"zone": "Mars/Olympus"}, WrongInput, "zone"),
        ({"zone": "../etc/passwd"}, WrongInput, "zone"),
        ({"contract_until": date(2026, 1, 1)}, WrongInput, "until"),
        ({"code": "North East"}, WrongInput, "code"),
        ({"code": "house"}, WrongInput, "code"),
        ({"code": "north"}, AlreadyThere, "code"),
    ],
)
def test_an_outlet_that_cannot_be_opened_leaves_no_trace(house, more, error, field):
    before = (OutletKey.objects.count(), Outlet.objects.count(), Entry.objects.count())
    with pytest.raises(error) as refused:
        actions.open_outlet(**{"code": "west", "name": "西区", "by": None, "at": MONDAY, **more})
    assert refused.value.field == field
    assert (OutletKey.objects.count(), Outlet.objects.count(), Entry.objects.count()) == before


def test_only_an_administrator_opens_an_outlet(house):
    person = people.add_person("chen", "陈坐席", None, by=None, at=MONDAY)
    with pytest.raises(NotAllowed):
        actions.open_outlet("west", "西区", by=person, at=MONDAY)


def test_a_contract_counts_on_its_days_only(house):
    days = [[one.code for one in queries.contracted(MONDAY + timedelta(days=days))] for days in (-2, -1, 0, 1)]
    assert days == [[], ["south"], ["south"], []]


def test_facts_name_the_points_of_that_day(house):
    question = SimpleNamespace(at=MONDAY)
    assert facts.FACTS["outlets.contracted"](question) == ["south"]
    assert facts.FACTS["outlets.all"](question) == ["head", "north", "south"]


def test_nobody_finds_the_outlet_of_another(house):
    person = people.add_person("wang", "外点王", None, by=None, at=MONDAY)
    people.give_post(person, "repairer", "north", by=None, at=MONDAY)
    assert [one.code for one in queries.visible_to(person, MONDAY)] == ["north"]


def test_an_outlet_without_a_calendar_works_by_its_parents(house):
    assert [queries.calendar_of(code) for code in ("north", "head", "nowhere")] == ["cn", "cn", ""]
