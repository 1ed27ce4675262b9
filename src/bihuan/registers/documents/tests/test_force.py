"""Packs come into force, are replaced, and are never changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from bihuan.journal.models import Entry
from bihuan.people.errors import NotAllowed
from bihuan.people.models import Person
from bihuan.procedure.definition import Text
from bihuan.registers.documents import actions, queries
from bihuan.registers.documents.errors import NotIssuable, NumberTaken, PackFaulty
from bihuan.registers.documents.models import ControlledCopy, Document, Version

from .conftest import rewrite, sign_all

pytestmark = pytest.mark.django_db


def amount(version_id) -> int:
    """The figure of the promise as this version says it."""
    return queries.definition_of(version_id).deadlines["done"].within[0].time.amount


def test_a_pack_comes_into_force_with_one_entry(folder, monday):
    loaded = actions.load_pack(folder, by=None, at=monday)
    assert [one.document.number for one in loaded.new] == ["XD-001", "XD-001-01"]
    version, definition = queries.in_force("repair", monday)
    assert (version.state, version.effective_from, definition.kind) == ("effective", monday, "repair")
    assert queries.pack_of(version).posts["clerk"].title == Text("受理员", "Clerk")
    assert [entry.verb for entry in Entry.objects.all()] == ["load-pack"]


def test_before_its_moment_nothing_is_in_force(folder, monday):
    actions.load_pack(folder, by=None, at=monday)
    assert queries.in_force("repair", monday - timedelta(seconds=1)) is None
    assert queries.in_force("unknown", monday) is None


def test_the_same_pack_again_writes_nothing(folder, monday):
    actions.load_pack(folder, by=None, at=monday)
    again = actions.load_pack(folder, by=None, at=monday + timedelta(days=1))
    assert (again.new, again.unchanged) == ((), ("XD-001", "XD-001-01"))
    assert (Version.objects.count(), Entry.objects.count()) == (2, 1)


def test_a_changed_limit_makes_a_new_version_and_the_old_one_stays_readable(folder, monday):
    old = actions.load_pack(folder, by=None, at=monday).new[1]
    rewrite(folder, "01-repair.md", '"2 days"', '"5 days"')
    later = monday + timedelta(days=1)
    (new,) = actions.load_pack(folder, by=None, at=later).new
    assert [queries.in_force("repair", at)[0].pk for at in (monday, later)] == [old.pk, new.pk]
    assert (amount(old.pk), amount(new.pk)) == (2, 5)
    old.refresh_from_db()
    assert (old.state, old.effective_until) == ("obsolete", later)


def test_changed_posts_renew_every_procedure_because_they_change_its_meaning(folder, monday):
    old = actions.load_pack(folder, by=None, at=monday).new[1]
    rewrite(folder, "pack.toml", "受理员", "接待员")
    loaded = actions.load_pack(folder, by=None, at=monday + timedelta(days=1))
    assert [one.document.kind for one in loaded.new] == ["pack", "repair"]
    assert queries.pack_of(old).posts["clerk"].title.zh == "受理员"
    assert queries.pack_of(loaded.new[1]).posts["clerk"].title.zh == "接待员"


def test_a_procedure_gone_from_the_folder_goes_out_of_force(folder, monday):
    actions.load_pack(folder, by=None, at=monday)
    (folder / "01-repair.md").unlink()
    later = monday + timedelta(days=1)
    assert actions.load_pack(folder, by=None, at=later).withdrawn == ("XD-001-01",)
    assert queries.in_force("repair", later) is None
    assert queries.in_force("repair", monday) is not None


def test_a_pack_with_faults_changes_nothing_and_lists_them_all(folder, monday):
    actions.load_pack(folder, by=None, at=monday)
    rewrite(folder, "01-repair.md", 'by = "clerk"', 'by = "nobody"')
    with pytest.raises(PackFaulty) as refused:
        actions.load_pack(folder, by=None, at=monday + timedelta(days=1))
    assert len(refused.value.faults) >= 2
    assert (Version.objects.count(), Entry.objects.count()) == (2, 1)


def test_only_an_administrator_takes_a_pack_into_force(folder, monday):
    person = Person.objects.create(username="chen", name="陈坐席")
    with pytest.raises(NotAllowed):
        actions.load_pack(folder, by=person, at=monday)
    assert Version.objects.count() == 0


def test_the_hot_question_costs_one_query_and_leaves_the_text_where_it_is(folder, monday, django_assert_num_queries):
    actions.load_pack(folder, by=None, at=monday)
    queries.in_force("repair", monday)
    with django_assert_num_queries(1) as asked:
        version, definition = queries.in_force("repair", monday)
        queries.pack_of(version)
    assert '"text"' not in asked.captured_queries[0]["sql"]
    assert queries.definition_of(version.pk) is definition


@pytest.mark.parametrize(
    "change",
    [
        {"text": "x"},
        {"digest": "0"},
        {"version": "9"},
        {"effective_from": None},
        {"state": "draft"},
        {"approved_by": "丁"},
    ],
)
def test_the_database_refuses_to_change_what_is_in_force(folder, monday, change):
    version = actions.load_pack(folder, by=None, at=monday).new[1]
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(**change)
    version.refresh_from_db()
    assert (version.state, version.version) == ("effective", "1.0")


def test_the_app_role_may_not_remove_a_document(folder, monday):
    actions.load_pack(folder, by=None, at=monday)
    for table in ("documents_version", "documents_document", "documents_controlledcopy"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(f"DELETE FROM {table}")


@pytest.mark.rule("INT-00-01")
def test_the_file_carries_number_and_edition_and_no_other_file_takes_its_number(folder, monday, tmp_path_factory):
    pack = actions.load_pack(folder, by=None, at=monday).new[0]
    assert (pack.document.number, pack.version) == ("XD-001", "第1版")
    other = tmp_path_factory.mktemp("other")
    for path in folder.iterdir():
        (other / path.name).write_bytes(path.read_bytes())
    rewrite(other, "pack.toml", 'name = "small"', 'name = "other"')
    with pytest.raises(NumberTaken):
        actions.load_pack(other, by=None, at=monday)
    assert (Document.objects.count(), Version.objects.count()) == (2, 2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.create(number="XD-001", kind="x", pack="y")


@pytest.mark.rule("INT-00-03")
@pytest.mark.parametrize("effective", ["", "2026-08", "20XX-08-01", "2026-02-30"])
def test_a_document_without_a_full_effective_date_is_not_taken_or_not_issued(folder, monday, signers, effective):
    rewrite(folder, "pack.toml", 'effective = "2026-03-01"', f'effective = "{effective}"' if effective else "")
    with pytest.raises((PackFaulty, NotIssuable)) as refused:
        version = sign_all(actions.load_pack(folder, by=None, at=monday).new[0], signers)
        actions.issue_copy(version, "办公室", "01", by=None, at=monday)
    assert ControlledCopy.objects.count() == 0
    assert getattr(refused.value, "field", "effective") in {"effective", ""}
