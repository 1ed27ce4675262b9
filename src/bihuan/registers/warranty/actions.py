"""Terms, registrations and decisions. By hand: one transaction, one entry. In a case's act: the case's entry has it.

``by`` is the person acting, None for the machine itself. ``at`` is the moment, aware.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from bihuan.ground.ids import new_id
from bihuan.people.models import Person
from bihuan.people.queries import day_of
from bihuan.procedure.definition import Text
from bihuan.registers.customers.actions.writing import entry, filled
from bihuan.registers.customers.errors import AlreadyThere, WrongInput
from bihuan.registers.customers.queries import normal
from bihuan.registers.customers.rights import keeping, setting_terms
from bihuan.registers.products.actions import HOUSE
from bihuan.registers.products.models import Product, Unit

from . import queries
from .models import Decision, Registration, Terms
from .reckoning import reckon

DOCUMENT_MISSING = Text("请填写条款出处（文件名称或编号）", "Say in which document this is written")
PROOF_MISSING = Text("请写明凭证", "Say what proves it")


@dataclass(frozen=True)
class NewTerms:
    """One line of terms: for ``product``, else for ``line``, else for everything. Both days are counted."""

    months: int
    starts: str
    valid_from: date
    document: str
    clause: str = ""
    product: Product | None = None
    line: str = ""
    valid_until: date | None = None
    exclusions: tuple[str, ...] = ()


def add_terms(
    months: int, starts: str, valid_from: date, *, document: str, by: Person | None, at: datetime, **more: Any
) -> Terms:
    """New terms; ``more`` as in NewTerms. Raises NotAllowed, WrongInput, AlreadyThere (days that overlap)."""
    return add_many_terms([NewTerms(months, starts, valid_from, document, **more)], by=by, at=at, plain=True)[0]


def add_many_terms(
    new: Sequence[NewTerms], *, by: Person | None, at: datetime, source: str = "", plain: bool = False
) -> list[Terms]:
    """Many at once, all of them or none, with one entry. ``field`` of a refusal is ``<row>.<field>``, or ``plain``."""
    if not new:
        return []
    setting_terms(by, at)
    made: list[Terms] = []
    with transaction.atomic():
        for row, one in enumerate(new):
            before = "" if plain else f"{row}."
            try:
                with transaction.atomic():
                    made.append(Terms.objects.create(id=new_id(at), **_read(one)))
            except WrongInput as error:
                raise WrongInput(error.words, before + error.field) from error
            except IntegrityError as error:
                words = Text(
                    "同一范围在这些日子已有条款：先给旧条款写上止日",
                    "Terms of this scope hold then: end them first",
                )
                raise AlreadyThere(words, f"{before}valid_from") from error
        content = {"source": source, "terms": [{"id": str(one.pk), **_told(one)} for one in made]}
        about = ("terms", made[0].pk, made[0].document) if plain else ("terms", made[0].pk, "")
        entry(HOUSE, about, "add-terms", by, at, content)
    return made


def end_terms(terms: Terms, until: date, *, by: Person | None, at: datetime) -> Terms:
    """The last day on which a warranty may begin under these terms; nothing else of them ever changes."""
    setting_terms(by, at)
    if until < terms.valid_from:
        raise WrongInput(Text("止日早于起日", "The last day lies before the first"), "valid_until")
    with transaction.atomic():
        before = Terms.objects.select_for_update(of=("self",)).get(pk=terms.pk)
        try:
            with transaction.atomic():
                Terms.objects.filter(pk=terms.pk).update(valid_until=until)
        except IntegrityError as error:
            words = Text("与后面的条款重叠", "This overlaps with later terms")
            raise AlreadyThere(words, "valid_until") from error
        told = {"valid_until": [str(before.valid_until or ""), str(until)]}
        entry(HOUSE, ("terms", terms.pk, terms.document), "end-terms", by, at, told)
    terms.valid_until = until
    return terms


def register(unit: Unit, start: date, *, proof: str, by: Person | None, at: datetime) -> Registration:
    """By hand: the device's warranty begins on ``start``. Raises NotAllowed, WrongInput."""
    keeping(by, unit.customer.outlet, at)
    with transaction.atomic():
        made = make_registration(unit, start, proof=proof, doer=by.username if by else "", at=at)
        told = {"start": str(start), "proof": made.proof}
        entry(unit.customer.outlet, ("unit", unit.pk, unit.serial), "register-warranty", by, at, told)
    return made


