"""Who was asked to sign before an act, who has not yet, and what waits for whom."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from .. import queries
from ..definitions import definition_for
from ..models import Case
from .errors import SignerMissing
from .models import AddedSigner

SHOWN = 50


def refuse_unsigned(case: Case, act: str) -> None:
    """Raises ``SignerMissing`` while somebody asked to sign before ``act`` has neither signed nor been let off."""
    missing = list(open_of(case, act).values_list("signer", flat=True))
    if missing:
        names = dict(Person.objects.filter(username__in=missing).values_list("username", "name"))
        told = "、".join(names.get(one, one) for one in missing)
        raise SignerMissing(Text(f"还有加签未签：{told}", f"Not signed yet: {told}"))


def open_of(case: Case, act: str = "") -> QuerySet[AddedSigner]:
    """Those of ``case`` who have not signed yet; of one act, or of any."""
    found = AddedSigner.objects.filter(case=case, ended_at=None).order_by("asked_at")
    return found.filter(act=act) if act else found


def all_of(case: Case) -> list[AddedSigner]:
    """Everybody who was ever added to ``case``, oldest first."""
    return list(AddedSigner.objects.filter(case=case).order_by("asked_at", "pk"))


def waiting_for(person: Person, at: datetime) -> list[AddedSigner]:
    """What ``person`` was asked to sign and has not, oldest first, within their scope.

    Where the case went on by another way, or its text has no such act any more, nobody waits for the signature.
    """
    seen = queries.visible_to(person, at).filter(ended_at=None)
    found = AddedSigner.objects.filter(signer=person.username, ended_at=None, case__in=seen)
    asked = found.select_related("case__version").defer("case__version__text").order_by("asked_at")[:SHOWN]
    return [one for one in asked if _still_to_do(one)]


def _still_to_do(one: AddedSigner) -> bool:
    doing = definition_for(one.case).acts.get(one.act)
    return doing is not None and one.case.step in doing.at
