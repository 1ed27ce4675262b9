"""Customers on the page: who sees whom and how much of a number, and that every form does what it says."""

from __future__ import annotations

import json
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone
from tests.cast import INTAKE, Doors, Site, make_site

from bihuan.journal.models import Entry
from bihuan.registers.customers import actions, queries
from bihuan.registers.customers.models import Customer
from bihuan.registers.products import actions as products

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(db) -> Site:
    return make_site(timezone.now() - timedelta(days=30))


@pytest.fixture
def doors(site) -> Doors:
    return Doors(site)


@pytest.fixture
def customer(site) -> Customer:
    reach, place = {"name": "张经理", "phone": "13800138888"}, {"address": "江东北路 88 号", "access": "门卫登记"}
    return actions.add_customer(
        "宁波奥克斯", outlet="north", number="K-1", grade="A", by=None, at=site.at, contacts=(reach,), sites=(place,)
    )


def page(doors, who, address) -> str:
    answer = doors.browser(who).get(address)
    assert answer.status_code == 200, answer.status_code
    return unescape(answer.content.decode())


def sent(doors, who, where, /, **answers):
    return doors.browser(who).post(where, answers)


def test_the_list_is_searched_and_paged_both_ways(site, doors):
    actions.add_many([actions.NewCustomer(f"客户{n:03d}", "north") for n in range(120)], by=None, at=site.at)
    seen, address, backwards = [], "/customers/", []
    for _page in range(3):
        context = doors.browser("chen").get(address).context
        seen += [row["customer"].number for row in context["rows"]]
        backwards.append(context["pager"].previous)
        address = "/customers/" + context["pager"].next
    assert (len(seen), len(set(seen)), context["pager"].next, backwards[0]) == (120, 120, "", "")
    back = doors.browser("chen").get("/customers/" + backwards[2]).context
    assert [row["customer"].number for row in back["rows"]] == seen[50:100]
    found = doors.browser("chen").get("/customers/?q=客户007").context
    assert ([row["customer"].name for row in found["rows"]], found["pager"].count) == (["客户007"], 1)


def test_a_repairer_sees_the_number_masked_and_the_whole_once_for_a_reason(doors, customer):
    for address in ("/customers/", "/customers/K-1/"):
        assert "138 0013 8888" in page(doors, "chen", address)
        text = page(doors, "li", address)
        assert ("138****8888" in text, "8001388" in text, "0013" in text) == (True, False, False)
    contact = customer.contacts.get()
    address = f"/customers/K-1/contacts/{contact.pk}/reveal/"
    refused = sent(doors, "li", address, reason=" ")
    assert (refused.status_code, "0013" in refused.content.decode()) == (422, False)
    shown = sent(doors, "li", address, reason="客户不在家")
    assert (shown.status_code, "138 0013 8888" in shown.content.decode()) == (200, True)
    assert "no-cache" in shown["Cache-Control"]
    assert Entry.objects.filter(verb="reveal", doer="li").count() == 1
    assert "0013" not in page(doors, "li", "/customers/K-1/")


def test_the_form_of_a_contact_keeps_what_stood_there_masked(doors, customer):
    contact = customer.contacts.get()
    address = f"/customers/K-1/contacts/{contact.pk}/"
    assert "138****8888" in page(doors, "li", address)
    answer = sent(doors, "li", address, name="张总", phone="138****8888", post="", gone="no")
    contact.refresh_from_db()
    assert (answer.status_code, contact.name, contact.phone) == (302, "张总", "+8613800138888")
    assert sent(doors, "li", address, name="张总", phone="139****8888", post="", gone="no").status_code == 422
    sent(doors, "chen", address, name="张总", phone="0574-87654321转8", post="厂长", gone="yes")
    contact.refresh_from_db()
    assert (contact.phone, contact.extension, contact.gone) == ("+8657487654321", "8", True)


def test_a_new_customer_comes_with_contact_and_place(doors, site):
    answers = {
        "name": "杭州西子",
        "outlet": "north",
        "contact": "王工",
        "phone": "139 0013 9000",
        "address": "凤起路 1 号",
    }
    answer = sent(doors, "chen", "/customers/new/", **answers)
    made = Customer.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/customers/{made.number}/")
    assert (made.contacts.get().phone, made.sites.get().address) == ("+8613900139000", "凤起路 1 号")
    bad = sent(doors, "chen", "/customers/new/", **{**answers, "phone": "12", "grade": "特级"})
    text = bad.content.decode()
    assert (bad.status_code, "不是完整的电话号码" in text, 'value="特级"' in text) == (422, True, True)
    assert sent(doors, "chen", "/customers/new/", **{**answers, "outlet": "south"}).status_code == 403
    assert sent(doors, "outsider", "/customers/new/", **answers).status_code == 403
    assert Customer.objects.count() == 1


