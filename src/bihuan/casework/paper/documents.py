"""Which documents a case has on paper. None is named here: what a form holds decides how it is laid out.

receipt   money an act received through the effect ``charges.receipt``: one document per receipt, void ones too
hand-in   the form of a duty that lists cases or counts papers
record    the form the case was opened with
goods     a form with lines that are no money: things received or handed over
slip      any other form in copies
sheet     everything else that was filled in
gathered  a sheet the procedure puts together from several forms (``[sheets.NAME]``)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.db.models import Count
from django.utils.translation import gettext as _

from bihuan.people.models import Person
from bihuan.procedure.definition import Definition, Effect, Form, Lines, Sheet
from bihuan.registers.charges import queries as charges
from bihuan.registers.charges.models import Receipt
from bihuan.registers.charges.queries import Ledger

from .. import reading
from ..definitions import definition_for
from ..models import Case
from ..pages.story import filled_forms
from ..seeing import hidden_forms
from .models import PrintCount

RECEIVES_MONEY = "charges.receipt"
PAPERS = {
    "receipt": ("241x93", "80mm", "a5"),
    "hand-in": ("a4",),
    "record": ("a5", "a4"),
    "goods": ("a5", "241x140", "a4"),
    "slip": ("241x140", "a5", "a4"),
    "sheet": ("a4", "a5"),
    "gathered": ("a4",),
}
"""Which papers a layout is made for; the first is taken where none is asked for."""
ORDER = list(PAPERS)


@dataclass(frozen=True)
class Document:
    """One document of one case. ``copies`` are (name, title), at least one; ``printed`` counts by name of copy."""

    number: str
    key: str
    title: str
    layout: str
    form: str
    copies: tuple[tuple[str, str], ...]
    printed: dict[str, int]
    receipt: Receipt | None = None
    # the name of the sheet the procedure puts together; "" for everything else
    sheet: str = ""
    # what stands on such a sheet, part by part
    parts: tuple[str, ...] = ()

    @property
    def papers(self) -> tuple[str, ...]:
        return PAPERS[self.layout]

    @property
    def address(self) -> str:
        return f"/cases/{quote(self.number, safe='')}/print/{quote(self.key, safe='')}/"

    @property
    def times(self) -> int:
        """How often any copy of it was printed."""
        return sum(self.printed.values())

    @property
    def void(self) -> bool:
        return self.receipt is not None and self.receipt.state == Receipt.VOID


def documents_of(
    case: Case,
    person: Person,
    at: datetime,
    language: str,
    history: list[dict[str, Any]] | None = None,
    ledger: Ledger | None = None,
) -> list[Document]:
    """The documents there are of ``case`` as it stands, that ``person`` may see; the case itself is in sight.

    ``history`` and ``ledger`` are the case's, where they were read already.
    """
    definition = definition_for(case)
    counted = _counted(case.number)
    hidden = hidden_forms(definition, case.state, person, at)
    takings = forms_with(definition, RECEIVES_MONEY)
    told = reading.history(case) if history is None else history
    found = []
    for name in filled_forms(definition, told, case.state.answers):
        form = definition.forms.get(name)
        if form is None or name in takings or not case.state.answers.get(name):
            continue
        if name in hidden:
            continue
        found.append(_document(case, name, form, layout_of(definition, form), language, counted))
    for receipt in (ledger or charges.of_case(case.number)).receipts:
        form = next((definition.forms[name] for name in takings if name in definition.forms), None)
        found.append(_receipt(case, receipt, form, language, counted))
    found += [_gathered(case, one, language, counted) for one in definition.sheets.values()]
    return sorted(found, key=lambda one: ORDER.index(one.layout))


def layout_of(definition: Definition, form: Form) -> str:
    """How a filled form is laid out, told from what it holds."""
    if definition.duty_of and form.name in {act.form for act in definition.acts.values()}:
        return "hand-in"
    opening = definition.acts.get(definition.opening.act)
    if opening is not None and opening.form == form.name:
        return "record"
    if any(not _of_money(lines) for lines in form.lines.values()):
        return "goods"
    return "slip" if form.copies else "sheet"


def forms_with(definition: Definition, effect: str) -> set[str]:
    """The forms of acts that carry out ``effect``, in their own words, on one of their ways, or added by a clause."""
    named = set()
    for act in definition.acts.values():
        added = [each for one in definition.additions if act.name in one.on for each in one.effects]
        if any(each.name == effect for each in (*_effects(act.effects, act.ways), *added)) and act.form:
            named.add(act.form)
    return named


def _effects(own: tuple[Effect, ...], ways) -> Iterator[Effect]:
    yield from own
    for way in ways:
        yield from way.effects


def _of_money(lines: Lines) -> bool:
    return any(field.kind == "money" for field in lines.fields.values())


def _document(
    case: Case, name: str, form: Form, layout: str, language: str, counted: dict[tuple[str, str], int]
) -> Document:
    return Document(
        number=case.number,
        key=name,
        title=form.title.say(language),
        layout=layout,
        form=name,
        copies=_copies(form, language),
        printed=_of(counted, name),
    )


def _receipt(
    case: Case, receipt: Receipt, form: Form | None, language: str, counted: dict[tuple[str, str], int]
) -> Document:
    key = f"receipt:{receipt.name}"
    return Document(
        number=case.number,
        key=key,
        title=form.title.say(language) if form else _("收据"),
        layout="receipt",
        form=form.name if form else "",
        copies=_copies(form, language) if form else (("", ""),),
        printed=_of(counted, key),
        receipt=receipt,
    )


def _gathered(case: Case, sheet: Sheet, language: str, counted: dict[tuple[str, str], int]) -> Document:
    key = f"sheet:{sheet.name}"
    return Document(
        number=case.number,
        key=key,
        title=sheet.title.say(language),
        layout="gathered",
        form="",
        copies=(("", ""),),
        printed=_of(counted, key),
        sheet=sheet.name,
        parts=tuple(section.title.say(language) for section in sheet.sections),
    )


def _copies(form: Form, language: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, title.say(language)) for name, title in form.copies.items()) or (("", ""),)


def _counted(number: str) -> dict[tuple[str, str], int]:
    rows = PrintCount.objects.filter(number=number).values_list("document", "copy").annotate(times=Count("id"))
    return {(document, copy): times for document, copy, times in rows}


def _of(counted: dict[tuple[str, str], int], key: str) -> dict[str, int]:
    return {copy: times for (document, copy), times in counted.items() if document == key}
