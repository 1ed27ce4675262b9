"""Printing: the pages, and that they were printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.db import connection, transaction
from django.db.models import Max

from bihuan.ground.ids import new_id
from bihuan.layout.paper import render
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from ..errors import CaseworkError
from ..models import Case
from .data import Sources, leaves_of
from .documents import Document
from .models import MOST_OFFSET, PrintCount, PrinterOffset

TEMPLATE = "casework/paper/templates/documents.typ"
MOST_AT_ONCE = 200


class NothingToPrint(CaseworkError):
    """409: none of what was asked for can be printed now, or not on this paper."""

    code = "nothing-to-print"
    words = Text("没有可以打印的单据", "There is nothing here that can be printed")


class WrongOffset(CaseworkError):
    code = "wrong-offset"
    words = Text(f"偏移应在 ±{MOST_OFFSET} 毫米之内", f"An offset lies within ±{MOST_OFFSET} millimetres")


@dataclass(frozen=True)
class Wanted:
    """One document of one case, in these copies."""

    case: Case
    document: Document
    copies: tuple[str, ...]


@dataclass(frozen=True)
class Printer:
    """Who prints, from where, in which language, on which paper."""

    person: Person
    at: datetime
    language: str
    origin: str
    paper: str


def preview(wanted: Iterable[Wanted], printer: Printer) -> bytes:
    """The pages as the next printing would give them; nothing is counted."""
    return _set(list(wanted), printer, {})


def print_out(wanted: Iterable[Wanted], printer: Printer) -> bytes:
    """The pages as one PDF, every copy counted. If they cannot be set, nothing was counted.

    Raises NothingToPrint.
    """
    listed = list(wanted)[:MOST_AT_ONCE]
    with transaction.atomic():
        ordinals = {}
        # always in the same order, so that two who print the same cases do not block each other
        for one in sorted(listed, key=lambda each: (each.case.number, each.document.key)):
            for copy in one.copies:
                ordinals[one.case.number, one.document.key, copy] = _count(one, copy, printer)
        return _set(listed, printer, ordinals)


def _count(one: Wanted, copy: str, printer: Printer) -> int:
    number, key = one.case.number, one.document.key
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"print {number} {key} {copy}"])
    before = PrintCount.objects.filter(number=number, document=key, copy=copy).aggregate(last=Max("ordinal"))["last"]
    counted = PrintCount.objects.create(
        id=new_id(printer.at),
        number=number,
        document=key,
        copy=copy,
        paper=printer.paper,
        ordinal=(before or 0) + 1,
        person=printer.person.username,
        at=printer.at,
    )
    return counted.ordinal


def _set(listed: list[Wanted], printer: Printer, ordinals: dict[tuple[str, str, str], int]) -> bytes:
    leaves, sources = [], {}
    offset = offset_of(printer.person)
    for one in listed:
        number, document = one.case.number, one.document
        if printer.paper not in document.papers:
            continue
        if number not in sources:
            sources[number] = Sources.of(one.case, printer.person, printer.language, printer.at, printer.origin)
        told = {
            copy: ordinals.get((number, document.key, copy), document.printed.get(copy, 0) + 1) for copy in one.copies
        }
        leaves += leaves_of(sources[number], document, list(one.copies), told)
    if not leaves:
        raise NothingToPrint
    title = leaves[0]["title"] if len(listed) == 1 else f"{leaves[0]['title']} …"
    data = {"title": title, "documents": [{**leaf, "offset": offset} for leaf in leaves]}
    return render(TEMPLATE, data, printer.paper, printer.at)  # type: ignore[arg-type]  # one of the document's papers


def offset_of(person: Person) -> dict[str, float]:
    """How far this person's printer has to be told to set the page, in millimetres."""
    kept = PrinterOffset.objects.filter(username=person.username).first()
    return {"x": float(kept.x), "y": float(kept.y)} if kept else {"x": 0, "y": 0}


def set_offset(person: Person, x: str, y: str) -> None:
    """Remember the offsets (millimetres, to a tenth). Raises WrongOffset."""
    try:
        values = [Decimal(text.strip() or "0").quantize(Decimal("0.1")) for text in (x, y)]
    except InvalidOperation as error:
        raise WrongOffset from error
    if any(not value.is_finite() or abs(value) > MOST_OFFSET for value in values):
        raise WrongOffset
    PrinterOffset.objects.update_or_create(username=person.username, defaults={"x": values[0], "y": values[1]})
