"""A customer of the north with a device under terms of warranty, for whoever tries who may see what."""

from __future__ import annotations

from datetime import date, datetime

from bihuan.registers.customers import actions as customers
from bihuan.registers.products import actions as products
from bihuan.registers.warranty import actions as warranty

from .table import api, north_api, north_page, page

# what nobody of another outlet may ever read
NORTH_CUSTOMER = "北区秘密客户"
NORTH_SERIAL = "NSECRET-1"


def north_records(at: datetime) -> dict[str, str]:
    """What stands in the addresses of customers and devices: parameter of the address → value."""
    customer = customers.add_customer(
        NORTH_CUSTOMER, outlet="north", number="C-NORTH", by=None, at=at,
        contacts=({"name": "秘密联系人", "phone": "13800138888"},), sites=({"address": "秘密路 1 号"},),
    )  # fmt: skip
    model = products.add_product("M-1", "投影机", by=None, at=at)
    unit = products.add_unit(NORTH_SERIAL, model, customer, by=None, at=at, invoice_on=date(2026, 1, 1))
    terms = warranty.add_terms(12, "invoice", date(2020, 1, 1), document="承诺", by=None, at=at)
    return {
        "<str:customer>": customer.number,
        "<uuid:contact>": str(customer.contacts.get().pk),
        "<uuid:place>": str(customer.sites.get().pk),
        "<str:device>": str(unit.pk),
        "<uuid:product>": str(model.pk),
        "<uuid:terms>": str(terms.pk),
        "<customer>": customer.number,
        "<device>": str(unit.pk),
    }


# what is typed into every form of these registers, beside what the forms of cases ask
TYPED = {
    "name": "某客户", "outlet": "north", "phone": "13900139000", "address": "某路 2 号", "reason": "找人",
    "into": "NOBODY", "because": "同一家", "serial": "S-9", "model": "M-1", "customer": "C-NORTH",
    "state": "verified", "start": "2026-01-01", "proof": "保修卡", "code": "M-9", "line": "新线", "months": "12",
    "starts": "invoice", "valid_from": "2024-01-01", "valid_until": "2030-12-31", "document": "承诺",
}  # fmt: skip

CARD = "/customers/<str:customer>/"
DEVICE = "/devices/<str:device>/"
DISPATCHER_ONLY = {"zhou": 302}

# (method, pattern) -> status by reader, as in tests/test_rights.py
ROWS: dict[tuple[str, str], dict[str, int]] = {
    ("GET", "/customers/"): page(200),
    ("GET", "/customers/new/"): page(200),
    ("POST", "/customers/new/"): page(302, wang=403, outsider=403),
    **{
        ("GET", CARD + tail): north_page(200)
        for tail in (
            "",
            "edit/",
            "merge/",
            "contacts/new/",
            "contacts/<uuid:contact>/",
            "contacts/<uuid:contact>/reveal/",
            "sites/new/",
            "sites/<uuid:place>/",
        )
    },
    ("POST", f"{CARD}edit/"): north_page(302),
    ("POST", f"{CARD}merge/"): north_page(403, zhou=422),
    ("POST", f"{CARD}contacts/new/"): north_page(302),
    ("POST", f"{CARD}contacts/<uuid:contact>/"): north_page(302),
    ("POST", f"{CARD}contacts/<uuid:contact>/reveal/"): north_page(200),
    ("POST", f"{CARD}sites/new/"): north_page(302),
    ("POST", f"{CARD}sites/<uuid:place>/"): north_page(302),
    ("GET", "/devices/"): page(200),
    ("GET", "/devices/new/"): page(200),
    ("POST", "/devices/new/"): page(302, wang=422, outsider=422),
    **{("GET", DEVICE + tail): north_page(200) for tail in ("", "edit/", "warranty/")},
    ("POST", f"{DEVICE}edit/"): north_page(302),
    ("POST", f"{DEVICE}warranty/"): north_page(302),
    # the catalogue and the terms are the house's own: everybody reads them, our own dispatcher keeps them
    ("GET", "/products/"): page(200),
    ("GET", "/products/new/"): page(200),
    ("POST", "/products/new/"): page(403, **DISPATCHER_ONLY),
    ("GET", "/products/<uuid:product>/"): page(200),
    ("POST", "/products/<uuid:product>/"): page(403, **DISPATCHER_ONLY),
    ("GET", "/warranty/"): page(200),
    ("GET", "/warranty/new/"): page(200),
    ("POST", "/warranty/new/"): page(403, **DISPATCHER_ONLY),
    ("GET", "/warranty/<uuid:terms>/end/"): page(200),
    ("POST", "/warranty/<uuid:terms>/end/"): page(403, **DISPATCHER_ONLY),
    ("GET", "/find/customers/"): page(200),
    ("GET", "/find/devices/"): page(200),
    ("GET", "/api/v1/customers"): api(200),
    ("GET", "/api/v1/customers/<customer>"): north_api(200),
    ("POST", "/api/v1/customers/<customer>/acts"): north_api(201),
    ("GET", "/api/v1/devices"): api(200),
    ("GET", "/api/v1/devices/<device>"): north_api(200),
    ("GET", "/api/v1/products"): api(200),
}
