"""What is folded from the happenings is what the engine says, on random walks over every procedure of every pack.

The seed is another one at each run and stands in the name of what fails; ``BIHUAN_SEED=<seed>`` repeats a run.
"""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from tests.every_pack import calendar_of, every_definition

from bihuan.measures.told import Line, Told, fold, read_content
from bihuan.procedure import walks
from bihuan.procedure.engine.counting import calendar_label
from bihuan.procedure.engine.signing import SIGNERS
from bihuan.procedure.replay import replay_state

SEED = int(os.environ.get("BIHUAN_SEED") or random.SystemRandom().randrange(10**9))
START = datetime(2026, 3, 4, tzinfo=UTC)
NOBODY = UUID(int=0)


def lines_of(entries) -> list[Line]:
    """The entries as they come out of the book: through JSON, decoded as a report decodes them."""
    return [(one.at, one.at, one.doer.kind == "person", read_content(msgspec.json.encode(one))) for one in entries]


def folded(definition, lines, until) -> Told:
    told = Told(NOBODY, definition.kind, NOBODY, "here", False, walks.FIRST, until)
    return fold(told, lines, until)


def promises(state, until) -> tuple[set, set, bool]:
    """Kept and missed since ``START``, and whether one stands overdue: from the runs of the state."""
    kept = {run.name for run in state.clocks if run.state == "met" and START <= run.stopped < until}
    late = [run for run in state.clocks if run.state == "missed" or (run.state == "running" and run.due < until)]
    missed = {run.name for run in late if START <= run.due < until}
    overdue = state.ended is None and any(run.stopped is None for run in late)
    return kept - missed, missed, overdue


@pytest.mark.parametrize(("folder", "definition"), every_definition())
def test_what_is_folded_is_where_the_engine_stands(folder, definition):
    calendar = calendar_of(folder)
    calendars = {calendar_label(calendar): calendar}
    for seed in range(SEED, SEED + 4):
        entries = walks.walk(definition, seed, calendar).entries
        lines = lines_of(entries)
        drawn = random.Random(seed)
        for cut in [entries[-1], drawn.choice(entries)] if entries else []:
            until = cut.at + timedelta(microseconds=1)
            then = [one for one in entries if one.at < until]
            if then != list(entries[: len(then)]):
                # something was told later than what came after it: cut there, the case never stood like that
                continue
            _difference, state = replay_state(definition, calendars.__getitem__, then)
            told = folded(definition, lines, until)
            where = f"BIHUAN_SEED={seed} {len(then)} of {len(entries)}"
            assert (told.step, told.ended) == (state.step, state.ended), where
            assert (told.kept(START), told.missed(START), told.overdue()) == promises(state, until), where
            for form, answers in state.answers.items():
                if SIGNERS not in answers:
                    assert told.answers(definition)[form] == msgspec.to_builtins(answers), where


def test_a_case_whose_content_is_gone_is_told_as_one_with_gaps():
    told = Told(NOBODY, "job", NOBODY, "here", False, walks.FIRST, START)
    fold(told, [(walks.FIRST, walks.FIRST, True, None)], START)
    assert (told.gaps, told.step, told.ended, told.recorded) == (1, "", None, walks.FIRST)
