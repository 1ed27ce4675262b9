"""The register spoken to through the API: masked for whom it is masked, acts that count once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.cast import Doors, Site, fresh, make_site, told

from bihuan.journal.models import Entry
from bihuan.registers.customers import actions
from bihuan.registers.customers.models import Customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(db) -> Site:
    return make_site(timezone.now() - timedelta(days=30))


@pytest.fixture
def doors(site) -> Doors:
    return Doors(site)


@pytest.fixture
def customer(site) -> Customer:
    given = {"contacts": ({"name": "张经理", "phone": "13800138888"},), "sites": ({"address": "江东北路 88 号"},)}
    return actions.add_customer("宁波奥克斯", outlet="north", by=None, at=site.at, **given)


def act(doors, customer, who, action, answers, identity=None):
    said = {"id": identity or fresh(), "action": action, "answers": answers}
    return doors.post(who, f"/customers/{customer.number}/acts", said)


def test_a_list_is_paged_and_holds_only_ones_own(site, doors, customer):
    for name in "甲乙丙":
        actions.add_customer(name, outlet="north", by=None, at=site.at)
    first = told(doors.get("chen", "/customers?limit=3"))
    second = told(doors.get("chen", f"/customers?limit=3&after={first['next']}"))
    names = [one["name"] for one in first["customers"] + second["customers"]]
    assert (sorted(names), second["next"]) == (sorted(["宁波奥克斯", "甲", "乙", "丙"]), None)
    assert told(doors.get("wang", "/customers")) == {"customers": [], "next": None}
    assert doors.get("wang", f"/customers/{customer.number}").status_code == 404
    assert doors.get("chen", "/customers/%00").status_code == 404


@pytest.mark.parametrize(("who", "phone", "whole"), [("chen", "+8613800138888", True), ("li", "138****8888", False)])
def test_a_number_is_whole_only_for_whom_it_is(doors, customer, who, phone, whole):
    for body in (told(doors.get(who, f"/customers/{customer.pk}")), told(doors.get(who, "/customers"))["customers"][0]):
        assert (body["contacts"][0]["phone"], body["contacts"][0]["whole"]) == (phone, whole)


def test_a_reveal_tells_the_number_once_for_a_reason(doors, customer):
    contact = str(customer.contacts.get().pk)
    assert act(doors, customer, "li", "reveal", {"contact": contact, "reason": ""}).status_code == 422
    answer = act(doors, customer, "li", "reveal", {"contact": contact, "reason": "找不到门"})
    assert (answer.status_code, told(answer)["phone"]) == (201, "+8613800138888")
    assert Entry.objects.filter(verb="reveal", doer="li").count() == 1


def test_an_act_sent_again_counts_once_and_other_words_are_refused(doors, customer):
    identity, said = fresh(), {"name": "李工", "phone": "13900139000"}
    first = act(doors, customer, "chen", "add-contact", said, identity)
    again = act(doors, customer, "chen", "add-contact", said, identity)
    assert (first.status_code, again.status_code, told(first) == told(again)) == (201, 200, True)
    other = act(doors, customer, "chen", "add-contact", {**said, "name": "王工"}, identity)
    assert (other.status_code, told(other)["code"]) == (422, "other-body")
    foreign = act(doors, customer, "zhou", "add-contact", said, identity)
    assert foreign.status_code == 422
    assert customer.contacts.count() == 2


def test_merging_through_the_api_keeps_the_rule(site, doors, customer):
    other = actions.add_customer("奥克斯", outlet="north", by=None, at=site.at)
    south = actions.add_customer("南方", outlet="south", by=None, at=site.at)
    said = {"into": customer.number, "because": "同一家"}
    assert act(doors, other, "chen", "merge", said).status_code == 403
    assert act(doors, other, "zhou", "merge", {**said, "into": south.number}).status_code == 422
    merged = told(act(doors, other, "zhou", "merge", said))
    assert merged["merged_into"] == customer.number
    assert told(act(doors, customer, "zhou", "merge", {**said, "into": other.number}))["code"] == "merged"
    assert told(doors.get("chen", f"/customers/{other.number}"))["merged_into"] == customer.number
    assert [one["number"] for one in told(doors.get("chen", f"/customers?q={other.number}"))["customers"]] == [
        customer.number
    ]


@pytest.mark.parametrize(
    "said",
    [
        {}, {"action": "add-contact"}, {"id": "x", "action": "add-contact", "answers": {}},
        {"id": "0190a1b2-0000-4000-8000-000000000000", "action": "add-contact", "answers": {"name": "甲"}},
        {"id": None, "action": "fly", "answers": {}},
        {"id": None, "action": "add-contact", "answers": {"colour": "red"}},
        {"id": None, "action": "add-contact", "answers": {"phone": 13800138000}},
        {"id": None, "action": "add-site", "answers": {"address": "\x00"}},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_and_changes_nothing(doors, customer, said):
    if "id" in said and said["id"] is None:
        said = {**said, "id": fresh()}
    before = Entry.objects.count()
    answer = doors.post("chen", f"/customers/{customer.number}/acts", said)
    assert (answer.status_code, Entry.objects.count()) == (422, before)
