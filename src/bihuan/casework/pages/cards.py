"""What stands beside a case: whom and what it is about, who goes when, what it costs, who holds its papers.

Every card is asked of its register and falls back to the case's own answers where the register knows nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.layout.frames import ContactLine, CustomerCard, DeviceCard, SiteLine
from bihuan.people.models import Person
from bihuan.procedure.definition import Definition, Pack
from bihuan.registers.charges.queries import Ledger
from bihuan.registers.customers import phones
from bihuan.registers.customers import queries as customers
from bihuan.registers.products import queries as products
from bihuan.registers.products.models import Unit
from bihuan.registers.slips import queries as slips
from bihuan.registers.visits import queries as visits
from bihuan.registers.warranty import queries as warranty

from .. import rights
from ..marks import marks_of, readable
from ..models import Case, Mark
from ..queries import visible_to
from ..seeing import posts_of
from .names import Names
from .words import local, post_title


def customer(person: Person, case: Case, definition: Definition, at: datetime) -> CustomerCard | None:
    """The customer behind the case's telephone or name; else what was answered. None without either."""
    marks = _marks(definition, case)
    name = marks.get("contact", "")
    whole = rights.sees_numbers(person, case.outlet, at)
    known = customers.by_phone(person, marks["phone"], at) if marks.get("phone") and whole else []
    known = known or (customers.search(person, name, at, 2) if name else [])
    if len(known) == 1 or (known and marks.get("phone")):
        return _known(person, known[0], at)
    if not marks.keys() & {"contact", "phone", "address"}:
        return None
    number = phones.e164(marks.get("phone", "")) or ""
    shown = (number or marks.get("phone", "")) if whole else ""
    masked = "" if whole or not marks.get("phone") else phones.masked(number) or "****"
    return CustomerCard(
        name=name or _("客户"),
        contacts=(ContactLine(name, shown, masked=masked),) if shown or masked else (),
        sites=(SiteLine(marks["address"]),) if marks.get("address") else (),
        note=_("客户登记册里还没有。"),
    )


def _known(person: Person, one: Any, at: datetime) -> CustomerCard:
    whole = phones.may_see(person, one, at)
    return CustomerCard(
        name=one.name,
        number=one.number,
        address=f"/customers/{one.number}/",
        grade=one.grade,
        contacts=tuple(
            ContactLine(
                each.name,
                each.phone if whole else "",
                each.post,
                "" if whole else each.masked,
                "" if whole else f"/customers/{one.number}/contacts/{each.pk}/reveal/",
            )
            for each in one.contacts.all()
            if each.phone and not each.gone
        )[:4],
        sites=tuple(SiteLine(site.address, site.access) for site in list(one.sites.all())[:3]),
    )


def device(
    person: Person, case: Case, definition: Definition, names: Names, unit_of: Callable[[str], Unit | None]
) -> DeviceCard | None:  # fmt: skip
    """The installed device of the case with its warranty as decided, else as computed; None without any."""
    marks = _marks(definition, case)
    serial, product = marks.get("device", ""), marks.get("product", "")
    if not serial and not product:
        return None
    unit = unit_of(serial) if serial else None
    model = products.product_of(product) if product and unit is None else None
    decided = warranty.explained(case.number)
    if decided is not None:
        status, words = decided.decision.decided, decided.words
    else:
        finding = warranty.computed(unit, model.code if model else product, None, names.at)
        status, words = finding.status, finding.words
    facts = [(_("保修"), words.say(names.language))] if status else []
    if unit is not None:
        dates = ((_("发票"), unit.invoice_on), (_("验收"), unit.accepted_on))
        facts += [(label, f"{day:%Y-%m-%d}") for label, day in dates if day]
    count = _same_device(case, serial, person, names.at).count() if serial else 0
    return DeviceCard(
        model=(unit.model.name if unit else "") or (model.name if model else "") or product or serial,
        serial=serial,
        address=f"/devices/{unit.pk}/" if unit else "",
        warranty={"in": _("保内"), "out": _("保外")}.get(status, ""),
        warranty_tone={"in": "good", "out": "plain"}.get(status, "plain"),
        facts=tuple([*facts, (_("以前的事项"), str(count))] if serial else facts),
    )


def _marks(definition: Definition, case: Case) -> dict[str, str]:
    return dict(marks_of(definition, case.state.answers))


def _same_device(case: Case, serial: str, person: Person, at: datetime) -> Any:
    """Other cases about the device, within the reader's scope: not even their number tells of another outlet's."""
    same = Mark.objects.filter(readable(posts_of(person, at)), kind="device", value=serial).values("case")
    return visible_to(person, at).filter(pk__in=same).exclude(pk=case.pk)


def going(case: Case, names: Names) -> list[dict[str, Any]]:
    """Who goes there when, and how it stood; the newest first."""
    words = {"booked": _("已约"), "under-way": _("在场"), "done": _("已到过"), "moved": _("改约")}
    words["cancelled"] = _("已取消")
    told = []
    for visit in reversed(visits.of_case(case.number)):
        told.append(
            {
                "person": visit.person.called(names.language),
                "when": f"{local(visit.during.lower, names.zone)}–{local(visit.during.upper, names.zone)[-5:]}",
                "state": words.get(visit.state, visit.state),
                "over": visit.state in {"moved", "cancelled"},
                "arrived": local(visit.arrived_at, names.zone),
                "skill": visit.skill,
            }
        )
    return told


def money(ledger: Ledger, names: Names) -> dict[str, Any]:
    """Quotes, charges, receipts and what is still due; {} where nothing was ever quoted or charged."""
    if not (ledger.quotes or ledger.charges or ledger.receipts):
        return {}
    return {
        "quote": ledger.quote,
        "charged": ledger.charged,
        "received": ledger.received,
        "due": ledger.due,
        "lines": [
            {"what": one.what or one.because, "payer": one.payer, "amount": one.amount, "back": bool(one.reverses_id)}
            for one in ledger.charges
        ],
        "receipts": [
            {"number": one.name, "amount": one.amount, "void": one.state != "good", "at": local(one.at, names.zone)}
            for one in ledger.receipts
        ],
    }


def papers(case: Case, pack: Pack, names: Names) -> list[dict[str, Any]]:
    """Every slip of the case and in whose hand each of its copies is."""
    told = []
    for slip in slips.of_case(case.number):
        copies = [
            {
                "title": (copy.title_en if names.language == "en" else "") or copy.title or copy.name,
                "holder": _holder(copy.holder_kind, copy.holder, pack, names),
                "used": bool(copy.used_at),
            }
            for copy in slip.copies.all()
        ]
        title = (slip.title_en if names.language == "en" else "") or slip.title
        told.append({"number": slip.number, "title": title, "void": slip.state == "void", "copies": copies})
    return told


def _holder(kind: str, holder: str, pack: Pack, names: Names) -> str:
    if kind == "customer":
        return _("客户")
    return names.person(holder) if kind == "person" else post_title(pack, holder, names.language)
