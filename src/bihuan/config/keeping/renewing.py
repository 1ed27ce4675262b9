"""What lists read of a case without opening it, computed anew for cases older than the columns it stands in.

Migrations add the columns; what stands in them follows from the case's state and its entries, which only the present
program can read. So it is done after them, by the upgrade, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from bihuan.casework import derived, rows
from bihuan.casework.definitions import definition_for
from bihuan.casework.marks import entitle, told_by
from bihuan.casework.models import Case
from bihuan.casework.replay import recorded
from bihuan.procedure.definition import Definition

COLUMNS = ["promised_at", "risk_at", "done_at", "person", "title", "closed_title", "closed_to"]
AT_ONCE = 500


def renew(cases: Iterable[Case]) -> int:
    """Compute whose each case is, what presses, when it was done and for whose eyes its name is; how many changed.

    What a case is found by, where a form of it is for some posts only, is written anew as well.
    """
    changed = (case for case in cases if _renewed(case))
    count = 0
    while several := list(islice(changed, AT_ONCE)):
        Case.objects.bulk_update(several, COLUMNS)
        count += len(several)
    return count


def _renewed(case: Case) -> bool:
    before = [getattr(case, name) for name in COLUMNS]
    definition = definition_for(case)
    run = derived.pressing(case.state)
    promised = run.due if run else None
    if promised != case.promised_at or (promised is not None and case.risk_at is None):
        case.promised_at = promised
        case.risk_at = derived.at_risk_from(definition, run, case.state.moment)
    case.person = derived.person_of(definition, case.state)
    after_done = definition.steps[case.state.step].stage in derived.AFTER_DONE
    if not after_done:
        case.done_at = None
    elif case.done_at is None:
        case.done_at = derived.done_at(definition, case.state, _done_at(case, definition))
    _close(case, definition)
    return before != [getattr(case, name) for name in COLUMNS]


def _close(case: Case, definition: Definition) -> None:
    """Put what was answered on forms for some posts behind the wall: name, marks and words for searching."""
    if case.restricted or not any(form.seen_by for form in definition.forms.values()):
        return
    told = told_by(definition, case.state)
    entitle(case, told)
    if told:
        rows.carry_out([rows.marking(case, told), rows.indexing(case, told)])


def _done_at(case: Case, definition: Definition) -> datetime | None:
    """When the work was done since it was last taken up, by the case's entries; None where their content is gone."""
    done = None
    for at, step in _entered(case):
        if step in definition.steps:
            after = definition.steps[step].stage in derived.AFTER_DONE
            done = (done or at) if after else None
    return done


def _entered(case: Case) -> Iterator[tuple[datetime, str]]:
    for entry in recorded(case) or ():
        for happening in entry.happenings:
            if happening.kind == "entered":
                yield entry.at, happening.name
