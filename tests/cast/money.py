"""Price lists, receipts, visits by the API, the calendar in the table of rights: a list and a receipt of the north."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal

from bihuan.ground.ids import new_id
from bihuan.registers.charges.actions import Told, receipt
from bihuan.registers.charges.models import PriceLine, PriceList

from .table import api, north_api, north_page, page

LIST = "/prices/<uuid:price_list>/"
VOID = "/receipts/<uuid:receipt>/void/"
ACTS = "/api/v1/receipts/<receipt>/acts"

# nobody of this cast keeps prices or makes receipts void; of another outlet's there is no such thing
ROWS = {
    ("GET", "/prices/"): page(200),
    ("GET", "/prices/new/"): page(403),
    ("POST", "/prices/new/"): page(403),
    ("GET", LIST): north_page(200),
    ("GET", f"{LIST}lines/"): north_page(403),
    ("POST", f"{LIST}lines/"): north_page(403),
    ("GET", f"{LIST}version/"): north_page(403),
    ("POST", f"{LIST}version/"): north_page(403),
    ("GET", "/receipts/"): page(200),
    ("GET", VOID): north_page(403),
    ("POST", VOID): north_page(403),
    ("GET", "/api/v1/price-lists"): api(200),
    ("GET", "/api/v1/receipts"): api(200),
    ("GET", "/api/v1/receipts/<receipt>"): north_api(200),
    ("POST", ACTS): north_api(403),
    ("GET", "/api/v1/visits"): api(200),
    # announced by whoever administers the house: nobody of this cast
    ("GET", "/calendars/"): page(200),
    ("GET", "/calendars/announce/"): page(403),
    ("POST", "/calendars/announce/"): page(403),
    ("GET", "/calendars/outlets/"): page(403),
    ("GET", "/calendars/outlets/<slug:outlet>/"): page(403),
    ("POST", "/calendars/outlets/<slug:outlet>/"): page(403),
}
VOIDING = {"body": json.dumps({"action": "void", "answers": {"because": "x"}}), "content_type": "application/json"}


def north_money(at: datetime) -> dict[str, str]:
    """What to fill into the addresses."""
    start = at.date() - timedelta(days=1)
    made = PriceList.objects.create(
        id=new_id(at), name="北区价目", outlet="north", start=start, made_by="qian", made_at=at
    )
    PriceLine.objects.create(id=new_id(at), list=made, code="GF-01", title="王老师专用", amount=Decimal("80.00"))
    paid = receipt(Told("J20260101-0001", "north", "li", at), Decimal("80.00"), "王老师")
    found = {"<uuid:price_list>": str(made.pk), "<uuid:receipt>": str(paid.pk), "<receipt>": paid.name}
    return found | {"<slug:outlet>": "north"}
