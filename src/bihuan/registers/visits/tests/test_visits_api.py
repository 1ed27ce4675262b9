"""``GET /api/v1/visits``: within scope, narrowed, page by page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.cast import Doors, make_site, told

from bihuan.registers.visits import actions
from bihuan.registers.visits.queries import span_of


@pytest.fixture
def doors(db):
    return Doors(make_site(timezone.now() - timedelta(days=30)))


@pytest.fixture
def booked(doors):
    """Three of the north's on three days from tomorrow on, one of the south's."""
    now = timezone.now()
    start = span_of(timezone.localdate(now)).lower + timedelta(days=1, hours=9)
    for place in range(3):
        when = start + timedelta(days=place)
        actions.book(
            f"J{place}", "north", "li", when, by="zhou", at=now + timedelta(seconds=place), place=f"{place} 号楼"
        )
    actions.book("S1", "south", "wang", start, by="wang", at=now)
    return start


def cases(doors, username: str, asked: str = "") -> list[str]:
    return [one["case"] for one in told(doors.get(username, f"/visits{asked}"))["visits"]]


def test_visits_are_those_within_scope_the_newest_booked_first(doors, booked):
    assert {name: cases(doors, name) for name in ("li", "wang", "outsider")} == {
        "li": ["J2", "J1", "J0"],
        "wang": ["S1"],
        "outsider": [],
    }
    assert sorted(cases(doors, "qian")) == ["J0", "J1", "J2", "S1"]
    assert cases(doors, "wang", "?case=J0") == []


def test_visits_are_narrowed_by_case_person_state_outlet_and_day(doors, booked):
    day = timezone.localdate(booked)
    assert cases(doors, "qian", "?case=J1") == ["J1"]
    assert cases(doors, "qian", "?who=wang") == ["S1"]
    assert cases(doors, "qian", "?outlet=south") == ["S1"]
    assert cases(doors, "qian", "?state=cancelled") == []
    assert sorted(cases(doors, "qian", f"?day={day}")) == ["J0", "S1"]
    assert cases(doors, "qian", "?day=9999-12-31") == cases(doors, "qian", "?who=%00") == []
    assert doors.get("qian", "/visits?state=lost").status_code == 422


def test_pages_follow_each_other_without_a_gap(doors, booked):
    first = told(doors.get("li", "/visits?limit=2"))
    second = told(doors.get("li", f"/visits?limit=2&after={first['next']}"))
    assert [one["case"] for one in first["visits"] + second["visits"]] == ["J2", "J1", "J0"]
    assert second["next"] is None
    assert first["visits"][0]["place"] == "2 号楼"


def test_a_visit_cannot_be_written_here(doors):
    assert doors.post("li", "/visits", {}).status_code == 405
