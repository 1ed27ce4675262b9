"""By hand, without Django: what each database role can do to the book."""

from datetime import date

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from psycopg import errors

from bihuan.journal import rights
from bihuan.journal.actions import dispose, lay_letter, seal, write
from bihuan.journal.errors import RightsMissing
from bihuan.journal.models import ChainHead, Content, Digest, Disposal, Entry
from bihuan.journal.queries import BEGINNING, since
from bihuan.journal.verify import verify

from .cast import START, telling
from .hands import signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("rights_as_migrated")]

BOOKS = [Entry, Content, Disposal, ChainHead, Digest]
TABLES = [model._meta.db_table for model in BOOKS]


@pytest.fixture(autouse=True)
def _book():
    with transaction.atomic():
        first, second = write(telling(1)), write(telling(2))
        dispose([first.id], "L-1", "wu", START)
        lay_letter(second.id, "one", "post", "lic", "s", "b")
        seal(date(2026, 3, 2), START)


def _rows():
    return {model._meta.db_table: list(model.objects.order_by("pk").values_list()) for model in BOOKS}


def _written():
    with transaction.atomic():
        return write(telling(5))


def _change(table):
    column = {"journal_entry": "doer", "journal_content": "text", "journal_chainhead": "seq"}.get(table)
    column = column or ("list_name" if table == "journal_disposal" else "text")
    return f"UPDATE {table} SET {column} = {column}"


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("role", [rights.APP, rights.READER])
def test_the_app_and_reader_roles_cannot_change_a_book(role, table):
    before = _rows()
    with signed_in(role) as hands:
        for statement in (
            _change(table),
            f"DELETE FROM {table}",
            f"TRUNCATE {table}",
            f"ALTER TABLE {table} DISABLE TRIGGER USER",
            f"DROP TABLE {table} CASCADE",
            f"CREATE RULE r AS ON INSERT TO {table} DO INSTEAD NOTHING",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                hands.execute(statement)
        assert hands.execute(f"SELECT count(*) FROM {table}").fetchone()[0] > 0
    assert _rows() == before


@pytest.mark.parametrize("table", [table for table in TABLES if table != "journal_digest"])
def test_the_app_role_adds_to_the_chained_books_only_through_the_functions(table):
    with signed_in(rights.APP) as hands, pytest.raises(errors.InsufficientPrivilege):
        hands.execute(f"INSERT INTO {table} SELECT * FROM {table}")


def test_the_app_role_may_not_call_the_functions_behind_the_functions():
    with signed_in(rights.APP) as hands:
        for call in ("journal_lock('head')", "journal_after_restore()", "journal_xid()"):
            with pytest.raises(errors.InsufficientPrivilege):
                hands.execute(f"SELECT {call}")
    with signed_in(rights.READER) as hands:
        for call in ("journal_dispose(NULL, NULL)", "journal_lock('head')"):
            with pytest.raises(errors.InsufficientPrivilege):
                hands.execute(f"SELECT {call}")
        assert hands.execute("SELECT journal_horizon() IS NOT NULL").fetchone() == (True,)


def test_content_goes_only_under_a_list_of_the_same_transaction_that_names_exactly_it():
    kept = Entry.objects.get(seq=2)
    old_list = Entry.objects.get(verb="dispose")
    with signed_in(rights.APP) as hands:
        for listed in (old_list.id, kept.id):
            with pytest.raises(errors.CheckViolation, match="no disposal list"):
                hands.execute("SELECT journal_dispose(%s, %s)", [listed, [kept.id]])
    third = _written()
    for named, disposed, reason in (
        ([kept.id], [kept.id, third.id], "does not name exactly"),
        ([kept.id, third.id], [kept.id], "does not name exactly"),
        ([third.id], [kept.id], "does not name exactly"),
        ([old_list.id], [old_list.id], "0 of 1 entries"),
    ):
        facts = {"list": "L-2", "entries": [str(one) for one in named]}
        with pytest.raises(IntegrityError, match=reason), transaction.atomic():
            forged = write(telling(3, verb="dispose", content={"facts": facts}))
            with connection.cursor() as cursor:
                cursor.execute("SELECT journal_dispose(%s, %s)", [forged.id, disposed])
    assert kept.content == telling(2).content
    assert Entry.objects.count() == 4


@pytest.mark.parametrize("table", TABLES)
def test_even_the_owner_is_stopped_while_the_triggers_stand(table):
    before = _rows()
    changes = [f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"]
    if table != "journal_chainhead":
        changes.append(_change(table))
    with signed_in(rights.OWNER) as hands:
        for statement in changes:
            with pytest.raises(errors.RestrictViolation):
                hands.execute(statement)
    assert _rows() == before


def test_the_tray_is_no_book_and_the_reader_only_reads_it():
    with signed_in(rights.APP) as hands:
        assert hands.execute("UPDATE journal_letter SET attempts = 3").rowcount == 1
    with signed_in(rights.READER) as hands:
        assert hands.execute("SELECT key, attempts FROM journal_letter").fetchall() == [("one", 3)]
        with pytest.raises(errors.InsufficientPrivilege):
            hands.execute("UPDATE journal_letter SET attempts = 0")


def test_tables_the_owner_makes_later_are_open_to_app_and_reader_at_once():
    with signed_in(rights.OWNER) as owner:
        owner.execute("CREATE TABLE made_later (id bigserial PRIMARY KEY, word text)")
        try:
            with signed_in(rights.APP) as hands:
                hands.execute("INSERT INTO made_later (word) VALUES ('x')")
                hands.execute("UPDATE made_later SET word = 'y'")
            with signed_in(rights.READER) as hands:
                assert hands.execute("SELECT word FROM made_later").fetchall() == [("y",)]
        finally:
            owner.execute("DROP TABLE made_later")


def test_granting_everything_by_mistake_lasts_only_until_the_next_migration():
    with signed_in(rights.OWNER) as owner:
        owner.execute(f"GRANT ALL ON journal_entry TO {rights.APP}")
        with owner.cursor() as cursor:
            rights.apply(cursor)
    with signed_in(rights.APP) as hands, pytest.raises(errors.InsufficientPrivilege):
        hands.execute("TRUNCATE journal_entry")


def test_rights_are_set_by_the_owner_and_a_missing_role_is_named(monkeypatch):
    with (
        signed_in(rights.APP) as hands,
        hands.cursor() as cursor,
        pytest.raises(RightsMissing, match="not as bihuan_app"),
    ):
        rights.apply(cursor)
    monkeypatch.setattr(rights, "READER", "bihuan_nobody")
    with (
        signed_in(rights.OWNER) as hands,
        hands.cursor() as cursor,
        pytest.raises(RightsMissing, match="bihuan_nobody"),
    ):
        rights.apply(cursor)


def test_entries_restored_from_another_server_stay_below_new_ones():
    """A restore brings transaction ids of the old server, far above those of the new one."""
    with signed_in(rights.OWNER) as owner:
        owner.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
        owner.execute("UPDATE journal_entry SET xid = '900000000000'")
        owner.execute("ALTER TABLE journal_entry ENABLE TRIGGER USER")
        assert since(BEGINNING, 10) == ([], BEGINNING)
        assert next(verify(connection)).kind == "ahead"
        owner.execute("SELECT journal_after_restore()")
        assert next(verify(connection)).kind != "ahead"
        first = owner.execute("SELECT shift FROM journal_epoch").fetchone()
        owner.execute("SELECT journal_after_restore()")
        assert owner.execute("SELECT shift FROM journal_epoch").fetchone() == first
    with transaction.atomic():
        entry = write(telling(9))
    assert entry.xid > 900000000000
    restored, _ = since(BEGINNING, 3)
    assert [one.seq for one in restored] == [1, 2, 3]


def test_the_books_named_in_rights_are_tables_of_this_room():
    tables = {model._meta.db_table for model in apps.get_app_config("journal").get_models()}
    named = set(rights.BY_FUNCTION + rights.APPEND_ONLY)
    assert named - tables == {"journal_epoch"}
    assert tables - named == {"journal_letter"}
