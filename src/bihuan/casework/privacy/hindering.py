"""What stands against disposing of a case: it is still being worked on, a hold, a retention that has not run out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from bihuan.procedure.calendars import Calendar
from bihuan.procedure.clocks.wall import add_months
from bihuan.procedure.definition import Pack, Text
from bihuan.procedure.retention import keep_until
from bihuan.registers.calendars import queries as calendars
from bihuan.registers.charges.models import Receipt
from bihuan.registers.customers.models import Customer
from bihuan.registers.documents import queries as documents

from ..definitions import definition_with_form
from ..models import Case
from .models import Hold
from .queries import policy


@dataclass(frozen=True)
class Hindrance:
    """Why a case stays: words, and until when where a day can be named. ``open``: it has to be ended first."""

    number: str
    words: Text
    until: date | None = None
    open: bool = False


def holds_on(cases: Iterable[Case], customers: Iterable[UUID] = ()) -> dict[UUID, Hold]:
    """Holds in force by what they are about."""
    about = [*(one.pk for one in cases), *customers]
    return {one.about_id: one for one in Hold.objects.filter(about_id__in=about, lifted_at__isnull=True)}


def hindrances(cases: Sequence[Case], customers: Iterable[UUID], at: datetime) -> dict[UUID, Hindrance]:
    """Case → what stands against disposing of it; a hold on the customer stands against all."""
    holds = holds_on(cases, customers)
    whole = next((hold for about, hold in holds.items() if hold.about_kind == "customer"), None)
    found: dict[UUID, Hindrance] = {}
    for case in cases:
        hold = holds.get(case.pk) or whole
        if case.ended_at is None:
            words = Text("还在办理，办结后才能删除", "Still being worked on; it has to be ended first")
            found[case.pk] = Hindrance(case.number, words, open=True)
        elif hold is not None:
            found[case.pk] = Hindrance(case.number, held(hold))
        elif (until := kept_until(case)) is not None and until >= timezone.localdate(at):
            words = Text(f"须保存至 {until}", f"Has to be kept until {until}")
            found[case.pk] = Hindrance(case.number, words, until)
    return found


def held(hold: Hold) -> Text:
    """Why nothing goes while the hold stands."""
    return Text(f"法律保留：{hold.reason}", f"Legal hold: {hold.reason}")


def customer_hold(customers: Iterable[UUID]) -> Hold | None:
    """A hold on one of these customers."""
    return Hold.objects.filter(about_kind="customer", about_id__in=list(customers), lifted_at__isnull=True).first()


def kept_until(case: Case) -> date | None:
    """The last day any record of the case has to be there; None where nothing says so."""
    days = [day for day in forms_kept(case).values() if day is not None]
    receipt = _receipt_until(case)
    return max([*days, *([receipt] if receipt else [])], default=None)


def forms_kept(case: Case, calendar: Calendar | None = None) -> dict[str, date | None]:
    """Filled form → the last day its record is kept by the version the case runs by; None where no day can be named.

    Where the document says nothing the site's own months count from the end of the case, if it has settled any.
    """
    pack = _pack(case)
    calendar = calendar or calendars.calendar_for(case.outlet)
    found: dict[str, date | None] = {}
    for form in case.state.answers:
        # a form the case was moved away from is kept as the text it was filled under says
        definition = definition_with_form(case, form)
        if definition is None:
            continue
        until = keep_until(definition, form, case.state, calendar, pack.times)
        if isinstance(until, date):
            found[form] = until
        elif until == "not":
            found[form] = timezone.localdate(case.ended_at) if case.ended_at else None
        else:
            unsaid = (definition.forms[form].keep or definition.keep) is None
            found[form] = _unsaid(case) if unsaid else None
    return found


def _pack(case: Case) -> Pack:
    return documents.pack_of(case.version)


def _unsaid(case: Case) -> date | None:
    months = policy().unsaid_months
    if months is None or case.ended_at is None:
        return None
    return add_months(timezone.localdate(case.ended_at), months)


def _receipt_until(case: Case) -> date | None:
    """Accounting records name their payer so long (会计档案管理办法; the years are the site's to settle)."""
    years = policy().receipt_years
    if years is None:
        return None
    last = Receipt.objects.filter(number=case.number).order_by("-at").values_list("at", flat=True).first()
    return add_months(timezone.localdate(last), 12 * years) if last else None


def outlets_of(customers: Iterable[UUID]) -> list[str]:
    """The outlets that look after these customers."""
    return list(Customer.objects.filter(pk__in=list(customers)).values_list("outlet", flat=True).distinct())
