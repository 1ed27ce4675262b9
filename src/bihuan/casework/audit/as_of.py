"""A case as it stood at a moment: its own entries up to then, replayed through the engine.

What counts is what had been *recorded* by then. An act done at ten and received at noon is not there at eleven: at
eleven nobody in the house knew of it. Where contents were disposed of the case can be replayed up to the entry before;
from there on it is told from what the later entries still say, and the page names what is missing.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from bihuan.journal import queries as journal
from bihuan.journal.models import Entry
from bihuan.procedure import replay
from bihuan.procedure.definition import Definition
from bihuan.procedure.refusals import Refusal
from bihuan.procedure.state import ClockRun, State
from bihuan.registers.calendars import queries as calendars

from ..actions.keeping import stand
from ..actions.moving import VERB
from ..definitions import began_under, definition_of_run, versions_of
from ..models import Case
from ..replay import recorded_entry


@dataclass
class Stood:
    """A case at a moment. ``case`` is a row nobody keeps; ``entries`` what was known of it then, oldest first.

    ``missing``: entries up to then whose contents were disposed of. ``exact``: replayed, nothing guessed. ``broken``:
    its record does not replay (``bihuan verify`` names the place), so it is told up to there.
    """

    case: Case
    at: datetime
    definition: Definition
    entries: list[Entry] = field(default_factory=list)
    missing: list[Entry] = field(default_factory=list)
    exact: bool = True
    broken: bool = False
    before: datetime | None = None
    behind: datetime | None = None

    def text_of(self, run: ClockRun) -> Definition:
        """The definition one run of a promise was decided under, as far as the moment knew of moves."""
        moved = any(one.verb == VERB for one in self.entries)
        return definition_of_run(self.case, run, self.definition) if moved else self.definition


def as_of(case: Case, at: datetime) -> Stood | None:
    """``case`` as it stood at ``at``; None when there was no such case yet."""
    every = journal.entries_about("case", case.pk)
    then = _until(every, at)
    if not then:
        return None
    told = [one for one in then if _content(one) is not None]
    whole = told[: next((place for place, one in enumerate(then) if _content(one) is None), len(then))]
    stood = Stood(
        case=_blank(case), at=at, definition=_begun(case, every), entries=then,
        missing=[one for one in then if _content(one) is None],
        before=then[-2].recorded_at if len(then) > 1 else None,
        behind=every[len(then)].recorded_at if len(every) > len(then) else None,
    )  # fmt: skip
    state = _replayed(stood, whole)
    if len(whole) < len(told) or state is None:
        stood.exact = False
        state = _told(stood, state, told[len(whole) :])
    if state is not None:
        stand(stood.case, stood.definition, state)
    return stood


def _begun(case: Case, every: Sequence[Entry]) -> Definition:
    """The definition the case began under, before any move to another version."""
    moves = [recorded_entry(one, content) for one in every if one.verb == VERB and (content := _content(one))]
    return began_under(case, moves)


def _until(entries: Sequence[Entry], at: datetime) -> list[Entry]:
    """What stood in the book at ``at``, in its order: the book has no gaps, so what follows a later entry is later."""
    found = []
    for one in entries:
        if one.recorded_at > at:
            break
        found.append(one)
    return found


def _blank(case: Case) -> Case:
    """The same case before anything happened to it, never to be saved."""
    stood = copy.copy(case)
    stood.title = stood.closed_title = ""
    stood.closed_to = []
    stood.done_at = stood.ended_at = stood.promised_at = stood.risk_at = stood.due_at = None
    stood.state = None  # type: ignore[assignment]  # filled by the first entry
    stood.person = ""
    return stood


def _replayed(stood: Stood, entries: Sequence[Entry]) -> State | None:
    """The state after these entries; None where there are none, or where they do not replay."""
    calendar = lru_cache(maxsize=None)(calendars.calendar_of)
    versions = versions_of(stood.case)
    state: State | None = None
    for entry in entries:
        record = recorded_entry(entry, entry.content or {})
        try:
            around = replay.engine.Surroundings(calendar(record.calendar), record.places)
            state = replay.again(stood.definition, state, record, around, versions).state
            stood.definition = replay.after(stood.definition, record, versions)
        except (Refusal, ValueError, LookupError):
            stood.broken = True
            return state
        stand(stood.case, stood.definition, state)
    return state


def _told(stood: Stood, state: State | None, later: Sequence[Entry]) -> State | None:
    """What is still said after a gap: where the case stood, and the answers and doers of entries that are left."""
    for entry in later:
        content = entry.content or {}
        answer = content.get("answer") or {}
        step = str(answer.get("step", ""))
        if step not in stood.definition.steps:
            continue
        act = stood.definition.acts.get(entry.verb)
        state = state or State(step=step, revision=0, opened=stood.case.opened_at, moment=entry.done_at)
        answers = _with(state.answers, act.form if act else "", content.get("answers") or {})
        state = replace(
            state, step=step, revision=int(answer.get("revision", state.revision)), answers=answers,
            moment=max(state.moment, entry.done_at), doers={**state.doers, entry.verb: (entry.doer, entry.post)},
            ended=entry.done_at if stood.definition.steps[step].end else None, clocks=(),
        )  # fmt: skip
    return state


def _with(answers: dict[str, dict[str, Any]], form: str, given: dict[str, Any]) -> dict[str, dict[str, Any]]:
    if not form:
        return answers
    from ..pages.words import by_field  # noqa: PLC0415 - only where something is missing

    return {**answers, form: {**answers.get(form, {}), **by_field(form, given)}}


def _content(entry: Entry) -> dict[str, Any] | None:
    return entry.content
