"""Cases of the time before stand, are found, judged and proved like any other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from tests.cast import Site, dump

from bihuan.casework import actions, queries, reading, replay
from bihuan.casework.importing import reversing
from bihuan.casework.importing.errors import ImportRefusal
from bihuan.casework.importing.kinds.past_procedure import past_definition
from bihuan.casework.importing.models import Import
from bihuan.casework.models import Case, CaseText, Mark
from bihuan.journal.models import Entry
from bihuan.journal.verify import verify
from bihuan.people.models import Person

from .files import PAST, checked, imported, problems

HOUR = timedelta(hours=1)


def damage() -> list[str]:
    """What verify finds wrong; nothing is committed in these tests, so entries do stand ahead of the server."""
    return [finding.kind for finding in verify(connection) if finding.damage and finding.kind != "ahead"]


@pytest.fixture
def admin(site: Site) -> Person:
    Person.objects.filter(username="qian").update(is_administrator=True)
    return site.again("qian")


def test_the_procedure_of_past_cases_reads_without_a_fault():
    assert past_definition().kind == "past"


def test_past_cases_are_judged_by_the_engine_and_proved_by_the_book(site, admin):
    one = imported(PAST, admin, site.at, outlet="north")
    assert one.words_en == ""
    assert (one.state, one.rows, one.new, one.skipped, one.errors) == (Import.DONE, 4, 4, 0, 0)
    cases = {case.number: case for case in Case.objects.filter(kind="past")}
    states = {number: [run.state for run in case.state.clocks] for number, case in cases.items()}
    assert states == {"GD-1": ["met"], "GD-2": ["missed"], "GD-3": ["running"], "GD-4": []}
    assert (cases["GD-1"].opened_at, cases["GD-1"].ended_at) == (
        datetime(2024, 3, 1, 1, tzinfo=UTC),
        datetime(2024, 3, 1, 8, tzinfo=UTC),
    )
    assert cases["GD-3"].promised_at == datetime(2024, 3, 3, 16, tzinfo=UTC)
    entries = Entry.objects.filter(about_number="GD-2").order_by("position")
    assert [(entry.verb, entry.done_at, entry.recorded_at) for entry in entries] == [
        ("enter", datetime(2024, 3, 1, 2, tzinfo=UTC), site.at),
        ("close", datetime(2024, 3, 1, 4, 0, 1, tzinfo=UTC), site.at),
    ]
    assert entries[0].content["import"] == {"id": str(one.pk), "row": 3}
    assert list(replay.differences(Case.objects.all())) == []
    assert damage() == []


def test_the_deadline_of_the_row_is_explained_to_the_second(site, admin):
    imported(PAST, admin, site.at, outlet="north")
    (explained,) = reading.deadlines(Case.objects.get(number="GD-2"), site.at)
    assert (explained.standing, explained.due, explained.proved) == (
        "missed",
        datetime(2024, 3, 1, 4, tzinfo=UTC),
        True,
    )


def test_they_stand_in_lists_of_their_outlet_only(site, admin):
    imported(PAST, admin, site.at, outlet="north")
    assert queries.visible_to(site.zhou, site.at).filter(kind="past").count() == 4
    assert queries.visible_to(site.wang, site.at).filter(kind="past").count() == 0
    assert Mark.objects.filter(kind="phone", value="13800138000").count() == 1
    assert CaseText.objects.filter(outlet="north").count() == 4


def test_the_clock_finds_the_open_one_overdue_by_itself(site, admin):
    imported(PAST, admin, site.at, outlet="north")
    actions.sweep(site.at + HOUR, 50)
    assert [run.state for run in Case.objects.get(number="GD-3").state.clocks] == ["missed"]
    assert list(replay.differences(Case.objects.filter(kind="past"))) == []


def test_wrong_rows_are_all_named_and_nothing_is_imported(site, admin):
    text = """编号,标题,报修时间,完成时间,网点
A-1,漏水,2024-03-02,2024-03-01,
A-1,漏水,2024-03-02,,
,响,2025.13.2,,
A-4,响,3/2/2024,,
A-5,响,2030-01-01,,nowhere
"""
    before = dump()
    one = checked(text, admin, site.at)
    named = [problem for problem in problems(one) if problem[2] == "error"]
    assert named == [
        (2, "closed", "error", "before-opening"),
        (3, "number", "error", "twice"),
        (4, "opened", "error", "date"),
        (4, "number", "error", "missing"),
        (5, "opened", "error", "date-unclear"),
        (6, "opened", "error", "future"),
        (6, "outlet", "error", "no-outlet"),
    ]
    assert (one.rows, one.errors, one.new) == (5, 5, 0)
    changed = {table for table, rows in dump().items() if rows != before.get(table)}
    assert changed <= {"casework_import", "casework_importproblem", "casework_importmapping"}


def test_numbers_on_record_are_passed_over(site, admin):
    imported(PAST, admin, site.at, outlet="north")
    again = checked(PAST + "GD-5,异响,2024-03-06,,,,\n", admin, site.at, outlet="north")
    assert (again.new, again.skipped, again.errors) == (1, 4, 0)


def test_a_reversal_takes_all_back_and_says_so(site, admin):
    one = imported(PAST, admin, site.at, outlet="north")
    reversing.reverse(one, by=admin, at=site.at + HOUR)
    assert (one.state, Case.objects.filter(kind="past").count(), CaseText.objects.count()) == (Import.REVERSED, 0, 0)
    last = Entry.objects.filter(chain="north").order_by("seq").last()
    assert (last.verb, last.content["answers"]["numbers"]) == ("reverse-import", ["GD-1", "GD-2", "GD-3", "GD-4"])
    assert damage() == []
    assert imported(PAST, admin, site.at, outlet="north").new == 4


def test_a_reversal_comes_too_late_after_a_day(site, admin):
    one = imported(PAST, admin, site.at, outlet="north")
    with pytest.raises(ImportRefusal) as refusal:
        reversing.reverse(one, by=admin, at=site.at + 25 * HOUR)
    assert (refusal.value.code, Case.objects.filter(kind="past").count()) == ("too-late", 4)
