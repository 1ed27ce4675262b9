"""A furnished site whose book is tampered with by hand: the real ``bihuan verify`` names what was done, and where."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg import errors
from psycopg.conninfo import make_conninfo
from tests.storm.site import PACK, Site, temporary_site

BOOKS = ("journal_entry", "journal_content", "journal_disposal", "journal_chainhead", "journal_digest")
KEPT = (*BOOKS, "journal_letter", "casework_case")
CHAIN = "north"


@pytest.fixture(scope="module")
def furnished() -> Iterator[Site]:
    with temporary_site() as site:
        site.serve(worker=False)
        site.module("tests.storm.furnishing", str(PACK), datetime.now(UTC).isoformat(), "cases")
        with site.hands("owner") as owner:
            for table in KEPT:
                owner.execute(f"CREATE TABLE kept_{table} AS TABLE {table}")
        yield site


@pytest.fixture
def site(furnished: Site) -> Iterator[Site]:
    """The same furnished site; whatever a test did to its tables is undone by the server's superuser."""
    yield furnished
    with psycopg.connect(make_conninfo(furnished.address("owner"), user="postgres")) as superuser:
        superuser.execute("SET session_replication_role = replica")
        for table in KEPT:
            superuser.execute(f"DELETE FROM {table}")
            superuser.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")


def by_owner(site: Site, *statements: str) -> None:
    """As the tables' owner, who simply puts the triggers aside."""
    with site.hands("owner") as owner, owner.transaction():
        for table in BOOKS:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            assert owner.execute(statement).rowcount != 0, statement
        for table in BOOKS:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def verified(site: Site, *more: str) -> tuple[int, list[str]]:
    """Exit code and lines of the real command."""
    done = site.bihuan("verify", "--language", "en", *more)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout.splitlines()


