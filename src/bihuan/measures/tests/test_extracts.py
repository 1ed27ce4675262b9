"""Figures from extracts are those from the book: after every act, in every scope, after something was disposed of."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from tests.cast.saying import INTAKE, acting

from bihuan.casework import actions
from bihuan.casework.models import Case
from bihuan.journal import actions as journal
from bihuan.journal.actions import NewEntry
from bihuan.journal.models import Entry
from bihuan.measures import behind, extracts, periods
from bihuan.measures.models import Extract, Reach
from bihuan.people import scope

from .conftest import APRIL, MARCH, ZONE
from .test_figures import figures, naive

PERIODS = (MARCH, MARCH.after, periods.read("week", "2026-W10", ZONE), periods.read("week", "2026-W13", ZONE))


@pytest.fixture(autouse=True)
def everything_settled(monkeypatch) -> None:
    """A test is one transaction, whose own entries no reader would call settled."""
    monkeypatch.setattr(extracts, "SETTLED", "true")


def read_on(limit: int = 1000) -> None:
    while extracts.carry_on(limit):
        pass


def sections(site, period, known=APRIL, at=APRIL, person="qian"):
    """Every set of a report, that of questions with choices among them."""
    counted = behind.counted_for(site.people[person], period, known, at)
    found = {
        (section, row, column): cases
        for section, rows in counted.sections.items()
        for row, columns in rows.items()
        for column, cases in columns.items()
        if cases
    }
    return found, sorted(counted.waits), counted.gaps


def without_extracts(monkeypatch, *asked, **how):
    with monkeypatch.context() as context:
        context.setattr(extracts, "MOST_BEHIND", -1)
        return sections(*asked, **how)


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.key)
@pytest.mark.parametrize("limit", [1000, 7])
def test_every_figure_is_the_same_with_extracts_and_without(site, march, period, limit, monkeypatch):
    read_on(limit)
    assert Extract.objects.count() == Case.objects.count()
    assert sections(site, period) == without_extracts(monkeypatch, site, period)
    assert figures(site, period) == naive(period, APRIL)


def test_what_is_recorded_later_counts_from_the_book_and_then_from_the_extract(site, march, request, monkeypatch):
    july = APRIL + timedelta(days=90)
    read_on()
    before = sections(site, MARCH)
    late = request.getfixturevalue("recorded_late")
    for _again in range(2):
        now = sections(site, MARCH, july, july)
        assert now == without_extracts(monkeypatch, site, MARCH, july, july)
        assert now[0]["whole", "all", "later"] == {late.pk}
        assert sections(site, MARCH, APRIL, july) == before
        read_on()


def test_with_the_content_of_an_entry_its_extract_goes_and_the_figures_are_those_of_the_book(site, march, monkeypatch):
    read_on()
    gone = march[7]
    opening = Entry.objects.filter(about_kind="case", about_id=str(gone.pk)).earliest("position")
    journal.dispose([opening.pk], "a list", "", APRIL)
    assert not Extract.objects.filter(about_id=str(gone.pk)).exists()
    for _again in range(2):
        found = sections(site, MARCH)
        assert found == without_extracts(monkeypatch, site, MARCH)
        assert found[2] == 1
        assert not any(
            gone.pk in cases
            for (section, row, _column), cases in found[0].items()
            if section == "fault" and row != "~none"
        )
        read_on()
    assert Extract.objects.count() == Case.objects.count() - 1


def test_an_act_after_the_disposal_does_not_bring_back_what_went(site, march, monkeypatch):
    read_on()
    gone = march[0]
    opening = Entry.objects.filter(about_kind="case", about_id=str(gone.pk)).earliest("position")
    journal.dispose([opening.pk], "a list", "", APRIL)
    actions.act(site.zhou, acting(gone.number, "drop", APRIL + timedelta(hours=1)))
    read_on()
    (made,) = Extract.objects.filter(about_id=str(gone.pk))
    assert "漏水".encode() not in bytes(made.told) + bytes(made.whole)
    at = APRIL + timedelta(days=2)
    assert sections(site, MARCH.after, at, at) == without_extracts(monkeypatch, site, MARCH.after, at, at)


def test_nothing_but_what_is_counted_stands_in_an_extract(site, march):
    read_on()
    made = b"".join(bytes(one.told) + bytes(one.whole) for one in Extract.objects.all())
    assert "异响".encode() in made
    assert b"SN-3" in made
    assert INTAKE["intake.contact"].encode() not in made


@pytest.mark.parametrize(("person", "outlets"), [("wang", ("south",)), ("zhou", ("north",)), ("outsider", ())])
def test_nobody_gets_from_extracts_what_is_another_outlets(site, march, person, outlets):
    read_on()
    assert figures(site, MARCH, person=person) == naive(MARCH, APRIL, outlets)


def test_the_second_wall_stands_before_extracts_as_before_the_book(site, march):
    read_on()
    try:
        scope.narrow(["south"])
        assert set(Extract.objects.values_list("chain", flat=True)) == {"south"}
    finally:
        scope.narrow(None)
    assert set(Extract.objects.values_list("chain", flat=True)) == {"north", "south"}


def test_a_case_whose_entries_stand_in_two_chains_is_folded_in_the_order_of_the_book(site, march, monkeypatch):
    moved = march[5]
    read_on()
    told = {"answers": {}, "facts": {}, "happenings": [
        {"kind": "ended", "name": "", "at": APRIL.isoformat(), "clause": "", "data": {}}]}  # fmt: skip
    journal.write(NewEntry(
        chain="south", about_kind="case", about_id=str(moved.pk), verb="act", doer="zhou", done_at=APRIL,
        recorded_at=APRIL, content=told))  # fmt: skip
    read_on()
    assert sorted(Extract.objects.filter(about_id=str(moved.pk)).values_list("chain", "whole")) == [
        ("north", b""), ("south", b""),
    ]  # fmt: skip
    at = APRIL + timedelta(days=1)
    found = sections(site, MARCH.after, at, at)
    assert found == without_extracts(monkeypatch, site, MARCH.after, at, at)
    assert moved.pk in found[0]["whole", "all", "ended"]


def test_an_extract_made_under_another_version_or_in_another_shape_is_not_read(site, march, monkeypatch):
    read_on()
    expected = sections(site, MARCH)
    Extract.objects.filter(chain="south").update(version_id=UUID(int=1), told=b"", whole=b"")
    Extract.objects.filter(chain="north").update(told=b"x", whole=b"x")
    assert sections(site, MARCH) == expected
    actions.act(site.zhou, acting(march[0].number, "drop", APRIL))
    read_on()
    assert sections(site, MARCH) == expected


def test_who_reads_on_waits_for_nobody(site, march):
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [extracts.LOCK])
        assert extracts.carry_on() == 0
    assert Reach.objects.count() == 0
    read_on()
    assert extracts.reach()[1] == Entry.objects.latest("position").position
