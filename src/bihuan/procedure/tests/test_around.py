"""What is shown around a promise: holidays and make-up days, years not announced, the ladder with its moments."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from bihuan.procedure import engine
from bihuan.procedure.around import ladder, special_days, unannounced

from .engine_cases import CHEN, act, deadline, pause, procedure, rung
from .worked import HEAD, local

HERE = engine.Surroundings(HEAD, ("head",))


def begun(limit, at, **more):
    acts = [act("open", "new"), act("wait", "new", to="waiting"), act("finish", "new waiting", to="done")]
    definition = replace(procedure("new waiting done*", acts, deadlines=[limit], **more), ladders="in-hours")
    return definition, engine.start(definition, CHEN, {}, {}, local(at), HERE).state


def test_days_off_on_end_are_one_line_and_each_make_up_day_its_own():
    found = special_days(HEAD, local("02-13 16:00"), local("02-28 17:30"))
    assert [(each.first, each.last, each.kind, each.name.zh) for each in found] == [
        (date(2026, 2, 14), date(2026, 2, 14), "make-up", "春节"),
        (date(2026, 2, 15), date(2026, 2, 23), "off", "春节"),
        (date(2026, 2, 28), date(2026, 2, 28), "make-up", "春节"),
    ]


def test_a_promise_due_at_24_00_does_not_reach_into_the_next_day():
    assert special_days(HEAD, local("02-12 09:00"), local("02-13 24:00")) == ()
    assert unannounced(HEAD, local("12-30 09:00"), local("12-31 24:00")) == ()
    assert unannounced(HEAD, local("12-30 09:00"), local("2027-01-04 17:30")) == (2027,)


def test_the_ladder_is_shown_before_it_is_climbed_and_says_what_has_been():
    late = (rung("leader"), rung("board", after="1 days"), rung("owner", after="3 days"))
    definition, state = begun(deadline("d", "open", "finish", "2 days", late=late), "02-12 10:00")
    expected = [local("02-24 08:30")] * 3  # missed at 24:00 of the 14th; all three moments lie in the feast
    assert [(each.at, each.climbed) for each in ladder(definition, state, state.clocks[0], HEAD)] == [
        (moment, False) for moment in expected
    ]
    definition, state = begun(deadline("d", "open", "finish", "2 days", late=late), "03-02 10:00")
    state = engine.tick(definition, state, local("03-05 09:00"), HERE).state
    told = [
        (each.at, each.climbed, each.rung.letters[0].posts) for each in ladder(definition, state, state.clocks[0], HEAD)
    ]
    assert told == [
        (local("03-05 08:30"), True, ("leader",)),
        (local("03-06 08:30"), False, ("board",)),
        (local("03-09 08:30"), False, ("owner",)),
    ]
    later = engine.tick(definition, state, local("03-20 09:00"), HERE).happenings
    assert [each.at for each in later if each.kind == "letter"] == [
        moment for moment, climbed, _ in told if not climbed
    ]


def test_what_stands_still_or_was_given_up_has_no_ladder():
    limit = deadline("d", "open", "finish", "2 days", late=(rung("leader"),), pauses=(pause("parts", "waiting"),))
    definition, state = begun(limit, "03-02 10:00")
    paused = engine.act(definition, state, "wait", CHEN, {}, {}, local("03-02 11:00"), HERE).state
    assert paused.clocks[0].state == "paused"
    assert ladder(definition, paused, paused.clocks[0], HEAD) == ()
    assert ladder(definition, state, replace(state.clocks[0], state="void"), HEAD) == ()
