"""How long the record of a form is kept, said as an author writes it."""

from __future__ import annotations

import re

from ..conditions import Look, holds
from ..definition import Definition, Keep

_ORDER = {"day": 1, "week": 7, "month": 30.44, "year": 365.25}


def kept(definition: Definition, form: str, look: Look) -> str:
    """``3 years``, ``not``, or nothing where neither the form nor the procedure says.

    ``longest`` is the longest term any other form of the procedure has for this case.
    """
    keep = definition.forms[form].keep or definition.keep
    if keep is None:
        return ""
    if keep.longest:
        terms = [
            _term(each.keep, look)
            for each in definition.forms.values()
            if each.keep is not None and not each.keep.longest and not each.keep.never
        ]
        return max((term for term in terms if term), key=_length, default="")
    return _term(keep, look)


def _term(keep: Keep, look: Look) -> str:
    if keep.never:
        return "not"
    return next((term.time for term in keep.terms if holds(term.condition, look)), "")


def _length(term: str) -> float:
    found = re.match(r"(\d+)\s*(day|week|month|year)", term)
    return int(found[1]) * _ORDER[found[2]] if found else 0
