"""Every clock against a reader that goes through the world minute by minute and knows nothing of lists or searches.

The slow reader below is the definition: which minute counts, which day counts. The clocks must agree with it exactly.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.procedure import clocks
from bihuan.procedure.calendars import Calendar, DayEntry, build
from bihuan.procedure.definition import Text, Time

from .worked import DAYS_2026

MINUTE = timedelta(minutes=1)
OFFICE = ((510, 720), (810, 1050))
NIGHT = ((0, 360), (1320, 1440))
# Summer time begins and ends in Berlin (29 March, 25 October), in New York (8 March, 1 November) and on Lord Howe, by
# half an hour (5 April, 4 October); a year ends; Spring Festival and National Day begin and end with make-up days.
DAYS = ((3, 26), (10, 22), (3, 5), (10, 29), (12, 29), (4, 2), (10, 1), (2, 12), (2, 22), (9, 17), (10, 6))
FIRSTS = [datetime(2026, *day, tzinfo=UTC) for day in DAYS]
firsts = st.shared(st.sampled_from(FIRSTS), key="first")
WEEKS = [
    dict.fromkeys(range(1, 6), OFFICE),
    {**dict.fromkeys(range(1, 6), OFFICE), 6: ((540, 1080),)},
    dict.fromkeys(range(1, 8), NIGHT),
    {2: ((600, 601),), 4: ((0, 1440),)},
]
ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]

entries = st.sampled_from(
    [
        DayEntry("off", Text("节日", "Feast")),
        DayEntry("make-up", Text("节日", "Feast")),
        DayEntry("work", Text("加班", "Extra"), ((480, 500), (700, 900))),
        DayEntry("split", Text("分段", "Split"), ((60, 120), (1380, 1440))),
    ]
)
calendars = st.builds(
    lambda week, zone, official, days: build("test", zone, week, official | days, (2026,)),
    st.sampled_from(WEEKS),
    st.sampled_from(ZONES),
    st.sampled_from([DAYS_2026, {}]),
    st.dictionaries(
        st.builds(lambda first, days: first.date() + timedelta(days=days), firsts, st.integers(-1, 12)),
        entries,
        max_size=5,
    ),
)
moments = st.builds(lambda first, seconds: first + timedelta(seconds=seconds), firsts, st.integers(0, 6 * 86400))
coarse = st.builds(lambda first, n: first + timedelta(minutes=15 * n), firsts, st.integers(0, 6 * 96))
starts = st.one_of(moments, coarse)
stood_for = st.one_of(st.integers(1, 40 * 3600), st.integers(1, 9 * 86400))
pauses = st.lists(
    st.tuples(starts, stood_for).map(lambda one: (one[0], one[0] + timedelta(seconds=one[1]))), max_size=3
)
minute_times = st.one_of(
    st.builds(Time, st.integers(1, 600), st.sampled_from(["minutes", "working-minutes"])),
    st.builds(Time, st.integers(1, 12), st.sampled_from(["hours", "working-hours"])),
)
day_times = st.builds(Time, st.integers(1, 4), st.sampled_from(["days", "working-days"]))
RULES = st.sampled_from(["calendar, end of day", "working, end of day"])


def paused(minute: datetime, stood: list) -> bool:
    """Whether a pause touches the minute that begins at ``minute``."""
    return any(start < minute + MINUTE and minute < end for start, end in stood)


def worked(minute: datetime, calendar: Calendar) -> bool:
    local = minute.astimezone(ZoneInfo(calendar.zone))
    of_day = local.hour * 60 + local.minute
    return any(start <= of_day < end for start, end in calendar.windows(local.date()))


def whole(moment: datetime) -> datetime:
    floor = moment.replace(second=0, microsecond=0)
    return floor if floor == moment else floor + MINUTE


def counts(minute: datetime, time: Time, calendar: Calendar, stood: list) -> bool:
    return not paused(minute, stood) and (not time.unit.startswith("working") or worked(minute, calendar))


def slow_due_of_minutes(start: datetime, time: Time, calendar: Calendar, stood: list) -> datetime:
    left = time.amount * (60 if time.unit.endswith("hours") else 1)
    minute = whole(start)
    while left:
        left -= counts(minute, time, calendar, stood)
        minute += MINUTE
    return minute


def ends_of_days(start: datetime, working: bool, calendar: Calendar):
    """After each day that follows the start day: its end, seen by watching the local date or the windows."""
    zone = ZoneInfo(calendar.zone)
    day = start.astimezone(zone).date()
    minute = start.replace(second=0, microsecond=0)
    end = None
    while True:
        following = minute + MINUTE
        here = minute.astimezone(zone).date()
        if here > day and (not working or worked(minute, calendar)):
            end = following
        if following.astimezone(zone).date() > here and end is not None:
            yield end
            end = None
        minute = following


def slow_due_of_days(start: datetime, time: Time, working: bool, calendar: Calendar, stood: list) -> datetime:
    left = time.amount
    for end in ends_of_days(start, working, calendar):
        left -= not paused(end - MINUTE, stood)
        if not left:
            return end
    raise AssertionError


@settings(max_examples=120, deadline=None)
@given(starts, minute_times, calendars, pauses)
def test_due_of_minutes_is_where_the_last_counted_minute_ends(start, time, calendar, stood):
    expected = slow_due_of_minutes(start, time, calendar, stood)
    assert clocks.due(start, time, "calendar, end of day", calendar, stood) == expected


@settings(max_examples=60, deadline=None)
@given(starts, day_times, RULES, calendars, pauses)
def test_due_of_days_is_the_end_of_the_last_counted_day(start, time, rule, calendar, stood):
    working = time.unit == "working-days" or rule.startswith("working")
    expected = slow_due_of_days(start, time, working, calendar, stood)
    assert clocks.due(start, time, rule, calendar, stood) == expected


@settings(max_examples=120, deadline=None)
@given(starts, st.integers(0, 3 * 86400), minute_times, calendars, pauses)
def test_counted_and_spans_say_of_every_minute_what_the_slow_reader_says(start, length, time, calendar, stood):
    end = start + timedelta(seconds=length)
    minute, expected = whole(start), {}
    while minute + MINUTE <= end:
        expected[minute] = counts(minute, time, calendar, stood)
        minute += MINUTE
    assert clocks.counted(start, end, time.unit, calendar, stood) == sum(expected.values())
    proof = clocks.spans(start, end, time, "calendar, end of day", calendar, stood)
    assert sum(span.amount for span in proof) == sum(expected.values())
    for span in proof:
        inside = [said for minute, said in expected.items() if span.start <= minute < span.end]
        assert set(inside) <= {span.counted}
        assert span.amount == (len(inside) if span.counted else 0)


@settings(max_examples=60, deadline=None)
@given(starts, st.integers(0, 6 * 86400), day_times, RULES, calendars, pauses)
def test_counted_days_are_the_unpaused_ends_of_days(start, length, time, rule, calendar, stood):
    end = start + timedelta(seconds=length)
    working = time.unit == "working-days" or rule.startswith("working")
    expected = 0
    for close in ends_of_days(start, working, calendar):
        if close > end:
            break
        expected += not paused(close - MINUTE, stood)
    assert clocks.counted(start, end, time.unit, calendar, stood, days=rule) == expected
    proof = clocks.spans(start, end, time, rule, calendar, stood)
    assert sum(span.amount for span in proof) == expected


def wall(minute: datetime, zone: ZoneInfo) -> datetime:
    """The local clock, which in a repeated hour stands at its end until the second passing is over."""
    local = minute.astimezone(zone)
    while local.fold:
        minute += MINUTE
        local = minute.astimezone(zone)
    return local.replace(tzinfo=None)


@settings(max_examples=60, deadline=None)
@given(starts, st.integers(1, 3), calendars, pauses)
def test_days_to_the_minute_are_over_when_the_wall_shows_the_same_time_again(start, amount, calendar, stood):
    zone = ZoneInfo(calendar.zone)
    first = minute = whole(start)
    target = wall(first, zone) + timedelta(days=amount)
    while wall(minute, zone) < target:
        minute += MINUTE
    left = (minute - first) // MINUTE
    minute = first
    while left:
        left -= not paused(minute, stood)
        minute += MINUTE
    assert clocks.due(start, Time(amount, "days"), "calendar, to the minute", calendar, stood) == minute


@settings(max_examples=150, deadline=None)
@given(starts, calendars)
def test_what_waits_for_working_time_waits_for_the_first_minute_of_it(moment, calendar):
    minute = moment.replace(second=0, microsecond=0)
    closing = minute - MINUTE if moment == minute else minute
    if worked(minute, calendar) or worked(closing, calendar):
        expected = moment
    else:
        expected = minute
        while not worked(expected, calendar):
            expected += MINUTE
    assert clocks.in_hours(moment, calendar) == expected


all_times = st.one_of(
    minute_times, day_times, st.builds(Time, st.integers(1, 2), st.sampled_from(["weeks", "months", "years"]))
)
all_rules = st.sampled_from(clocks.RULES)


@settings(max_examples=300, deadline=None)
@given(starts, all_times, all_rules, calendars, pauses)
def test_the_spans_up_to_the_due_moment_leave_no_gap_and_add_up_to_the_promise(start, time, rule, calendar, stood):
    promised = clocks.promise(start, time, rule, calendar)
    due = clocks.due(start, time, rule, calendar, stood)
    proof = clocks.spans(start, due, time, rule, calendar, stood)
    assert [span.start for span in proof[1:]] == [span.end for span in proof[:-1]]
    assert (proof[0].start, proof[-1].end) == (start, due)
    assert sum(span.amount for span in proof) == promised.amount
    assert clocks.counted(start, due, time.unit, calendar, stood, days=rule) == promised.amount
    assert all(span.amount == 0 for span in proof if not span.counted)


@settings(max_examples=300, deadline=None)
@given(starts, st.integers(0, 3 * 86400), all_times, all_rules, calendars)
def test_a_later_start_is_never_due_earlier(start, later, time, rule, calendar):
    assert clocks.due(start, time, rule, calendar) <= clocks.due(start + timedelta(seconds=later), time, rule, calendar)


@settings(max_examples=200, deadline=None)
@given(st.lists(starts, max_size=30), all_times, all_rules, calendars)
def test_many_at_once_are_due_as_each_alone(many, time, rule, calendar):
    assert clocks.due_many(many, time, rule, calendar) == [clocks.due(start, time, rule, calendar) for start in many]