def test_the_card_shows_devices_and_the_cases_of_its_devices_and_numbers(site, doors, customer):
    model = products.add_product("M-1", "投影机", by=None, at=site.at)
    unit = products.add_unit("SN-77", model, customer, by=None, at=site.at)
    by_device = doors.open(answers={**INTAKE, "intake.device": "sn-77"})
    other = doors.open(answers={**INTAKE, "intake.device": "elsewhere"})
    text = page(doors, "chen", "/customers/K-1/")
    assert (by_device in text, other in text, f"/devices/{unit.pk}/" in text) == (True, False, True)
    assert by_device in page(doors, "chen", f"/devices/{unit.pk}/")


def test_sites_and_names_are_corrected_and_the_story_tells_old_and_new(doors, customer):
    sent(doors, "chen", "/customers/K-1/edit/", name="宁波奥克斯集团", grade="A", outlet="north")
    place = customer.sites.get()
    sent(doors, "chen", f"/customers/K-1/sites/{place.pk}/", address="江东南路 8 号", region="", access="")
    sent(doors, "chen", "/customers/K-1/sites/new/", address="海曙区 2 号", region="海曙", access="")
    sent(doors, "chen", "/customers/K-1/contacts/new/", name="", phone="13900139000", post="")
    text = page(doors, "chen", "/customers/K-1/")
    for words in ("宁波奥克斯 → 宁波奥克斯集团", "江东南路 8 号", "海曙区 2 号", "139 0013 9000"):
        assert words in text, words


def test_merging_is_offered_to_those_who_may_and_the_old_number_leads_on(site, doors, customer):
    other = actions.add_customer("奥克斯", outlet="north", number="K-2", by=None, at=site.at)
    assert "/customers/K-2/merge/" in page(doors, "zhou", "/customers/K-2/")
    assert "/customers/K-2/merge/" not in page(doors, "chen", "/customers/K-2/")
    said = {"into": "K-1", "because": "同一家"}
    assert sent(doors, "chen", "/customers/K-2/merge/", **said).status_code == 403
    assert sent(doors, "zhou", "/customers/K-2/merge/", **{**said, "into": "K-9"}).status_code == 422
    answer = sent(doors, "zhou", "/customers/K-2/merge/", **said)
    assert (answer.status_code, answer["Location"]) == (302, "/customers/K-1/")
    text = page(doors, "chen", "/customers/K-2/")
    assert ("已并入" in text, "/customers/K-1/" in text, "/customers/K-2/edit/" in text) == (True, True, False)
    assert sent(doors, "zhou", "/customers/K-2/merge/", **said).status_code == 409
    assert [one.number for one in queries.search(site.chen, "K-2", timezone.now())] == ["K-1"]
    assert queries.find(site.chen, other.number, timezone.now()).name == "奥克斯"


def test_a_finding_field_gets_what_fills_the_form_and_never_a_masked_number(doors, customer):
    answer = doors.browser("chen").get("/find/customers/?q=aks&to=phone:intake.phone&to=customer:intake.customer")
    text = answer.content.decode()
    fill = json.loads(unescape(text.partition('data-fill="')[2].partition('"')[0]))
    assert (fill["intake.phone"], fill["intake.customer"], fill["address"]) == (
        "+8613800138888", "宁波奥克斯", "江东北路 88 号",
    )  # fmt: skip
    masked = doors.browser("li").get("/find/customers/?q=aks").content.decode()
    assert ("138****8888" in masked, "0013" in masked, "宁波奥克斯" in masked) == (True, False, True)
    assert "宁波奥克斯" not in doors.browser("wang").get("/find/customers/?q=aks").content.decode()


def test_another_outlets_customer_is_not_there_on_any_address(doors, customer):
    contact, place = customer.contacts.get().pk, customer.sites.get().pk
    tails = ("", "edit/", "merge/", "contacts/new/", "sites/new/", f"sites/{place}/")
    for tail in (*tails, f"contacts/{contact}/", f"contacts/{contact}/reveal/"):
        for method in ("get", "post"):
            answer = getattr(doors.browser("wang"), method)(f"/customers/K-1/{tail}")
            assert answer.status_code == 404, (method, tail)
    other = actions.add_customer("南方", outlet="south", number="K-3", by=None, at=timezone.now())
    # a contact named under another customer's address is not there either
    assert doors.browser("wang").get(f"/customers/{other.number}/contacts/{contact}/").status_code == 404
    assert (
        doors.browser("wang").post(f"/customers/{other.number}/contacts/{contact}/reveal/", {"reason": "x"}).status_code
        == 404
    )
