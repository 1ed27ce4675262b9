"""Who may be calling, and what is going on for them: the registers' customers and devices beside the cases.

The one place where the desks look callers up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from bihuan.people.models import Person
from bihuan.registers.customers import phones
from bihuan.registers.customers import queries as customers
from bihuan.registers.customers.models import Contact, Customer, Site
from bihuan.registers.products import queries as products
from bihuan.registers.products.models import Unit
from bihuan.registers.warranty import queries as warranty
from bihuan.registers.warranty.queries import Finding

from .. import agreed, indexing, queries
from ..derived import AFTER_DONE
from ..marks import readable
from ..models import Case, Mark
from ..seeing import all_as_read, closed_posts, posts_of

MOST = 8
SHOWN_CASES = 6


@dataclass(frozen=True)
class Match:
    """Somebody who may be calling. ``sure``: the number is theirs alone. ``answers`` by kind of question."""

    customer: Customer | None
    contact: str
    phone: str
    sure: bool
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        known = self.customer.name if self.customer else self.answers.get("customer", "")
        return known or self.contact or self.phone


def people_found(person: Person, text: str, at: datetime) -> list[Match]:
    """Whoever ``text`` (a number in any form, a name, initials, an address) may mean, the likeliest first."""
    text = text.replace("\x00", "").strip()
    number = phones.e164(text)
    if number:
        called = customers.by_phone(person, number, at)[:MOST]
        return [_match(person, one, at, number, sure=len(called) == 1) for one in called] or _from_cases(
            person, number, at
        )
    return [_match(person, one, at) for one in customers.search(person, text, at, MOST)] if len(text) > 1 else []


def _match(person: Person, customer: Customer, at: datetime, number: str = "", *, sure: bool = False) -> Match:
    """A customer as the caller: through the contact of that number, else the first one."""
    standing = [one for one in customer.contacts.all() if not one.gone]
    contact = next((one for one in standing if number and one.phone == number), next(iter(standing), None))
    sites = list(customer.sites.all())
    site = sites[0] if len(sites) == 1 else None
    whole = phones.may_see(person, customer, at)
    shown = phones.shown(contact.phone, contact.extension, whole) if contact else ""
    answers = _answers(customer, contact, site, shown if whole and not number else "")
    # a reader who sees numbers masked is shown everybody whose masked number is the same: never surely this one
    sure = sure and whole
    units = units_of(person, customer, at) if sure else []
    if len(units) == 1:
        answers |= unit_answers(units[0])
    return Match(customer, contact.name if contact else "", shown, sure, answers)


def _answers(customer: Customer, contact: Contact | None, site: Site | None, phone: str) -> dict[str, str]:
    """What the books know, by kind of question; a number that was typed is never replaced."""
    known = {
        "customer": customer.name,
        "contact": contact.name if contact else "",
        "phone": phone,
        "address": site.address if site else "",
        "region": site.region if site else "",
    }
    return {kind: value for kind, value in known.items() if value}


def units_of(person: Person, customer: Customer, at: datetime) -> list[Unit]:
    """The customer's devices, at most eight."""
    return list(products.of_customer(person, customer, at)[:MOST])


def units_found(person: Person, text: str, at: datetime) -> list[Unit]:
    """Devices by serial, model, customer, address or initials."""
    text = text.replace("\x00", "").strip()
    return list(products.search(person, text, at, MOST)) if len(text) > 1 else []


def unit_of(person: Person, serial: str, at: datetime) -> Unit | None:
    """The device of this serial number within the person's scope, None when it is not on the books."""
    return products.unit_by_serial(person, serial, at)


def warranty_of(unit: Unit | None, product: str, bought_on: date | None, at: datetime) -> Finding | None:
    """What the terms in force make of it: status, end, rule, proof, words; None while nothing is computed."""
    return warranty.computed(unit, product, bought_on, at) if unit is not None or product else None


def unit_answers(unit: Unit) -> dict[str, str]:
    """What a device says about the questions: serial, model, where it stands, since when."""
    site = unit.site
    since = unit.accepted_on or unit.invoice_on
    known = {
        "device": unit.serial,
        "product": unit.model.name if unit.model else "",
        "address": site.address if site else "",
        "region": site.region if site else "",
        "since": since.isoformat() if since else "",
    }
    return {kind: value for kind, value in known.items() if value}


def _from_cases(person: Person, number: str, at: datetime) -> list[Match]:
    """Nobody on the books: what was written down at the newest case from this number."""
    newest = reached_under(person, [number], at).order_by("-id").first()
    if newest is None:
        return []
    said = Mark.objects.filter(readable(posts_of(person, at)), case=newest)
    marked = dict(said.order_by("-id").values_list("kind", "value"))
    answers = {kind: marked[kind] for kind in ("customer", "contact", "address", "product", "device") if kind in marked}
    return [Match(None, marked.get("contact", ""), phones.grouped(number), sure=False, answers=answers)]


def reached_under(person: Person, numbers: Iterable[str], at: datetime) -> QuerySet[Case]:
    """The visible cases on which one of these E.164 numbers was written, in whatever form."""
    signs = [indexing.quoted(sign) for number in numbers for sign in indexing.phone_signs(number)[:1]]
    signs += [indexing.closed(sign, post) for post in sorted(closed_posts(person, at)) for sign in signs]
    cases = queries.visible_to(person, at)
    if not signs:
        return cases.none()
    sql = "casework_case.id IN (SELECT case_id FROM casework_casetext WHERE vector @@ %s::tsquery)"
    return cases.annotate(called=RawSQL(sql, [indexing.any_of(signs)])).filter(called=True)  # noqa: S611 - our own words


def numbers_of(match: Match | None, typed: str) -> list[str]:
    """Every number this caller is reached under, with the one that was typed."""
    known = [one.phone for one in match.customer.contacts.all() if one.phone] if match and match.customer else []
    number = phones.e164(typed) if typed else None
    return list(dict.fromkeys([*([number] if number else []), *known]))


def is_done(case: Case) -> bool:
    """Whether the work itself is over; what is left (papers, a call, the archive) is nothing to tell a caller about."""
    return case.ended_at is not None or case.stage in AFTER_DONE


def work_of(person: Person, numbers: list[str], devices: list[str], at: datetime) -> list[Case]:
    """The caller's work: what is open first, then what moved lately, then the rest; newest first."""
    about = Q(pk__in=reached_under(person, numbers, at).values("pk"))
    if devices:
        seen = Mark.objects.filter(readable(posts_of(person, at)))
        about |= Q(pk__in=seen.filter(kind="device", value__in=devices).values("case"))
    found = list(queries.visible_to(person, at).filter(about).order_by("-id")[: SHOWN_CASES * 3])
    lately = at - agreed.span("recent-work", at)
    found.sort(key=lambda case: (is_done(case), case.state.moment < lately))
    return all_as_read(found[:SHOWN_CASES], person, at)
