"""What it takes to agree to an act, and whether its text lets several cases be agreed to together.

The words of the language are ``together = true`` and ``together = { if = … }`` on an act. Nothing here reads a clock or
does anything: each case is still decided by an act of its own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .conditions import holds
from .definition import Act, Definition, Field
from .engine.ticking import run_clock
from .engine.working import Surroundings, Working, aware
from .state import State

_ALWAYS = ((),)


def closed(field: Field) -> bool:
    """Whether ``field`` must be answered with one of two or more given answers, the first of which agrees."""
    return field.must == _ALWAYS and not field.several and (field.kind == "yes-no" or len(field.choices) > 1)


def agreeing(definition: Definition, act: Act) -> dict[str, Any] | None:
    """The answers that agree to ``act`` and say nothing more, as ``form.question``; None where it asks more than that.

    An act that asks nothing is agreed to by doing it. What must be answered only in some cases is left to the case.
    """
    form = definition.forms.get(act.form)
    if form is None:
        return {}
    asked = [field for field in form.fields.values() if field.must == _ALWAYS or field.least]
    if any(lines.least for lines in form.lines.values()) or len(asked) > 1 or not all(map(closed, asked)):
        return None
    return {f"{form.name}.{field.name}": True if field.kind == "yes-no" else field.choices[0].name for field in asked}


def by_people(act: Act) -> bool:
    """Whether somebody does the act by hand, at a step of its own."""
    return not (act.standing or act.who.clock or act.who.cases or act.who.case_kind)


def may_be_together(
    definition: Definition, state: State, act: Act, at: datetime, surroundings: Surroundings
) -> dict[str, Any] | None:
    """The answers that agree to ``act`` where its text lets the case, as it stands at ``at``, be agreed to with others.

    Facts count as the case last heard them; one nobody has asked yet does not hold. ValueError for a moment without a
    zone.
    """
    if act.together is None or not by_people(act):
        return None
    work = Working(definition, state, surroundings)
    run_clock(work, aware(at), strict=True)
    work.at, work.tried = aware(at), act.name
    return agreeing(definition, act) if holds(act.together, work.look) else None
