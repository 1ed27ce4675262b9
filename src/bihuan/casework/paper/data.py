"""What stands on a document, as plain data for its template. The templates know only layouts, no business."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from bihuan.files import store
from bihuan.files.models import Attachment
from bihuan.layout.paper import code
from bihuan.people.models import Person
from bihuan.procedure.definition import Definition, Field, Form, Lines, Pack
from bihuan.registers.charges.capitals import amount_in_capitals
from bihuan.registers.charges.models import Receipt
from bihuan.registers.documents import queries as definitions
from bihuan.registers.slips.models import Slip

from ..actions.keeping import surroundings_of
from ..definitions import definition_for
from ..models import Case
from ..pages.names import Names, outlet_names
from ..pages.signers import learn_signers
from ..pages.words import local, post_title, said, signed_fillings
from .documents import Document

PARTICULARS = (
    "customer", "contact", "phone", "address", "product", "device", "fault", "urgency",
)  # fmt: skip
"""The kinds of question a slip repeats from the opening form: who, where, what, since when."""
WIDE_KINDS = {"long-text", "fault", "wish", "address"}
WIDE_FROM = 26
"""Answers from so many characters on take the whole width."""
UNSAID = {"yes-no"}


@dataclass
class Sources:
    """Everything the documents of one case are drawn from; made once per case."""

    case: Case
    definition: Definition
    pack: Pack
    names: Names
    origin: str
    by: str
    person: Person | None = None

    @classmethod
    def of(cls, case: Case, person: Person, language: str, at: datetime, origin: str) -> Sources:
        """``origin``: the address of the house, for the code that leads back; ``person`` prints."""
        names = Names(language, surroundings_of(case.outlet).zone, at)
        pack = definitions.pack_of(case.version)
        learn_signers(definition_for(case), pack, case, names)
        return cls(case, definition_for(case), pack, names, origin, person.called(language), person)


def leaves_of(sources: Sources, document: Document, copies: list[str], ordinals: dict[str, int]) -> list[dict]:
    """The data of one document, once per copy asked for; ``ordinals``: the how-manieth printing each copy is."""
    whole = _whole(sources, document)
    titles = dict(document.copies)
    return [
        {**whole, "copy": titles[copy], "printed": _printed(ordinals.get(copy, 1))} for copy in copies if copy in titles
    ]


def _whole(sources: Sources, document: Document) -> dict[str, Any]:
    if document.sheet:
        from .gathered import gathered  # noqa: PLC0415 - it is made of what stands here

        return gathered(sources, document)
    return _receipt(sources, document) if document.receipt else _filled(sources, document)


def _printed(ordinal: int) -> str:
    return _("第 %(times)s 次打印") % {"times": ordinal} if ordinal > 1 else ""


def heading(sources: Sources, document: Document, day: str, number: str) -> dict[str, Any]:
    """What every document has: title, house, number, the way back, foot; the rest empty."""
    case, language = sources.case, sources.names.language
    outlet = outlet_names([case.outlet], language).get(case.outlet, "")
    company = sources.pack.cover.get("company", "")
    # what still stands in brackets on the cover is to be filled in by whoever installs the pack
    house = "  ".join(part for part in ("" if company.startswith("（") else company, outlet) if part)
    printed = _("%(moment)s %(person)s 打印") % {
        "moment": local(sources.names.at, sources.names.zone),
        "person": sources.by,
    }
    return {
        "layout": document.layout,
        "title": document.title,
        "house": house,
        "number": number,
        "day": day,
        "code": code(f"{sources.origin}/cases/{case.number}/"),
        "lang": language,
        "offset": {"x": 0, "y": 0},
        "foot": f"{number} · {printed}",
        "words": {
            "page": _("第 {0} 页 共 {1} 页"),
            "number": _("编号"),
            "day": _("日期"),
            "capitals": _("金额大写"),
            "amount": _("金额"),
        },
        "facts": [],
        "blanks": [],
        "tables": [],
        "signatures": [],
        "note": "",
        "stamp": "",
        "capitals": "",
        "amount": "",
    }


# ------------------------------------------------------------------------------------------ a filled form


def _filled(sources: Sources, document: Document) -> dict[str, Any]:
    case, definition = sources.case, sources.definition
    form = definition.forms[document.form]
    filled = case.state.answers.get(form.name, {})
    doer, post, at = _filling(case, definition, form)
    slip = Slip.objects.filter(case_number=case.number, form=form.name).order_by("issued_at", "id").last()
    whole = heading(sources, document, local(at, sources.names.zone)[:10], slip.number if slip else case.number)
    facts, signatures, tables = [], [], []
    for whose, each in signed_fillings(form.name, filled, sources.names):
        said_there, signed_there = _asked(sources, form, each, whose)
        facts, signatures = facts + said_there, signatures + signed_there
        tables += [table for table in (table_of(sources, lines, each) for lines in form.lines.values()) if table]
    who = {
        "label": post_title(sources.pack, post, sources.names.language) or _("经办人"),
        "value": sources.names.person(doer) if doer else "",
    }
    if slip is not None and slip.state == Slip.VOID:
        whole["stamp"] = _("作废")
    if document.layout in {"slip", "goods"}:
        facts = _particulars(sources, document.form) + facts
        signatures = _holders(sources, form, post) + signatures
    if document.layout == "slip":
        blanks, more = _result(sources)
        whole["blanks"], signatures = blanks, signatures + more
    if document.layout == "hand-in":
        facts, tables = _handed_in(sources, form, filled, facts, tables)
        signatures += _receivers(sources)
    signatures = [who, *(one for one in signatures if one["label"] != who["label"])]
    if document.layout in {"slip", "goods", "hand-in", "sheet"} and len(signatures) > 1:
        signatures.append({"label": _("日期"), "value": ""})
    return whole | {"facts": facts, "tables": tables, "signatures": signatures, "note": _note(definition, form)}


def _note(definition: Definition, form: Form) -> str:
    return _("依据《%(title)s》（%(number)s）%(clause)s") % {
        "title": definition.title.zh,
        "number": definition.number,
        "clause": form.origin.clause,
    }


def _filling(case: Case, definition: Definition, form: Form) -> tuple[str, str, datetime | None]:
    """(name, post, moment) of the newest act this form was filled in with."""
    acts = [name for name, act in definition.acts.items() if act.form == form.name and name in case.state.moments]
    newest = max(acts, key=lambda name: case.state.moments[name], default="")
    person, post = case.state.doers.get(newest, ("", ""))
    return person, post, case.state.moments.get(newest, case.opened_at)


def _asked(sources: Sources, form: Form, filled: dict[str, Any], whose: str) -> tuple[list[dict], list[dict]]:
    """Questions and answers in the order of the document; ``whose`` they are where several signed; signatures apart."""
    facts, signatures = [], []
    for field in form.fields.values():
        value = filled.get(field.name)
        if field.kind == "signature":
            signatures.append({"label": whose or field.ask.say(sources.names.language), **signed(value)})
        elif value is not None:
            facts.append(fact_of(sources, field, value, whose))
    return facts, signatures


def fact_of(sources: Sources, field: Field, value: Any, whose: str = "") -> dict[str, Any]:
    """One question and its answer in words, with ``whose`` it is; what is long takes the whole width."""
    words = said(field, value, sources.names, sources.definition.posts)
    wide = field.kind in WIDE_KINDS or len(words) >= WIDE_FROM or "\n" in words
    ask = field.ask.say(sources.names.language)
    return {"label": f"{whose} · {ask}" if whose else ask, "value": words, "wide": wide}


def signed(value: Any) -> dict[str, str]:
    """A typed name as words; a drawn one as a picture, in an SVG so that the template takes it as it is."""
    if not isinstance(value, dict):
        return {"value": str(value or "")}
    try:
        found = Attachment.objects.filter(pk=UUID(str(value.get("id", "")))).first()
    except ValueError:
        found = None
    if found is None or not found.is_picture or not store.path_of(found.sha256).is_file():
        return {"value": str(value.get("name", ""))}
    content = base64.b64encode(store.path_of(found.sha256).read_bytes()).decode()
    kind = "png" if found.kind == "png" else found.kind
    size = f'width="{found.width}" height="{found.height}"'
    link = f'xlink:href="data:image/{kind};base64,{content}"'
    svg = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    return {"value": "", "picture": f"{svg}{size}><image {size} {link}/></svg>"}


def table_of(sources: Sources, lines: Lines, filled: dict[str, Any]) -> dict[str, Any] | None:
    """A table of a form with its rows numbered; None where it has none."""
    rows = [row for row in filled.get(lines.name, []) if isinstance(row, dict)]
    if not rows:
        return None
    language, posts = sources.names.language, sources.definition.posts
    fields = [one for one in lines.fields.values() if any(one.name in row for row in rows)]
    return {
        "title": lines.ask.say(language),
        "columns": [_("序号"), *(one.ask.say(language) for one in fields)],
        "widths": [0, *(4 if one.kind not in {"money", "number", "date"} else 2 for one in fields)],
        "numeric": [at for at, one in enumerate(fields, start=1) if one.kind in {"money", "number"}],
        "rows": [
            [str(at), *(said(one, row[one.name], sources.names, posts) if one.name in row else "" for one in fields)]
            for at, row in enumerate(rows, start=1)
        ],
    }


# ------------------------------------------------------------------------------------------ slips


def _particulars(sources: Sources, but: str) -> list[dict[str, Any]]:
    """From the opening form: who, where, what, since when."""
    definition = sources.definition
    opening = definition.forms.get(definition.acts[definition.opening.act].form)
    if opening is None or opening.name == but:
        return []
    filled = sources.case.state.answers.get(opening.name, {})
    asked = [one for one in opening.fields.values() if one.kind in PARTICULARS and filled.get(one.name) is not None]
    return [fact_of(sources, one, filled[one.name]) for one in asked]


def _holders(sources: Sources, form: Form, but: str) -> list[dict[str, str]]:
    """Everybody a copy goes to signs for it."""
    posts = dict.fromkeys(post for post in form.copy_holders.values() if post != but)
    signed = any(one.kind == "signature" for one in form.fields.values())
    titles = {post: post_title(sources.pack, post, sources.names.language) for post in posts}
    return [{"label": title, "value": ""} for post, title in titles.items() if not (signed and _outside(sources, post))]


def _outside(sources: Sources, post: str) -> bool:
    """Whether the post is not of the house: its own signature question speaks for it."""
    return post in sources.pack.posts and sources.pack.posts[post].role == "customer"


def _result(sources: Sources) -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
    """Room for what came of it: the form that takes words and a signature, with what was written already."""
    definition = sources.definition
    for form in definition.forms.values():
        long = [one for one in form.fields.values() if one.kind == "long-text"]
        signatures = [one for one in form.fields.values() if one.kind == "signature"]
        if not long or not signatures or form.lines or form.copies:
            continue
        filled = sources.case.state.answers.get(form.name, {})
        language = sources.names.language
        blanks = [{"label": one.ask.say(language), "value": str(filled.get(one.name, ""))} for one in long]
        return blanks, [{"label": one.ask.say(language), **signed(filled.get(one.name))} for one in signatures]
    return [{"label": _("处理结果"), "value": ""}, {"label": _("客户意见"), "value": ""}], []


# ------------------------------------------------------------------------------------------ papers handed in


def _handed_in(
    sources: Sources, form: Form, filled: dict[str, Any], facts: list[dict], tables: list[dict]
) -> tuple[list[dict], list[dict]]:
    """Lists of cases become tables: number, what it was about, opened, ended."""
    for field in form.fields.values():
        if field.kind != "case" or not isinstance(filled.get(field.name), list):
            continue
        label = field.ask.say(sources.names.language)
        listed = [str(number) for number in filled[field.name]]
        # never another outlet's, whatever the list says
        same = Case.objects.filter(number__in=listed, outlet=sources.case.outlet)
        known = {one.number: one for one in same}
        count = {"label": label, "value": _("共 %(count)s 份") % {"count": len(listed)}, "wide": False}
        facts = [count if one["label"] == label else one for one in facts]
        rows = [_row(sources, at, number, known.get(number)) for at, number in enumerate(listed, start=1)]
        columns = [_("序号"), _("编号"), _("事由"), _("开立"), _("办结")]
        tables = [*tables, {"title": label, "columns": columns, "widths": [0, 4, 6, 3, 3], "rows": rows}]
    return facts, tables


def _row(sources: Sources, at: int, number: str, case: Case | None) -> list[str]:
    zone = sources.names.zone
    if case is None:
        return [str(at), number, "", "", ""]
    return [str(at), number, case.title, local(case.opened_at, zone)[:10], local(case.ended_at, zone)[:10]]


def _receivers(sources: Sources) -> list[dict[str, str]]:
    """The posts that receive what a duty hands in."""
    whole = definitions.definition_of(sources.case.version_id)
    duty = whole.duties.get(sources.case.kind.rpartition(".")[2])
    posts = duty.received_by if duty else ()
    language = sources.names.language
    titles = [post_title(sources.pack, post, language) for post in posts]
    return [{"label": _("接收（%(post)s）") % {"post": title}, "value": ""} for title in titles]


# ------------------------------------------------------------------------------------------ money


def _receipt(sources: Sources, document: Document) -> dict[str, Any]:
    receipt = document.receipt
    assert receipt is not None
    day = local(receipt.at, sources.names.zone)[:10]
    form = sources.definition.forms.get(document.form)
    whole = heading(sources, document, day, receipt.name)
    facts = [
        {"label": _("付款人"), "value": receipt.payer, "wide": False},
        {"label": _("事由"), "value": " ".join((receipt.number, sources.case.title)).strip(), "wide": False},
    ]
    if receipt.state == Receipt.VOID:
        facts.append({"label": _("作废原因"), "value": receipt.void_because, "wide": True})
    lines = next((each for each in form.lines.values() if receipt.lines), None) if form else None
    table = table_of(sources, lines, {lines.name: _plain(lines, receipt.lines)}) if lines else None
    amount = Decimal(receipt.amount)
    return whole | {
        "facts": facts,
        "tables": [{**table, "title": ""}] if table else [],
        "capitals": _("人民币%(words)s") % {"words": amount_in_capitals(amount)},
        "amount": f"¥{amount:,.2f}",
        "signatures": [
            {"label": _("收款人"), "value": sources.names.person(receipt.by)},
            {"label": _("付款人签名"), "value": ""},
        ],
        "stamp": _("作废") if receipt.state == Receipt.VOID else "",
    }


def _plain(lines: Lines, rows: list[Any]) -> list[dict[str, Any]]:
    """The lines as they stand on the receipt, money with its two places."""
    money = {one.name for one in lines.fields.values() if one.kind == "money"}
    return [
        {name: f"{Decimal(str(value)):,.2f}" if name in money else value for name, value in row.items()}
        for row in rows
        if isinstance(row, dict)
    ]
