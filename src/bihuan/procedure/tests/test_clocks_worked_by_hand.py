"""Due moments worked by hand on the official days of 2026: the table of ``worked_by_hand.toml``, and what a row of a
table cannot say.

Office hours 08:30–12:00 and 13:30–17:30: 210 + 240 = 450 minutes a day. Working times are local.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from bihuan.procedure import clocks, deadlines, engine
from bihuan.procedure.calendars import Calendar, build, of_hours, read, write
from bihuan.procedure.definition import Hours, Text, Within
from bihuan.procedure.state import Doer

from . import engine_cases, worked
from .worked import HEAD

END, MINUTE = "calendar, end of day", "calendar, to the minute"
NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"


def local(text: str, zone: str = "Asia/Shanghai", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text if text[:2] == "20" else f"2026-{text}").replace(
        tzinfo=ZoneInfo(zone), fold=fold
    )


def named(tables):
    """The rows of ``tables`` as parameters, each named by its table, start and limit."""
    return [
        pytest.param(row, id=f"{table} {row['start']} {row.get('time', '')}")
        for table, row in worked.rows()
        if (table in ("at", "urgency")) == tables
    ]


@pytest.mark.parametrize("row", named(False))
def test_due_as_worked_by_hand(row):
    calendar, zone = worked.calendar_of(row), row.get("zone", worked.HOME)
    start, due = worked.local(row["start"], zone), worked.local(row["due"], zone)
    time, days = clocks.time_of(row["time"]), row.get("days", END)
    stood = [(worked.local(begin, zone), worked.local(end, zone)) for begin, end in row.get("pauses", ())]
    assert clocks.due(start, time, days, calendar, stood) == due, row["zh"]
    assert clocks.provisional(start, due, calendar, time, days) is row.get("provisional", False)
    promised = clocks.promise(start, time, days, calendar).amount
    assert sum(span.amount for span in clocks.spans(start, due, time, days, calendar, stood)) == promised
    if not stood:
        assert clocks.due_many([start], time, days, calendar) == [due]


RECORD = engine_cases.form("record", engine_cases.field("due", "date"), engine_cases.field("visit", "moment"))
ACTS = [engine_cases.act("open", "new", form="record"), engine_cases.act("change", "any", form="changed"),
        engine_cases.act("finish", "new", to="done")]  # fmt: skip
URGENCY = engine_cases.form("changed", engine_cases.field("urgent", "yes-no"))
CLERK = Doer("chen", (("clerk", "head"),))


def promised(terms, **more):
    return msgspec.structs.replace(engine_cases.deadline("d", "open", "finish", **more), within=terms)


def run_of(deadline, row, answers):
    """The case opened at ``start`` with this one promise, and the surroundings of the head office."""
    definition = engine_cases.procedure("new done*", ACTS, [RECORD, URGENCY], deadlines=[deadline])
    surroundings = engine.Surroundings(HEAD, ("head",))
    start = worked.local(row["start"])
    return definition, engine.start(definition, CLERK, answers, {}, start, surroundings).state, surroundings


@pytest.mark.parametrize("row", named(True))
def test_an_appointment_and_another_urgency_as_worked_by_hand(row):
    due = worked.local(row["due"])
    if "at" in row:
        day, _, clock = row["at"].partition(" ")
        name, answer = ("visit", f"2026-{day}T{clock}:00+08:00") if clock else ("due", f"2026-{day}")
        terms = (Within(clocks.time_of(row["time"])),) if "time" in row else ()
        deadline = promised(terms, at=f"record.{name}")
        definition, state, _ = run_of(deadline, row, {f"record.{name}": answer})
    else:
        first, second = (clocks.time_of(row[each]) for each in ("time", "to"))
        urgent = engine_cases.condition(changed__urgent=True)
        deadline = promised((Within(second, urgent), Within(first)))
        definition, state, surroundings = run_of(deadline, row, {})
        assert state.clocks[0].due == clocks.due(worked.local(row["start"]), first, END, HEAD)
        changed = worked.local(row["changed"])
        answers = {"changed.urgent": True}
        state = engine.act(definition, state, "change", CLERK, answers, {}, changed, surroundings).state
    [run] = state.clocks
    assert (run.started, run.due) == (worked.local(row["start"]), due), row["zh"]
    assert run.missed_at == (worked.local(row["missed"]) if "missed" in row else None)
    proof = deadlines.explain(definition, state, "d", HEAD, due)
    assert proof.proved
    assert sum(span.amount for span in proof.spans) == proof.promised


def test_the_page_shows_the_table_as_it_is():
    """``python -m bihuan.procedure.tests.worked`` writes it anew."""
    assert worked.PAGE.read_text(encoding="utf-8") == worked.page()


def test_each_clock_has_its_pause_its_feast_its_make_up_day_and_its_summer_time_where_it_knows_them():
    told = {name: [str(row) for row in table["rows"]] for name, table in worked.TABLES.items()}
    for name in ("elapsed", "elapsed-days", "calendar-days", "working-days", "working-time"):
        assert any("pauses" in row for row in told[name]), name
        assert any("春节" in row for row in told[name]), name
    for name in ("working-days", "working-time"):
        assert sum("调休" in row for row in told[name]) >= 3, name
        assert any("provisional" in row for row in told[name]), name
    for name in ("elapsed", "elapsed-days", "calendar-days", "working-time"):
        assert {"03-2", "10-2"} <= {row["start"][:4] for row in worked.TABLES[name]["rows"] if "zone" in row}, name


@pytest.mark.parametrize("time", ["1 working minute", "1 working hour", "450 working minutes", "700 working minutes"])
def test_many_at_once_agree_at_every_minute_of_three_days(time):
    starts = [local("02-13 00:00").astimezone(UTC) + timedelta(minutes=n) for n in range(3 * 1440)]
    wanted = clocks.time_of(time)
    assert clocks.due_many(starts, wanted, END, HEAD) == [clocks.due(start, wanted, END, HEAD) for start in starts]


def test_a_pause_without_end_has_no_due_moment_unless_the_promise_was_used_up_before():
    stood = [(local("03-04 10:00"), None)]
    with pytest.raises(clocks.StillPaused):
        clocks.due(local("03-04 09:00"), clocks.time_of("2 hours"), END, HEAD, stood)
    with pytest.raises(clocks.StillPaused):
        clocks.due(local("03-03 09:00"), clocks.time_of("2 days"), END, HEAD, stood)
    assert clocks.due(local("03-04 09:00"), clocks.time_of("1 hour"), END, HEAD, stood) == local("03-04 10:00")
    assert clocks.due(local("03-02 09:00"), clocks.time_of("1 day"), END, HEAD, stood) == local("03-04 00:00")


def test_in_the_repeated_hour_the_clock_stands_at_its_end():
    nights = build("nights", BERLIN, {1: ((0, 360),)}, {}, (2026,))
    first = clocks.due(local("10-25 02:50", BERLIN), clocks.time_of("1 day"), MINUTE, nights)
    second = clocks.due(local("10-25 02:10", BERLIN, fold=1), clocks.time_of("1 day"), MINUTE, nights)
    assert (first, second) == (local("10-26 02:50", BERLIN), local("10-26 03:00", BERLIN))


def test_a_year_without_announcement_is_counted_provisionally():
    calendar = of_hours("head", Hours(), range(2025, 2028))
    start, time = local("12-30 10:00"), clocks.time_of("1 working day")
    due = clocks.due(start, time, END, calendar)
    assert due == local("12-31 17:30")
    assert not clocks.provisional(start, due, calendar, time, END)
    later = clocks.due(local("12-31 10:00"), time, END, calendar)  # 1 January by law, 2 and 3 a weekend
    assert later == local("2027-01-04 17:30")
    assert clocks.provisional(local("12-31 10:00"), later, calendar, time, END)
    assert not clocks.provisional(local("12-31 10:00"), later, calendar, clocks.time_of("1 day"), END)
    far = clocks.due(local("2035-10-01 10:00"), time, END, calendar)  # nothing known: Tuesday the 2nd
    assert far == local("2035-10-02 17:30")
    assert clocks.provisional(local("2035-10-01 10:00"), far, calendar)


def test_what_was_provisional_is_counted_anew_when_the_year_is_announced():
    definition, state, _ = run_of(
        engine_cases.deadline("d", "open", "finish", "1 working-days"), {"start": "12-31 10:00"}, {}
    )
    [run] = state.clocks
    assert (run.provisional, run.due) == (True, local("2027-01-04 17:30"))
    announced = build("head", HEAD.zone, HEAD.week, HEAD.days | {
        worked.date(2027, 1, 4): worked.DayEntry("off", worked.NEW_YEAR),
        worked.date(2027, 1, 3): worked.DayEntry("make-up", worked.NEW_YEAR),
    }, (2026, 2027))  # fmt: skip
    later = engine.Surroundings(announced, ("head",))
    outcome = engine.act(definition, state, "change", CLERK, {"changed.urgent": False}, {}, local("12-31 11:00"), later)
    [run] = outcome.state.clocks
    assert (run.provisional, run.due, run.calendar) == (False, local("2027-01-03 17:30"), f"head@{announced.version}")
    assert [each.data["due"] for each in outcome.happenings if each.kind == "deadline-moved"] == [run.due.isoformat()]


def test_the_end_of_the_last_announced_day_is_not_provisional():
    assert not clocks.provisional(local("12-30 10:00"), local("2027-01-01 00:00"), HEAD)
    assert clocks.provisional(local("12-30 10:00"), local("2027-01-01 00:01"), HEAD)


def test_a_calendar_written_and_read_years_later_gives_the_same_minute():
    again = read(write(HEAD))
    assert again == HEAD
    assert clocks.due(local("02-13 16:00"), clocks.time_of("4 working hours"), END, again) == local("02-14 11:00")


def test_a_calendar_without_working_time_says_so():
    never = Calendar("never", "", "UTC", {}, {}, frozenset())
    with pytest.raises(clocks.NeverDue):
        clocks.due(datetime(2026, 1, 1, tzinfo=UTC), clocks.time_of("1 working hour"), END, never)
    with pytest.raises(clocks.NeverDue):
        clocks.due(datetime(2026, 1, 1, tzinfo=UTC), clocks.time_of("1 working day"), END, never)


def test_the_proof_names_feast_make_up_day_pause_and_clause():
    stood = [clocks.Break(local("02-14 09:00"), local("02-14 10:00"), Text("待件", "Waiting for a part"), "4.3")]
    proof = clocks.spans(
        local("02-14 08:30"), local("02-24 09:00"), clocks.time_of("7 working hours"), END, HEAD, stood
    )
    assert [(span.start, span.counted, span.reason.zh, span.clause, span.amount) for span in proof] == [
        (local("02-14 08:30"), True, "春节调休上班", "", 30),
        (local("02-14 09:00"), False, "待件", "4.3", 0),
        (local("02-14 10:00"), True, "春节调休上班", "", 120),
        (local("02-14 12:00"), False, "非工作时段", "", 0),
        (local("02-14 13:30"), True, "春节调休上班", "", 240),
        (local("02-14 17:30"), False, "非工作时段", "", 0),
        (local("02-15 00:00"), False, "春节", "", 0),
        (local("02-24 00:00"), False, "非工作时段", "", 0),
        (local("02-24 08:30"), True, "工作时间", "", 30),
    ]


@pytest.mark.parametrize("text", ["2", "two days", "2 fortnights", "1.5 days", "-1 days", "2 working weeks", ""])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match="not a time"):
        clocks.time_of(text)


def test_a_moment_without_zone_and_an_unknown_rule_are_refused():
    with pytest.raises(ValueError, match="needs its zone"):
        clocks.due(datetime(2026, 3, 4), clocks.time_of("1 hour"), END, HEAD)  # noqa: DTZ001 - that is the fault
    with pytest.raises(ValueError, match="unknown rule"):
        clocks.due(local("03-04 10:00"), clocks.time_of("1 day"), "calendar", HEAD)
