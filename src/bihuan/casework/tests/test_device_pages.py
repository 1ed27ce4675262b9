"""Devices, catalogue and terms on the page."""

from __future__ import annotations

import json
from datetime import date, timedelta
from html import unescape

import pytest
from django.utils import timezone
from tests.cast import Doors, Site, make_site

from bihuan.registers.customers import actions as customers
from bihuan.registers.products import actions as products
from bihuan.registers.products.models import Product, Unit
from bihuan.registers.warranty.models import Registration, Terms

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(db) -> Site:
    return make_site(timezone.now() - timedelta(days=30))


@pytest.fixture
def doors(site) -> Doors:
    return Doors(site)


@pytest.fixture
def customer(site):
    place = {"address": "江东北路 88 号"}
    return customers.add_customer("宁波奥克斯", outlet="north", number="K-1", by=None, at=site.at, sites=(place,))


@pytest.fixture
def model(site) -> Product:
    return products.add_product("M-1", "投影机", by=None, at=site.at, name_en="Projector", line="投影")


def page(doors, who, address) -> str:
    answer = doors.browser(who).get(address)
    assert answer.status_code == 200, answer.status_code
    return unescape(answer.content.decode())


def sent(doors, who, where, /, **answers):
    return doors.browser(who).post(where, answers)


def test_a_device_is_registered_corrected_and_verified(doors, customer, model):
    text = page(doors, "chen", "/devices/new/?customer=K-1")
    assert ('value="K-1"' in text, "江东北路 88 号" in text, "M-1 投影机" in text) == (True, True, True)
    assert 'data-find="/find/customers/?to=customer:-&to=contact:-&to=phone:-&to=address:-"' in text
    given = {"serial": " 0A93 17", "model": "M-1", "customer": "K-1", "site": str(customer.sites.get().pk)}
    given |= {
        "invoice_on": "2026-01-31",
        "invoice_number": "FP-9",
        "accepted_on": "",
        "project": "",
        "state": "unverified",
    }
    answer = sent(doors, "chen", "/devices/new/", **given)
    unit = Unit.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/devices/{unit.pk}/")
    assert (unit.serial, unit.site.address, unit.invoice_on) == ("0A9317", "江东北路 88 号", date(2026, 1, 31))
    twice = sent(doors, "chen", "/devices/new/", **given)
    assert (twice.status_code, "已在册" in twice.content.decode(), 'value="FP-9"' in twice.content.decode()) == (
        409,
        True,
        True,
    )
    sent(doors, "chen", f"/devices/{unit.pk}/edit/", **{**given, "serial": "0A9317", "state": "verified", "site": ""})
    unit.refresh_from_db()
    assert (unit.state, unit.site) == ("verified", None)
    assert "待核实 → 已核实" in page(doors, "chen", f"/devices/{unit.pk}/")


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"serial": ""}, 422), ({"model": "none"}, 422), ({"customer": "K-9"}, 422), ({"invoice_on": "soon"}, 422),
        ({"state": "lost"}, 422),
    ],
)  # fmt: skip
def test_a_device_that_does_not_fit_comes_back_as_typed(doors, customer, model, wrong, status):
    given = {"serial": "S1", "model": "M-1", "customer": "K-1", "state": "unverified", "project": "P-77", **wrong}
    answer = sent(doors, "chen", "/devices/new/", **given)
    assert (answer.status_code, 'value="P-77"' in answer.content.decode(), Unit.objects.count()) == (status, True, 0)


def test_the_card_says_the_warranty_and_why(site, doors, customer, model):
    unit = products.add_unit("S1", model, customer, by=None, at=site.at)
    assert "没有适用的保修条款" in page(doors, "chen", f"/devices/{unit.pk}/")
    terms = {"product": "", "line": "投影", "months": "24", "starts": "invoice", "valid_from": "2020-01-01"}
    terms |= {"valid_until": "", "exclusions": "人为损坏\n进水", "document": "保修承诺", "clause": "2.1"}
    assert sent(doors, "chen", "/warranty/new/", **terms).status_code == 403
    assert sent(doors, "zhou", "/warranty/new/", **terms).status_code == 302
    text = page(doors, "chen", f"/devices/{unit.pk}/")
    assert ("保修不明" in text, "不知道保修从哪天算起" in text) == (True, True)
    start = timezone.localdate() - timedelta(days=3)
    assert sent(doors, "chen", f"/devices/{unit.pk}/warranty/", start=str(start), proof="").status_code == 422
    sent(doors, "chen", f"/devices/{unit.pk}/warranty/", start=str(start), proof="保修卡 7")
    assert Registration.objects.get().start == start
    for address in (f"/devices/{unit.pk}/", "/devices/"):
        assert "保修期内" in page(doors, "chen", address)
    text = page(doors, "chen", f"/devices/{unit.pk}/")
    for words in ("保修承诺 2.1", "人为损坏", "进水", "保修卡 7", "登记保修"):
        assert words in text, words


