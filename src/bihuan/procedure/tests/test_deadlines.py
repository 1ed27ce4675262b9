"""How a promise is explained, how it stands when read, and the words on its chip."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from bihuan.procedure import clocks
from bihuan.procedure.calendars import build, read, write
from bihuan.procedure.deadlines import chip, explain, shown, standing_of
from bihuan.procedure.deadlines import read as reading
from bihuan.procedure.definition import (
    Act,
    Deadline,
    Definition,
    Opening,
    Origin,
    Pause,
    Step,
    Text,
    Time,
    Who,
    Within,
)
from bihuan.procedure.state import ClockRun, Paused, State
from bihuan.procedure.tests.test_clocks_worked_by_hand import HEAD, local

ORIGIN = Origin("04.md", 10, "4.2(6)")
WAITING = Pause(("waiting",), Text("待件", "Waiting for a part"), Origin("04.md", 20, "4.3"))
START = local("03-04 09:00")


def definition(*limits: Within, at: str = "", days: str = "calendar, end of day") -> Definition:
    promised = Deadline(
        "answered", Text("答复", "Answered"), "register", ("answer",), ORIGIN, limits, at=at, pauses=(WAITING,)
    )
    register = Act("register", ("received",), Who(("clerk",)), ORIGIN, Text("登记", "Register"))
    return Definition(
        pack="test",
        kind="repair",
        number="QP-04",
        version="1.2",
        title=Text("维修", "Repair"),
        owner="clerk",
        opening=Opening("repair", "register", ORIGIN),
        steps={"received": Step("received", Text("受理", "Received"), False, "received")},
        acts={"register": register},
        forms={},
        clauses=(),
        file="04.md",
        digest="",
        days=days,
        deadlines={"answered": promised},
    )


def run_of(time: str, state: str = "running", **more) -> ClockRun:
    values = {"due": clocks.due(START, clocks.time_of(time), "calendar, end of day", HEAD), **more}
    return ClockRun("answered", 1, state, START, time=time, clause="4.2(6)", calendar=f"head@{HEAD.version}", **values)


def state_of(*runs: ClockRun, **more) -> State:
    return State("received", 1, START, START, clocks=runs, **more)


FOUR_HOURS = Within(Time(4, "hours"))
WORKING = Within(Time(4, "working-hours"))


def test_the_proof_of_a_paused_and_finished_run_adds_up_and_gives_the_stored_minute():
    # 60 min to 10:00; paused to 13:45; then 180 to 16:45
    pauses = (Paused(local("03-04 10:00"), local("03-04 13:45"), "waiting", "4.3"),)
    run = run_of(
        "4 working hours", "missed", due=local("03-04 16:45"), pauses=pauses, missed_at=local("03-04 16:45"),
        stopped=local("03-04 17:20"),
    )  # fmt: skip
    proof = explain(definition(WORKING), state_of(run), "answered", HEAD, local("03-09 09:00"))
    assert [(span.start, span.counted, span.reason.en, span.clause, span.amount) for span in proof.spans] == [
        (START, True, "Working time", "", 60),
        (local("03-04 10:00"), False, "Waiting for a part", "4.3", 0),
        (local("03-04 13:45"), True, "Working time", "", 180),
    ]
    assert sum(span.amount for span in proof.spans) == proof.promised == 240
    assert (proof.due, proof.recounted, proof.proved) == (local("03-04 16:45"), local("03-04 16:45"), True)
    assert (proof.state, proof.standing, proof.over, proof.left) == ("missed", "missed", 35, 0)
    assert (proof.clause, proof.document, proof.version) == ("4.2(6)", "QP-04", "1.2")
    assert (proof.calendar, proof.calendar_version) == ("head", HEAD.version)
    assert proof.promise == Text("4 个工作小时", "4 working hours")
    assert proof.started_by == Text("办理“登记”", "Done: Register")
    again = explain(definition(WORKING), state_of(run), "answered", read(write(HEAD)), local("2036-03-09 09:00"))
    assert again == proof


def test_a_stored_minute_that_cannot_be_recounted_is_not_called_proved():
    run = run_of("4 hours", due=local("03-04 13:01"))
    assert not explain(definition(FOUR_HOURS), state_of(run), "answered", HEAD, START).proved


def test_a_run_that_is_paused_shows_what_was_used_and_what_is_left():
    run = run_of("4 hours", "paused", due=None, pauses=(Paused(local("03-04 10:30"), None, "waiting", "4.3"),))
    proof = explain(definition(FOUR_HOURS), state_of(run), "answered", HEAD, local("03-05 08:00"))
    assert (proof.used, proof.left, proof.due, proof.recounted) == (90, 150, None, None)
    assert sum(span.amount for span in proof.spans) == 90
    assert proof.spans[-1].end == local("03-05 08:00")
    assert proof.spans[-1].reason == Text("待件", "Waiting for a part")
    assert chip(run, local("03-05 08:00"), "zh") == "暂停 · 剩 2小时30分"
    assert chip(run, local("03-05 08:00"), "en") == "Paused · 2h 30m left"


def test_days_are_proved_day_by_day():
    run = run_of("2 days")
    proof = explain(definition(Within(Time(2, "days"))), state_of(run), "answered", HEAD, local("03-05 12:00"))
    assert [(span.reason.zh, span.amount) for span in proof.spans] == [("起算当日不计", 0), ("自然日", 2)]
    assert (proof.unit, proof.promised, proof.used, proof.left) == ("days", 2, 0, 2)
    assert shown(proof.due, proof.zone) == "2026-03-06 24:00"


def test_the_limit_in_force_counts_after_a_change_of_urgency():
    limits = (Within(Time(4, "hours")), Within(Time(2, "hours")))
    run = run_of("2 hours")
    proof = explain(definition(*limits), state_of(run), "answered", HEAD, START)
    assert (proof.promised, proof.due, proof.started) == (120, local("03-04 11:00"), START)


def test_a_promise_counted_from_an_appointed_moment_says_what_lies_before_it():
    run = run_of("2 hours", due=local("03-05 16:00"))
    state = state_of(run, answers={"visit": {"agreed": "2026-03-05T14:00:00+08:00"}})
    proof = explain(
        definition(Within(Time(2, "hours")), at="visit.agreed"), state, "answered", HEAD, local("03-05 15:00")
    )
    assert [(span.counted, span.reason.en, span.amount) for span in proof.spans] == [
        (False, "Before the appointed moment", 0),
        (True, "Counted", 120),
    ]
    assert (proof.proved, proof.used, proof.left) == (True, 60, 60)


def test_the_same_day_is_a_promise_of_no_further_day_and_is_proved():
    run = run_of("0 days")
    told = explain(definition(Within(Time(0, "days"))), state_of(run), "answered", HEAD, local("03-04 10:00"))
    assert (told.due, told.recounted, told.proved) == (local("03-05 00:00"), local("03-05 00:00"), True)


def test_an_appointment_made_anew_does_not_rewrite_the_proof_of_the_run_that_was_missed():
    missed = run_of("15 minutes", "missed", due=local("03-05 14:15"), missed_at=local("03-05 14:15"))
    anew = state_of(missed, answers={"contact": {"time": local("03-06 09:00").isoformat()}})
    promised = definition(Within(Time(15, "minutes")), at="contact.time")
    told = explain(promised, anew, "answered", HEAD, local("03-05 15:00"))
    assert (told.recounted, told.proved) == (local("03-05 14:15"), True)


def test_a_deadline_that_has_not_started_is_not_met():
    proof = explain(definition(FOUR_HOURS), state_of(), "answered", HEAD, START)
    assert (proof.standing, proof.state, proof.started, proof.due, proof.spans) == ("none", "none", None, None, ())
    assert proof.promise == Text("4 小时", "4 hours")


def test_an_unknown_deadline_or_run_is_refused():
    with pytest.raises(KeyError):
        explain(definition(FOUR_HOURS), state_of(), "nothing", HEAD, START)
    with pytest.raises(KeyError):
        explain(definition(FOUR_HOURS), state_of(run_of("4 hours")), "answered", HEAD, START, 2)


def test_an_older_run_is_explained_by_its_number():
    first = run_of("4 hours", "met", stopped=local("03-04 10:00"))
    second = replace(run_of("2 hours"), run=2)
    state = state_of(first, second)
    assert explain(definition(FOUR_HOURS), state, "answered", HEAD, START, 1).promised == 240
    assert explain(definition(FOUR_HOURS), state, "answered", HEAD, START).promised == 120


@pytest.mark.parametrize(
    ("time", "last_on_time"),
    [
        ("4 hours", "03-04 12:11"),  # a fifth of 4 hours is 48 minutes before 13:00: 12:12
        ("1 hour", "03-04 09:44"),  # at least 15 minutes before 10:00: 09:45
        ("48 hours", "03-06 04:59"),  # at most 4 hours before 09:00: 05:00
        ("4 working hours", "03-04 13:41"),  # 48 working minutes before 14:30: 13:42
    ],
)
def test_at_risk_begins_a_fifth_before_the_end_within_15_minutes_and_4_hours(time, last_on_time):
    run, moment = run_of(time), local(last_on_time)
    assert standing_of(run, moment, HEAD) == "on_time"
    assert standing_of(run, moment + timedelta(minutes=1), HEAD) == "at_risk"
    assert reading(run, moment, HEAD).next_change == moment + timedelta(minutes=1)


def test_an_act_exactly_at_the_due_moment_is_in_time():
    run = run_of("4 hours")
    assert standing_of(run, local("03-04 13:00")) == "at_risk"
    assert standing_of(run, local("03-04 13:00") + timedelta(microseconds=1)) == "overdue"


CHIPS = [
    ("4 hours", {}, "03-04 10:00", "剩 3小时", "3h left"),
    ("4 hours", {}, "03-04 11:40", "剩 1小时20分", "1h 20m left"),
    ("4 hours", {}, "03-04 12:42", "剩 18分", "18m left"),
    ("4 hours", {}, "03-04 12:55:28", "剩 4:32", "4:32 left"),
    ("4 hours", {}, "03-04 13:35", "超 35分", "35m over"),
    ("4 hours", {}, "03-04 13:00:20", "超 1分", "1m over"),
    ("2 days", {}, "03-04 21:00", "剩 2天3小时", "2d 3h left"),
    # at night only working time is left: 180 + 240 of 600 minutes are used, 180 wait for the morning
    ("10 working hours", {}, "03-04 23:00", "剩 3小时", "3h left"),
    ("4 hours", {"state": "missed", "stopped": local("03-04 13:35")}, "03-09 10:00", "超时完成 +35分", "Missed by 35m"),
    ("4 hours", {"state": "missed"}, "03-04 14:35", "超 1小时35分", "1h 35m over"),
    ("4 hours", {"state": "met", "stopped": local("03-04 12:35")}, "03-09 10:00", "按时完成", "Met"),
    ("4 hours", {"state": "void", "stopped": local("03-04 12:35")}, "03-09 10:00", "不再适用", "Void"),
]


@pytest.mark.parametrize(("time", "more", "now", "zh", "en"), CHIPS)
def test_the_words_on_a_chip(time, more, now, zh, en):
    run = run_of(time, **more)
    assert (chip(run, local(now), "zh", HEAD), chip(run, local(now), "en", HEAD)) == (zh, en)


def test_no_run_is_not_started():
    now = datetime(2026, 3, 4, tzinfo=UTC)
    assert (standing_of(None, now), chip(None, now, "zh"), chip(None, now, "en")) == ("none", "未开始", "Not started")


def test_a_working_clock_stands_at_night_and_says_so():
    run = run_of("10 working hours")
    assert not reading(run, local("03-04 23:00"), HEAD).counting
    assert reading(run, local("03-04 15:00"), HEAD).counting


def test_a_run_over_a_year_not_announced_is_explained_as_provisional():
    week = dict.fromkeys(range(1, 6), ((510, 1050),))
    unannounced = build("head", "Asia/Shanghai", week, {}, ())
    run = replace(run_of("4 working hours"), due=None, state="running")
    proof = explain(definition(WORKING), state_of(run), "answered", unannounced, START)
    assert proof.provisional
    assert not explain(definition(WORKING), state_of(run_of("4 working hours")), "answered", HEAD, START).provisional
    elapsed = run_of("4 hours", provisional=True)  # elapsed time does not go by the calendar
    assert not explain(definition(FOUR_HOURS), state_of(elapsed), "answered", unannounced, START).provisional


def test_a_run_whose_appointment_was_given_anew_since_is_still_proved_in_days():
    text = definition(Within(Time(2, "days")), at="intake.visit")
    first = replace(run_of("2 days", "met"), due=local("03-07 00:00"), stopped=local("03-06 10:00"))
    answered = {"intake": {"visit": "2026-03-20T14:00:00+08:00"}}
    proof = explain(
        text, State("received", 1, START, START, answers=answered, clocks=(first,)), "answered", HEAD, START
    )
    assert (proof.proved, proof.recounted) == (True, local("03-07 00:00"))
    assert [span.amount for span in proof.spans if span.counted] == [2]
    running = replace(first, state="running", stopped=None)
    wrong = explain(
        text, State("received", 1, START, START, answers=answered, clocks=(running,)), "answered", HEAD, START
    )
    assert not wrong.proved
