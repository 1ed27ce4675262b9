"""Calendars as data: the kinds of days, seeding, published files, versions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bihuan.procedure.calendars import (
    DayEntry,
    WrongCalendar,
    announced_years,
    build,
    of_hours,
    read,
    read_public_days,
    seed,
    write,
)
from bihuan.procedure.definition import Hours, Text
from bihuan.procedure.tests.worked import DAYS_2026

OFFICE = ((510, 720), (810, 1050))
WEEK = dict.fromkeys(range(1, 6), OFFICE)
NAME = Text("节", "Feast")


def made(**days):
    entries = {date(2026, 3, 2) + timedelta(int(key[1:])): entry for key, entry in days.items()}
    return build("test", "Asia/Shanghai", WEEK, entries, (2026,))


def test_each_kind_of_day_has_its_windows():
    calendar = made(
        d0=DayEntry("off", NAME),  # Monday 2 March
        d1=DayEntry("split", NAME, ((480, 600), (1200, 1320))),
        d5=DayEntry("make-up", NAME),  # Saturday
        d6=DayEntry("work", NAME, ((540, 660),)),
    )
    windows = [calendar.windows(date(2026, 3, 2) + timedelta(n)) for n in range(7)]
    assert windows == [(), ((480, 600), (1200, 1320)), OFFICE, OFFICE, OFFICE, OFFICE, ((540, 660),)]
    assert calendar.windows(date(2026, 3, 14)) == ()


def test_the_seed_of_2026_is_the_official_year():
    assert {day: entry.kind for day, entry in seed("CN", [2026]).items()} == {
        day: entry.kind for day, entry in DAYS_2026.items()
    }


def test_a_year_not_announced_has_the_statutory_days_only_and_never_raises():
    days = seed("CN", [2027])
    assert days[date(2027, 10, 1)] == DayEntry("off", Text("国庆节", "National Day"))
    assert {entry.kind for entry in days.values()} == {"off"}
    assert announced_years("CN", [2025, 2026, 2027]) == {2025, 2026}
    calendar = of_hours("x", Hours(), [2026, 2027])
    assert calendar.is_announced(date(2026, 12, 31))
    assert not calendar.is_announced(date(2027, 1, 1))
    assert calendar.windows(date(2099, 3, 2)) == OFFICE


def test_other_countries_are_seeded_from_their_law_and_unknown_ones_are_empty():
    assert date(2026, 7, 3) in seed("US", [2026])
    assert announced_years("DE", [2026, 2030]) == {2026, 2030}
    assert seed("ZZ", [2026]) == {}


def test_published_files_are_read():
    text = '{"year": 2026, "days": [{"name": "春节", "date": "2026-02-14", "isOffDay": false},'
    text += '{"name": "春节", "date": "2026-02-15", "isOffDay": true}]}'
    assert read_public_days(text) == {
        date(2026, 2, 14): DayEntry("make-up", Text("春节")),
        date(2026, 2, 15): DayEntry("off", Text("春节")),
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"days": [{"name": "x", "date": "2026-02-30", "isOffDay": true}]}',
        '{"days": [{"date": "2026-02-01"}]}',
    ],
)
def test_a_wrong_file_is_refused_in_both_languages(text):
    with pytest.raises(WrongCalendar) as refused:
        read_public_days(text)
    assert refused.value.words.zh.startswith("节假日文件不可读：")
    assert refused.value.words.en.startswith("The file of days cannot be read: ")


@pytest.mark.parametrize("windows", [((600, 600),), ((700, 600),), ((480, 600), (599, 700)), ((0, 1441),), ((-1, 5),)])
def test_wrong_windows_are_refused(windows):
    with pytest.raises(WrongCalendar):
        build("x", "UTC", {1: windows}, {}, ())
    with pytest.raises(WrongCalendar):
        build("x", "UTC", {}, {date(2026, 1, 1): DayEntry("work", NAME, windows)}, ())


def test_a_split_day_without_windows_and_an_eighth_weekday_are_refused():
    with pytest.raises(WrongCalendar):
        made(d0=DayEntry("split", NAME))
    with pytest.raises(WrongCalendar):
        build("x", "UTC", {8: OFFICE}, {}, ())


def test_the_version_is_the_digest_of_what_is_counted_by_and_not_of_the_name():
    one = build("one", "Asia/Shanghai", WEEK, DAYS_2026, (2026,))
    two = build("two", "Asia/Shanghai", WEEK, dict(reversed(DAYS_2026.items())), (2026,))
    assert one.version == two.version
    others = [
        build("one", "UTC", WEEK, DAYS_2026, (2026,)),
        build("one", "Asia/Shanghai", {**WEEK, 6: OFFICE}, DAYS_2026, (2026,)),
        build("one", "Asia/Shanghai", WEEK, {}, (2026,)),
        build("one", "Asia/Shanghai", WEEK, DAYS_2026, ()),
    ]
    assert len({one.version, *(other.version for other in others)}) == 5


def test_what_is_written_is_read_back_equal_and_a_changed_text_is_refused():
    calendar = made(d1=DayEntry("split", NAME, ((480, 600),)))
    assert read(write(calendar)) == calendar
    with pytest.raises(WrongCalendar):
        read(write(calendar).replace(b"480", b"481"))
    with pytest.raises(WrongCalendar):
        read(b"\xff{")
