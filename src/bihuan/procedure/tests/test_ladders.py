"""Ladders within working time: when each rung of a late promise is climbed where the pack says ``in-hours``.

Office hours are 08:30–12:00 and 13:30–17:30, Monday to Friday; 2 March 2026 is a Monday.
"""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from bihuan.procedure import clocks, engine
from bihuan.procedure.calendars import Calendar, DayEntry, build
from bihuan.procedure.definition import Text
from bihuan.procedure.reading import read_frame

from .engine_cases import CHEN, HERE, QIAN, WINDOWS, Played, act, deadline, field, form, moment, procedure, rung

RECORD = form("record", field("due", "date"), field("visit", "moment"))
ACTS = [
    act("open", "new", form="record"),
    act("note", "any", form="record"),
    act("finish", "new", to="done"),
    act("cancel", "any", "leader", "done", standing=True),
]
END = "calendar, end of day"


def case(limit, late, *, at="03-02 09:00", days=END, ladders="in-hours", **more):
    definition = procedure("new done*", ACTS, [RECORD], deadlines=[limit(late=late)], days=days)
    return Played(msgspec.structs.replace(definition, ladders=ladders), at=at, **more)


def within(*time, until="finish", **more):
    return lambda **ladder: deadline("d", "open", until, *time, **more, **ladder)


def told(played, until):
    """Who was told when, until then."""
    played.tick(until)
    return [(each.name, each.at) for each in played.outcome.happenings if each.kind == "letter"]


# limit, rungs (post, after), rule of days, opened at, who is told when, and the working
LADDERS = [
    ("2 days", [("a", "")], END, "03-03 10:00", [("a", "03-06 08:30")], "24:00 on Thursday: Friday's opening"),
    ("2 days", [("a", "")], END, "03-04 10:00", [("a", "03-09 08:30")], "24:00 on Friday: Monday's opening"),
    ("2 days", [("a", ""), ("b", "1 days")], END, "03-02 10:00", [("a", "03-05 08:30"), ("b", "03-06 08:30")],
     "24:00 on Wednesday, 24:00 on Thursday"),
    ("2 days", [("a", ""), ("b", "2 days")], END, "03-04 10:00", [("a", "03-09 08:30"), ("b", "03-09 08:30")],
     "24:00 on Friday and 24:00 on Sunday have the same opening"),
    ("2 days", [("a", ""), ("b", "1 working-days")], END, "03-04 10:00", [("a", "03-09 08:30"), ("b", "03-09 17:30")],
     "the first working day after Friday is Monday, to its close"),
    ("4 hours", [("a", ""), ("b", "8 hours")], END, "03-06 16:00", [("a", "03-06 20:00"), ("b", "03-07 04:00")],
     "hours are elapsed time: also at night and on Saturday"),
    ("4 hours", [("a", ""), ("b", "1 days")], END, "03-06 16:00", [("a", "03-06 20:00"), ("b", "03-09 08:30")],
     "the limit is in hours, the rung in days: Saturday 24:00, Monday's opening"),
    ("2 days", [("a", ""), ("b", "24 hours")], END, "03-04 10:00", [("a", "03-08 00:00"), ("b", "03-08 00:00")],
     "24 hours are elapsed time and keep their moment; what still waits below them comes along"),
    ("2 days", [("a", ""), ("b", "72 hours")], END, "03-04 10:00", [("a", "03-09 08:30"), ("b", "03-10 00:00")],
     "Monday's opening comes before the 72 hours are over"),
    ("2 working-hours", [("a", ""), ("b", "30 working-minutes")], END, "03-04 15:30",
     [("a", "03-04 17:30"), ("b", "03-05 09:00")], "used up at closing: told at closing"),
    ("1 working-days", [("a", "")], END, "03-06 10:00", [("a", "03-09 17:30")], "the close of Monday is within hours"),
    ("2 days", [("a", "")], "calendar, to the minute", "03-05 22:00", [("a", "03-07 22:00")],
     "days to the minute are elapsed time"),
    ("1 days", [("a", "")], "working, end of day", "03-06 10:00", [("a", "03-09 17:30")], "days are working days here"),
    ("1 months", [("a", "")], END, "03-01 10:00", [("a", "04-02 08:30")], "24:00 on 1 April"),
]  # fmt: skip


@pytest.mark.parametrize(("limit", "rungs", "days", "opened", "expected", "why"), LADDERS)
def test_each_rung_goes_by_the_clock_its_clause_names(limit, rungs, days, opened, expected, why):
    late = tuple(rung(post, after=after) if after else rung(post) for post, after in rungs)
    played = case(within(limit), late, at=opened, days=days)
    assert told(played, "05-30 00:00") == [(post, moment(at)) for post, at in expected], why


