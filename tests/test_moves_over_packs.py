"""Cases of every pack moved back and forth between two editions of their procedure, at any step, replay equal.

The seed is another one at each run and stands in the name of what fails; ``BIHUAN_SEED=<seed>`` repeats a run.
"""

from __future__ import annotations

import os
import random
from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace
from tests.every_pack import FOLDERS, calendar_of, definitions_of, every_definition

from bihuan.procedure import engine, walks
from bihuan.procedure.definition import Definition
from bihuan.procedure.engine.counting import calendar_label
from bihuan.procedure.replay import Recorded, replay_state
from bihuan.procedure.state import Doer

SEED = int(os.environ.get("BIHUAN_SEED") or random.SystemRandom().randrange(10**9))


def next_edition(definition: Definition) -> Definition:
    """The same procedure with every limit halved, its first promise gone and the ladders cut short."""
    kept = {}
    for name, deadline in list(definition.deadlines.items())[1:]:
        halved = tuple(
            replace(one, time=replace(one.time, amount=max(1, one.time.amount // 2))) for one in deadline.within
        )
        kept[name] = replace(deadline, within=halved, late=deadline.late[:1], warn=())
    return replace(definition, version=f"{definition.version}+", deadlines=kept)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_cases_moved_between_editions_replay_equal_happening_by_happening(folder):
    # a pack of one short procedure gives few occasions: on until there was one
    for first in range(SEED, SEED + 240, 12):
        if sum(moved_and_replayed(folder, definition, first, 12) for definition in definitions_of(folder)):
            return
    raise AssertionError(f"BIHUAN_SEED={SEED}: no walk ever moved")


def moved_and_replayed(folder, definition, first, count) -> int:
    calendar = calendar_of(folder)
    versions = {"one": definition, "two": next_edition(definition)}
    moves = 0
    for seed in range(first, first + count):
        walked = walks.walk(definition, seed, calendar, versions=versions)
        written = msgspec.json.decode(msgspec.json.encode(walked.entries), type=tuple[Recorded, ...])
        look_up = {calendar_label(calendar): calendar}.__getitem__
        difference, state = replay_state(definition, look_up, written, versions.__getitem__)
        assert difference is None, f"{definition.kind} BIHUAN_SEED={seed}: {difference}"
        assert state == walked.state, f"{definition.kind} BIHUAN_SEED={seed}: the end differs"
        moves += sum(entry.kind == "move" for entry in written)
    return moves


@pytest.mark.parametrize(("folder", "definition"), every_definition())
def test_a_move_to_the_same_words_changes_nothing_but_the_count_and_lets_signatures_fall(folder, definition):
    calendar = calendar_of(folder)
    around = engine.Surroundings(calendar, walks.PLACES)
    depart = definition.acts.get("depart")
    post = depart.who.posts[0] if depart else definition.owner
    for seed in range(SEED, SEED + 4):
        state = walks.walk(definition, seed, calendar).state
        if state is None or state.ended is not None:
            continue
        at = state.moment + timedelta(seconds=7)
        ticked = engine.tick(definition, state, at, around).state
        if ticked.ended is not None:
            continue
        doer = Doer(state.assigned.get("depart", "somebody"), ((post, ""),))
        here = {ticked.step: ticked.step}
        outcome = engine.moved(ticked, definition, definition, here, doer, at, around, "同一文本")
        expected = replace(ticked, revision=ticked.revision + 1, moment=at, signatures={}, newest="", undoing=None)
        found = {**outcome.state.facts}
        signers = {key for key in found if key.startswith("case.signers.")}
        assert {key: found[key] for key in found if key not in signers} == {
            key: value for key, value in expected.facts.items() if key not in signers
        }
        assert replace(outcome.state, facts={}) == replace(expected, facts={}), f"BIHUAN_SEED={seed}"
