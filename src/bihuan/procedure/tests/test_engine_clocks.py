"""Promises: when they start, move, stand still, are kept or missed, and what is sent when they are late."""

from datetime import timedelta

import msgspec

from bihuan.procedure import engine
from bihuan.procedure.calendars import Calendar
from bihuan.procedure.definition import Argument
from bihuan.procedure.state import State

from .engine_cases import (
    CALENDAR,
    CHEN,
    HERE,
    QIAN,
    WINDOWS,
    Played,
    act,
    condition,
    deadline,
    effect,
    field,
    form,
    moment,
    pause,
    procedure,
    rung,
    warn,
)

RECORD = form("record", field("urgency", choose=("urgent", "normal")), field("due", "date"), field("visit", "moment"))
STEPS = "new out parts vendor done*"


def case(*deadlines, at="03-02 09:00", answers=None, **more):
    """An act for every pair of steps, and `note` which changes nothing but the record."""
    acts = [
        act("open", "new", form="record"),
        act("note", "any", form="record"),
        act("send", "new", to="out"),
        act("wait", "out", to="parts"),
        act("lend", "out parts", to="vendor"),
        act("back", "parts vendor", to="out"),
        act("again", "new out", to="new"),
        act("finish", "new out parts vendor", to="done"),
        act("tell", "done"),
        act("correct", "any", "leader", standing=True),
        act("cancel", "any", "leader", "done", standing=True),
    ]
    definition = procedure(STEPS, acts, [RECORD], deadlines=deadlines, days=more.pop("days", "calendar, to the minute"))
    return Played(definition, at=at, answers=answers, **more)


def test_a_promise_starts_with_its_act_and_is_kept_by_its_until():
    played = case(deadline("d", "open", "send", "4 hours"))
    run = played.clock("d")
    assert (run.state, run.started, run.due) == ("running", moment("03-02 09:00"), moment("03-02 13:00"))
    assert (run.clause, run.time, run.calendar) == ("D.d", "4 hours", "head@1")
    played.act("send", CHEN, "03-02 13:00")
    run = played.clock("d")
    assert (run.state, run.stopped, run.missed_at, run.next) == ("met", moment("03-02 13:00"), None, None)


def test_a_promise_never_starts_over_while_it_runs_and_opens_run_two_after_its_until():
    played = case(deadline("d", "note", "send", "4 hours"))
    played.act("note", CHEN, "03-02 10:00")
    played.act("note", CHEN, "03-02 11:00")
    assert played.clock("d").due == moment("03-02 14:00")
    played.act("send", CHEN, "03-02 12:00")
    played.act("note", CHEN, "03-02 13:00")
    assert [(each.run, each.state) for each in played.state.clocks] == [(1, "met"), (2, "running")]
    assert played.clock("d").due == moment("03-02 17:00")


def test_an_act_that_is_both_until_and_from_closes_one_run_and_opens_the_next():
    played = case(deadline("d", "note", "note", "4 hours"))
    played.act("note", CHEN, "03-02 10:00")
    played.act("note", CHEN, "03-02 11:00")
    assert [(each.run, each.state) for each in played.state.clocks] == [(1, "met"), (2, "running")]


def test_moments_may_be_the_opening_the_closing_and_the_entering_or_leaving_of_a_step():
    played = case(
        deadline("a", "opened", "closed", "9 days"),
        deadline("b", "enter out", "leave out", "9 days"),
        deadline("c", "leave out", "enter done", "9 days"),
        deadline("e", "closed", "tell", "1 days"),
    )
    assert [each.name for each in played.state.clocks] == ["a"]
    played.act("send", CHEN, "03-02 10:00")
    played.act("wait", CHEN, "03-02 11:00")
    assert [(each.name, each.state) for each in played.state.clocks] == [
        ("a", "running"),
        ("b", "met"),
        ("c", "running"),
    ]
    played.act("finish", CHEN, "03-02 12:00")
    assert [(each.name, each.state) for each in played.state.clocks] == [
        ("a", "met"),
        ("b", "met"),
        ("c", "met"),
        ("e", "running"),
    ]
    played.tick("03-04 12:00")
    assert played.clock("e").state == "missed"


def test_an_end_step_stops_every_clock_that_was_not_kept_as_void():
    played = case(deadline("d", "open", "tell", "4 hours"))
    played.act("finish", CHEN, "03-02 10:00")
    assert (played.clock("d").state, played.clock("d").stopped) == ("void", moment("03-02 10:00"))
    assert [each.data["reason"] for each in played.outcome.happenings if each.kind == "deadline-void"] == ["ended"]


