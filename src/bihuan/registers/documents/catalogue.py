"""The catalogue of forms: what a record form book lists, read from the definitions in force and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bihuan.procedure import clocks
from bihuan.procedure.definition import Definition, Form, Keep, KeepTerm, Pack, Text
from bihuan.procedure.sentences.phrases import Phrases

from . import queries


@dataclass(frozen=True)
class ListedForm:
    """One form in force. ``version`` is that of its document, ``kind`` the procedure's kind of case.

    ``kept`` says the retention in words ("" where the document says nothing), ``keeper`` the post that keeps it.
    """

    name: str
    title: Text
    number: str
    series: str
    version: str
    document: str
    kind: str
    procedure: Text
    kept: Text
    keeper: Text


def forms_in_force(at: datetime) -> list[ListedForm]:
    """Every form of every procedure in force at ``at``: documents by number, forms in the order of the text."""
    return [
        listed(definition, form, queries.pack_of(version))
        for version, definition in queries.all_in_force(at)
        for form in definition.forms.values()
    ]


def listed(definition: Definition, form: Form, pack: Pack) -> ListedForm:
    """One form as the catalogue lists it."""
    keep = form.keep or definition.keep
    keeper = pack.posts.get(keep.by) if keep is not None else None
    return ListedForm(
        name=form.name,
        title=form.title,
        number=number_of(definition, form),
        series=pack.numbers.get(form.number, ""),
        version=definition.version,
        document=definition.number,
        kind=definition.kind,
        procedure=definition.title,
        kept=Text(kept(definition, keep, pack, "zh"), kept(definition, keep, pack, "en")),
        keeper=keeper.title if keeper else Text(""),
    )


def number_of(definition: Definition, form: Form) -> str:
    """A form's number: the series it is numbered by, or ``<document number>-<form name>``."""
    return form.number or f"{definition.number}-{form.name}"


def kept(definition: Definition, keep: Keep | None, pack: Pack, language: Literal["zh", "en"]) -> str:
    """How long and from when, in words; "" where nothing is said."""
    if keep is None:
        return ""
    phrases = Phrases(definition, language, {name: post.title for name, post in pack.posts.items()})
    if keep.never:
        return phrases.two("不保存", "not kept")
    if keep.longest:
        return phrases.two("随案卷里最长的一份", "as long as the longest of the case")
    terms = phrases.mark.join(_term(phrases, term, pack) for term in keep.terms)
    start = phrases.moment(keep.start)
    return phrases.two(f"自{start}起 {terms}", f"{terms} from {start}")


def _term(phrases: Phrases, term: KeepTerm, pack: Pack) -> str:
    said = phrases.time(pack.times.get(term.time) or clocks.time_of(term.time))
    if not term.condition:
        return said
    condition = phrases.condition(term.condition)
    return phrases.two(f"{said}（{condition}）", f"{said} ({condition})")
