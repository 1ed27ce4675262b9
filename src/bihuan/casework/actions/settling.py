"""Two cases that turn out to be one: the newer ends as "same as no. …", the survivor takes its earliest promises."""

from __future__ import annotations

from bihuan.procedure import engine
from bihuan.procedure.definition import Text
from bihuan.procedure.state import Doer, Happening

from ..definitions import definition_for
from ..errors import EffectRefused
from ..models import Case
from .keeping import Change, calendar_id, keep, surroundings_of


def absorb(case: Case, change: Change) -> None:
    """Let the survivor of a merge know, with an entry of its own.

    Raises ``EffectRefused`` where the number names no open case of the same kind and outlet.
    """
    for happening in change.outcome.happenings:
        # the survivor's own entry says "merged" too, with the number it came from
        if happening.kind == "merged" and "into" in happening.data:
            _absorb(case, change, happening)


def _absorb(case: Case, change: Change, happening: Happening) -> None:
    number = str(happening.data["into"])
    same = Case.objects.select_for_update().filter(number=number, kind=case.kind, outlet=case.outlet)
    survivor = same.filter(ended_at__isnull=True).exclude(pk=case.pk).first()
    if survivor is None:
        words = Text(f"没有可并入的进行中事项 {number}", f"There is no open case {number} to merge into")
        raise EffectRefused(words, clause=happening.clause)
    definition = definition_for(survivor)
    surroundings = surroundings_of(survivor.outlet)
    starts = dict(happening.data["starts"])
    at = change.moment.done
    outcome = engine.absorb(definition, survivor.state, case.number, starts, at, surroundings)
    doer = Doer(name=case.number, kind="case", holds=((case.kind, ""),))
    answers = {"number": case.number, "starts": starts}
    keep(survivor, Change(definition, outcome, doer, answers, change.moment, calendar_id(surroundings), verb="absorb"))