def test_a_promise_is_missed_at_its_due_moment_and_the_ladder_is_climbed_by_the_clock():
    late = (
        rung("leader"),
        rung("board", after="1 days", effects=(effect("slips.mark", by=Argument(of="record.urgency")),)),
    )
    played = case(deadline("d", "open", "send", "4 hours", late=late), answers={"urgency": "urgent"})
    assert engine.next_due(played.definition, played.state) == moment("03-02 13:00")
    assert played.tick("03-02 12:59").happenings == ()
    played.tick("03-02 13:00")
    assert (played.clock("d").state, played.clock("d").missed_at) == ("missed", moment("03-02 13:00"))
    assert played.happened() == [("deadline-missed", "d"), ("letter", "leader")]
    assert engine.next_due(played.definition, played.state) == moment("03-03 13:00")
    played.tick("03-05 00:00")
    assert played.happened() == [("letter", "board"), ("effect", "slips.mark")]
    assert played.outcome.happenings[1].data == {"by": "urgent"}
    assert [each.at for each in played.outcome.happenings] == [moment("03-03 13:00")] * 2
    assert engine.next_due(played.definition, played.state) is None
    played.act("send", CHEN, "03-06 09:00")
    assert (played.clock("d").state, played.clock("d").stopped) == ("missed", moment("03-06 09:00"))
    assert played.happened("deadline-stopped", "deadline-met") == [("deadline-stopped", "d")]


def test_one_long_run_of_the_clock_equals_many_short_ones():
    parts = deadline(
        "d", "open", "send", "4 hours", late=(rung("a"), rung("b", after="3 hours")), warn=(warn("1 hours", "c"),)
    )
    other = deadline("e", "open", "send", "5 hours", late=(rung("x"),))
    once = case(parts, other)
    often = case(parts, other)
    once.tick("03-04 09:00")
    found = []
    at = moment("03-02 09:00")
    while at < moment("03-04 09:00"):
        at += timedelta(minutes=20)
        outcome = engine.tick(often.definition, often.state, at, HERE)
        often.outcome = outcome
        found += outcome.happenings
    assert tuple(found) == once.outcome.happenings
    assert often.state == once.state
    assert [(each.kind, each.name) for each in found] == [
        ("letter", "c"),
        ("deadline-missed", "d"),
        ("letter", "a"),
        ("deadline-missed", "e"),
        ("letter", "x"),
        ("letter", "b"),
    ]


def test_the_clock_does_before_an_act_what_was_due_before_it():
    played = case(deadline("d", "open", "send", "4 hours", late=(rung("leader"),)))
    played.act("note", CHEN, "03-02 15:00")
    assert played.happened()[:2] == [("deadline-missed", "d"), ("letter", "leader")]
    assert played.clock("d").missed_at == moment("03-02 13:00")


def test_an_act_at_the_due_moment_itself_is_in_time():
    played = case(deadline("d", "open", "send", "4 hours", late=(rung("leader"),)))
    played.act("send", CHEN, "03-02 13:00")
    assert played.happened("deadline-missed", "letter") == []


def test_done_in_time_but_recorded_late_turns_missed_into_met_and_says_so():
    played = case(deadline("d", "open", "send", "4 hours", late=(rung("leader"),)))
    played.tick("03-02 14:00")
    played.act("send", CHEN, "03-02 10:05")
    assert (played.clock("d").state, played.clock("d").stopped) == ("met", moment("03-02 10:05"))
    [said] = [each for each in played.outcome.happenings if each.kind == "deadline-met"]
    assert said.data == {"run": 1, "was": "missed"}
    assert played.state.moment == moment("03-02 13:00")


def test_a_promise_begun_by_an_act_recorded_late_is_missed_at_once_where_its_time_is_over():
    played = case(deadline("d", "send", "wait", "1 hours"), deadline("x", "open", "finish", "8 hours"))
    played.tick("03-02 18:00")
    played.act("send", CHEN, "03-02 10:00")
    assert (played.clock("d").state, played.clock("d").missed_at) == ("missed", moment("03-02 11:00"))


def test_warnings_come_before_the_limit_and_not_before_the_start():
    played = case(
        deadline("d", "open", "send", "1 days", warn=(warn("2 hours", "a"), warn("6 hours", "b"), warn("3 days", "c")))
    )
    played.tick("03-03 03:00")
    assert played.happened() == [("letter", "b")]
    assert played.outcome.happenings[0].data["due"] == moment("03-03 09:00").isoformat()
    assert engine.next_due(played.definition, played.state) == moment("03-03 07:00")
    played.tick("03-03 08:59")
    assert played.happened() == [("letter", "a")]


def test_a_warning_in_working_days_lies_in_the_calendar():
    played = case(deadline("d", "open", "send", "5 working days", warn=(warn("1 working days", "a"),)))
    due = played.clock("d").due
    first = engine.next_due(played.definition, played.state)
    played.tick("03-20 09:00")
    assert first < due
    assert played.happened() == [("letter", "a"), ("deadline-missed", "d")]


