"""An outlet's own hours from a day on: seen before they count, the days before as they were."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import MONDAY, make_site

from bihuan.journal.models import Entry
from bihuan.procedure import clocks
from bihuan.procedure.calendars import WrongCalendar
from bihuan.procedure.definition import Time
from bihuan.registers.calendars import own, own_pages, queries
from bihuan.registers.calendars.models import CalendarUse

TODAY = date(2026, 3, 2)
FIRST = date(2026, 3, 9)
WEEK = dict.fromkeys(range(1, 7), ((540, 1020),))
TYPED = {f"day-{place}": "09：00–17：00" for place in range(1, 7)} | {"day-7": ""}


@pytest.fixture
def site(db):
    """wu administers."""
    site = make_site(MONDAY)
    site.wu.is_administrator = True
    site.wu.save(update_fields=["is_administrator"])
    return site


def browser(site, username: str) -> Client:
    client = Client()
    client.force_login(site.people[username])
    return client


def test_the_days_before_stay_and_those_from_the_day_on_are_the_new_ones(site):
    before = queries.calendar_for("north")
    own.change("north", WEEK, FIRST, by=site.wu, at=MONDAY)
    after = queries.calendar_for("north")
    assert after.name == "north"
    assert [after.windows(TODAY + timedelta(ahead)) for ahead in (0, 5, 6, 7, 12)] == [
        before.windows(TODAY), (), (), ((540, 1020),), ((540, 1020),),
    ]  # fmt: skip
    # a public holiday is one by these hours as well
    assert (after.windows(date(2026, 5, 1)), queries.calendar_for("south")) == ((), before)
    entry = Entry.objects.get(verb="calendar-changed")
    assert (entry.doer, entry.content) == (
        "wu",
        {
            "outlet": "north",
            "from": "2026-03-09",
            "version": after.version,
            "before": f"default@{before.version}",
        },
    )


def test_a_promise_over_the_day_is_counted_by_both_and_one_made_before_by_its_own(site):
    label = f"default@{queries.calendar_for('north').version}"
    own.change("north", WEEK, FIRST, by=site.wu, at=MONDAY)
    friday_noon = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)  # 16:30 there: one working hour until 17:30
    hours = Time(3, "working-hours")
    days = "calendar, end of day"
    new = clocks.due(friday_noon, hours, days, queries.calendar_for("north"))
    old = clocks.due(friday_noon, hours, days, queries.calendar_for("north", label))
    assert (old, new) == (
        datetime(2026, 3, 9, 2, 30, tzinfo=UTC),
        datetime(2026, 3, 9, 3, 0, tzinfo=UTC),
    )


def test_changed_again_before_the_day_has_come_the_last_word_counts(site):
    own.change("north", WEEK, FIRST, by=site.wu, at=MONDAY)
    shorter = dict.fromkeys(range(1, 6), ((600, 960),))
    own.change("north", shorter, date(2026, 3, 4), by=site.wu, at=MONDAY + timedelta(hours=1))
    found = queries.calendar_for("north")
    assert [found.windows(date(2026, 3, day)) for day in (3, 4, 7, 9)] == [
        ((510, 720), (810, 1050)), ((600, 960),), (), ((600, 960),),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("week", "first", "words"),
    [
        ({}, FIRST, "一周里至少要有一天上班"),
        (WEEK, date(2026, 3, 1), "从今天起 400 天之内的一天"),
        (WEEK, date(2028, 1, 1), "从今天起 400 天之内的一天"),
        ({1: ((600, 540),)}, FIRST, "时段 10:00–09:00 重叠、倒置或超出当日"),
    ],
)
def test_what_cannot_be_hours_is_refused_and_changes_nothing(site, week, first, words):
    count = Entry.objects.count()
    with pytest.raises(WrongCalendar) as refused:
        own.change("north", week, first, by=site.wu, at=MONDAY)
    assert (str(refused.value), CalendarUse.objects.count(), Entry.objects.count()) == (words, 0, count)


def test_the_hours_it_keeps_already_are_no_change(site):
    with pytest.raises(WrongCalendar, match="与现在的工作时间一样"):
        own.change("north", queries.calendar_for("north").week, FIRST, by=site.wu, at=MONDAY)


def test_only_administrators_settle_hours(site):
    with pytest.raises(own.NotAllowed):
        own.change("north", WEEK, FIRST, by=site.qian, at=MONDAY)


def test_the_change_is_seen_and_only_confirmed_it_counts(site):
    client, address = browser(site, "wu"), "/calendars/outlets/north/"
    tomorrow = (timezone.localdate() + timedelta(1)).isoformat()
    assert "08:30-12:00, 13:30-17:30" in client.get(address).content.decode()
    seen = client.post(address, TYPED | {"first": tomorrow})
    assert (seen.status_code, CalendarUse.objects.count()) == (200, 0)
    text = seen.content.decode()
    assert "已经在走的时限不重算" in text
    assert "<strong>09:00–17:00</strong>" in text
    again = client.post(address, TYPED | {"first": tomorrow, "again": "yes"})
    assert "09：00–17：00" in again.content.decode()
    done = client.post(address, TYPED | {"first": tomorrow, "confirm": "yes"})
    assert (done["Location"], CalendarUse.objects.get().outlet) == ("/calendars/outlets/", "north")
    page = client.get("/calendars/outlets/").content.decode()
    assert "周一–周六 09:00–17:00" in page
    assert f"已定好从 {tomorrow} 起" in client.get(address).content.decode()


def test_what_cannot_be_read_is_said_with_what_was_typed(site):
    answer = browser(site, "wu").post("/calendars/outlets/north/", {"first": "2026-03-09", "day-1": "九点到五点"})
    assert (answer.status_code, "周一：时段写成 08:30-12:00" in answer.content.decode()) == (422, True)
    assert "九点到五点" in answer.content.decode()
    assert browser(site, "wu").get("/calendars/outlets/nowhere/").status_code == 404


def test_hours_are_read_half_and_full_width_alike():
    assert own_pages.read_week({"day-2": "８：３０～12:00、 13:30至17:30"}) == {2: ((510, 720), (810, 1050))}