def test_terms_are_listed_with_their_validity_and_ended(doors, model):
    terms = {"product": "M-1", "line": "", "months": "12", "starts": "acceptance", "valid_from": "2020-01-01"}
    terms |= {"valid_until": "", "exclusions": "", "document": "承诺", "clause": ""}
    sent(doors, "zhou", "/warranty/new/", **terms)
    overlapping = sent(doors, "zhou", "/warranty/new/", **terms)
    assert (overlapping.status_code, "先给旧条款写上止日" in overlapping.content.decode()) == (409, True)
    for wrong in ({"months": "x"}, {"months": "0"}, {"valid_from": ""}, {"document": ""}, {"product": "none"}):
        assert sent(doors, "zhou", "/warranty/new/", **{**terms, **wrong}).status_code == 422, wrong
    made = Terms.objects.get()
    text = page(doors, "zhou", "/warranty/")
    assert ("M-1 投影机" in text, "有效" in text, f"/warranty/{made.pk}/end/" in text) == (True, True, True)
    assert f"/warranty/{made.pk}/end/" not in page(doors, "chen", "/warranty/")
    assert sent(doors, "chen", f"/warranty/{made.pk}/end/", valid_until="2025-12-31").status_code == 403
    assert sent(doors, "zhou", f"/warranty/{made.pk}/end/", valid_until="2025-12-31").status_code == 302
    assert "已结束" in page(doors, "zhou", "/warranty/")


def test_the_catalogue_is_kept_by_those_who_govern(doors):
    given = {"code": "M-2", "name": "空调", "name_en": "", "line": "", "replacement_price": "6200"}
    assert sent(doors, "chen", "/products/new/", **given).status_code == 403
    assert sent(doors, "zhou", "/products/new/", **given).status_code == 302
    assert sent(doors, "zhou", "/products/new/", **given).status_code == 409
    made = Product.objects.get()
    sent(doors, "zhou", f"/products/{made.pk}/", **{**given, "replacement_price": "6500.5"})
    text = page(doors, "chen", "/products/?q=空")
    assert ("6500.50" in text, "/products/new/" in text, str(made.pk) in text) == (True, False, False)


def test_a_finding_field_gets_what_fills_the_form(site, doors, customer, model):
    products.add_unit("0A93-17", model, customer, by=None, at=site.at, site=customer.sites.get())
    text = doors.browser("chen").get("/find/devices/?q=0A93&to=serial:intake.device").content.decode()
    fill = json.loads(unescape(text.partition('data-fill="')[2].partition('"')[0]))
    assert (fill["intake.device"], fill["product"], fill["address"]) == ("0A93-17", "M-1", "江东北路 88 号")
    assert "0A93-17" not in doors.browser("wang").get("/find/devices/?q=0A93").content.decode()


def test_another_outlets_device_is_not_there(site, doors, customer, model):
    unit = products.add_unit("0A93-17", model, customer, by=None, at=site.at)
    for tail in ("", "edit/", "warranty/"):
        for method in ("get", "post"):
            assert getattr(doors.browser("wang"), method)(f"/devices/{unit.pk}/{tail}").status_code == 404, (
                method,
                tail,
            )
    for address in ("/devices/", "/devices/?q=0A93", "/devices/?customer=K-1"):
        assert "0A93-17" not in page(doors, "wang", address)
    given = {"serial": "S9", "model": "M-1", "customer": "K-1", "state": "unverified"}
    assert sent(doors, "wang", "/devices/new/", **given).status_code == 422
    assert Unit.objects.count() == 1
