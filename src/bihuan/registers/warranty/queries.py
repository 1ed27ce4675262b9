"""Reading warranty: what is known is gathered here and reckoned in ``reckoning``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from bihuan.people import access, withheld
from bihuan.people.models import Person
from bihuan.people.queries import day_of
from bihuan.procedure.definition import Text
from bihuan.registers.products import queries as products
from bihuan.registers.products.models import Product, Unit

from .models import Decision, Registration, Terms
from .reckoning import Finding, reckon

PAGE = 50


@dataclass(frozen=True)
class Explanation:
    """The decision that stands for a case, the earlier ones, and what comes out when it is reckoned again."""

    decision: Decision
    earlier: tuple[Decision, ...]
    finding: Finding
    words: Text

    @property
    def agrees(self) -> bool:
        """Whether reckoning again gives what was recorded; anything else is damage."""
        one, found = self.decision, self.finding
        recorded = (one.computed or None, one.ends, one.rule, one.proof)
        return recorded == (found.status, found.ends, found.rule, found.proof)


def visible_to(person: Person, at: datetime) -> QuerySet[Decision]:
    """The decisions for cases of outlets within ``person``'s scope."""
    outlets = access.visible_outlets(person, at)
    found = Decision.objects.all() if outlets is None else Decision.objects.filter(outlet__in=outlets)
    return withheld.seen(found, person, at, "case_number")


def computed(unit: Unit | None, product_code: str, bought_on: date | None, at: datetime) -> Finding:
    """What the books say on the day of ``at``: for a device, or for a model bought on a day the customer states."""
    return reckon(inputs_of(unit, product_code, bought_on), day_of(at))


def computed_many(units: Sequence[Unit], at: datetime) -> dict[UUID, Finding]:
    """The same for the devices of a list, in two queries for any number of them."""
    newest = {one.unit_id: one for one in Registration.objects.filter(unit__in=units).order_by("id")}
    terms = list(Terms.objects.order_by("valid_from", "id"))
    day = day_of(at)
    found = {}
    for unit in units:
        own = [one for one in terms if _applies(one, unit.model)]
        found[unit.pk] = reckon(_inputs(unit, unit.model, None, newest.get(unit.pk), own), day)
    return found


def inputs_of(unit: Unit | None, product_code: str, bought_on: date | None) -> dict[str, Any]:
    """All that is known now and bears on the warranty, as plain data that a decision keeps."""
    product = unit.model if unit else products.product_of(product_code)
    registration = Registration.objects.filter(unit=unit).order_by("-id").first() if unit else None
    return _inputs(unit, product, bought_on, registration, applying(product) if product else [])


def _inputs(
    unit: Unit | None,
    product: Product | None,
    bought_on: date | None,
    registration: Registration | None,
    terms: Sequence[Terms],
) -> dict[str, Any]:
    return {
        "unit": str(unit.pk) if unit else "",
        "serial": unit.serial if unit else "",
        "product": product.code if product else "",
        "registration": {"start": str(registration.start), "proof": registration.proof} if registration else None,
        "invoice_on": _iso(unit.invoice_on) if unit else None,
        "invoice_number": unit.invoice_number if unit else "",
        "accepted_on": _iso(unit.accepted_on) if unit else None,
        "bought_on": _iso(bought_on),
        "terms": [_told(one) for one in terms],
    }


def _applies(terms: Terms, product: Product) -> bool:
    """Whether these terms are for this model: by itself, by its line, or because they are for everything."""
    if terms.product_id:
        return bool(terms.product_id == product.pk)
    return terms.line in ("", product.line)


def applying(product: Product) -> list[Terms]:
    """Every set of terms for this model, for its line and for everything, whenever valid."""
    scope = Q(product=product) | Q(product__isnull=True, line="")
    if product.line:
        scope |= Q(product__isnull=True, line=product.line)
    return list(Terms.objects.filter(scope).order_by("valid_from", "id"))


def _told(terms: Terms) -> dict[str, Any]:
    scope = "product" if terms.product_id else "line" if terms.line else "all"
    return {
        "id": str(terms.pk),
        "scope": scope,
        "months": terms.months,
        "starts": terms.starts,
        "valid_from": str(terms.valid_from),
        "valid_until": _iso(terms.valid_until),
        "document": terms.document,
        "clause": terms.clause,
        "exclusions": list(terms.exclusions),
    }


def listed() -> QuerySet[Terms]:
    """All terms: those still open first, then by the day they began, newest first."""
    return Terms.objects.select_related("product").order_by("-valid_from", "-id")


def decisions_of(case_number: str) -> list[Decision]:
    """What was decided for this case, newest first. The caller has seen to it that the case may be seen."""
    return list(Decision.objects.filter(case_number=case_number).order_by("-id"))


def explained(case_number: str) -> Explanation | None:
    """The decision that stands for this case, reckoned again from what was known then; None when none was made."""
    found = decisions_of(case_number)
    if not found:
        return None
    decision = found[0]
    finding = recomputed(decision)
    return Explanation(decision, tuple(found[1:]), finding, _words(decision, finding))


def recomputed(decision: Decision) -> Finding:
    """What comes out of the decision's own inputs, for the day it was made."""
    return reckon(decision.inputs, day_of(decision.at))


def _words(decision: Decision, finding: Finding) -> Text:
    said = {"in": Text("保内", "in warranty"), "out": Text("保外", "out of warranty")}[decision.decided]
    if decision.decided == decision.computed:
        return Text(f"{said.zh}。{finding.words.zh}", f"{said.en}. {finding.words.en}")
    return Text(
        f"{said.zh}，与计算不同，理由：{decision.because}。计算：{finding.words.zh}",
        f"{said.en}, against what was computed, because: {decision.because}. Computed: {finding.words.en}",
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
