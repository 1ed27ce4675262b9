"""The calendar's pages, announcing a year from a published file, the letter when next year's is missing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.cast import MONDAY, at_once, make_site

from bihuan.journal.models import Entry, Letter
from bihuan.people import actions as people
from bihuan.procedure.calendars import build
from bihuan.procedure.definition import Hours
from bihuan.registers.calendars import actions, queries, reminding
from bihuan.registers.calendars.models import CalendarVersion

NOVEMBER = datetime(2026, 11, 1, 1, 0, tzinfo=UTC)
DAYS = [
    {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
    {"name": "元旦", "date": "2027-01-02", "isOffDay": True},
    {"name": "元旦", "date": "2026-12-27", "isOffDay": False},
]
PUBLISHED = json.dumps({"$schema": "…", "year": 2027, "papers": [], "days": DAYS}, ensure_ascii=False)


@pytest.fixture
def site(db):
    return given()


def given():
    """wu administers; the calendar is final until 2026."""
    site = make_site(MONDAY)
    site.wu.is_administrator = True
    site.wu.save(update_fields=["is_administrator"])
    return site


def browser(site, username: str) -> Client:
    client = Client()
    client.force_login(site.people[username])
    return client


def state():
    return list(CalendarVersion.objects.values_list("version", flat=True)), Entry.objects.count()


def test_the_year_shows_holidays_make_up_days_windows_and_what_is_final(site):
    shown = browser(site, "li").get("/calendars/?year=2026")
    text = shown.content.decode()
    assert shown.context["final"] is True
    assert shown.context["working"] == 248
    for words in (
        "2026年2月",
        "2026-02-28",
        "2026-02-15 – 02-23",
        "周日 – 周一",
        "调休上班",
        "08:30–12:00、13:30–17:30",
        "已公布",
    ):
        assert words in text
    february = shown.context["months"][1]
    assert [day and day["number"] for day in february["weeks"][0]] == [None] * 6 + [1]
    assert (february["weeks"][3][1]["kind"], february["weeks"][4][5]["kind"]) == ("off", "make-up")
    assert "载入公布的年份" not in text


def test_a_year_nobody_announced_is_called_provisional(site):
    shown = browser(site, "wu").get("/calendars/?year=2027")
    assert shown.context["final"] is False
    assert "暂定" in shown.content.decode()
    assert "载入公布的年份" in shown.content.decode()


@pytest.mark.parametrize(
    "asked", ["?year=99999", "?year=abc", "?year=٢٠٢٧", "?calendar=nobody", "?year=1999&calendar=%00", ""]
)
def test_what_cannot_be_shown_shows_the_house_and_this_year(site, asked):
    shown = browser(site, "li").get(f"/calendars/{asked}")
    assert (shown.status_code, shown.context["calendar"].name) == (200, "default")


def test_another_outlets_own_calendar_is_not_shown(site):
    six_days = build("south", "Asia/Shanghai", dict.fromkeys(range(1, 7), ((540, 1080),)), {}, (2026,))
    actions.keep(six_days, "wu", MONDAY)
    actions.use("south", "south", "wu", MONDAY)
    names = {
        who: browser(site, who).get("/calendars/?calendar=south").context["calendar"].name
        for who in ("li", "wang", "qian", "wu")
    }
    assert names == {"li": "default", "wang": "south", "qian": "south", "wu": "south"}
    assert "南区" in browser(site, "wang").get("/calendars/?calendar=south").content.decode()


def test_only_an_administrator_announces(site):
    before = state()
    for method in ("get", "post"):
        sent = {"calendar": "default", "text": PUBLISHED, "confirm": "yes"}
        assert getattr(browser(site, "qian"), method)("/calendars/announce/", sent).status_code == 403
    assert state() == before


@pytest.mark.parametrize("way", ["file", "text"])
def test_a_file_is_shown_before_it_counts(site, way):
    before = state()
    sent = SimpleUploadedFile("2027.json", PUBLISHED.encode()) if way == "file" else PUBLISHED
    shown = browser(site, "wu").post("/calendars/announce/", {"calendar": "default", way: sent})
    assert (shown.status_code, shown.context["year"], shown.context["text"]) == (200, 2027, PUBLISHED)
    changes = {str(one["date"]): (one["before"], one["after"]) for one in shown.context["changes"]}
    assert changes["2026-12-27"] == ("休息日 · 休息", "元旦调休上班 · 08:30–12:00、13:30–17:30")
    assert "2027-01-01" not in changes, "it was free before"
    assert "2027-01-02" not in changes, "a Saturday is free anyway"
    assert changes["2027-10-01"][1] == "工作日 · 08:30–12:00、13:30–17:30"
    assert state() == before


def test_confirmed_it_is_announced_with_one_entry(site):
    _versions, entries = state()
    sent = {"calendar": "default", "text": PUBLISHED, "confirm": "yes"}
    answer = browser(site, "wu").post("/calendars/announce/", sent)
    assert answer["Location"] == "/calendars/?calendar=default&year=2027"
    new = queries.newest("default")
    assert 2027 in new.announced
    assert new.is_working(date(2026, 12, 27))
    assert Entry.objects.count() == entries + 1
    entry = Entry.objects.order_by("-position").first()
    assert (entry.verb, entry.doer) == ("year-announced", "wu")
    again = browser(site, "wu").post("/calendars/announce/", {**sent, "confirm": ""})
    assert (again.context["same"], again.context["changes"]) == (True, [])
    browser(site, "wu").post("/calendars/announce/", sent)
    assert Entry.objects.count() == entries + 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "请选择文件或粘贴内容"),
        ("not json", "节假日文件不可读"),
        ('{"days": []}', "文件里没有一天"),
        ('{"days": [{"name": "x", "date": "2027-13-01", "isOffDay": true}]}', "节假日文件不可读"),
        (json.dumps({"days": [{**DAYS[0], "date": "2025-10-01"}, DAYS[0]]}), "2025-10-01 不属于 2027 年"),
        (json.dumps({"days": [{**DAYS[0], "date": "0001-01-01"}]}), "年份不对"),
        ('{"x": ' + "[" * 100_000, "节假日文件不可读"),
    ],
)
def test_a_file_that_does_not_fit_is_asked_for_again_with_what_was_typed(site, text, words):
    before = state()
    answer = browser(site, "wu").post("/calendars/announce/", {"calendar": "default", "text": text, "confirm": "yes"})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert answer.context["questions"][2].value == text
    assert state() == before


def test_what_is_no_file_of_days_is_refused(site):
    for content in (b"\xff\xfe\x00", b"[" * 300_000):
        handed_in = SimpleUploadedFile("x.json", content)
        answer = browser(site, "wu").post("/calendars/announce/", {"calendar": "default", "file": handed_in})
        assert answer.status_code == 422
    answer = browser(site, "wu").post("/calendars/announce/", {"calendar": "nobody", "text": PUBLISHED})
    assert answer.status_code == 422


def test_from_november_on_administrators_get_one_letter_a_year(site):
    people.add_person("ops", "运维", None, by=None, at=MONDAY, is_administrator=True)
    assert actions.remind_of_next_year(NOVEMBER - timedelta(days=1)) == 0
    assert actions.remind_of_next_year(NOVEMBER) == 2
    letters = Letter.objects.order_by("to").values_list("key", "to_kind", "to", "subject")
    assert list(letters) == [
        ("calendar:default:2027:ops", "person", "ops", "请载入 2027 年工作日历"),
        ("calendar:default:2027:wu", "person", "wu", "请载入 2027 年工作日历"),
    ]
    entry = Entry.objects.order_by("-position").first()
    assert (entry.verb, entry.chain, entry.doer_kind, entry.about_number) == (
        "calendar-missing",
        "house",
        "clock",
        "2027",
    )
    assert Letter.objects.first().entry_id == entry.pk
    before = state()
    assert actions.remind_of_next_year(NOVEMBER + timedelta(days=40)) == 0
    assert (state(), Letter.objects.count()) == (before, 2)


def test_the_evening_before_november_elsewhere_is_november_here(site):
    assert reminding.missing(datetime(2026, 10, 31, 15, 59, tzinfo=UTC)) == []
    assert reminding.missing(datetime(2026, 10, 31, 16, 0, tzinfo=UTC)) == [("default", 2027)]


def test_no_letter_where_the_year_is_there_or_nobody_administers(site):
    actions.announce_year("default", 2027, {}, "wu", MONDAY)
    assert actions.remind_of_next_year(NOVEMBER) == 0
    actions.seed_default(Hours(), "wu", MONDAY, years=(2026,))
    site.wu.is_administrator = False
    site.wu.save(update_fields=["is_administrator"])
    assert actions.remind_of_next_year(NOVEMBER) == 0
    assert Letter.objects.count() == 0


def test_several_workers_at_once_write_once(transactional_db):
    given()
    found = at_once(*[lambda: actions.remind_of_next_year(NOVEMBER)] * 3)
    assert sorted(found) == [0, 0, 1]
    assert Letter.objects.count() == 1