def test_a_warning_in_working_time_comes_at_the_very_minute():
    played = case(deadline("d", "open", "send", "4 working hours", warn=(warn("90 working minutes", "a"),)))
    due = played.clock("d").due
    first = engine.next_due(played.definition, played.state)
    assert due == moment("03-02 14:30")
    assert first == moment("03-02 11:30")


def test_a_rung_in_days_counts_from_the_day_that_ended_late():
    """2026-03-02 is a Monday: one calendar day is over at 24:00 on Tuesday; rungs fall on Thursday and Wednesday."""
    late = (rung("a"), rung("b", after="2 days"))
    played = case(deadline("d", "open", "send", "1 days", late=late), days="calendar, end of day")
    played.tick("03-04 00:00")
    assert played.happened() == [("deadline-missed", "d"), ("letter", "a")]
    assert engine.next_due(played.definition, played.state) == moment("03-06 00:00")
    late = (rung("a"), rung("b", after="1 working days"))
    played = case(deadline("d", "open", "send", "1 days", late=late), days="calendar, end of day")
    played.tick("03-04 00:00")
    assert engine.next_due(played.definition, played.state) == moment("03-04 17:30")


def test_the_figure_is_read_again_after_every_act_and_the_start_stays():
    terms = ((condition(record__urgency="urgent"), "4 hours"), "24 hours")
    played = case(deadline("d", "open", "send", *terms), answers={"urgency": "normal"})
    assert played.clock("d").due == moment("03-03 09:00")
    played.act("note", CHEN, "03-02 10:00", {"urgency": "urgent"})
    assert (played.clock("d").started, played.clock("d").due) == (moment("03-02 09:00"), moment("03-02 13:00"))
    assert [each.data for each in played.outcome.happenings if each.kind == "deadline-moved"] == [
        {
            "run": 1,
            "from": moment("03-03 09:00").isoformat(),
            "due": moment("03-02 13:00").isoformat(),
            "time": "4 hours",
        }
    ]


def test_where_the_new_limit_has_passed_it_is_late_from_the_moment_of_the_change():
    terms = ((condition(record__urgency="urgent"), "4 hours"), "24 hours")
    played = case(deadline("d", "open", "send", *terms, late=(rung("leader"),)), answers={"urgency": "normal"})
    played.act("note", CHEN, "03-02 20:00", {"urgency": "urgent"})
    run = played.clock("d")
    assert (run.state, run.missed_at, run.due) == ("missed", moment("03-02 20:00"), moment("03-02 13:00"))
    assert played.happened("deadline-moved", "deadline-missed", "letter") == [
        ("deadline-moved", "d"),
        ("deadline-missed", "d"),
        ("letter", "leader"),
    ]


def test_a_clock_stands_only_in_the_named_steps_and_every_span_has_its_clause():
    played = case(deadline("d", "send", "finish", "10 hours", pauses=(pause("parts"),)))
    played.act("send", CHEN, "03-02 10:00")
    played.act("wait", CHEN, "03-02 12:00")
    run = played.clock("d")
    assert (run.state, run.due, run.next) == ("paused", None, None)
    assert played.tick("03-09 09:00").happenings == ()
    played.act("back", CHEN, "03-04 12:00")
    run = played.clock("d")
    assert (run.state, run.due) == ("running", moment("03-04 20:00"))
    [stood] = run.pauses
    assert (stood.start, stood.end, stood.step, stood.clause) == (
        moment("03-02 12:00"),
        moment("03-04 12:00"),
        "parts",
        "P",
    )


def test_a_pause_goes_on_without_a_gap_from_one_named_step_to_the_next():
    played = case(deadline("d", "send", "finish", "10 hours", pauses=(pause("parts", "vendor"),)))
    played.act("send", CHEN, "03-02 10:00")
    played.act("wait", CHEN, "03-02 12:00")
    played.act("lend", CHEN, "03-02 13:00")
    assert [(each.step, each.end) for each in played.clock("d").pauses] == [
        ("parts", moment("03-02 13:00")),
        ("vendor", None),
    ]
    assert played.happened("deadline-paused", "deadline-resumed") == [("deadline-paused", "d")]
    played.act("finish", CHEN, "03-03 13:00")
    assert (played.clock("d").state, played.clock("d").pauses[-1].end) == ("met", moment("03-03 13:00"))


def test_a_promise_with_while_ends_when_those_steps_are_left():
    played = case(deadline("d", "lend", "tell", "2 days", while_steps=("vendor",)))
    played.act("send", CHEN, "03-02 10:00")
    played.act("lend", CHEN, "03-02 11:00")
    assert played.clock("d").state == "running"
    played.act("back", CHEN, "03-02 12:00")
    assert played.clock("d").state == "void"


