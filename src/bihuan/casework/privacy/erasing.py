"""Carrying an order out: chain by chain, then the registers, then the files. Begun twice it ends as if begun once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from bihuan.files import actions as files
from bihuan.journal import actions as journal
from bihuan.journal.models import Content
from bihuan.people import withheld
from bihuan.people.actions import HOUSE, entry
from bihuan.people.models import Person
from bihuan.procedure.definition import Text
from bihuan.registers.customers.actions.erasing import anonymise

from ..models import Case
from . import blanking, disposals, sweeping
from .errors import MARK, OutOfSight
from .finding import Found, find
from .models import Order
from .terms import terms_of

RESTRICTED = Text("限制处理", "Restricted")
PIECE = 500


@dataclass(frozen=True)
class Doing:
    """Under which order, by whom (None = the machine), when."""

    order: Order
    by: Person | None
    at: datetime

    @property
    def doer(self) -> str:
        return self.by.username if self.by else ""


def erase(found: Found, doing: Doing, kept: Collection[Case] = ()) -> dict[str, int]:
    """Erase everything found about one person; ``kept`` cases are locked instead. The order has to be running.

    One transaction for each chain, then one for the registers and everything beside; files go last.
    """
    order = doing.order
    subjects = [*_subjects(found), *order.subjects]
    Order.objects.filter(pk=order.pk).update(subjects=sorted(set(subjects)))
    disposals.write(order.list_name, doing.at, [str(one) for one, _ in found.entries], subjects, kind=order.kind)
    counts = found.counts
    by_chain = _by_chain(found)
    for chain in sorted({*by_chain, *(case.outlet for case in found.cases)}):
        with transaction.atomic():
            blank_all({case.pk: None for case in found.cases if case.outlet == chain}, order)
            dispose(by_chain.get(chain, []), doing)
    sweeping.forget_beside(found.terms)
    sweeping.forget_files(found.terms, [one for one, _chain in found.entries])
    with transaction.atomic():
        for case in kept:
            restrict(case)
        _registers(found, kept, doing)
        contents = drop_files([one.pk for one in found.files], order)
        state = {"counts": counts, "contents": contents, "state": Order.CLEARING}
        Order.objects.filter(pk=order.pk).update(**state)
        told = {"list": order.list_name, "order": str(order.pk), "counts": counts, "restricted": len(kept)}
        entry(HOUSE, "privacy", str(order.pk), "erase", doing.by, doing.at, told)
    clear(order.pk, doing.at)
    return counts


def clear(order_id: UUID, at: datetime) -> None:
    """The bytes of files nobody refers to any more; then the order is done."""
    order = Order.objects.get(pk=order_id)
    for digest in order.contents:
        files.forget_content(digest)
    Order.objects.filter(pk=order_id, state=Order.CLEARING).update(state=Order.DONE, done_at=at, contents=[])


def dispose(entries: Iterable[UUID], doing: Doing) -> int:
    """Dispose of what still has its content, as one list; the last statement of the chain's transaction."""
    wanted = list(entries)
    having = list(Content.objects.filter(entry_id__in=wanted).values_list("entry_id", flat=True))
    if having:
        journal.dispose(having, doing.order.list_name, doing.doer, doing.at)
    return len(having)


def restrict(case: Case) -> None:
    """Lock an ended case: it is found by its number alone, and read by those who keep personal data (PIPL 47)."""
    case.title, case.restricted = RESTRICTED.zh, True
    case.closed_title, case.closed_to = "", []
    Case.objects.filter(pk=case.pk).update(title=case.title, closed_title="", closed_to=[], restricted=True)
    withheld.settle(case.number, withheld=True)
    blanking.unfind(case)