def middle(site: Site) -> int:
    """The number of an entry about a case in the middle of the chain."""
    rows = site.rows("SELECT seq FROM journal_entry WHERE chain = %s AND about_kind = 'case' ORDER BY seq", CHAIN)
    return int(rows[len(rows) // 2][0])


def last(site: Site) -> int:
    return int(site.rows("SELECT max(seq) FROM journal_entry WHERE chain = %s", CHAIN)[0][0])


def test_the_furnished_book_is_whole_and_every_case_replays(site: Site) -> None:
    assert site.rows("SELECT count(*) > 50 FROM casework_case") == [(True,)]
    assert verified(site) == (0, ["完好 / whole"])


@pytest.mark.parametrize("table", BOOKS)
def test_the_app_role_changes_no_book_by_hand(site: Site, table: str) -> None:
    column = {"journal_entry": "doer", "journal_content": "text", "journal_chainhead": "hash"}.get(table)
    column = column or ("list_name" if table == "journal_disposal" else "text")
    statements = [f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"]
    if table != "journal_digest":  # a digest is added by the app role itself, and never changed
        statements.append(f"INSERT INTO {table} SELECT * FROM {table}")
    with site.hands("app") as app:
        for statement in statements:
            with pytest.raises(errors.InsufficientPrivilege):
                app.execute(statement)
    assert site.rows(f"SELECT * FROM {table} EXCEPT SELECT * FROM kept_{table}") == []
    assert site.rows(f"SELECT count(*) FROM {table}") == site.rows(f"SELECT count(*) FROM kept_{table}")


def test_an_edited_entry_is_named_with_its_chain_and_number(site: Site) -> None:
    at = middle(site)
    by_owner(site, f"UPDATE journal_entry SET doer = 'nobody' WHERE chain = '{CHAIN}' AND seq = {at}")
    assert verified(site) == (1, [f"north: entry {at} was edited", "有损 / damaged"])


def test_an_edited_answer_is_named_by_the_chain(site: Site) -> None:
    at = middle(site)
    by_owner(
        site,
        "UPDATE journal_content SET text = replace(text, '\"kind\"', '\"Kind\"') WHERE entry_id ="
        f" (SELECT id FROM journal_entry WHERE chain = '{CHAIN}' AND seq = {at})",
    )
    number = site.rows("SELECT about_number FROM journal_entry WHERE chain = %s AND seq = %s", CHAIN, at)[0][0]
    assert verified(site) == (
        1,
        [
            f"north: the content of entry {at} was edited",
            f"{number} #0: The case or its entries can no longer be read and replayed",
            "有损 / damaged",
        ],
    )


def test_a_removed_entry_is_named(site: Site) -> None:
    at = middle(site)
    entry = f"(SELECT id FROM journal_entry WHERE chain = '{CHAIN}' AND seq = {at})"
    number = site.rows("SELECT about_number FROM journal_entry WHERE chain = %s AND seq = %s", CHAIN, at)[0][0]
    by_owner(
        site,
        f"DELETE FROM journal_content WHERE entry_id = {entry}",
        f"UPDATE journal_letter SET entry_id = (SELECT id FROM journal_entry WHERE chain = '{CHAIN}' AND seq = 1)",
        f"DELETE FROM journal_entry WHERE chain = '{CHAIN}' AND seq = {at}",
    )
    code, lines = verified(site)
    assert code == 1
    assert lines[0] == f"north: entries {at} to {at} were removed"
    # the case whose act is gone no longer replays to where it stands
    assert any(line.startswith(f"{number} #") for line in lines[1:])


def test_an_inserted_entry_is_named(site: Site) -> None:
    end = last(site)
    by_owner(
        site,
        "INSERT INTO journal_entry SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(),"
        f" 'act_id', NULL, 'seq', {end + 1}, 'previous', e.hash))).* FROM journal_entry e"
        f" WHERE chain = '{CHAIN}' AND seq = {end}",
    )
    code, lines = verified(site)
    assert code == 1
    assert lines[0] == f"north: entries {end + 1} to {end + 1} were inserted"


def test_truncation_is_named_by_a_digest_that_left_the_machine(site: Site) -> None:
    sealed = site.module("tests.storm.keeping_books", "seal")
    digest = site.folder / "digest.json"
    digest.write_text(json.dumps(sealed), encoding="utf-8")
    assert verified(site, "--digest", str(digest))[0] == 0
    end = last(site)
    newest = f"(SELECT id FROM journal_entry WHERE chain = '{CHAIN}' AND seq > {end - 3})"
    by_owner(
        site,
        f"DELETE FROM journal_content WHERE entry_id IN {newest}",
        f"UPDATE journal_letter SET entry_id = (SELECT id FROM journal_entry WHERE chain = '{CHAIN}' AND seq = 1)",
        f"DELETE FROM journal_entry WHERE chain = '{CHAIN}' AND seq > {end - 3}",
        f"UPDATE journal_chainhead SET seq = {end - 3}, hash = (SELECT hash FROM journal_entry"
        f" WHERE chain = '{CHAIN}' AND seq = {end - 3}) WHERE chain = '{CHAIN}'",
    )
    code, lines = verified(site, "--digest", str(digest))
    assert code == 1
    assert lines[0] == f"north: the newest entries from {end - 2} on were removed; {end} had been sealed"


def test_a_case_moved_by_hand_is_found_by_the_replay(site: Site) -> None:
    number, steps = site.rows(
        "SELECT c.number, count(*) FROM casework_case c JOIN journal_entry e ON e.about_id = c.id::text"
        " WHERE c.step = 'received' GROUP BY c.number ORDER BY c.number LIMIT 1"
    )[0]
    with site.hands("app") as app:
        changed = app.execute(
            "UPDATE casework_case SET step = 'archived', state = jsonb_set(state, '{step}', '\"archived\"')"
            " WHERE number = %s",
            [number],
        )
        assert changed.rowcount == 1
    assert verified(site) == (
        1,
        [f"{number} #{steps}: The case does not stand where its entries lead", "有损 / damaged"],
    )


def test_a_case_whose_state_is_no_state_any_more_is_named(site: Site) -> None:
    number = site.rows("SELECT min(number) FROM casework_case")[0][0]
    with site.hands("app") as app:
        app.execute("UPDATE casework_case SET state = '[]' WHERE number = %s", [number])
    assert verified(site) == (
        1,
        [f"{number} #0: The case or its entries can no longer be read and replayed", "有损 / damaged"],
    )


def test_what_was_disposed_of_is_named_as_disposed_and_the_book_is_whole(site: Site) -> None:
    about = "SELECT about_id FROM journal_entry WHERE chain = %s AND about_kind = 'case' ORDER BY seq LIMIT 1"
    entries = site.rows(f"SELECT id::text, seq FROM journal_entry WHERE about_id = ({about}) ORDER BY seq", CHAIN)
    site.module("tests.storm.keeping_books", "dispose", "L-7", *[entry for entry, _seq in entries])
    code, lines = verified(site)
    assert code == 0
    assert lines == [
        *[f"north: the content of entry {seq} was disposed of under list L-7" for _entry, seq in entries],
        "完好 / whole",
    ]
