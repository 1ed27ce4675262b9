"""What the engine said, kept: the case's row, the register effects, the entry, the letters, the children."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from bihuan.ground.ids import new_id
from bihuan.journal import actions as journal
from bihuan.journal.actions import Beside, NewEntry, NewLetter
from bihuan.people import queries as people
from bihuan.procedure import engine
from bihuan.procedure.definition import Definition
from bihuan.procedure.engine import Surroundings
from bihuan.procedure.state import Doer, Outcome, State
from bihuan.registers.calendars import queries as calendars

from .. import derived, rows
from ..linking import links_of
from ..marks import Told, entitle, told_by
from ..models import Case
from .telling import letters_of


@dataclass(frozen=True)
class Moment:
    """When it was done and when it reached us."""

    done: datetime
    received: datetime


@dataclass(frozen=True)
class Change:
    """Everything one entry is made of."""

    definition: Definition
    outcome: Outcome
    doer: Doer
    answers: dict[str, Any]
    moment: Moment
    calendar: str
    act_id: UUID | None = None
    verb: str = "act"


def surroundings_of(outlet: str) -> Surroundings:
    """The calendar and the places a case of ``outlet`` lives with."""
    return Surroundings(calendar=calendars.calendar_for(outlet), places=people.places_of(outlet))


def calendar_id(surroundings: Surroundings) -> str:
    """How an entry names the calendar it was counted by: ``name@version``."""
    return f"{surroundings.calendar.name}@{surroundings.calendar.version}"


def keep(case: Case, change: Change, body_digest: bytes | None = None, *, opening: bool = False) -> UUID:
    """Write the new case, carry out its effects, write the one entry, lay its letters; returns the entry's id."""
    # what follows from an entry keeps other cases in turn
    from .carrying import cancel_children, carry_out, open_children, tell_parent  # noqa: PLC0415
    from .settling import absorb  # noqa: PLC0415

    before = None if opening else case.state
    stand(case, change.definition, change.outcome.state)
    changes = [
        rows.inserting(case) if opening else rows.writing(case),
        *_marking(case, change, before),
    ]
    if any(one.kind == "effect" for one in change.outcome.happenings):
        # what an effect does may have to see this case as it stands now; without one everything goes with the entry
        rows.carry_out(changes)
        changes = []
    told = carry_out(case, change)
    entry = new_id(change.moment.received)
    changes += journal.laying(letters_of(case, change.definition, change.outcome.happenings, entry))
    # from here on the chain is locked until commit, so that little is left to do
    journal.write(entry_of(case, change, entry, body_digest, opening=opening, told=told), changes)
    absorb(case, change)
    if open_children(case, change) + cancel_children(case, change):
        case.refresh_from_db()  # the children have told it where they stand
    if case.parent_id is not None:
        tell_parent(case, change)
    return entry


def keep_together(changes: Sequence[tuple[Case, Change]]) -> None:
    """As ``keep`` for several cases of one outlet: all of them or none.

    Only for changes nothing further follows from: no answers, no effect, no child, no parent, no merging. In a
    pipeline: the database writes one thing while the next is put together here.
    """
    marked: list[Beside] = []
    for case, change in changes:
        before = case.state
        stand(case, change.definition, change.outcome.state)
        marked += _marking(case, change, before)
    entries: list[NewEntry] = []
    letters: list[NewLetter] = []
    with connection.wrap_database_errors, connection.connection.pipeline():
        rows.write_many([case for case, _ in changes])
        rows.carry_out(marked)
        for case, change in changes:
            entry = new_id(change.moment.received)
            letters += letters_of(case, change.definition, change.outcome.happenings, entry)
            entries.append(entry_of(case, change, entry, None, opening=False))
        journal.write_many(entries, letters)


def stand(case: Case, definition: Definition, state: State) -> None:
    """Let the row say where ``state`` stands: step, stage, what the clock owes, the most pressing promise."""
    before = case.state
    case.step = state.step
    case.stage = definition.steps[state.step].stage
    case.revision = state.revision
    case.ended_at = state.ended
    case.state = state
    case.due_at = engine.next_due(definition, state)
    run = derived.pressing(state)
    if not isinstance(before, State) or run != derived.pressing(before):
        case.promised_at = run.due if run else None
        case.risk_at = derived.at_risk_from(definition, run, state.moment)
    case.done_at = derived.done_at(definition, state, case.done_at)
    case.person = derived.person_of(definition, state)
    entitle(case, told_by(definition, state))


def _marking(case: Case, change: Change, before: State | None) -> list[Beside]:
    """The changes that mark the case with what it can be found by now and could not before, and by whom.

    What was said and is corrected marks it no longer: nothing recurs, and nobody has been here, by a slip of the pen.
    ``before``: as it stood until now; None at its opening. Another version may name other readers of a form.
    """
    tied = [Told(kind, value) for kind, value in links_of(change.outcome.happenings)]
    anew = before is None or change.verb == "move"
    if before is not None and not (anew or change.answers or before.moments.keys() != case.state.moments.keys()):
        return [rows.marking(case, tied)] if tied else []
    had = set() if before is None or anew else set(told_by(change.definition, before))
    marks = told_by(change.definition, case.state)
    found = [one for one in marks if one not in had]
    indexed = [rows.indexing(case, marks)] if anew or set(marks) != had else []
    kept = {(one.kind, one.value) for one in marks}
    unsaid = change.verb == "move" or any((one.kind, one.value) not in kept for one in had)
    gone = [rows.unmarking(case, marks)] if unsaid else []
    found += tied
    return [*gone, *([rows.marking(case, found)] if found else []), *indexed]


def entry_content(case: Case, change: Change, *, opening: bool) -> dict[str, Any]:
    """What the entry says in full: enough to replay the act and to answer the same act id again."""
    return {
        "kind": "start" if opening else change.verb,
        "act": change.outcome.act,
        "doer": msgspec.to_builtins(change.doer),
        "answers": change.answers,
        "facts": change.outcome.facts,
        "calendar": change.calendar,
        "places": list(change.outcome.state.places),
        "happenings": msgspec.to_builtins(change.outcome.happenings),
        "answer": {"number": case.number, "step": case.step, "revision": case.revision},
    }


def entry_of(
    case: Case,
    change: Change,
    entry: UUID,
    body_digest: bytes | None,
    *,
    opening: bool,
    told: Sequence[dict[str, Any]] = (),
) -> NewEntry:
    definition = change.definition
    act = definition.acts.get(change.outcome.act)
    clause = act.origin.cite() if act else next((one.clause for one in change.outcome.happenings if one.clause), "")
    return NewEntry(
        id=entry,
        act_id=change.act_id,
        chain=case.outlet,
        about_kind="case",
        about_id=str(case.id),
        about_number=case.number,
        verb=change.outcome.act or change.verb,
        doer_kind=change.doer.kind,
        doer=change.doer.name,
        post=change.outcome.post or change.doer.post,
        instead_of=change.doer.instead_of,
        done_at=change.moment.done,
        recorded_at=change.moment.received,
        document=definition.number,
        version=definition.version,
        clause=clause,
        content=entry_content(case, change, opening=opening) | ({"effects": list(told)} if told else {}),
        body_digest=body_digest,
    )
