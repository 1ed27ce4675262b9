"""Planted changes: what a proof, a walk or a reader has to notice.

``planted`` is a pure transformation. Each plant takes away or shifts one word of the procedure and leaves the rest as
it is; a proof that still passes with the block under its rule damaged proves nothing.
"""

from __future__ import annotations

from ...definition import Definition
from .acts import planted_acts, planted_additions
from .forms import planted_forms
from .plant import Plant, PlantKind
from .times import planted_times

__all__ = ["Plant", "PlantKind", "planted"]


def planted(definition: Definition) -> list[Plant]:
    """Every change of ``definition``, in the order acts, additions, forms, times; the same list each time."""
    return [
        *planted_acts(definition),
        *planted_additions(definition),
        *planted_forms(definition),
        *planted_times(definition),
    ]
