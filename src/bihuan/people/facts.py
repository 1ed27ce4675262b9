"""Facts people can answer. A provider takes the question and returns a value, or None for "unknown".

A question carries: ``definition``, ``answers`` (form → field → value), ``at``, ``doer`` (username), ``outlet``,
``number`` of the case, ``form`` being filled and ``argument`` (what stood behind the fact's name).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import queries

Provider = Callable[[Any], Any]


def qualified_for(question: Any) -> bool:
    """``people.qualified-for`` or ``people.qualified-for.<skill>``: may this person do this work on that very day?

    The person is the one named on the form being filled (a field of kind ``person``), else the one who acts. The skill
    is the one named in the text, else the form's field of kind ``skill``, else the one called like the kind of case.
    """
    person = _answered(question, "person") or question.doer
    skill = question.argument or _answered(question, "skill") or question.definition.kind
    return bool(person) and queries.qualified(person, skill, question.at)


def _answered(question: Any, kind: str) -> str:
    """The answer to the first field of ``kind`` on the form being filled; "" where there is none."""
    form = question.definition.forms.get(question.form)
    for name, field in form.fields.items() if form else ():
        if field.kind == kind:
            return str(question.answers.get(question.form, {}).get(name) or "")
    return ""


FACTS: dict[str, Provider] = {"people.qualified-for": qualified_for}
