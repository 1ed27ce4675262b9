"""What a case may ask about warranty; the effects of ``effects`` read the case the same way."""

from __future__ import annotations

from datetime import date

from bihuan.registers.deeds import Deed, Provider, Question, of_kind
from bihuan.registers.products.facts import unit_of

from . import queries
from .reckoning import Finding


def bought_on(asked: Question | Deed) -> date | None:
    """The day the form states the device was bought or accepted: the only date asked on the form that names it.

    A form with several dates says nothing here, because none is to be guessed.
    """
    for name, filled in reversed(list(asked.answers.items())):
        form = asked.definition.forms.get(name)
        if form is None or not any(one.kind in ("device", "product") for one in form.fields.values()):
            continue
        dates = [one.name for one in form.fields.values() if one.kind == "date"]
        if len(dates) == 1 and filled.get(dates[0]):
            try:
                return date.fromisoformat(str(filled[dates[0]])[:10])
            except ValueError:
                return None
    return None


def finding(asked: Question | Deed) -> Finding:
    """What the books say about the device (or model and day) on the form."""
    return queries.computed(unit_of(asked), of_kind(asked, "product"), bought_on(asked), asked.at)


def status(question: Question) -> str | None:
    """``warranty.status``: "in" or "out"; None when nobody can tell."""
    return finding(question).status


def ends(question: Question) -> str | None:
    """``warranty.ends``: the last day covered (ISO)."""
    found = finding(question).ends
    return found.isoformat() if found else None


def decision(question: Question) -> str | None:
    """``warranty.decision``: what was decided for this case; None before that."""
    found = queries.decisions_of(question.number) if question.number else []
    return found[0].decided if found else None


def invoice_date(question: Question) -> str | None:
    """``warranty.invoice-date``: the day (ISO) on the device's invoice."""
    unit = unit_of(question)
    return unit.invoice_on.isoformat() if unit and unit.invoice_on else None


FACTS: dict[str, Provider] = {
    "warranty.status": status,
    "warranty.ends": ends,
    "warranty.decision": decision,
    "warranty.invoice-date": invoice_date,
}