def drop_files(ids: Collection[UUID], order: Order) -> list[str]:
    """Take the rows of these files away; returns the digests of their contents, to be removed after the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM privacy_drop_files(%s, %s)", [order.pk, list(ids)])
        return sorted({row[0] for row in cursor.fetchall()})


def blank_all(forms: Mapping[UUID, Collection[str] | None], order: Order) -> None:
    """Blank these cases: some forms of them, or (None) the whole with what registers hold about them.

    Runs in the caller's transaction; the book is not touched.
    """
    locked = list(Case.objects.select_for_update().filter(pk__in=forms).order_by("pk"))
    whole = [case for case in locked if forms[case.pk] is None]
    if whole:
        sweeping.wipe(order.pk, [case.number for case in whole])
        sweeping.sweep_rows(order.pk, whole)
    for case in locked:
        case.restricted = case.restricted and forms[case.pk] is not None
        blanking.blank(case, forms[case.pk])


def _registers(found: Found, kept: Collection[Case], doing: Doing) -> None:
    terms = found.terms
    # once more: what was saved meanwhile
    sweeping.forget_beside(terms)
    anonymise(customers=terms.customers, contacts=terms.contacts, sites=terms.sites, mark=MARK)
    sweeping.sweep(
        doing.order.pk,
        terms,
        [(str(case.pk), case.number) for case in found.cases],
        [(str(case.pk), case.number) for case in kept],
    )


def _subjects(found: Found) -> list[str]:
    terms = found.terms
    return [
        f"{terms.kind}:{terms.identity}",
        *(f"case:{one.pk}" for one in found.cases),
        *(f"file:{one.pk}" for one in found.files),
    ]


def _by_chain(found: Found) -> dict[str, list[UUID]]:
    chains = groupby(sorted(found.entries, key=lambda one: one[1]), key=lambda one: one[1])
    return {chain: [one for one, _chain in listed] for chain, listed in chains}


# ---------------------------------------------------------------------------------------------- after a restore


def erase_again(sheet: dict[str, Any], doing: Doing) -> dict[str, int]:
    """Carry out a list an older database does not know; what it names and is not there is passed over."""
    named: dict[str, list[str]] = {}
    for subject in sheet["subjects"]:
        kind, _, identity = subject.partition(":")
        named.setdefault(kind, []).append(identity)
    cases, kept = ([UUID(one) for one in named.get(kind, [])] for kind in ("case", "kept"))
    # an order to erase is about one person; one who is not in this database was added after it
    for kind in ("contact", "customer"):
        for identity in named.get(kind, [])[:1]:
            try:
                terms = terms_of(kind, UUID(identity))
            except OutOfSight:
                break
            found = find(terms, more=cases, spared=kept)
            found.entries = _with_listed(found.entries, sheet["entries"])
            doing.order.subjects = list(sheet["subjects"])
            return erase(found, doing, list(Case.objects.filter(pk__in=kept, ended_at__isnull=False)))
    return _listed_only(sheet, named, doing)


def _with_listed(entries: list[tuple[UUID, str]], listed: Iterable[str]) -> list[tuple[UUID, str]]:
    having = Content.objects.filter(entry_id__in=list(listed)).values_list("entry_id", "entry__chain")
    return sorted({*entries, *having}, key=lambda one: (one[1], one[0]))


def _listed_only(sheet: dict[str, Any], named: dict[str, list[str]], doing: Doing) -> dict[str, int]:
    """A retention list: forms of cases, the entries that filled them, their files."""
    disposals.write(sheet["list"], doing.at, sheet["entries"], sheet["subjects"], kind=sheet["kind"])
    forms: dict[UUID, set[str]] = {}
    for words in named.get("form", []):
        case, _, form = words.partition(":")
        forms.setdefault(UUID(case), set()).add(form)
    whole = {UUID(one) for one in named.get("case", [])}
    cases = {one.pk: one for one in Case.objects.filter(pk__in={*forms, *whole})}
    by_chain: dict[str, list[UUID]] = {}
    for identity, chain in _with_listed([], sheet["entries"]):
        by_chain.setdefault(chain, []).append(identity)
    for chain in sorted({*by_chain, *(one.outlet for one in cases.values())}):
        with transaction.atomic():
            here = [one.pk for one in cases.values() if one.outlet == chain]
            blank_all({pk: None if pk in whole else forms[pk] for pk in here}, doing.order)
            dispose(by_chain.get(chain, []), doing)
    with transaction.atomic():
        contents = drop_files([UUID(one) for one in named.get("file", [])], doing.order)
        counts = {"cases": len(cases), "entries": sum(map(len, by_chain.values())), "files": len(contents)}
        state = {"counts": counts, "contents": contents, "state": Order.CLEARING, "subjects": sheet["subjects"]}
        Order.objects.filter(pk=doing.order.pk).update(**state)
        told = {"list": sheet["list"], "order": str(doing.order.pk), "counts": counts}
        entry(HOUSE, "privacy", str(doing.order.pk), "dispose-again", doing.by, doing.at, told)
    clear(doing.order.pk, doing.at)
    return counts