def test_a_named_moment_is_the_limit_and_what_is_unknown_has_not_started():
    played = case(deadline("d", "open", "send", at="record.visit"))
    assert played.state.clocks == ()
    played.act("note", CHEN, "03-02 10:00", {"visit": "2026-03-05T14:00+08:00"})
    assert (played.clock("d").started, played.clock("d").due) == (moment("03-02 09:00"), moment("03-05 14:00"))
    played.act("note", CHEN, "03-02 11:00", {"visit": "2026-03-06T14:00+08:00"})
    assert played.clock("d").due == moment("03-06 14:00")


def test_a_named_day_lasts_until_its_end_and_within_counts_from_it():
    played = case(
        deadline("d", "open", "send", at="record.due"),
        deadline("e", "open", "send", "2 days", at="record.due"),
        days="calendar, end of day",
    )
    played.act("note", CHEN, "03-02 10:00", {"due": "2026-03-05"})
    assert played.clock("d").due == moment("03-06 00:00")
    assert played.clock("e").due == moment("03-08 00:00")


def test_a_start_that_is_a_fact_is_taken_when_first_known_and_moved_when_corrected():
    played = case(deadline("d", "warranty.invoice-date", "finish", "10 days"), days="calendar, end of day")
    assert played.state.clocks == ()
    played.act("note", CHEN, "03-02 10:00", facts={"warranty.invoice-date": "2026-03-01"})
    assert (played.clock("d").started, played.clock("d").due) == (moment("03-01 00:00"), moment("03-12 00:00"))
    played.act("note", CHEN, "03-02 11:00", facts={"warranty.invoice-date": "2026-02-01"})
    assert (played.clock("d").state, played.clock("d").missed_at) == ("missed", moment("03-02 11:00"))


def test_a_start_known_so_late_that_the_limit_has_passed_is_late_from_then_on():
    played = case(deadline("d", "warranty.invoice-date", "finish", "10 days"))
    played.act("note", CHEN, "03-02 10:00", facts={"warranty.invoice-date": "2026-01-01"})
    assert (played.clock("d").state, played.clock("d").missed_at) == ("missed", moment("03-02 10:00"))


def test_a_figure_that_depends_on_something_unknown_starts_from_its_moment_once_known():
    terms = ((condition(record__urgency="urgent"), "4 hours"), (condition(record__urgency="normal"), "24 hours"))
    played = case(deadline("d", "open", "send", *terms))
    assert played.state.clocks == ()
    played.act("note", CHEN, "03-02 10:00", {"urgency": "normal"})
    assert (played.clock("d").started, played.clock("d").due) == (moment("03-02 09:00"), moment("03-03 09:00"))


def test_a_provisional_limit_is_counted_again_when_the_days_are_announced():
    unknown = Calendar("head", "1", "Asia/Shanghai", dict.fromkeys(range(1, 6), WINDOWS), {}, frozenset({2025}))
    played = case(deadline("d", "open", "send", "2 working days"), surroundings=engine.Surroundings(unknown, ("head",)))
    assert played.clock("d").provisional is True
    played.where = engine.Surroundings(msgspec.structs.replace(CALENDAR, version="2"), ("head",))
    played.act("note", CHEN, "03-02 10:00")
    assert (played.clock("d").provisional, played.clock("d").calendar) == (False, "head@2")


def test_cancelling_makes_open_promises_void_and_leaves_missed_ones_missed():
    played = case(
        deadline("d", "open", "send", "2 days"),
        deadline("e", "open", "send", "1 hours", late=(rung("a", after="9 hours"),)),
    )
    played.tick("03-02 11:00")
    played.act("cancel", QIAN, "03-02 12:00", {"reason": "用户撤回"})
    assert (played.clock("d").state, played.clock("e").state) == ("void", "missed")
    assert engine.next_due(played.definition, played.state) is None
    assert isinstance(played.state, State)


def test_a_correction_reads_the_limit_again_and_may_lift_a_miss_that_never_was():
    terms = ((condition(record__urgency="urgent"), "4 hours"), "24 hours")
    played = case(deadline("d", "open", "send", *terms), answers={"urgency": "urgent"})
    played.tick("03-02 14:00")
    played.act("note", CHEN, "03-02 15:00", {"urgency": "normal"})
    assert played.clock("d").state == "missed"
    again = case(deadline("d", "open", "send", *terms), answers={"urgency": "urgent"})
    again.tick("03-02 14:00")
    again.act(
        "correct", QIAN, "03-02 15:00", {"form": "record", "field": "urgency", "value": "normal", "reason": "误填"}
    )
    assert (again.clock("d").state, again.clock("d").due) == ("running", moment("03-03 09:00"))
