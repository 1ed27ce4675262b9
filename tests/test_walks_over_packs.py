"""Random walks over every procedure of every pack replay equal, and generated paths go every branch of it.

The seed is another one at each run and stands in the name of what fails; ``BIHUAN_SEED=<seed>`` repeats a run.
"""

from __future__ import annotations

import os
import random

import msgspec
import pytest
from tests.every_pack import FOLDERS, calendar_of, definitions_of, every_definition

from bihuan.procedure import walks
from bihuan.procedure.deadlines import explain
from bihuan.procedure.engine.counting import calendar_label
from bihuan.procedure.replay import Recorded, replay_state

SEED = int(os.environ.get("BIHUAN_SEED") or random.SystemRandom().randrange(10**9))

# Branches that no walk can take, and why. One taken after all must leave the table.
NEVER_TAKEN: dict[tuple[str, str, int], str] = {}
EXPLAINED = 8  # every so many walks each run of each promise is proved as well


def walk_and_replay(folder, definition, count):
    calendar = calendar_of(folder)
    calendars = {calendar_label(calendar): calendar}
    longest = 0
    for seed in range(SEED, SEED + count):
        walked = walks.walk(definition, seed, calendar)
        content = msgspec.json.encode(walked.entries)
        written = msgspec.json.decode(content, type=tuple[Recorded, ...])
        difference, state = replay_state(definition, calendars.__getitem__, written)
        assert difference is None, f"BIHUAN_SEED={seed}: {difference}"
        assert state == walked.state, f"BIHUAN_SEED={seed}: the end differs"
        assert msgspec.json.decode(msgspec.json.encode(state), type=type(state)) == state, f"BIHUAN_SEED={seed}"
        if seed % EXPLAINED == 0 and state is not None:
            for run in state.clocks:
                proof = explain(definition, state, run.name, calendar, state.moment, run.run)
                assert proof.proved, f"BIHUAN_SEED={seed}: {run.name} {run.run}: {proof.due} {proof.recounted}"
        longest = max(longest, len(walked.entries))
    assert longest > 0, f"BIHUAN_SEED={SEED}: no walk ever opened a case"


@pytest.mark.parametrize(("folder", "definition"), every_definition())
def test_random_walks_replay_equal_happening_by_happening(folder, definition):
    walk_and_replay(folder, definition, 200)


@pytest.mark.long
@pytest.mark.parametrize(("folder", "definition"), every_definition())
def test_a_thousand_random_walks_replay_equal_happening_by_happening(folder, definition):
    walk_and_replay(folder, definition, 1000)


@pytest.mark.parametrize(("folder", "definition"), every_definition())
def test_generated_paths_take_every_way_every_addition_and_every_rung(folder, definition):
    found = walks.paths(definition, calendar_of(folder))
    reasons = {(act, way) for kind, act, way in NEVER_TAKEN if kind == f"{folder.name}/{definition.kind}"}
    assert set(found.missed) == reasons


def test_the_walks_went_over_every_pack_and_every_duty():
    assert {folder.name for folder in FOLDERS} >= {"integrator"}
    for folder in FOLDERS:
        kinds = [definition.kind for definition in definitions_of(folder)]
        assert kinds
        assert len(kinds) == len(set(kinds))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_walks_are_refused_on_the_way_by_every_rule_about_who_and_what(folder):
    wanted, codes = {"not-yours", "wrong-answers", "changed"}, set()
    whole = [definition for definition in definitions_of(folder) if not definition.duty_of]
    # a short procedure gives few occasions to be refused: on until each was seen
    for seed in range(SEED, SEED + 1000):
        for definition in whole:
            codes |= {code for _act, code, _clause in walks.walk(definition, seed, calendar_of(folder)).refused}
        if seed >= SEED + 60 and codes >= wanted:
            break
    assert codes >= wanted, f"BIHUAN_SEED={SEED}"
