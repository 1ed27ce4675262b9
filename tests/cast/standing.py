"""Cases standing at every step of every procedure of a pack, and one person for each of its posts."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

import msgspec
from tests.every_pack import calendar_of, definitions_of, pack_of

from bihuan.casework.definitions import procedure_in_force
from bihuan.casework.models import Case
from bihuan.ground.ids import new_id
from bihuan.people import actions as people
from bihuan.people.models import Person
from bihuan.people.queries import places_of
from bihuan.procedure import engine, walks
from bihuan.procedure.definition import Definition
from bihuan.procedure.engine.counting import calendar_label
from bihuan.procedure.replay import again
from bihuan.procedure.state import State
from bihuan.registers.documents.models import Version

OUTLET = "north"
NOBODY = "no-post"
MOST_WALKS = 600


@dataclass(frozen=True)
class Standing:
    """A case that stands at a step the way a real one came there."""

    definition: Definition
    case: Case


def holder(post: str) -> str:
    """The username of whoever holds ``post`` (and no other) at the outlet."""
    return f"p-{post}"[:60]


def holders(folder: Path, at: datetime) -> dict[str, Person]:
    """One person for each post of the pack, all at one outlet, and one with no post at all: by post, "" = none."""
    made = {"": people.add_person(NOBODY, "无岗", None, by=None, at=at)}
    for post in pack_of(folder).posts:
        made[post] = people.add_person(holder(post), f"岗 {post}", None, by=None, at=at)
        people.give_post(made[post], post, OUTLET, start=at.date() - timedelta(days=400), by=None, at=at)
    return made


def states(definition: Definition, folder: Path) -> dict[str, State]:
    """Step → the first state in which a walk over the procedure stood there; steps no walk reaches are left out."""
    return _states(folder, definition.kind)


@functools.cache
def _states(folder: Path, kind: str) -> dict[str, State]:
    definition = next(one for one in definitions_of(folder) if one.kind == kind)
    calendar = calendar_of(folder)
    calendars = {calendar_label(calendar): calendar}
    found: dict[str, State] = {}
    wanted = _acted_at(definition)
    # a path may pass a step in one go, where nothing was opened that it waits for: then others are walked too
    others = (walks.walk(definition, seed, calendar, spoiling=0.0) for seed in range(MOST_WALKS))
    for walk in chain(walks.paths(definition, calendar, most=MOST_WALKS).walks, others):
        if wanted <= set(found):
            break
        state: State | None = None
        for entry in walk.entries:
            around = engine.Surroundings(calendars[entry.calendar], entry.places)
            state = again(definition, state, entry, around).state
            found.setdefault(state.step, state)
    return found


def standing(folder: Path, at: datetime) -> Iterator[Standing]:
    """One case for every step that can be stood at, at the outlet of the holders; what it says was said by them."""
    for definition in definitions_of(folder):
        version, _whole = procedure_in_force(definition.kind.partition(".")[0], at) or (None, None)
        assert version is not None, definition.kind
        for state in states(definition, folder).values():
            yield Standing(definition, _case(definition, version, _at_home(state), at))


def _at_home(state: State) -> State:
    """The same state where the walk's people are the holders of their posts and its place is the outlet."""
    doers = {act: (holder(post), post) for act, (_name, post) in state.doers.items()}
    return msgspec.structs.replace(state, places=places_of(OUTLET), doers=doers)


def _case(definition: Definition, version: Version, state: State, at: datetime) -> Case:
    step = definition.steps[state.step]
    identity = new_id(at)
    return Case.objects.create(
        id=identity, number=f"S{str(identity)[-12:]}", kind=definition.kind, version=version, step=state.step,
        stage=step.stage, outlet=OUTLET, revision=state.revision, opened_at=state.opened, ended_at=state.ended,
        state=state,
    )  # fmt: skip


def unreached(definition: Definition, folder: Path) -> list[str]:
    """Steps at which some act stands and no walk stood; the one before it is opened is no place to stand at."""
    return sorted(_acted_at(definition) - set(states(definition, folder)))


def _acted_at(definition: Definition) -> set[str]:
    opening = definition.acts.get(definition.opening.act)
    before = set(opening.at) if opening else set()
    acted_at = {step for act in definition.acts.values() for step in act.at}
    return acted_at & set(definition.steps) - before
