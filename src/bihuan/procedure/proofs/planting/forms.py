"""Changes planted in forms: questions, tables, copies, readers, how long a record is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...definition import Definition, Field, Form, Keep
from .plant import Change, Plant, instead, put, without


def planted_forms(definition: Definition) -> Iterator[Plant]:
    """Every form changed in each way it can be changed alone, and the term kept by default."""
    for name, form in definition.forms.items():
        for kind, rest, origin, changed in _form(form, definition):
            forms = definition.forms | {name: changed}
            yield Plant(kind, f"forms.{name}.{rest}", origin, put(definition, forms=forms))
    if definition.keep is not None:
        yield Plant("keep-dropped", "keep", definition.keep.origin, put(definition, keep=None))
        for index, keep in _longer(definition.keep):
            yield Plant("keep-shifted", f"keep.{index}", definition.keep.origin, put(definition, keep=keep))


def _form(form: Form, definition: Definition) -> Iterator[Change[Form]]:
    for name, field in form.fields.items():
        for kind, rest, origin, changed in _field(field):
            yield kind, f"fields.{name}.{rest}", origin, put(form, fields=form.fields | {name: changed})
        fewer = {each: other for each, other in form.fields.items() if each != name}
        yield "field-dropped", f"fields.{name}", field.origin, put(form, fields=fewer)
    for name, lines in form.lines.items():
        if lines.least:
            loose = form.lines | {name: put(lines, least=0)}
            yield "lines-loosened", f"lines.{name}.least", lines.origin, put(form, lines=loose)
        if lines.per:
            loose = form.lines | {name: put(lines, per="")}
            yield "lines-loosened", f"lines.{name}.per", lines.origin, put(form, lines=loose)
        for column, field in lines.fields.items():
            for kind, rest, origin, changed in _field(field):
                others = form.lines | {name: put(lines, fields=lines.fields | {column: changed})}
                yield kind, f"lines.{name}.{column}.{rest}", origin, put(form, lines=others)
            kept = {each: other for each, other in lines.fields.items() if each != column}
            fewer_lines = form.lines | {name: put(lines, fields=kept)}
            yield "field-dropped", f"lines.{name}.{column}", field.origin, put(form, lines=fewer_lines)
    if form.keep is not None:
        yield "keep-dropped", "keep", form.keep.origin, put(form, keep=None)
        for index, keep in _longer(form.keep):
            yield "keep-shifted", f"keep.{index}", form.keep.origin, put(form, keep=keep)
    if form.copies:
        yield "copies-dropped", "copies", form.origin, put(form, copies={}, copy_holders={})
    if form.number:
        yield "number-dropped", "number", form.origin, put(form, number="")
    if form.seen_by:
        yield "reader-dropped", "seen-by", form.origin, put(form, seen_by=(), seen_until="")


def _field(field: Field) -> Iterator[Change[Field]]:
    if field.must is not None:
        yield "must-removed", "must", field.origin, put(field, must=None)
        if field.must not in ((), ((),)):
            yield "condition-removed", "must.if", field.origin, put(field, must=((),))
    for index, choice in enumerate(field.choices):
        if len(field.choices) > 1:
            fewer = put(field, choices=without(field.choices, index))
            yield "choice-dropped", f"choose.{choice.name}", field.origin, fewer
    for bound, far in (("at_least", -1), ("at_most", 1)):
        value = getattr(field, bound)
        if value is not None:
            yield "bound-shifted", bound, field.origin, put(field, **{bound: value + far})
    if field.least:
        yield "bound-shifted", "least", field.origin, put(field, least=field.least - 1)
    if field.again:
        yield "again-dropped", "again", field.origin, put(field, again="")


def _longer(keep: Keep) -> Iterator[tuple[int, Keep]]:
    for index, term in enumerate(keep.terms):
        found = re.fullmatch(r"(\d+)(\D.*)", term.time)
        if found:
            longer = put(term, time=f"{int(found[1]) + 1}{found[2]}")
            yield index, put(keep, terms=instead(keep.terms, index, longer))
