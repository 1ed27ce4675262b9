"""A closed case without what is personal in it: it stands where it stood, with its moments, promises and figures."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
from django.db import connection

from bihuan.people import withheld
from bihuan.procedure.definition import Definition, Field
from bihuan.procedure.state import State

from .. import rows
from ..attachments import named
from ..definitions import definition_for
from ..linking import LINK
from ..marks import Told, marks_of, told_by
from ..models import Case, Mark
from .errors import MARK

# what says nothing about a person outside the house: figures, days, choices, our own people, products and places
KEPT_KINDS = frozenset(
    {"number", "money", "date", "moment", "yes-no", "choice", "person", "post", "product", "part", "step", "case"}
    | {"urgency", "rate", "skill", "carrier"}
)


def is_personal(field: Field) -> bool:
    """Whether an answer to this question may say something about a person: everything written or handed in freely."""
    return not field.choices and field.kind not in KEPT_KINDS


def blank(case: Case, forms: Collection[str] | None = None) -> list[str]:
    """Take the personal answers of ``forms`` (None = all) off the case, with its title, marks and words for searching.

    Returns the ids of the files these answers named. Runs in the caller's transaction; the book is not touched.
    """
    definition = definition_for(case)
    state: State = case.state
    gone = {name: filled for name, filled in state.answers.items() if forms is None or name in forms}
    files = [one["id"] for one in named(gone)]
    answers = {name: _without(definition, name, filled) if name in gone else filled
               for name, filled in state.answers.items()}  # fmt: skip
    signatures = state.signatures
    if forms is None:
        signatures = {
            act: tuple(msgspec.structs.replace(one, answers={}) for one in signed)
            for act, signed in state.signatures.items()
        }
    facts = {name: value for name, value in state.facts.items() if not isinstance(value, str | list | dict)}
    case.state = msgspec.structs.replace(
        state, answers=answers, signatures=signatures, facts=facts if forms is None else state.facts
    )
    write(case, definition, title=forms is None or not marks_of(definition, answers))
    return files


def write(case: Case, definition: Definition, *, title: bool) -> None:
    """Write the blanked case with what it can still be found by. ``title``: that goes too."""
    told = told_by(definition, case.state)
    said = {one.value for one in told}
    if title or (case.title and case.title not in said):
        case.title = MARK
    if title or case.closed_title not in said:
        case.closed_title, case.closed_to = "", []
    Case.objects.filter(pk=case.pk).update(
        title=case.title, closed_title=case.closed_title, closed_to=case.closed_to, state=case.state,
        restricted=case.restricted,
    )  # fmt: skip
    withheld.settle(case.number, withheld=case.restricted)
    unfind(case, told)


def unfind(case: Case, marks: Collection[Told] = ()) -> None:
    """Let ``case`` be found by its number, its title and ``marks`` and by nothing else."""
    # what the case is tied to is nobody's name
    Mark.objects.filter(case=case.pk).exclude(kind=LINK).delete()
    Mark.objects.bulk_create(
        [Mark(case_id=case.pk, kind=one.kind, value=one.value, posts=list(one.posts)) for one in marks]
    )
    with connection.cursor() as cursor:
        change = rows.indexing(case, list(marks))
        cursor.execute(change.sql, change.values)


def _without(definition: Definition, form_name: str, filled: dict[str, Any]) -> dict[str, Any]:
    """What stays of one filled form."""
    form = definition.forms.get(form_name)
    if form is None:
        return {name: value for name, value in filled.items() if isinstance(value, bool | int | float)}
    kept = {name: value for name, value in filled.items() if name in form.fields and not is_personal(form.fields[name])}
    for name, lines in form.lines.items():
        if isinstance(filled.get(name), list):
            kept[name] = [
                {key: value for key, value in row.items() if key in lines.fields and not is_personal(lines.fields[key])}
                for row in filled[name]
                if isinstance(row, dict)
            ]
    return kept
