"""Facts an act wants to know, asked of the registers below. Arithmetic stays in the register that answers.

A fact whose register is not here yet is simply unknown: a ``needs`` on it refuses, nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bihuan.people import facts as people_facts
from bihuan.people import queries as people
from bihuan.registers.charges import facts as charge_facts
from bihuan.registers.customers import facts as customer_facts
from bihuan.registers.deeds import Provider, Question
from bihuan.registers.outlets import facts as outlet_facts
from bihuan.registers.products import facts as product_facts
from bihuan.registers.slips import facts as slip_facts
from bihuan.registers.surveys import facts as survey_facts
from bihuan.registers.visits import facts as visit_facts
from bihuan.registers.warranty import facts as warranty_facts

from . import matters
from .marks import marks_of
from .models import Case, Mark


def standing_at(question: Question) -> list[str]:
    """Numbers of the outlet's cases of this kind that stand at the step named by the argument, oldest first."""
    kind = question.definition.duty_of or question.definition.kind
    cases = Case.objects.filter(kind=kind, step=question.argument, outlet=question.outlet)
    return list(cases.order_by("id").values_list("number", flat=True)[:2000])


def days_since_same_fault(question: Question) -> int | None:
    """Whole days since the newest closed case with the same device and fault ended; None when there was none."""
    earlier = _same_fault_before(question)
    return None if earlier is None else (question.at - earlier[1]).days


def earlier_same_fault(question: Question) -> str | None:
    """The number of that case."""
    earlier = _same_fault_before(question)
    return None if earlier is None else earlier[0]


def _same_fault_before(question: Question) -> tuple[str, datetime] | None:
    """Number and end of the newest case in which that fault of that device was dealt with, here or at an outlet below.

    One that was cancelled or merged repaired nothing.
    """
    values = marks_of(question.definition, question.answers)
    devices = [value for kind, value in values if kind == "device"]
    faults = [value for kind, value in values if kind == "fault"]
    if not devices or not faults:
        return None
    ended = Case.objects.filter(ended_at__isnull=False, ended_at__lte=question.at, done_at__isnull=False)
    cases = ended.exclude(number=question.number)
    if question.outlet:
        cases = cases.filter(outlet__in=people.below(question.outlet))
    cases = cases.filter(pk__in=Mark.objects.filter(kind="device", value__in=devices).values("case"))
    cases = cases.filter(pk__in=Mark.objects.filter(kind="fault", value__in=faults).values("case"))
    return cases.order_by("-ended_at").values_list("number", "ended_at").first()


def recurred_after(question: Question) -> str | None:
    """The number of the newest case about the same fault of this device or model that had been put right before.

    Put right means ended, with something in it or in a case it opened that another person checked; before means that
    it had ended when this case was opened. Here or at an outlet below. The argument names the kind of that case.
    """
    earlier = _put_right_before(question)
    return earlier.number if earlier else None


def days_since_put_right(question: Question) -> int | None:
    """Whole days since that case ended; None when there was none."""
    earlier = _put_right_before(question)
    return (question.at - earlier.ended_at).days if earlier and earlier.ended_at else None


def _put_right_before(question: Question) -> Case | None:
    cases = Case.objects.exclude(number=question.number)
    if question.outlet:
        cases = cases.filter(outlet__in=people.below(question.outlet))
    opened = Case.objects.filter(number=question.number).values_list("opened_at", flat=True).first()
    matter = matters.matter_of(question.definition, question.answers)
    return matters.put_right_before(cases, matter, opened or question.at, question.argument)


def number(question: Question) -> str | None:
    """``case.number``: the number of the case that asks; at its opening it comes with the opening itself."""
    return question.number or None


PROVIDERS: dict[str, Provider] = {
    "case.number": number,
    "cases.recurred-after": recurred_after,
    "cases.days-since-put-right": days_since_put_right,
    "cases.standing-at": standing_at,
    "cases.days-since-same-fault": days_since_same_fault,
    "cases.earlier-same-fault": earlier_same_fault,
    **people_facts.FACTS,
    **outlet_facts.FACTS,
    **customer_facts.FACTS,
    **product_facts.FACTS,
    **visit_facts.FACTS,
    **warranty_facts.FACTS,
    **slip_facts.FACTS,
    **charge_facts.FACTS,
    **survey_facts.FACTS,
}


def collect(names: Iterable[str], question: Question) -> dict[str, Any]:
    """The facts by their full names; those nobody can answer are left out."""
    known: dict[str, Any] = {}
    for name in names:
        provider, argument = _provider(name)
        if provider is None:
            continue
        value = provider(_with_argument(question, argument))
        if value is not None:
            known[name] = value
    return known


def _provider(name: str) -> tuple[Provider | None, str]:
    if name in PROVIDERS:
        return PROVIDERS[name], ""
    head, _, tail = name.rpartition(".")
    return PROVIDERS.get(head), tail


def _with_argument(question: Question, argument: str) -> Question:
    if not argument:
        return question
    return Question(**{**question.__dict__, "argument": argument})
