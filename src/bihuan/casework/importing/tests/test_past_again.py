"""Past cases taken over open: importing again closes them, and so does whoever the site named, with a reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from tests.cast import Site, dump

from bihuan.casework import actions, pages, replay
from bihuan.casework.importing import reversing
from bihuan.casework.importing.errors import ImportRefusal
from bihuan.casework.importing.kinds import past_procedure
from bihuan.casework.importing.models import Import
from bihuan.casework.models import Case
from bihuan.ground.ids import new_id
from bihuan.journal.models import Entry
from bihuan.journal.verify import verify
from bihuan.people import actions as people
from bihuan.people.models import Person
from bihuan.procedure.refusals import NotYours

from .files import PAST, checked, imported, problems

HOUR = timedelta(hours=1)
HEAD = "编号,标题,报修时间,期限,完成时间,电话,处理结果\n"
NOW_CLOSED = HEAD + "GD-3,门锁坏,2024-03-03,2024-03-04,2024-03-05 10:00,,换锁芯\n"


@pytest.fixture
def admin(site: Site) -> Person:
    Person.objects.filter(username="qian").update(is_administrator=True)
    return site.again("qian")


@pytest.fixture
def old(site: Site, admin: Person) -> Import:
    return imported(PAST, admin, site.at, outlet="north")


@pytest.fixture
def closer(site: Site, admin: Person, old: Import) -> Person:
    people.give_post(site.zhou, past_procedure.CLOSER, "north", by=admin, at=site.at)
    return site.again("zhou")


def settling(number: str, at: datetime, reason: str = "系统换代时已修好") -> actions.Sentence:
    answers = {"settling": {"reason": reason}}
    return actions.Sentence(id=new_id(at), action="settle", at=at, received=at, answers=answers, case=number)


def proved() -> bool:
    """Nothing the book is wrong in (nothing is committed here, so entries do stand ahead of the server)."""
    found = [one.kind for one in verify(connection) if one.damage and one.kind != "ahead"]
    return found == [] and list(replay.differences(Case.objects.all())) == []


def test_a_row_that_closes_an_open_one_closes_it_at_its_own_moment(site, admin, old):
    actions.sweep(site.at, 50)  # the clock found it overdue long ago
    one = imported(NOW_CLOSED, admin, site.at + HOUR, outlet="north")
    assert (one.words_zh, one.new, one.updated, one.skipped) == ("", 0, 1, 0)
    case = Case.objects.get(number="GD-3")
    assert (case.step, case.ended_at) == ("closed", datetime(2024, 3, 5, 2, tzinfo=UTC))
    assert ([run.state for run in case.state.clocks], case.state.answers["outcome"]) == (
        ["missed"],
        {"result": "换锁芯"},
    )
    assert proved()


def test_every_row_on_record_is_told_why_it_changes_nothing(site, admin, old):
    again = checked(PAST + "GD-5,异响,2024-03-06,,,,\n", admin, site.at, outlet="north")
    told = [(row, code) for row, _column, severity, code in problems(again) if severity == "skip"]
    assert told == [(2, "closed-already"), (3, "closed-already"), (4, "still-open"), (5, "closed-already")]
    assert (again.new, again.updated, again.skipped) == (1, 0, 4)
    early = checked(NOW_CLOSED.replace("2024-03-03,", "2024-03-01,").replace("03-05 10", "03-02 10"), admin, site.at)
    assert problems(early) == [(2, "closed", "error", "before-opening")]


def test_one_under_an_older_edition_is_brought_under_the_present_one(site, admin, monkeypatch):
    read = past_procedure._read
    with monkeypatch.context() as patched:
        patched.setattr(past_procedure, "_read", lambda name: read(name).replace('version = "2"', 'version = "1"'))
        imported(PAST, admin, site.at, outlet="north")
    before = Case.objects.get(number="GD-3")
    one = imported(PAST, admin, site.at + HOUR, outlet="north")
    assert (one.words_zh, one.new, one.updated, one.skipped) == ("", 0, 1, 3)
    moved = Entry.objects.get(about_number="GD-3", verb="move")
    assert (moved.doer, moved.post, moved.content["answers"]["from"]) == ("qian", "records", str(before.version_id))
    after = Case.objects.get(number="GD-3")
    assert ('version = "1"' in before.version.text, 'version = "2"' in after.version.text) == (True, True)
    assert after.step == "open"
    assert proved()


def test_a_reversal_stops_at_a_case_another_import_has_closed(site, admin, old):
    second = imported(NOW_CLOSED, admin, site.at + HOUR, outlet="north")
    before = dump()
    for one in (old, second):
        with pytest.raises(ImportRefusal) as refusal:
            reversing.reverse(one, by=admin, at=site.at + 2 * HOUR)
        assert refusal.value.code == "built-upon"
    assert dump() == before


def test_whoever_the_site_names_closes_it_with_a_reason_and_nobody_else(site, admin, old):
    with pytest.raises(NotYours):
        actions.act(site.zhou, settling("GD-3", site.at + HOUR))
    people.give_post(site.zhou, past_procedure.CLOSER, "north", by=admin, at=site.at)
    actions.act(site.again("zhou"), settling("GD-3", site.at + HOUR))
    case = Case.objects.get(number="GD-3")
    assert (case.step, case.ended_at, case.state.answers["settling"]) == (
        "closed",
        site.at + HOUR,
        {"reason": "系统换代时已修好"},
    )
    last = Entry.objects.filter(about_number="GD-3").latest("position")
    assert (last.verb, last.doer, last.post, last.clause) == ("settle", "zhou", past_procedure.CLOSER, "3")
    assert proved()


def test_they_are_closed_from_the_list_many_at_once(site, admin, closer):
    imported(HEAD + "GD-8,漏水,2024-03-03,,,,\nGD-9,漏水,2024-03-03,,,,\n", admin, site.at, outlet="north")
    client = Client()
    client.force_login(closer)
    page = client.get("/cases/?kind=past&state=open").content.decode()
    assert [number in page for number in ("GD-1", "GD-3", "GD-8", "GD-9")] == [False, True, True, True]
    assert '<option value="past" selected>历史事项的导入' in page
    sent = {"pick": ["GD-3", "GD-8", "GD-9"], "action": "settle"}
    assert "办结的理由" in client.post("/cases/bulk/", sent).content.decode()
    empty = client.post("/cases/bulk/", sent | {"step": "go"})
    assert (empty.status_code, Case.objects.filter(kind="past", ended_at=None).count()) == (422, 3)
    answer = client.post("/cases/bulk/", sent | {"step": "go", "reason": "旧系统停用"})
    assert (answer.status_code, Case.objects.filter(kind="past", ended_at=None).count()) == (302, 0)


def test_the_post_can_be_given_once_past_cases_are_there(site, admin):
    assert past_procedure.CLOSER not in pages.people.post_titles(site.at, "zh")
    imported(PAST, admin, site.at, outlet="north")
    assert pages.people.post_titles(site.at, "en")[past_procedure.CLOSER] == "Closing of past cases"
