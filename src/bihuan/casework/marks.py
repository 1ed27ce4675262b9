"""What a case can be found by, told from its answers."""

from __future__ import annotations

from typing import Any

from bihuan.procedure.definition import Definition

MARKED_KINDS = frozenset({"contact", "device", "fault", "address", "phone", "product", "customer"})


def marks_of(definition: Definition, answers: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    """(kind, value) of every answer whose field names a kind one looks cases up by."""
    found: dict[tuple[str, str], None] = {}
    for form_name, filled in answers.items():
        form = definition.forms.get(form_name)
        if form is None:
            continue
        for name, field in form.fields.items():
            value = filled.get(name)
            if field.kind in MARKED_KINDS and isinstance(value, str) and value.strip():
                found[(field.kind, value.strip()[:200])] = None
    return list(found)
