"""What is known about the slips of a case."""

from __future__ import annotations

from django.db.models import F, Q

from ..deeds import Provider, Question
from .models import Copy, Slip


def held_by(question: Question) -> str | None:
    """``slips.held-by.<copy>``: post, ``customer``, username or office that has that copy of the newest slip with one.

    ``form.copy`` names the form too. Without a copy: who has all open copies of the newest slip; None where it is more
    than one, or there is none.
    """
    form, _dot, name = question.argument.rpartition(".")
    copies = Copy.objects.filter(slip__case_number=question.number).exclude(slip__state=Slip.VOID)
    copies = copies.order_by("-slip__issued_at", "-slip__pk")
    if form:
        copies = copies.filter(slip__form=form)
    if name:
        return copies.filter(name=name).values_list("holder", flat=True).first()
    newest = copies.values_list("slip", flat=True).first()
    held = set(copies.filter(slip=newest, state=Copy.OPEN).values_list("holder", flat=True)) if newest else set()
    return held.pop() if len(held) == 1 else None


def out(question: Question) -> int:
    """``slips.out``: copies in use that are not yet with the one their way ends with."""
    there = Q(holder_kind=F("ends_kind"), holder=F("ends_holder"))
    copies = Copy.objects.filter(slip__case_number=question.number, slip__state=Slip.OPEN, state=Copy.OPEN)
    return copies.exclude(there).count()


def issued(question: Question) -> bool:
    """``slips.issued.<form>``: whether one was made out in this case and is not void; any form without an argument."""
    slips = Slip.objects.filter(case_number=question.number).exclude(state=Slip.VOID)
    return (slips.filter(form=question.argument) if question.argument else slips).exists()


FACTS: dict[str, Provider] = {"slips.held-by": held_by, "slips.out": out, "slips.issued": issued}
