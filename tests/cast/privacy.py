"""Rights rows of personal data: everybody signed in reads what is held for what; the office reads the lists."""

from __future__ import annotations

from datetime import datetime, timedelta

from bihuan.casework.privacy.models import Hold, Order, Request
from bihuan.files.models import Attachment
from bihuan.ground.ids import new_id
from bihuan.registers.customers.models import Customer

from .table import north_page, page

ASKED, LISTED = "/privacy/requests/<uuid:asked>/", "/privacy/retention/<uuid:order>/"
NOT_THE_OFFICE = 403


def office(status: int) -> dict[str, int]:
    """For whoever audits; nobody of this cast is an administrator."""
    return page(NOT_THE_OFFICE, wu=status)


# (method, pattern) -> status by reader, as in tests/test_rights.py
ROWS: dict[tuple[str, str], dict[str, int]] = {
    ("GET", "/privacy/"): page(200),
    ("GET", "/privacy/notice/"): page(200),
    ("GET", "/privacy/policy/"): page(403),
    ("POST", "/privacy/policy/"): page(403),
    ("GET", "/privacy/reveals/"): office(200),
    ("GET", "/privacy/exports/"): office(200),
    ("GET", "/privacy/requests/"): office(200),
    ("GET", "/privacy/requests/new/"): office(200),
    ("POST", "/privacy/requests/new/"): office(422),
    ("GET", ASKED): office(200),
    # no copy was made; an act nobody knows
    ("GET", f"{ASKED}file"): office(404),
    ("GET", f"{ASKED}<slug:act>/"): page(405),
    ("POST", f"{ASKED}<slug:act>/"): office(404),
    ("GET", "/privacy/holds/"): office(200),
    ("POST", "/privacy/holds/"): office(422),
    ("GET", "/privacy/holds/<uuid:held>/lift/"): office(200),
    ("POST", "/privacy/holds/<uuid:held>/lift/"): office(302),
    ("GET", "/privacy/retention/"): office(200),
    ("POST", "/privacy/retention/"): office(200),
    ("GET", LISTED): office(200),
    ("GET", f"{LISTED}<slug:act>/"): page(405),
    ("POST", f"{LISTED}<slug:act>/"): office(404),
    ("GET", "/privacy/recordings/"): office(200),
    # whoever uploaded it may say what is known of it; nothing was said
    ("GET", "/privacy/recordings/<uuid:recording>/"): {**office(200), "chen": 200},
    ("POST", "/privacy/recordings/<uuid:recording>/"): {**office(422), "chen": 422},
    ("GET", "/privacy/consents/"): office(200),
    # texts are kept by those who govern customers: the office does not
    ("POST", "/privacy/consents/"): page(403),
    ("GET", "/privacy/consents/<str:customer>/<uuid:contact>/"): north_page(200),
    ("POST", "/privacy/consents/<str:customer>/<uuid:contact>/"): north_page(422),
}


def north_requests(at: datetime) -> dict[str, str]:
    """A request, a held customer, a list and a recording of the north: parameter of the address → value."""
    customer = Customer.objects.get(number="C-NORTH")
    about = {"outlet": "north", "by": "wu", "at": at}
    asked = Request.objects.create(
        id=new_id(at), kind="access", about_kind="customer", about_id=customer.pk, customer_number=customer.number,
        identity="x", due_on=at.date() + timedelta(days=20), **about,
    )  # fmt: skip
    held = Hold.objects.create(
        id=new_id(at), about_kind="customer", about_id=customer.pk, number=customer.number, reason="x", **about
    )
    order = Order.objects.create(id=new_id(at), list_name="retention-x", kind="retention", state="proposed", made_at=at)
    recording = Attachment.objects.create(
        id=new_id(at), sha256="0" * 64, name="x.mp3", kind="mp3", size=1, uploaded_by="chen", uploaded_at=at,
        outlet="north", about_kind="case", about_id="x", scan="unscanned",
    )  # fmt: skip
    found = {"<uuid:asked>": asked, "<uuid:held>": held, "<uuid:order>": order, "<uuid:recording>": recording}
    return {name: str(one.pk) for name, one in found.items()}
