"""A customer of the north with a device under terms of warranty, for whoever tries who may see what."""

from __future__ import annotations

from datetime import date, datetime

from bihuan.registers.customers import actions as customers
from bihuan.registers.products import actions as products
from bihuan.registers.warranty import actions as warranty

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
    }
