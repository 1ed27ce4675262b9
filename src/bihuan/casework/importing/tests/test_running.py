"""An import is never done by surprise, never done twice, goes on after a break, and can be stopped."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from tests.cast import Site, dump

from bihuan.casework.importing import background, receiving, reversing, running
from bihuan.casework.importing.errors import ImportRefusal
from bihuan.casework.importing.kinds import KINDS
from bihuan.casework.importing.kinds.past import PastCases
from bihuan.casework.importing.models import ImportBatch
from bihuan.casework.models import Case
from bihuan.journal.models import Entry
from bihuan.people.models import Person

from .files import PAST, always, arrived, checked, imported, problems

LONG = "编号,标题,报修时间\n" + "".join(f"L-{n},响,2024-03-01\n" for n in range(1, 1203))


@pytest.fixture
def admin(site: Site) -> Person:
    Person.objects.filter(username="qian").update(is_administrator=True)
    return site.again("qian")


class Killed(BaseException):
    """As a process ends: nothing catches it."""


def test_with_errors_nothing_runs_until_the_correct_rows_are_chosen(site, admin):
    one = checked(PAST + "GD-9,,2024-03-01,,,,\n", admin, site.at, outlet="north")
    before = dump()
    with pytest.raises(ImportRefusal) as refusal:
        running.confirm(one, only_correct=False, by=admin, at=site.at)
    assert (refusal.value.code, dump()) == ("errors", before)
    running.confirm(one, only_correct=True, by=admin, at=site.at)
    running.carry_on(one.pk, site.at, always)
    one.refresh_from_db()
    assert (one.state, one.new, one.errors, Case.objects.filter(kind="past").count()) == ("done", 4, 1, 4)


@pytest.mark.parametrize("killed_in", [1, 2, 3])
def test_killed_in_any_batch_it_goes_on_and_no_row_is_there_twice(site, admin, monkeypatch, killed_in):
    one = checked(LONG, admin, site.at, outlet="north")
    running.confirm(one, only_correct=False, by=admin, at=site.at)
    whole, calls = PastCases.commit, []

    def dying(self, rows, context):
        calls.append(len(rows))
        made = whole(self, rows, context)
        if len(calls) == killed_in:
            raise Killed  # the batch's work is done, its transaction is not
        return made

    monkeypatch.setattr(PastCases, "commit", dying)
    with pytest.raises(Killed):
        running.carry_on(one.pk, site.at, always)
    assert Case.objects.filter(kind="past").count() == (killed_in - 1) * 500
    one.refresh_from_db()
    assert (one.state, one.progress, one.batches.count()) == ("running", (killed_in - 1) * 500, killed_in - 1)
    assert running.carry_on(one.pk, site.at, always) is False
    one.refresh_from_db()
    assert (one.state, one.new, Case.objects.filter(kind="past").count()) == ("done", 1202, 1202)
    assert list(ImportBatch.objects.order_by("number").values_list("first_row", "last_row")) == [
        (2, 501),
        (502, 1001),
        (1002, 1203),
    ]
    assert Entry.objects.filter(verb="enter").count() == 1202


def test_a_slice_ends_between_batches_and_the_next_goes_on(site, admin):
    one = checked(LONG, admin, site.at, outlet="north")
    running.confirm(one, only_correct=False, by=admin, at=site.at)
    turns = iter([True, False])
    assert running.carry_on(one.pk, site.at, lambda: next(turns)) is True
    one.refresh_from_db()
    assert (one.state, one.progress) == ("running", 500)
    assert running.carry_on(one.pk, site.at, always) is False


def test_cancelled_it_stops_and_what_was_done_can_be_taken_back(site, admin):
    one = checked(LONG, admin, site.at, outlet="north")
    running.confirm(one, only_correct=False, by=admin, at=site.at)
    turns = iter([True, False])
    running.carry_on(one.pk, site.at, lambda: next(turns))
    running.cancel(one, by=admin, at=site.at)
    assert running.carry_on(one.pk, site.at, always) is False
    assert (one.state, Case.objects.filter(kind="past").count()) == ("cancelled", 500)
    reversing.reverse(one, by=admin, at=site.at + timedelta(hours=1))
    assert (one.state, Case.objects.filter(kind="past").count()) == ("reversed", 0)


def test_two_workers_at_once_carry_every_row_out_once(real_site):
    Person.objects.filter(username="qian").update(is_administrator=True)
    admin = real_site.again("qian")
    one = checked(LONG, admin, real_site.at, outlet="north")
    running.confirm(one, only_correct=False, by=admin, at=real_site.at)

    def work() -> None:
        try:
            running.carry_on(one.pk, real_site.at, always)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _worker in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    one.refresh_from_db()
    assert (one.state, one.new, one.skipped, Case.objects.filter(kind="past").count()) == ("done", 1202, 0, 1202)
    assert [batch.number for batch in one.batches.order_by("number")] == [1, 2, 3]


def test_a_refused_batch_stops_with_its_words_and_leaves_no_trace(site, admin, monkeypatch):
    one = checked(PAST, admin, site.at, outlet="north")
    running.confirm(one, only_correct=False, by=admin, at=site.at)
    words = KINDS["past-cases"].title

    def refusing(self, rows, context):
        raise ImportRefusal("refused", words)

    monkeypatch.setattr(PastCases, "commit", refusing)
    assert running.carry_on(one.pk, site.at, always) is False
    one.refresh_from_db()
    assert (one.state, one.words_zh, one.batches.count()) == ("failed", words.zh, 0)


def test_asked_for_twice_the_worker_is_told_once(site, admin):
    one = checked(PAST, admin, site.at, outlet="north")
    background.import_soon(one.pk)
    background.import_soon(one.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT args ->> 'import_id' FROM procrastinate_jobs WHERE task_name = 'import'")
        assert cursor.fetchall() == [(str(one.pk),)]


def test_a_mapping_is_remembered_for_the_next_file_with_these_headers(site, admin):
    text = "甲,乙,丙\nM-1,漏水,2024-03-01\n"
    first = arrived(text, admin, site.at)
    assert first.mapping == {}
    with pytest.raises(ImportRefusal) as refusal:
        receiving.take_mapping(first, {"0": "number"}, by=admin, at=site.at)
    assert refusal.value.words.zh == "还没有对应的必填列：事由、开立时刻"
    chosen = {"0": "number", "1": "title", "2": "opened"}
    receiving.take_mapping(first, chosen, by=admin, at=site.at)
    assert arrived(text, admin, site.at).mapping == chosen


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_files_in_other_encodings_are_imported_the_same(site, admin, encoding):
    one = arrived(PAST, admin, site.at, encoding=encoding)
    receiving.take_mapping(one, one.mapping, by=admin, at=site.at)
    running.carry_on(one.pk, site.at, always)
    one.refresh_from_db()
    assert (one.rows, one.new, one.errors) == (4, 4, 0)


def test_what_is_no_table_leaves_nothing_behind(site, admin, settings):
    folder = settings.DATA / "imports"
    before, lying = dump(), len(list(folder.glob("*")))
    with pytest.raises(ImportRefusal) as refusal:
        receiving.receive("past-cases", "x.xlsx", [b"PK\x03\x04 no"], by=admin, at=site.at)
    assert (refusal.value.code, dump()) == ("file", before)
    assert len(list(folder.glob("*"))) == lying


def test_text_that_looks_like_a_formula_stays_text(site, admin):
    imported("编号,标题,报修时间\nF-1,'=1+1,2024-03-01\nF-2,=HYPERLINK(1),2024-03-01\n", admin, site.at, outlet="north")
    assert list(Case.objects.filter(kind="past").order_by("number").values_list("title", flat=True)) == [
        "=1+1",
        "=HYPERLINK(1)",
    ]


def test_only_administrators_and_the_named_roles_may_import(site):
    for username in ("chen", "zhou", "li", "wang", "outsider"):
        with pytest.raises(ImportRefusal) as refusal:
            arrived(PAST, site.people[username], site.at)
        assert refusal.value.code == "not-allowed"


def test_dates_that_can_be_read_two_ways_are_asked_about(site, admin):
    text = "编号,标题,报修时间\nD-1,响,3/2/2024\n"
    assert problems(checked(text, admin, site.at))[0][3] == "date-unclear"
    one = checked(text.replace("D-1", "D-2"), admin, site.at, order="mdy", outlet="north")
    running.confirm(one, only_correct=False, by=admin, at=site.at)
    running.carry_on(one.pk, site.at, always)
    assert Case.objects.get(number="D-2").opened_at.isoformat() == "2024-03-01T16:00:00+00:00"