def test_a_promise_is_missed_at_its_own_moment_and_only_the_telling_waits():
    played = case(within("2 days"), (rung("a"),), at="03-04 10:00")
    played.tick("03-07 00:00")
    assert played.happened() == [("deadline-missed", "d")]
    assert (played.clock("d").missed_at, played.clock("d").next) == (moment("03-07 00:00"), moment("03-09 08:30"))


def test_a_moment_that_ends_a_day_waits_and_one_that_somebody_named_does_not():
    for answer, expected in (
        ({"due": "2026-03-06"}, "03-09 08:30"),
        ({"visit": "2026-03-06T21:00:00+08:00"}, "03-06 21:00"),
    ):
        limit = within(at=f"record.{next(iter(answer))}")
        played = case(limit, (rung("a"),), answers=answer)
        assert told(played, "03-20 00:00") == [("a", moment(expected))]


def test_what_was_done_before_the_office_opened_is_told_of_all_the_same_and_no_higher():
    late = (rung("a"), rung("b", after="1 days"))
    played = case(within("2 days"), late, at="03-04 10:00")
    played.act("finish", CHEN, "03-07 09:00")
    assert (played.clock("d").state, played.clock("d").stopped) == ("missed", moment("03-07 09:00"))
    assert played.happened("letter") == []
    assert told(played, "03-30 00:00") == [("a", moment("03-09 08:30"))]
    assert engine.next_due(played.definition, played.state) is None


def test_what_was_cancelled_before_the_office_opened_is_told_to_nobody():
    played = case(within("2 days", until="note"), (rung("a"),), at="03-04 10:00")
    played.act("cancel", QIAN, "03-07 09:00", {"cancel.reason": "x"})
    assert told(played, "03-30 00:00") == []


def test_holidays_and_make_up_days_of_the_outlet_decide_when_it_opens():
    feast = Text("节日", "Feast")
    days = {date(2026, 3, 7): DayEntry("make-up", feast), date(2026, 3, 9): DayEntry("off", feast)}
    played = case(within("2 days"), (rung("a"),), at="03-04 10:00")
    for kept, expected in ((days, "03-07 08:30"), ({date(2026, 3, 9): days[date(2026, 3, 9)]}, "03-10 08:30")):
        here = engine.Surroundings(
            build("own", "Asia/Shanghai", dict.fromkeys(range(1, 6), WINDOWS), kept, (2026,)), ("head",)
        )
        letters = engine.tick(played.definition, played.state, moment("03-30 00:00"), here).happenings
        assert [each.at for each in letters if each.kind == "letter"] == [moment(expected)]


def test_a_text_written_before_the_word_tells_at_any_hour():
    played = case(within("2 days"), (rung("a"), rung("b", after="2 days")), at="03-04 10:00", ladders="any-hour")
    assert told(played, "03-30 00:00") == [("a", moment("03-07 00:00")), ("b", moment("03-09 00:00"))]


def test_an_outlet_without_working_time_is_told_at_the_moment_itself():
    never = Calendar("never", "", "Asia/Shanghai", {}, {}, frozenset())
    assert clocks.in_hours(moment("03-07 00:00"), never) == moment("03-07 00:00")


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        ("03-04 08:29", "03-04 08:30"), ("03-04 08:30", "03-04 08:30"), ("03-04 11:59", "03-04 11:59"),
        ("03-04 12:00", "03-04 12:00"), ("03-04 12:01", "03-04 13:30"), ("03-04 17:30", "03-04 17:30"),
        ("03-04 17:31", "03-05 08:30"), ("03-06 17:31", "03-09 08:30"),
    ],
)  # fmt: skip
def test_working_time_holds_its_closing_minute(at, opening):
    assert clocks.in_hours(moment(at), HERE.calendar) == moment(opening)


FRAME = """
[pack]
name = "x"
title = { zh = "甲", en = "X" }
zone = "Asia/Shanghai"
[posts.head]
title = { zh = "主任", en = "Head" }
"""


def test_the_pack_says_it_and_another_word_is_a_fault():
    for said, expected in (
        ("", "any-hour"),
        ('ladders = "in-hours"', "in-hours"),
        ('ladders = "any-hour"', "any-hour"),
    ):
        result = read_frame(f"{FRAME}[hours]\n{said}\n")
        assert result.pack is not None
        assert (result.faults, result.pack.hours.ladders) == ((), expected)
    [fault] = read_frame(f'{FRAME}[hours]\nladders = "by day"\n').faults
    assert fault.code == "wrong-type"
    assert "in-hours" in fault.corrected
