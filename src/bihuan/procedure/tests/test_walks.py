"""Random walks replay equal from their own record, and generated paths take every way."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.procedure import walks
from bihuan.procedure.definition import Addition, Argument, Definition, Who
from bihuan.procedure.replay import Recorded, replay, replay_state

from .engine_cases import (
    CALENDAR,
    act,
    child,
    condition,
    deadline,
    effect,
    field,
    form,
    letter,
    lines,
    needs,
    origin,
    pause,
    procedure,
    rung,
    wait,
    warn,
)

SLIP = form(
    "slip",
    field("urgency", choose=("urgent", "normal"), must=True),
    field("count", "number", at_least=1, at_most=9),
    field("visit", "moment"),
    lines=(lines("goods", field("name", must=True), field("sound", "yes-no"), least=1),),
)
OPINION = form("opinion", field("agreed", "yes-no", must=True))


def whole() -> Definition:
    """A procedure with nearly every word of the language in it."""
    acts = [
        act("open", "new", "clerk", form="slip", effects=(effect("slips.issue", to=Argument(of="slip.urgency")),)),
        act("send", "new", "dispatcher", [(condition(slip__urgency="urgent"), "out"), "parts"], letters=(letter("a"),)),
        act("fetch", "parts", "repairer", "out", know=("parts.available",), needs=(needs("7", parts__available=True),)),
        act("split", "out", "repairer", "waiting", children=(child("item", "items", per="slip.goods"),)),
        act("join", "waiting", Who(cases="items", all_at="ready"), "signing"),
        act(
            "agree",
            "signing",
            Who(each=("clerk", "leader"), own=True),
            [(condition(opinion__agreed=True), "trial"), "out"],
            form="opinion",
        ),
        act("pass", "trial", Who(clock=True), "done", after="trial"),
        act("fail", "trial", Who(posts=("customer",), via=("clerk",)), "out"),
        act("reopen", "done", "leader", "new", form="slip"),
        *(
            act(name, "any", "leader", "done" if name == "cancel" else (), standing=True)
            for name in ("correct", "cancel", "depart", "reassign")
        ),
    ]
    deadlines = [
        deadline(
            "sent",
            "open",
            "send",
            (condition(slip__urgency="urgent"), "4 hours"),
            "2 working days",
            late=(rung("leader"), rung("board", after="1 days")),
            warn=(warn("1 hours", "clerk"),),
        ),
        deadline("visit", "open", "split", at="slip.visit"),
        deadline("whole", "opened", "closed", "9 days", pauses=(pause("parts", "waiting"),)),
    ]
    return procedure(
        "new parts out waiting signing trial done*",
        acts,
        [SLIP, OPINION],
        deadlines=deadlines,
        waits=[wait("trial", "enter trial", "72 hours")],
    )


def look_up(name):
    assert name == "head@1"
    return CALENDAR


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_a_random_walk_replays_equal_happening_by_happening(seed):
    definition = whole()
    walked = walks.walk(definition, seed, CALENDAR)
    written = msgspec.json.decode(msgspec.json.encode(walked.entries), type=tuple[Recorded, ...])
    assert replay_state(definition, look_up, written) == (None, walked.state)


def test_the_same_seed_gives_the_same_walk():
    assert walks.walk(whole(), 7, CALENDAR) == walks.walk(whole(), 7, CALENDAR)


def test_walks_meet_refusals_of_every_sort_and_go_on():
    codes = {code for seed in range(120) for _act, code, _clause in walks.walk(whole(), seed, CALENDAR).refused}
    assert codes >= {"wrong-answers", "not-yours", "changed", "needs"}


def test_generated_paths_take_every_way_of_every_act():
    found = walks.paths(whole(), CALENDAR)
    assert found.missed == ()
    assert found.visited == frozenset(walks.branches(whole()))


def test_a_way_that_cannot_be_taken_is_reported():
    definition = procedure(
        "new done*", [act("open", "new"), act("end", "new", to=["done", (condition(x__y=1), "new")])]
    )
    assert walks.paths(definition, CALENDAR, most=20).missed == (("end", 2),)


def changed(definition, **more):
    return msgspec.structs.replace(definition, **more)


@pytest.mark.parametrize("name", ["post", "guard", "limit", "letter"])
def test_a_planted_change_is_noticed_on_replay(name):
    definition = whole()
    acts, deadlines = dict(definition.acts), dict(definition.deadlines)
    if name == "post":
        acts["send"] = changed(acts["send"], who=Who(posts=("clerk",)))
    elif name == "guard":
        acts["send"] = changed(acts["send"], needs=(needs("x", no__where=True),))
    elif name == "limit":
        deadlines["whole"] = changed(deadlines["whole"], within=deadline("x", "a", "b", "8 days").within)
    else:
        acts["send"] = changed(acts["send"], letters=())
    planted = changed(definition, acts=acts, deadlines=deadlines)
    record = walks.paths(definition, CALENDAR).walks
    assert any(replay(planted, look_up, each.entries) is not None for each in record)


def test_an_edited_record_is_found_at_its_first_difference():
    walked = walks.walk(whole(), 3, CALENDAR)
    entries = list(walked.entries)
    number = next(index for index, each in enumerate(entries) if each.happenings)
    first = entries[number].happenings[0]
    edited = changed(entries[number], happenings=(changed(first, name="forged"), *entries[number].happenings[1:]))
    entries[number] = edited
    difference = replay(whole(), look_up, entries)
    assert (difference.entry, difference.happening) == (number, 0)
    assert "forged" in difference.recorded
    assert "forged" not in difference.replayed


def test_another_post_in_the_record_is_found():
    entries = list(walks.walk(whole(), 3, CALENDAR).entries)
    entries[0] = changed(entries[0], post="leader")
    assert replay(whole(), look_up, entries).recorded == "leader"


def test_an_addition_is_visited_where_it_applies_and_one_that_only_refuses_where_it_refused():
    definition = procedure(
        "new done*",
        [act("open", "new", form="slip"), act("end", "new", to="done")],
        [SLIP],
        additions=[
            Addition(
                "urgent-first", ("end",), origin("5"), condition(slip__urgency="urgent"), letters=(letter("leader"),)
            ),
            Addition(
                "nothing-here", ("end",), origin("6"), condition(slip__count=3), needs=(needs("7", slip__count=4),)
            ),
        ],
    )
    assert {("also urgent-first", 0), ("also nothing-here", 0)} <= set(walks.branches(definition))
    assert walks.paths(definition, CALENDAR).missed == ()
    plain = [walks.walk(definition, seed, CALENDAR, spoiling=0.0) for seed in range(40)]
    assert {("also urgent-first", 0) in each.branches for each in plain} == {True, False}


def test_each_rung_of_a_ladder_is_a_branch_and_a_rung_nobody_reaches_is_reported():
    late = (rung("leader"), rung("board", after="2 days"))
    definition = procedure(
        "new done*",
        [act("open", "new"), act("end", "new", to="done")],
        deadlines=[
            deadline("d", "open", "end", "4 hours", late=late),
            deadline("e", "enter gone", "end", "1 days", late=late),
        ],
    )
    assert walks.paths(definition, CALENDAR, most=60).missed == (("late e", 1), ("late e", 2))


def test_a_last_way_without_a_condition_is_reached_past_those_before_it():
    definition = procedure(
        "new a b done*",
        [
            act("open", "new", form="slip"),
            act(
                "turn",
                "new",
                to=[(condition(slip__urgency="urgent"), "a"), (condition(slip__count=("at-most", 8)), "b"), "done"],
            ),
        ],
        [SLIP],
    )
    assert walks.paths(definition, CALENDAR, most=40).missed == ()
