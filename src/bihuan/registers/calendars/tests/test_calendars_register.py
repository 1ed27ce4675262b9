"""The calendars register: versions that never change, the outlet's calendar, the announcement of a year."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, transaction

from bihuan.journal.models import Content, Entry
from bihuan.people.models import OutletKey
from bihuan.procedure import clocks
from bihuan.procedure.calendars import DayEntry, WrongCalendar, build
from bihuan.procedure.definition import Hours, Text, Time
from bihuan.registers.calendars import actions, queries
from bihuan.registers.calendars.models import CalendarDay, CalendarUse, CalendarVersion, YearAnnounced

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
FREE = DayEntry("off", Text("春节", "Spring Festival"))


@pytest.fixture
def default():
    return actions.seed_default(Hours(), "wu", AT, years=(2025, 2026, 2027))


@pytest.fixture
def outlets():
    head = OutletKey.objects.create(code="head", name="总店")
    north = OutletKey.objects.create(code="north", name="北店", parent=head)
    OutletKey.objects.create(code="north-1", name="北一", parent=north)


def rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (CalendarVersion, CalendarDay, YearAnnounced, CalendarUse, Entry))


def test_the_seeded_calendar_reads_back_as_it_was_built(default):
    assert queries.calendar_for("anywhere") == default
    assert default.announced == {2025, 2026}
    assert default.days[date(2026, 2, 28)] == DayEntry("make-up", Text("春节", "Spring Festival"))


def test_seeding_writes_one_entry_and_seeding_again_none(default):
    entry = Entry.objects.get()
    assert (entry.about_kind, entry.about_id, entry.verb, entry.doer) == ("calendar", "default", "calendar-built", "wu")
    before = rows()
    assert actions.seed_default(Hours(), "wu", AT, years=(2025, 2026, 2027)) == default
    assert rows() == before


def test_without_any_calendar_the_refusal_names_it():
    with pytest.raises(queries.NoCalendar) as refused:
        queries.calendar_for("head")
    assert refused.value.code == "no-calendar"
    assert refused.value.words.en == "There is no calendar default to count by"


def test_announcing_a_year_makes_a_new_version_and_says_which_days_changed(default):
    # The law names 6 February 2027 (a Saturday) and 8 February (a Monday); announced here: 8 and 9 off, 7 worked.
    announced = {
        date(2027, 2, 7): DayEntry("make-up", Text("春节", "Spring Festival")),
        date(2027, 2, 8): FREE,
        date(2027, 2, 9): FREE,
    }
    affected = actions.announce_year("default", 2027, announced, "wu", AT)
    assert affected.calendar == queries.calendar_for("head")
    assert affected.calendar.version != default.version
    assert affected.calendar.announced == {2025, 2026, 2027}
    assert date(2027, 2, 7) in affected.changed
    assert date(2027, 2, 9) in affected.changed
    assert date(2027, 2, 8) not in affected.changed
    assert not affected.calendar.is_working(date(2027, 2, 9))
    assert affected.calendar.is_working(date(2027, 10, 1)), "days only the seed knew are replaced"
    assert affected.calendar.days[date(2026, 10, 1)] == default.days[date(2026, 10, 1)]
    entry = Entry.objects.order_by("-seq").first()
    assert (entry.verb, entry.about_id) == ("year-announced", "default")
    assert Content.objects.filter(entry=entry).exists()


def test_the_old_version_still_counts_as_it_did(default):
    start, time = datetime(2027, 2, 5, 1, 0, tzinfo=UTC), Time(1, "working-days")
    before = clocks.due(start, time, "working, end of day", default)
    actions.announce_year("default", 2027, {date(2027, 2, 9): FREE}, "wu", AT)
    queries._built.cache_clear()
    old = queries.calendar_for("head", f"default@{default.version}")
    assert old == default
    assert queries.calendar_for("head", default.version) == default
    assert clocks.due(start, time, "working, end of day", old) == before == datetime(2027, 2, 9, 9, 30, tzinfo=UTC)
    new = queries.calendar_for("head")
    # 5 to 8 February are ordinary now (6 and 7 a weekend): the first working day after the 5th is Monday the 8th.
    assert clocks.due(start, time, "working, end of day", new) == datetime(2027, 2, 8, 9, 30, tzinfo=UTC)


def test_a_day_of_another_year_is_refused_and_nothing_is_written(default):
    before = rows()
    with pytest.raises(WrongCalendar) as refused:
        actions.announce_year("default", 2027, {date(2026, 10, 1): FREE}, "wu", AT)
    assert refused.value.words == Text("2026-10-01 不属于 2027 年", "2026-10-01 is not a day of 2027")
    assert rows() == before
    assert queries.calendar_for("head") == default


def test_an_announcement_may_reach_into_the_december_before(default):
    worked = DayEntry("make-up", Text("元旦", "New Year"))
    affected = actions.announce_year("default", 2027, {date(2026, 12, 27): worked}, "wu", AT)
    assert affected.calendar.windows(date(2026, 12, 27)) == Hours().windows


def test_an_outlet_goes_by_its_own_calendar_else_by_its_parents(default, outlets):
    six_days = build("north", "Asia/Shanghai", dict.fromkeys(range(1, 7), ((540, 1080),)), {}, (2026,))
    actions.keep(six_days, "wu", AT)
    actions.use("north", "north", "wu", AT)
    assert queries.calendar_for("north") == six_days
    assert queries.calendar_for("north-1") == six_days
    assert queries.calendar_for("head") == default
    assert Entry.objects.order_by("-seq").first().chain == "head"


def test_an_unknown_calendar_cannot_be_used(default, outlets):
    before = rows()
    with pytest.raises(queries.NoCalendar):
        actions.use("north", "nowhere", "wu", AT)
    assert rows() == before


@pytest.mark.parametrize("model", [CalendarVersion, CalendarDay, YearAnnounced])
def test_a_built_version_can_neither_be_changed_nor_removed(default, model):
    fields = {CalendarVersion: {"zone": "UTC"}, CalendarDay: {"kind": "off"}, YearAnnounced: {"year": 1999}}
    before = list(model.objects.order_by("pk").values())
    with pytest.raises(DatabaseError, match="a built calendar is frozen"), transaction.atomic():
        model.objects.update(**fields[model])
    with pytest.raises(DatabaseError, match="a built calendar is frozen"), transaction.atomic():
        model.objects.order_by("pk")._raw_delete(using="default")
    assert list(model.objects.order_by("pk").values()) == before


def test_a_calendar_that_is_not_what_its_version_names_is_refused(default):
    before = rows()
    other = build("default", "UTC", {1: ((0, 60),)}, {}, ())
    forged = type(other)("default", default.version, other.zone, other.week, other.days, other.announced)
    with pytest.raises(WrongCalendar):
        actions.keep(forged, "wu", AT)
    assert rows() == before
