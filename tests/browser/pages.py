"""The pages that are looked at in pictures and by axe: whose page, where it is, told once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from bihuan.casework.models import Case
from bihuan.registers.customers.models import Customer
from bihuan.registers.products.models import Unit
from bihuan.registers.slips.models import Slip

Where = Callable[[], str]


@dataclass(frozen=True)
class Looked:
    """A page as ``who`` sees it. ``where`` is asked when it is opened, because cases have numbers of their own."""

    name: str
    who: str
    where: Where
    phone: bool = False
    """Also looked at on a phone."""


def _at(address: str) -> Where:
    return lambda: address


def _case(tail: str = "", **standing: str) -> Where:
    def where() -> str:
        found = Case.objects.filter(kind="repair", **standing).order_by("-id")
        return f"/cases/{(found.first() or Case.objects.filter(kind='repair').latest('id')).number}/{tail}"

    return where


def _customer() -> str:
    return f"/customers/{Customer.objects.filter(outlet='north').earliest('id').number}/"


def _device() -> str:
    return f"/devices/{Unit.objects.filter(customer__outlet='north').earliest('id').pk}/"


def _slip() -> str:
    found = Slip.objects.order_by("-id").first()
    return f"/slips/{found.number}/" if found else "/slips/"


def _promise() -> str:
    """A promise of the newest case, span by span."""
    case = Case.objects.filter(kind="repair").latest("id")
    run = case.state.clocks[0]
    return f"/cases/{case.number}/deadlines/{run.name}/{run.run}/"


def _this_month(report: str) -> Where:
    return lambda: f"/reports/{report}/{timezone.localtime():%Y-%m}/"


PAGES = (
    Looked("s1-intake", "chen", _at("/intake/?new=1")),
    Looked("s3-list", "zhou", _at("/cases/")),
    Looked("s4-case", "li", _case(ended_at__isnull=False), phone=True),
    Looked("s4-case-received", "zhou", _case(step="received"), phone=True),
    Looked("s4-charges", "zhou", _case("?tab=charges", step="archived")),
    Looked("s4-papers", "zhou", _case("?tab=papers", step="archived")),
    Looked("s4-dispatch", "zhou", _case("acts/dispatch/", step="received")),
    Looked("s4-print", "zhou", _case("print/", step="archived")),
    Looked("s4-promise", "zhou", _promise),
    Looked("s8-approvals", "qian", _at("/approvals/"), phone=True),
    Looked("s9-followup", "sun", _at("/followup/")),
    Looked("home-clerk", "chen", _at("/"), phone=True),
    Looked("home-dispatcher", "zhou", _at("/")),
    Looked("home-repairer", "li", _at("/"), phone=True),
    Looked("home-follow-up", "sun", _at("/")),
    Looked("home-leader", "qian", _at("/")),
    Looked("home-office", "wu", _at("/")),
    Looked("reports", "qian", _at("/reports/")),
    Looked("report-month", "qian", _this_month("month"), phone=True),
    Looked("report-satisfaction", "qian", _this_month("satisfaction"), phone=True),
    Looked("first-run", "keeper", _at("/")),
    Looked("messages", "zhou", _at("/messages/")),
    Looked("people", "keeper", _at("/people/")),
    Looked("person", "keeper", _at("/people/li/")),
    Looked("outlets", "keeper", _at("/outlets/")),
    Looked("prices", "keeper", _at("/prices/")),
    Looked("calendar", "keeper", _at("/calendars/")),
    Looked("customers", "zhou", _at("/customers/")),
    Looked("customer", "zhou", _customer),
    Looked("devices", "zhou", _at("/devices/")),
    Looked("device", "zhou", _device),
    Looked("products", "zhou", _at("/products/")),
    Looked("warranty", "zhou", _at("/warranty/")),
    Looked("visits", "zhou", _at("/visits/")),
    Looked("slips", "zhou", _at("/slips/")),
    Looked("slip", "zhou", _slip),
    Looked("receipts", "zhou", _at("/receipts/")),
    Looked("imports", "keeper", _at("/imports/")),
    Looked("search", "zhou", _at("/search/?q=投影")),
    Looked("procedures", "zhou", _at("/procedures/")),
    Looked("procedure", "zhou", _at("/procedures/repair/")),
    Looked("profile", "zhou", _at("/profile/")),
    Looked("factors", "keeper", _at("/profile/factors/"), phone=True),
    Looked("leaving", "keeper", _at("/people/li/leave/")),
    Looked("keys", "keeper", _at("/keys/")),
    Looked("invited", "", _at("/invited/nobody-was/"), phone=True),
    Looked("sign-in", "", _at("/sign-in/"), phone=True),
    Looked("ui", "zhou", _at("/ui/")),
)
