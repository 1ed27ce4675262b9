"""Parts named on the forms of a case: a question of kind ``part``, or a table with one."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from bihuan.procedure.definition import Definition, Field

from .definitions import definition_for
from .models import Case

SAID = frozenset({"text", "number", "device", "product", "choice"})


@dataclass(frozen=True)
class Part:
    """One part: what it is, what was said of it beside (question, answer) – quantity, batch –, on which case's form."""

    name: str
    beside: tuple[tuple[Field, Any], ...]
    form: str
    case: Case


def parts_of(case: Case, hidden: Collection[str] = ()) -> list[Part]:
    """The parts the forms of ``case`` name, in the order of its answers; those of ``hidden`` forms are left out."""
    return [part for part in _parts(definition_for(case), case) if part.form not in hidden]


def _parts(definition: Definition, case: Case) -> Iterator[Part]:
    for form_name, filled in case.state.answers.items():
        form = definition.forms.get(form_name)
        if form is None:
            continue
        yield from _on(form.fields, filled, form_name, case, beside=False)
        for lines in form.lines.values():
            rows = filled.get(lines.name)
            for row in rows if isinstance(rows, list) else []:
                if isinstance(row, dict):
                    yield from _on(lines.fields, row, form_name, case, beside=True)


def _on(fields: dict[str, Field], filled: dict[str, Any], form: str, case: Case, *, beside: bool) -> Iterator[Part]:
    for field in fields.values():
        value = filled.get(field.name)
        if field.kind != "part" or not value:
            continue
        others = [one for one in fields.values() if beside and one.kind in SAID and filled.get(one.name) is not None]
        told = tuple((one, filled[one.name]) for one in others)
        for name in value if isinstance(value, list) else [value]:
            yield Part(str(name), told, form, case)
