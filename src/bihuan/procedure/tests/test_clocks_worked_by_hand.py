"""Due moments worked by hand on the official days of 2026. Each line's comment is the working.

Office hours 08:30–12:00 and 13:30–17:30: 210 + 240 = 450 minutes a day. Working times are local.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bihuan.procedure import clocks
from bihuan.procedure.calendars import Calendar, DayEntry, build, of_hours, read, write
from bihuan.procedure.definition import Hours, Text

OFFICE = ((510, 720), (810, 1050))
NEW_YEAR, SPRING, QINGMING, LABOUR, DRAGON, MOON, NATIONAL = (
    Text(name) for name in ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
)
FREE = [
    (NEW_YEAR, (1, 1), 3),
    (SPRING, (2, 15), 9),
    (QINGMING, (4, 4), 3),
    (LABOUR, (5, 1), 5),
    (DRAGON, (6, 19), 3),
    (MOON, (9, 25), 3),
    (NATIONAL, (10, 1), 7),
]
WORKED = [(NEW_YEAR, 1, 4), (SPRING, 2, 14), (SPRING, 2, 28), (LABOUR, 5, 9), (NATIONAL, 9, 20), (NATIONAL, 10, 10)]
DAYS_2026 = {
    **{date(2026, *first) + timedelta(n): DayEntry("off", name) for name, first, count in FREE for n in range(count)},
    **{date(2026, month, day): DayEntry("make-up", name) for name, month, day in WORKED},
}
HEAD = build("head", "Asia/Shanghai", dict.fromkeys(range(1, 6), OFFICE), DAYS_2026, (2026,))
OUTLET = build("outlet", "Asia/Shanghai", dict.fromkeys(range(1, 7), ((540, 1080),)), DAYS_2026, (2026,))
END, MINUTE = "calendar, end of day", "calendar, to the minute"
WORK_END, WORK_MINUTE = "working, end of day", "working, to the minute"


def local(text: str, zone: str = "Asia/Shanghai", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text if text[:2] == "20" else f"2026-{text}").replace(
        tzinfo=ZoneInfo(zone), fold=fold
    )


TABLE = [
    # Friday 90 min to 17:30; Saturday 14 is a make-up day, 150 left from 08:30
    ("02-13 16:00", "4 working hours", END, "02-14 11:00"),
    # 30 min to 17:30; 15 to 23 Spring Festival; 90 left on Tuesday 24 from 08:30
    ("02-14 17:00", "2 working hours", END, "02-24 10:00"),
    # Friday 60 min; Saturday free, Sunday 20 September is a make-up day: 60 left from 08:30
    ("09-18 16:30", "2 working hours", END, "09-20 09:30"),
    # 30 min to lunch, 30 from 13:30
    ("03-04 11:30", "1 working hour", END, "03-04 14:00"),
    # the last minute of a window
    ("03-04 11:59", "1 working minute", END, "03-04 12:00"),
    # a start exactly at the end of a window belongs to the next one
    ("03-04 12:00", "1 working minute", END, "03-04 13:31"),
    ("03-04 17:30", "30 working minutes", END, "03-05 09:00"),
    # used up exactly at the end of a window: due there, not at the next opening
    ("03-04 08:30", "210 working minutes", END, "03-04 12:00"),
    # a minute already begun does not count
    ("03-04 11:58:30", "1 working minute", END, "03-04 12:00"),
    ("03-04 11:59:30", "1 working minute", END, "03-04 13:31"),
    # elapsed time knows no hours and no feast
    ("02-14 23:00", "4 hours", END, "02-15 03:00"),
    ("02-14 23:00:10", "30 minutes", WORK_END, "02-14 23:31"),
    # working days: Saturday 14 is the first, Tuesday 24 the second
    ("02-13 10:00", "2 working days", END, "02-24 17:30"),
    ("02-13 10:00", "2 days", WORK_END, "02-24 17:30"),
    # Saturday 28 is worked; 8, 9 and Saturday 10 October after National Day
    ("02-27 10:00", "1 working day", END, "02-28 17:30"),
    ("09-30 15:00", "3 working days", END, "10-10 17:30"),
    # a start on a free day: the next working day is the first
    ("03-07 10:00", "1 working day", END, "03-09 17:30"),
    # calendar days: the 13th is not counted, 14 and 15 are; due at 24:00 of the 15th
    ("02-13 16:00", "2 days", END, "02-16 00:00"),
    ("02-13 00:00", "1 day", END, "02-15 00:00"),
    ("02-13 23:59:59", "1 day", END, "02-15 00:00"),
    ("02-13 16:00", "2 days", MINUTE, "02-15 16:00"),
    ("03-04 10:00", "1 week", END, "03-12 00:00"),
    ("03-04 10:00", "1 week", WORK_END, "03-12 00:00"),
    # months keep the day, cut to the month
    ("01-31 09:15", "1 month", END, "03-01 00:00"),
    ("01-31 09:15", "1 month", MINUTE, "03-01 00:00"),
    ("01-29 00:00", "1 month", MINUTE, "03-01 00:00"),
    ("01-28 09:15", "1 month", MINUTE, "02-28 09:15"),
    ("2028-01-31 09:15", "1 month", END, "2028-03-01 00:00"),
    ("2028-02-29 09:15", "1 year", END, "2029-03-01 00:00"),
    ("11-30 09:15", "3 months", END, "2027-03-01 00:00"),
    ("12-31 09:15", "2 months", END, "2027-03-01 00:00"),
    # working days to the minute: the same time of the next working day
    ("02-13 16:00", "1 day", WORK_MINUTE, "02-14 16:00"),
    ("02-14 16:00", "1 working day", MINUTE, "02-24 16:00"),
    # in the lunch of that day: the working time before it; from a free day: the close of the next working day
    ("03-04 12:30", "1 day", WORK_MINUTE, "03-05 12:00"),
    ("03-08 10:00", "1 day", WORK_MINUTE, "03-09 17:30"),
]


@pytest.mark.parametrize(("start", "time", "rule", "due"), TABLE)
def test_due_as_worked_by_hand(start, time, rule, due):
    given = local(start)
    assert clocks.due(given, clocks.time_of(time), rule, HEAD) == local(due)
    assert clocks.due_many([given], clocks.time_of(time), rule, HEAD) == [local(due)]


PAUSED = [
    # over night: 2 h used by 22:00, 2 h left from 06:00
    ("03-04 20:00", "4 hours", [("03-04 22:00", "03-05 06:00")], "03-05 08:00"),
    # 60 min used by 16:00, 180 left from 09:00
    ("03-04 15:00", "4 working hours", [("03-04 16:00", "03-05 09:00")], "03-05 12:00"),
    # over the feast: 60 used by 11:00 on the 14th; 300 left from 09:30 on the 24th: 150 to noon, 150 from 13:30
    ("02-14 10:00", "6 working hours", [("02-14 11:00", "02-24 09:30")], "02-24 16:00"),
    # over a make-up Saturday: 30 used on Friday, the 28th stands still, 90 left on Monday
    ("02-27 16:30", "2 working hours", [("02-27 17:00", "03-02 08:30")], "03-02 10:00"),
    # two pauses that overlap are one: 60 used by 10:00, 60 left from 12:00
    ("03-04 09:00", "2 hours", [("03-04 10:00", "03-04 11:30"), ("03-04 11:00", "03-04 12:00")], "03-04 13:00"),
    # a minute that a pause touches does not count: 10:00 and 10:01 stand still
    ("03-04 09:00", "2 hours", [("03-04 10:00:20", "03-04 10:01:01")], "03-04 11:02"),
    # days: the 3rd counts, 4 and 5 end in the pause, 6 and 7 count
    ("03-02 10:00", "3 days", [("03-04 10:00", "03-06 09:00")], "03-08 00:00"),
    # a pause up to midnight takes the day, one from midnight on does not
    ("03-02 10:00", "3 days", [("03-04 10:00", "03-05 00:00")], "03-07 00:00"),
    ("03-02 10:00", "3 days", [("03-05 00:00", "03-05 10:00")], "03-06 00:00"),
    ("03-02 10:00", "3 working days", [("03-04 10:00", "03-04 17:30")], "03-06 17:30"),
    # a pause within a day moves nothing
    ("03-02 10:00", "3 days", [("03-04 10:00", "03-04 16:00")], "03-06 00:00"),
    # working days: the last minute of the 28th is paused, so 2 and 3 March count
    ("02-27 10:00", "2 working days", [("02-28 16:00", "02-28 18:00")], "03-03 17:30"),
    ("03-04 10:00", "2 working days", [("03-05 09:00", "03-05 16:00")], "03-06 17:30"),
    # after the promise is used up a pause means nothing
    ("03-04 09:00", "1 hour", [("03-04 10:00", "03-04 12:00")], "03-04 10:00"),
]


@pytest.mark.parametrize(("start", "time", "pauses", "due"), PAUSED)
def test_a_pause_moves_the_due_moment_as_worked_by_hand(start, time, pauses, due):
    stood = [(local(begin), local(end)) for begin, end in pauses]
    assert clocks.due(local(start), clocks.time_of(time), END, HEAD, stood) == local(due)


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


def test_another_urgency_in_mid_run_is_counted_from_the_same_start():
    start = local("03-02 10:00")  # ordinary: 3 to 9 March; urgent: 3 and 4 March
    assert clocks.due(start, clocks.time_of("7 days"), END, HEAD) == local("03-10 00:00")
    assert clocks.due(start, clocks.time_of("2 days"), END, HEAD) == local("03-05 00:00")


@pytest.mark.parametrize(
    ("start", "time", "due"),
    [
        ("03-06 16:00", "4 working hours", "03-07 11:00"),  # 120 on Friday, 120 on Saturday from 09:00
        ("03-06 16:00", "1 working day", "03-07 18:00"),
        ("03-07 17:00", "2 working hours", "03-09 10:00"),  # 60 on Saturday, 60 on Monday
        ("09-19 17:00", "2 working hours", "09-20 10:00"),  # make-up Sunday with the usual hours
        ("09-30 17:00", "2 working hours", "10-08 10:00"),  # Saturday 3 October is free as well
    ],
)
def test_an_outlet_that_works_on_saturdays(start, time, due):
    assert clocks.due(local(start), clocks.time_of(time), END, OUTLET) == local(due)


NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"


@pytest.mark.parametrize(
    ("zone", "start", "time", "rule", "due"),
    [
        # New York skips 02:00–03:00 on 8 March and repeats 01:00–02:00 on 1 November
        (NEW_YORK, "03-07 22:00", "8 hours", END, "2026-03-08T11:00Z"),  # 03:00Z + 8 h, 07:00 summer time
        (NEW_YORK, "10-31 22:00", "8 hours", END, "2026-11-01T10:00Z"),  # 02:00Z + 8 h, 05:00 winter time
        (NEW_YORK, "03-07 10:00", "1 day", MINUTE, "2026-03-08T14:00Z"),  # 10:00 summer time, 23 real hours
        (NEW_YORK, "10-31 10:00", "1 day", MINUTE, "2026-11-01T15:00Z"),  # 10:00 winter time, 25 real hours
        (NEW_YORK, "03-07 02:30", "1 day", MINUTE, "2026-03-08T07:00Z"),  # 02:30 does not exist: 03:00
        # Berlin skips 02:00–03:00 on 29 March and repeats it on 25 October
        (BERLIN, "10-24 02:30", "1 day", MINUTE, "2026-10-25T00:30Z"),  # the first 02:30
        (BERLIN, "03-28 09:00", "1 day", END, "2026-03-29T22:00Z"),  # midnight in summer time
        (BERLIN, "10-24 09:00", "1 day", END, "2026-10-25T23:00Z"),  # midnight in winter time
        (BERLIN, "03-28 12:00", "6 working hours", END, "2026-03-29T23:00Z"),  # Sunday has 5 h; 1 h on Monday
        (BERLIN, "10-24 12:00", "6 working hours", END, "2026-10-25T04:00Z"),  # 22:00Z + 6 h; Sunday has 7 h
        ("Asia/Kathmandu", "03-02 23:50", "1 day", END, "2026-03-03T18:15Z"),  # midnight at UTC+5:45
    ],
)
def test_zones_and_changes_of_the_clock(zone, start, time, rule, due):
    nights = build("nights", zone, {1: ((0, 360),), 7: ((0, 360),)}, {}, (2026,))
    assert clocks.due(local(start, zone), clocks.time_of(time), rule, nights) == datetime.fromisoformat(due)


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
