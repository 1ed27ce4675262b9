"""The supplier's site: one post for each department, one customer and one product on the books."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import TransactionTestCase
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.browser.conftest import browser, sit, site
from tests.cast import PACKS, Site

from bihuan.people import actions as people
from bihuan.procedure.definition import Hours
from bihuan.registers.calendars import actions as calendars
from bihuan.registers.customers import actions as customers
from bihuan.registers.documents import actions as documents
from bihuan.registers.outlets import actions as outlets
from bihuan.registers.products import actions as products

__all__ = ["browser", "sit", "site"]

STAFF = (
    ("zheng", "郑业务", "sales"),
    ("ming", "明质保", "quality"),
    ("jing", "景制造", "manufacturing"),
    ("guan", "管总", "general-manager"),
)
CUSTOMER, PRODUCT = "东江电机厂", "ZL-16"


@pytest.fixture(scope="package")
def served(django_db_setup: None, django_db_blocker: Any, browser: Browser) -> Iterator[tuple[Site, str]]:
    """The supplier at work by its own procedures since yesterday, and the address of its pages."""
    with django_db_blocker.unblock():
        at = timezone.now() - timedelta(days=1)
        outlets.open_outlet("plant", name="本厂", name_en="Plant", parent="", kind="own", by=None, at=at)
        calendars.seed_default(Hours(), by="cast", at=at)
        documents.load_pack(PACKS / "component-supplier", by=None, at=at)
        made = {}
        for username, name, post in STAFF:
            made[username] = people.add_person(username, name, None, name_en=username.title(), by=None, at=at)
            people.give_post(made[username], post, "plant", start=at.date() - timedelta(days=365), by=None, at=at)
        customers.add_many([customers.NewCustomer(CUSTOMER, "plant")], by=None, at=at)
        products.add_products([products.NewProduct(PRODUCT, "轴瓦 ZL-16", line="轴瓦")], by=None, at=at)
        server = LiveServer("127.0.0.1")
        yield Site(at, made), server.url
        server.stop()
        TransactionTestCase()._fixture_teardown()