def make_registration(unit: Unit, start: date, *, proof: str, doer: str, at: datetime) -> Registration:
    """The row alone, without an entry."""
    proof = filled(normal(proof), "proof", 200, PROOF_MISSING)
    if start > day_of(at):
        raise WrongInput(Text("起算日在将来", "The first day lies in the future"), "start")
    return Registration.objects.create(unit=unit, start=start, proof=proof, doer=doer, at=at)


def decide(
    case_number: str,
    *,
    outlet: str,
    unit: Unit | None,
    product: str,
    bought_on: date | None,
    doer: str,
    post: str,
    at: datetime,
    as_: str = "",
    because: str = "",
    basis: str = "",
) -> Decision:
    """Decide for one case, keeping everything it was decided from; runs in the caller's transaction, without an entry.

    ``as_`` "" takes what was computed; ``basis`` is reason enough where nothing could be computed.

    Raises WrongInput: unknown and nothing said; against what was computed without reason or post.
    """
    inputs = queries.inputs_of(unit, product, bought_on)
    found = reckon(inputs, day_of(at))
    decided, because = as_ or found.status or "", normal(because)
    if found.status is None:
        because = because or normal(basis)
    if decided not in (Decision.IN, Decision.OUT):
        if as_:
            raise WrongInput(Text("保修须判为保内或保外", "Warranty is decided as in or out"), "as")
        words = Text(f"{found.words.zh}，须写明判定和理由", f"{found.words.en}: say what is decided, and why")
        raise WrongInput(words, "as")
    if decided != found.status:
        if not because:
            words = Text(
                f"与计算不同（{found.words.zh}），须写明理由", f"Against what was computed ({found.words.en}): say why"
            )
            raise WrongInput(words, "because")
        if not post:
            raise WrongInput(Text("改判须以岗位身份", "Deciding otherwise takes a post"), "post")
    return Decision.objects.create(
        case_number=case_number, outlet=outlet, unit=unit, computed=found.status or "", ends=found.ends,
        rule=found.rule, proof=found.proof, decided=decided, because=filled(because, "because", 300), doer=doer,
        post=post, at=at, inputs=inputs,
    )  # fmt: skip


def _read(new: NewTerms) -> dict[str, Any]:
    if not 1 <= new.months <= 1200:
        raise WrongInput(Text("保修期为 1 至 1200 个月", "A warranty runs 1 to 1200 months"), "months")
    if new.starts not in Terms.STARTS:
        raise WrongInput(Text("从发票日或验收日算起", "It runs from invoice or acceptance"), "starts")
    if new.product is not None and new.line:
        raise WrongInput(Text("型号与产品线只填一个", "Give a model or a line, not both"), "line")
    if new.valid_until is not None and new.valid_until < new.valid_from:
        raise WrongInput(Text("止日早于起日", "The last day lies before the first"), "valid_until")
    return {
        "product": new.product,
        "line": filled(normal(new.line), "line", 80),
        "months": new.months,
        "starts": new.starts,
        "valid_from": new.valid_from,
        "valid_until": new.valid_until,
        "exclusions": _each(new.exclusions),
        "document": filled(normal(new.document), "document", 120, DOCUMENT_MISSING),
        "clause": filled(normal(new.clause), "clause", 40),
    }


def _each(exclusions: Iterable[str]) -> list[str]:
    return [filled(one, "exclusions", 200) for one in map(normal, exclusions) if one]


def _told(terms: Terms) -> dict[str, Any]:
    return {
        "product": terms.product.code if terms.product else "", "line": terms.line, "months": terms.months,
        "starts": terms.starts, "valid_from": str(terms.valid_from), "valid_until": str(terms.valid_until or ""),
        "exclusions": terms.exclusions, "document": terms.document, "clause": terms.clause,
    }  # fmt: skip
