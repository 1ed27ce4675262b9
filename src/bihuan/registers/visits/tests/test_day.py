"""The page of the day: one's own people, their visits, their free time; nothing of another outlet's cases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from bihuan.people import actions as people
from bihuan.people.models import Person
from bihuan.registers.visits import actions, day

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
TODAY = date(2026, 3, 2)
HOUR = timedelta(hours=1)


def employ(username, *posts, skill="", until=None) -> Person:
    person = people.add_person(username, username.title(), None, by=None, at=MONDAY)
    for words in posts:
        post, _at, outlet = words.partition("@")
        people.give_post(person, post, outlet, by=None, at=MONDAY, start=date(2026, 1, 1))
    if skill:
        people.add_skill(person, skill, by=None, at=MONDAY, start=date(2026, 1, 1), until=until)
    return person


@pytest.fixture(autouse=True)
def house(db):
    for code, parent in (("head", ""), ("north", "head"), ("south", "head")):
        people.add_outlet(code, code, by=None, at=MONDAY, parent=parent)
    employ("zhou", "dispatcher@north")
    employ("li", "repairer@north", skill="投影机", until=date(2026, 3, 20))
    employ("both", "repairer@north", "repairer@south", skill="投影机")
    employ("wang", "repairer@south", skill="投影机")
    employ("outsider")


def rows(reader, asked=TODAY, **more):
    return {
        row.person.username: row
        for row in day.shown(Person.objects.get(username=reader), asked, MONDAY, **more)["rows"]
    }


def test_rows_are_the_people_of_ones_own_outlets(house):
    assert [list(rows(reader)) for reader in ("zhou", "wang", "outsider")] == [["both", "li"], ["both", "wang"], []]
    assert list(rows("zhou", everybody=True)) == ["both", "li", "zhou"]
    assert list(rows("zhou", skill="电工")) == []


def test_a_visit_for_another_outlets_case_shows_only_that_the_time_is_taken(house):
    actions.book("S-1", "south", "both", MONDAY, by="wang", at=MONDAY, place="南街")
    actions.book("N-1", "north", "both", MONDAY + 2 * HOUR, by="zhou", at=MONDAY)
    row = rows("zhou")["both"]
    assert [(one.case_number, seen) for one, seen in row.taken] == [("S-1", False), ("N-1", True)]
    people.set_password(Person.objects.get(username="zhou"), "riverbank-1874-lamp", by=None, at=MONDAY)
    browser = Client()
    browser.force_login(Person.objects.get(username="zhou"))
    page = browser.get("/visits/?day=2026-03-02").content.decode()
    assert ("N-1" in page, "S-1" in page, "南街" in page, "已占用" in page) == (True, False, False, True)


def test_free_is_what_the_visits_leave_of_the_working_time(house):
    def at(hour, minute=0):
        return datetime(2026, 3, 2, hour, minute, tzinfo=UTC)

    actions.book("N-1", "north", "li", at(2), by="zhou", at=MONDAY)
    actions.book("N-2", "north", "li", at(5, 30), by="zhou", at=MONDAY)
    actions.book("N-3", "north", "li", at(8), by="zhou", at=MONDAY)
    actions.cancel("N-3", at=MONDAY)
    windows = [(at(1), at(4)), (at(6), at(9))]
    taken = rows("zhou")["li"].visits
    assert day.free_spans(windows, taken) == [(at(1), at(2)), (at(3), at(4)), (at(6, 30), at(9))]
    # without a calendar the whole day counts
    assert rows("zhou")["both"].free == [(at(0) - 8 * HOUR, at(0) + 16 * HOUR)]


def test_a_certificate_that_ends_soon_is_marked_and_listed(house):
    shown = day.shown(Person.objects.get(username="zhou"), TODAY, MONDAY)
    assert [(one.person.username, one.until) for one in shown["ending"]] == [("li", date(2026, 3, 20))]
    assert [soon for _one, soon in rows("zhou")["li"].skills] == [True]
    assert [soon for _one, soon in rows("zhou")["both"].skills] == [False]
    assert rows("zhou", date(2026, 3, 21)).keys() == {"both"}
    people.add_skill(Person.objects.get(username="li"), "投影机", by=None, at=MONDAY, start=date(2026, 3, 21))
    assert day.shown(Person.objects.get(username="zhou"), TODAY, MONDAY)["ending"] == []


def test_a_day_nobody_can_read_is_today(house):
    asked = [day.day_asked(text, MONDAY) for text in ("2026-05-01", "", "yesterday", "9999-12-31", "0001-01-01")]
    assert asked == [date(2026, 5, 1), TODAY, TODAY, TODAY, TODAY]
