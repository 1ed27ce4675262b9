"""Promises counted from an answer of the very act that keeps them: one act begins and ends them, met or missed."""

from bihuan.procedure import engine

from .engine_cases import CHEN, QIAN, Played, act, condition, deadline, field, form, moment, procedure, rung

HEARD = form("slip", field("heard", "moment"), field("next", "moment"), field("urgency", choose=("urgent", "normal")))


def case(*deadlines, at="03-02 09:00", heard="2026-03-02T08:00+08:00", **more):
    """Opened by ``report``, which fills the slip; ``again`` fills it once more and ``undo`` takes that back."""
    acts = [
        act("report", "new", form="slip"),
        act("again", "new", form="slip", to="new"),
        act("undo", "new", undoes="again"),
        act("close", "new", to="done"),
        act("correct", "any", "leader", standing=True),
    ]
    definition = procedure("new done*", acts, [HEARD], deadlines=deadlines, days="calendar, to the minute")
    return Played(definition, at=at, answers={"heard": heard} if heard else {}, **more)


def corrected_to(played, at, value):
    answers = {"form": "slip", "field": "heard", "value": value, "reason": "误填"}
    return played.act("correct", QIAN, at, answers)


def of(outcome, *kinds):
    return [each.kind for each in outcome.happenings if each.kind.startswith(kinds)]


def states(played, name="d"):
    return [(run.run, run.state) for run in played.state.clocks if run.name == name]


def test_an_act_in_time_after_the_moment_it_tells_of_meets_the_promise_at_once():
    played = case(deadline("d", "slip.heard", "report", "1 hours"))
    run = played.clock("d")
    assert (run.state, run.started, run.stopped) == ("met", moment("03-02 08:00"), moment("03-02 09:00"))
    assert (run.due, run.next, run.missed_at) == (moment("03-02 09:00"), None, None)
    assert of(played.outcome, "deadline") == ["deadline-started", "deadline-met"]
    assert engine.next_due(played.definition, played.state) is None


def test_an_act_too_late_after_the_moment_it_tells_of_misses_the_promise_and_ends_it():
    late = (rung("leader"), rung("head"), rung("owner", after="1 hours"))
    played = case(deadline("d", "slip.heard", "report", "59 minutes", late=late))
    run = played.clock("d")
    assert (run.state, run.missed_at, run.stopped) == ("missed", moment("03-02 09:00"), moment("03-02 09:00"))
    assert (run.rungs, run.next) == (2, None)
    assert of(played.outcome, "deadline") == ["deadline-started", "deadline-missed", "deadline-stopped"]
    assert [each.name for each in played.outcome.happenings if each.kind == "letter"] == ["leader", "head"]
    assert engine.next_due(played.definition, played.state) is None


def test_the_entering_of_a_step_by_the_same_act_ends_it_too():
    played = case(deadline("d", "slip.heard", "enter new", "2 hours"), heard="")
    played.act("again", CHEN, "03-02 10:00", {"heard": "2026-03-02T09:30+08:00"})
    assert states(played) == [(1, "met")]


def test_a_figure_answered_by_the_act_that_keeps_it_is_judged_by_the_same_act():
    terms = ((condition(slip__urgency="urgent"), "1 hours"),)
    for at, state in (("03-02 10:00", "met"), ("03-02 10:01", "missed")):
        played = case(deadline("d", "report", "again", *terms))
        played.act("again", CHEN, at, {"urgency": "urgent"})
        assert states(played) == [(1, state)]


def test_an_act_that_names_a_later_moment_has_not_kept_what_begins_then():
    played = case(deadline("d", "slip.heard", "again", "1 hours"), heard="")
    played.act("again", CHEN, "03-02 10:00", {"heard": "2026-03-03T08:00+08:00"})
    assert states(played) == [(1, "running")]
    played.act("again", CHEN, "03-03 09:00", {"heard": "2026-03-03T08:00+08:00"})
    assert states(played) == [(1, "met")]


def test_an_act_that_is_both_from_and_until_still_begins_the_next_run():
    played = case(deadline("d", "again", "again", at="slip.next"))
    played.act("again", CHEN, "03-02 10:00", {"next": "2026-03-09T10:00+08:00"})
    assert states(played) == [(1, "running")]
    played.act("again", CHEN, "03-04 10:00", {"next": "2026-03-11T10:00+08:00"})
    assert states(played) == [(1, "met"), (2, "running")]


def test_told_again_of_another_moment_is_another_run_and_of_the_same_moment_none():
    played = case(deadline("d", "slip.heard", "report+again", "2 hours"))
    played.act("again", CHEN, "03-02 11:00", {"heard": "2026-03-02T08:00+08:00"})
    assert states(played) == [(1, "met")]
    played.act("again", CHEN, "03-02 12:00", {"heard": "2026-03-02T08:30+08:00"})
    assert states(played) == [(1, "met"), (2, "missed")]


def test_a_corrected_start_judges_the_ended_run_again_and_begins_no_other():
    played = case(deadline("d", "slip.heard", "report", "1 hours", late=(rung("leader"),)))
    outcome = corrected_to(played, "03-02 11:00", "2026-03-02T07:59+08:00")
    run = played.clock("d")
    assert (states(played), run.started, run.due) == ([(1, "missed")], moment("03-02 07:59"), moment("03-02 08:59"))
    assert (run.stopped, run.missed_at, run.next) == (moment("03-02 09:00"), moment("03-02 11:00"), None)
    assert of(outcome, "deadline", "letter") == ["deadline-moved", "deadline-missed", "letter"]
    outcome = corrected_to(played, "03-02 12:00", "2026-03-02T08:10+08:00")
    assert (states(played), played.clock("d").missed_at) == ([(1, "met")], None)
    assert of(outcome, "deadline", "letter") == ["deadline-moved", "deadline-met"]


def test_a_promise_begun_and_ended_by_an_act_taken_back_is_void():
    played = case(deadline("d", "slip.heard", "again", "1 hours"), heard="")
    played.act("again", CHEN, "03-02 10:00", {"heard": "2026-03-02T09:30+08:00"})
    assert states(played) == [(1, "met")]
    played.act("undo", CHEN, "03-02 10:01")
    assert states(played) == [(1, "void")]
