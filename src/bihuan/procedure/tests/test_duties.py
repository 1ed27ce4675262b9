"""When duties fall due: beats, holiday rules, what they speak of."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.procedure.definition import Duty, Every, Origin, Text, Time, Who
from bihuan.procedure.duties import due_dates, next_after, periods_opening

ORIGIN = Origin("04.md", 1, "4.2(10)")


class Week:
    """Monday to Friday; the days named work the other way round, as with make-up days and holidays."""

    def __init__(self, *other: str, zone: str = "Asia/Shanghai") -> None:
        self.zone = zone
        self.other = {date.fromisoformat(day) for day in other}

    def is_working(self, day: date) -> bool:
        return (day.isoweekday() < 6) != (day in self.other)


# 1 to 3 January 2026 are free (1 and 2 fall on Thursday and Friday), Sunday 4 January is a make-up day.
NEW_YEAR = Week("2026-01-01", "2026-01-02", "2026-01-04")


def duty(every, **more):
    return Duty(name="hand-in", title=Text("上交"), every=every, who=Who(posts=("dispatcher",)), origin=ORIGIN, **more)


def shown(periods):
    return [str(period.shown) for period in periods]


def dues(periods):
    return [period.due for period in periods]


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


QUARTERLY = Every(month_day=2, months=(1, 4, 7, 10))


def test_a_quarterly_duty_falls_on_the_second_of_the_first_month_of_each_quarter():
    found = due_dates(duty(QUARTERLY, holiday="stay"), date(2026, 1, 1), date(2026, 12, 31), Week())
    assert shown(found) == ["2026-01-02", "2026-04-02", "2026-07-02", "2026-10-02"]


def test_a_duty_on_a_free_day_stays_shown_and_is_late_only_after_the_next_working_day():
    found = due_dates(duty(QUARTERLY), date(2026, 1, 1), date(2026, 1, 31), NEW_YEAR)
    assert shown(found) == ["2026-01-02"]
    assert dues(found) == [utc("2026-01-04T16:00:00")]  # the make-up Sunday ends at midnight in Shanghai


def test_a_duty_that_stays_is_late_at_the_end_of_its_own_day():
    found = due_dates(duty(QUARTERLY, holiday="stay"), date(2026, 1, 1), date(2026, 1, 31), NEW_YEAR)
    assert dues(found) == [utc("2026-01-02T16:00:00")]


def test_a_duty_that_skips_free_days_does_not_fall_due_on_them():
    found = due_dates(duty(QUARTERLY, holiday="skip"), date(2026, 1, 1), date(2026, 6, 30), NEW_YEAR)
    assert shown(found) == ["2026-04-02"]


def test_a_duty_that_moves_is_shown_on_the_next_working_day():
    found = due_dates(duty(QUARTERLY, holiday="next"), date(2026, 1, 3), date(2026, 1, 31), NEW_YEAR)
    assert shown(found) == ["2026-01-04"]
    assert dues(found) == [utc("2026-01-04T16:00:00")]


def test_a_weekly_duty_speaks_of_the_week_before_and_opens_when_that_is_over():
    (found,) = due_dates(
        duty(Every(weekday=2), about="last week"), date(2026, 3, 2), date(2026, 3, 8), Week()
    )  # Monday to Sunday
    assert found.shown == date(2026, 3, 3)
    assert (found.about_start, found.about_end) == (date(2026, 2, 23), date(2026, 3, 1))
    assert found.opens == utc("2026-03-01T16:00:00")
    assert found.due == utc("2026-03-03T16:00:00")


@pytest.mark.parametrize(
    ("about", "first", "last", "opens"),
    [
        ("last month", "2025-12-01", "2025-12-31", "2025-12-31T16:00:00"),
        ("last quarter", "2025-10-01", "2025-12-31", "2025-12-31T16:00:00"),
        ("last year", "2025-01-01", "2025-12-31", "2025-12-31T16:00:00"),
        ("this year", "2026-01-01", "2026-12-31", "2025-12-31T16:00:00"),
    ],
)
def test_what_a_duty_speaks_of_is_counted_from_its_own_day(about, first, last, opens):
    (found,) = due_dates(duty(Every(month_day=2), about=about), date(2026, 1, 1), date(2026, 1, 31), NEW_YEAR)
    assert (str(found.about_start), str(found.about_end)) == (first, last)
    assert found.opens == utc(opens)


def test_a_duty_without_a_period_opens_with_its_month_and_ends_with_it_in_short_months():
    found = due_dates(duty(Every(month_day=31), holiday="stay"), date(2026, 2, 1), date(2026, 4, 30), Week())
    assert shown(found) == ["2026-02-28", "2026-03-31", "2026-04-30"]
    assert found[1].opens == utc("2026-02-28T16:00:00")
    assert (found[1].about_start, found[1].about_end) == (None, None)


def test_a_yearly_duty_at_year_end_opens_with_december():
    (found,) = due_dates(duty(Every(month_day=31, months=(12,))), date(2026, 1, 1), date(2026, 12, 31), Week())
    assert found.shown == date(2026, 12, 31)
    assert found.opens == utc("2026-11-30T16:00:00")


def test_a_beat_of_two_days_runs_on_from_the_last_one():
    found = due_dates(duty(Every(time=Time(2, "days")), holiday="stay"), date(2026, 3, 2), date(2026, 3, 9), Week())
    assert shown(found) == ["2026-03-04", "2026-03-06", "2026-03-08"]
    assert [period.opens for period in found[:2]] == [utc("2026-03-01T16:00:00"), utc("2026-03-03T16:00:00")]


def test_a_beat_counted_from_the_last_one_keeps_the_day_of_the_month():
    assert shown(
        due_dates(duty(Every(time=Time(1, "months")), holiday="stay"), date(2026, 1, 31), date(2026, 3, 31), Week())
    ) == ["2026-02-28", "2026-03-28"]
    assert shown(
        due_dates(duty(Every(time=Time(1, "years")), holiday="stay"), date(2024, 2, 29), date(2025, 12, 31), Week())
    ) == ["2025-02-28"]


def test_a_beat_in_working_days_leaves_out_weekends_and_a_beat_in_hours_falls_due_to_the_minute():
    found = next_after(duty(Every(time=Time(2, "working-days"))), utc("2026-03-06T02:00:00"), Week())
    assert (found.shown, found.due) == (date(2026, 3, 10), utc("2026-03-10T16:00:00"))
    found = next_after(duty(Every(time=Time(36, "hours"))), utc("2026-03-06T02:30:00"), Week())
    assert (found.shown, found.due) == (date(2026, 3, 7), utc("2026-03-07T14:30:00"))


def test_a_skipped_beat_goes_on_to_the_following_one():
    found = next_after(duty(Every(time=Time(1, "days")), holiday="skip"), utc("2026-03-06T02:00:00"), Week())
    assert found.shown == date(2026, 3, 9)


def test_the_sweep_is_told_each_opening_once():
    weekly = duty(Every(weekday=2), about="last week")
    assert shown(periods_opening(weekly, utc("2026-03-01T15:00:00"), utc("2026-03-01T16:00:00"), Week())) == [
        "2026-03-03"
    ]
    assert periods_opening(weekly, utc("2026-03-01T16:00:00"), utc("2026-03-08T15:59:00"), Week()) == []


def test_the_zone_decides_when_the_day_ends_even_over_a_change_of_the_clock():
    paris = Week(zone="Europe/Paris")
    found = due_dates(duty(Every(weekday=7), holiday="stay"), date(2026, 3, 23), date(2026, 4, 5), paris)
    assert dues(found) == [utc("2026-03-29T22:00:00"), utc("2026-04-05T22:00:00")]
    assert found[0].opens == utc("2026-03-22T23:00:00")


@pytest.mark.parametrize(
    ("every", "about", "words"),
    [
        (Every(), "", "without a beat"),
        (Every(weekday=1), "last decade", "no such period: last decade"),
        (Every(time=Time(0, "days")), "", "never moves on"),
        (Every(time=Time(2, "working-hours")), "", "no beat in working-hours"),
    ],
)
def test_a_beat_without_meaning_is_named(every, about, words):
    with pytest.raises(ValueError, match=words):
        due_dates(duty(every, about=about), date(2026, 1, 1), date(2026, 12, 31), Week())


@given(
    start=st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    day=st.integers(1, 31),
    holiday=st.sampled_from(["stay", "skip", "next", "shown"]),
    free=st.sets(st.dates(date(2020, 1, 1), date(2035, 12, 31)), max_size=20),
)
def test_periods_come_in_order_are_never_late_before_they_are_shown_and_end_on_working_days(start, day, holiday, free):
    week = Week(*map(str, free))
    found = due_dates(duty(Every(month_day=day), holiday=holiday), start, date(start.year, 12, 31), week)
    assert all(first.shown < second.shown and first.due < second.due for first, second in pairwise(found))
    for period in found:
        assert period.opens < period.due
        assert datetime(period.shown.year, period.shown.month, period.shown.day, tzinfo=UTC) < period.due
        if holiday in ("next", "skip"):
            assert week.is_working(period.shown)


@given(after=st.integers(0, 400 * 24), length=st.integers(1, 40 * 24), cut=st.floats(0, 1))
def test_two_sweeps_one_after_the_other_open_what_one_sweep_would_open(after, length, cut):
    quarterly = duty(QUARTERLY, about="last quarter")
    start = utc("2026-01-01T00:00:00") + timedelta(hours=after)
    end = start + timedelta(hours=length)
    middle = start + timedelta(hours=int(length * cut))
    whole = periods_opening(quarterly, start, end, NEW_YEAR)
    assert (
        periods_opening(quarterly, start, middle, NEW_YEAR) + periods_opening(quarterly, middle, end, NEW_YEAR) == whole
    )
