"""A whole installation is backed up, damaged, destroyed and brought back, by the real command line."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import psycopg
import pytest
from tests.kept.house import House, filled_house

from bihuan.config.keeping.observing import observed
from bihuan.ground.backup import Shelf, Source, fill, programs, rows_of, take
from bihuan.ground.backup import manifest as manifests
from bihuan.ground.backup.manifest import DUMP, FILES

GRANTS = """SELECT c.relname, c.relkind, a.grantee::regrole::text, a.privilege_type, c.relrowsecurity
    FROM pg_class c, aclexplode(c.relacl) a WHERE c.relnamespace = 'public'::regnamespace"""
POLICIES = "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies"
TRIGGERS = (
    "SELECT tgrelid::regclass::text, tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
)
FUNCTIONS = """SELECT oid::regprocedure::text, prosecdef, proowner::regrole::text, proacl::text, md5(prosrc)
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.objid = pg_proc.oid AND d.deptype = 'e')"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with filled_house(tmp_path_factory.mktemp("kept"), f"kept_{os.getpid()}") as made:
        yield made


@pytest.fixture(scope="module")
def backup(house: House) -> Path:
    """The house's first backup; nothing is written to the house's cases afterwards."""
    told = house.done("backup")
    return Path(told["folder"])


def all_below(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def test_a_backup_is_closed_to_others_and_says_what_it_holds_and_what_not(house, backup):
    assert {
        stat.S_IMODE(one.stat().st_mode) for one in (house.backups, backup, *all_below(backup)) if one.is_dir()
    } == {0o700}
    assert {stat.S_IMODE(one.stat().st_mode) for one in all_below(backup) if one.is_file()} == {0o600}
    told = manifests.read(backup)
    assert told.name == backup.name
    assert told.rows["casework_case"] == house.rows("SELECT count(*) FROM casework_case")[0][0] > 10
    assert told.rows["files_attachment"] == 2
    # two contents and one small picture
    assert len([one for one in told.files if one.startswith("files/sha256/")]) == 3
    assert "journal.0005_by_doer" in told.notes["migrations"]
    heads = {
        chain: [seq, newest.hex()]
        for chain, seq, newest in house.rows("SELECT chain, seq, hash FROM journal_chainhead")
    }
    # the backup itself stands in the book, behind what it holds
    assert heads.pop("house")[0] == told.notes["chains"].pop("house")[0] + 1
    assert heads == told.notes["chains"] != {}
    assert "secret-key" in {one.what for one in told.left_out}


def test_a_backup_stands_in_the_book_and_before_the_administrator(house, backup):
    assert house.rows("SELECT kind, name, good FROM keeping_run WHERE name = %s", backup.name) == [
        ("backup", backup.name, True)
    ]
    assert house.rows("SELECT verb, doer_kind FROM journal_entry WHERE about_number = %s", backup.name) == [
        ("backup", "command")
    ]


def test_the_next_backup_shares_its_files_with_the_first_and_the_dump_is_its_own(house, backup):
    second = Path(house.done("backup")["folder"])
    try:
        files = manifests.read(second).files
        assert files == manifests.read(backup).files
        for name in files:
            assert (second / FILES / name).stat().st_ino == (backup / FILES / name).stat().st_ino
            assert (second / FILES / name).stat().st_ino != (house.data / name).stat().st_ino
        assert (second / DUMP).stat().st_ino != (backup / DUMP).stat().st_ino
    finally:
        shutil.rmtree(second)


def test_a_backup_restored_into_an_empty_database_is_equal_whole_and_remembered(house, backup, tmp_path):
    target, data = house.database(f"{house.name}_a"), tmp_path / "data"
    data.mkdir()
    told = house.done("restore", str(backup), "--into", target, "--yes", BIHUAN_DATA=str(data))
    assert (told["problems"], told["findings"]) == ([], [])
    equal = {one["what"].split(" / ")[1]: one["backup"] == one["restored"] for one in told["compared"]}
    assert equal == {"tables, rows": True, "chains, entries": True, "files": True, "verify": False}
    assert told["compared"][-1]["restored"].startswith(f"{_entries(backup)} ")
    kept = manifests.read(backup).files
    assert {name: manifests.kept(data / name) for name in kept} == kept
    name = f"{house.name}_a"
    assert house.rows("SELECT count(*) FROM django_session", name=name) == [(0,)]
    assert house.rows("SELECT kind, good FROM keeping_run", name=name) == [("restore", True)]
    assert house.rows("SELECT 1 FROM pg_namespace WHERE nspname = 'bihuan_restoring'", name=name) == []
    # everybody may do there what they may here, and no more
    for question in (GRANTS, POLICIES, TRIGGERS, FUNCTIONS):
        assert set(house.rows(question, name=name)) == set(house.rows(question)) != set()


def _entries(backup: Path) -> int:
    return manifests.read(backup).rows["journal_entry"]


def test_what_is_committed_while_a_backup_is_taken_is_in_none_of_its_parts(house, tmp_path, monkeypatch):
    begin = programs.dumping

    def after_somebody_wrote(*given):
        house.rows("INSERT INTO django_session VALUES ('late', 'x', now())")
        return begin(*given)

    monkeypatch.setattr(programs, "dumping", after_somebody_wrote)
    source = Source(house.url("reader"), house.data, "1", (), observed)
    folder, told = take(source, Shelf(tmp_path / "shelf"), datetime.now(UTC), "by-hand")
    assert house.rows("SELECT count(*) FROM django_session") == [(told.rows["django_session"] + 1,)]
    target = house.database(f"{house.name}_b")
    fill(target, folder, told)
    with psycopg.connect(target) as connection:
        assert rows_of(connection) == told.rows


def test_nothing_is_restored_over_what_is_there(house, backup):
    before = house.rows("SELECT count(*), max(position) FROM journal_entry")
    ran = house.bihuan("restore", str(backup), "--into", house.url("owner"), "--yes")
    assert (ran.returncode, house.rows("SELECT count(*), max(position) FROM journal_entry")) == (4, before)
    assert "--replace" in ran.stderr


def test_without_anybody_to_ask_only_yes_will_do(house, backup):
    target = house.database(f"{house.name}_b")
    assert house.bihuan("restore", str(backup), "--into", target).returncode == 2
    assert house.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", name=f"{house.name}_b") == [(0,)]


def test_a_restore_that_was_interrupted_is_begun_again(house, backup):
    name = f"{house.name}_b"
    target = house.database(name)
    with psycopg.connect(target, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA bihuan_restoring")
        connection.execute("CREATE TABLE casework_case (half text)")
        connection.execute("CREATE FUNCTION journal_append() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        connection.execute("CREATE TYPE procrastinate_job_status AS ENUM ('half')")
    fill(target, backup, manifests.read(backup))
    with psycopg.connect(target) as connection:
        assert rows_of(connection) == manifests.read(backup).rows


def test_half_a_restore_is_not_migrated_as_if_it_were_whole(house):
    name = f"{house.name}_c"
    target = house.database(name)
    with psycopg.connect(target, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA bihuan_restoring")
    ran = house.bihuan("migrate", DATABASE_URL=target, BIHUAN_OWNER_URL=target)
    assert ran.returncode == 5
    assert "bihuan restore" in ran.stderr
    assert house.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", name=name) == [(0,)]


@pytest.mark.parametrize("which", [DUMP, "manifest.json", FILES])
def test_one_changed_byte_is_named_before_anything_is_restored(house, backup, tmp_path, which):
    copy = tmp_path / backup.name
    shutil.copytree(backup, copy)
    file = copy / which if which != FILES else next(one for one in sorted((copy / FILES).rglob("*")) if one.is_file())
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))
    ran = house.bihuan("restore", str(copy), "--dry-run")
    assert ran.returncode == 1
    assert str(file.relative_to(copy)) in ran.stderr


def test_a_drill_restores_the_newest_backup_elsewhere_and_leaves_nothing(house, backup):
    told = house.done("drill", "--on-server", "--replay", "none")
    assert (told["name"], told["problems"], told["findings"]) == (backup.name, [], [])
    assert house.rows("SELECT count(*) FROM pg_database WHERE datname = 'bihuan_drill'") == [(0,)]
    assert house.rows("SELECT good, name FROM keeping_run WHERE kind = 'drill'") == [(True, backup.name)]


def test_a_drill_of_a_damaged_backup_fails_and_nobody_takes_it_for_whole_again(house, backup, tmp_path):
    shelf = tmp_path / "shelf"
    shutil.copytree(backup, shelf / backup.name)
    with (shelf / backup.name / DUMP).open("r+b") as opened:
        opened.seek(1000)
        opened.write(b"\0\0\0\0\0\0\0\0")
    ran = house.bihuan("drill", "--to", str(shelf))
    assert ran.returncode == 1
    assert DUMP in ran.stderr
    assert (shelf / backup.name / "damaged").read_text(encoding="utf-8").startswith(DUMP)
    report = house.rows("SELECT report FROM keeping_run WHERE kind = 'drill' AND NOT good")
    assert [DUMP in one["error"] for (one,) in report] == [True]
    assert house.bihuan("drill", "--to", str(shelf)).returncode == 3


def test_what_does_not_come_out_as_the_manifest_says_is_named_and_replaces_nothing(house, backup, tmp_path):
    copy = tmp_path / backup.name
    shutil.copytree(backup, copy)
    told = manifests.read(copy)
    rows = {**told.rows, "casework_case": told.rows["casework_case"] + 1}
    chains = {**told.notes["chains"], "north": [1, "00"]}
    forged = msgspec.structs.replace(told, rows=rows, notes={**told.notes, "chains": chains})
    (copy / "manifest.json").write_bytes(manifests.written(forged))
    before = house.rows("SELECT oid, datname FROM pg_database ORDER BY oid")
    ran = house.bihuan("restore", str(copy), "--replace", "--yes", "--replay", "none")
    assert ran.returncode == 1
    assert f"casework_case: {rows['casework_case']} ≠ {told.rows['casework_case']}" in ran.stderr
    assert "north: [1, '00'] ≠" in ran.stderr
    after = house.rows("SELECT oid, datname FROM pg_database ORDER BY oid")
    assert [one for one in after if one[1] != f"{house.name}_restoring"] == before


@pytest.mark.long
def test_an_installation_is_replaced_whole_and_the_old_one_stands_aside(house, backup):
    house.rows("UPDATE casework_case SET title = 'not as it was'")
    told = house.done("restore", str(backup), "--replace", "--yes", "--replay", "none")
    assert told["problems"] == []
    assert house.rows("SELECT count(*) FROM casework_case WHERE title = 'not as it was'") == [(0,)]
    [(aside,)] = house.rows("SELECT datname FROM pg_database WHERE datname LIKE %s", f"{house.name}\\_before\\_%")
    assert house.rows("SELECT count(*) FROM casework_case WHERE title <> 'not as it was'", name=aside) == [(0,)]


def test_an_installation_in_use_is_not_replaced(house, backup):
    with psycopg.connect(house.url("app")):
        ran = house.bihuan("restore", str(backup), "--replace", "--yes")
    assert ran.returncode == 4
    assert "web" in ran.stderr


def test_a_backup_that_cannot_be_written_leaves_none_and_is_remembered(house, backup):
    before = sorted(house.backups.iterdir())
    (house.data / "files" / "sha256" / "aa").mkdir(exist_ok=True)
    gone = next(one for one in manifests.read(backup).files if not one.endswith(".preview"))
    (house.data / gone).rename(house.data / "put-aside")
    try:
        ran = house.bihuan("backup", "--to", str(house.backups.parent / "other"), "--json")
        assert ran.returncode == 3
        assert json.loads(ran.stdout)["missing"] == [gone]
    finally:
        (house.data / "put-aside").rename(house.data / gone)
    blocked = house.backups.parent / "no-folder"
    blocked.write_text("in the way")
    ran = house.bihuan("backup", "--to", str(blocked / "backups"))
    assert ran.returncode == 1
    assert house.rows("SELECT good FROM keeping_run WHERE kind = 'backup' ORDER BY ended_at DESC LIMIT 2") == [
        (False,), (False,),
    ]  # fmt: skip
    assert sorted(house.backups.iterdir()) == before


def test_whoever_was_erased_since_the_backup_is_erased_again(house, backup, tmp_path):
    ran = house.python("tests.kept.erasing")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads(ran.stdout)
    assert told["state"] == "done"
    # a new machine: of the lists it has what lies beside the backups, and that comes with the next backup
    house.done("backup")
    assert [one.name for one in (house.backups / "disposals").iterdir()] == [
        one.name for one in (house.data / "disposals").iterdir() if one.suffix == ".json"
    ]
    name, data = f"{house.name}_b", tmp_path / "data"
    target = house.database(name)
    told |= house.done("restore", str(backup), "--into", target, "--yes", "--replay", "none", BIHUAN_DATA=str(data))
    assert (told["problems"], told["findings"]) == ([], [])
    assert any("1 carried out again" in line for line in told["said"])
    named = "SELECT count(*) FROM customers_customer WHERE name = %s"
    assert (house.rows(named, told["customer"]), house.rows(named, told["customer"], name=name)) == ([(0,)], [(0,)])


def test_of_two_workers_one_takes_the_nights_backup(house, backup, tmp_path):
    house.rows("UPDATE django_migrations SET applied = applied - interval '3 days'")
    house.rows(
        "UPDATE keeping_run SET begun_at = begun_at - interval '3 days', ended_at = ended_at - interval '3 days'"
    )
    hour = (datetime.now(ZoneInfo("Asia/Shanghai")) - timedelta(minutes=1)).strftime("%H:%M")
    command = [sys.executable, "-m", "bihuan.config.command", "backup", "--if-due", "--to", str(tmp_path / "night")]
    both = [
        subprocess.Popen(command, env={**house.environment, "BIHUAN_BACKUP_AT": hour}, stderr=subprocess.DEVNULL)
        for _worker in range(2)
    ]
    assert sorted(one.wait(120) for one in both) == [0, 3]
    [night] = (tmp_path / "night").glob("2*Z")
    assert manifests.read(night).reason == "nightly"
    assert house.rows(
        "SELECT r.name, e.doer_kind FROM keeping_run r JOIN journal_entry e ON e.about_id = r.id::text"
        " WHERE r.begun_at > now() - interval '1 hour'"
    ) == [(night.name, "clock")]


@pytest.fixture
def fresh():
    """A data folder on a machine that holds nothing yet, where the service's user may come."""
    folder = Path(tempfile.mkdtemp(prefix="bihuan-kept-"))
    folder.chmod(0o755)
    yield folder / "data"
    shutil.rmtree(folder)


def test_a_fresh_machine_gets_the_installation_back_with_a_database_of_its_own(house, backup, fresh):
    own = {"DATABASE_URL": "", "BIHUAN_OWNER_URL": "", "BIHUAN_READER_URL": "", "BIHUAN_DATA": str(fresh)}
    told = house.done("restore", str(backup), "--yes", **own)
    assert (told["problems"], told["findings"]) == ([], [])
    kept = manifests.read(backup).files
    assert {name: manifests.kept(fresh / name) for name in kept} == kept
    assert not (fresh / "restoring").exists()
    assert {(fresh / name).stat().st_uid for name in ("files", "database", *kept)} == {fresh.stat().st_uid}


@pytest.mark.long
def test_an_installation_on_this_machine_is_put_aside_and_nothing_of_it_is_lost(house, backup, fresh):
    own = {"DATABASE_URL": "", "BIHUAN_OWNER_URL": "", "BIHUAN_READER_URL": "", "BIHUAN_DATA": str(fresh)}
    house.done("restore", str(backup), "--yes", **own)
    refused = house.bihuan("restore", str(backup), "--yes", **own)
    assert (refused.returncode, "--replace" in refused.stderr) == (4, True)
    mark = fresh / "files" / "sha256" / "later"
    mark.write_text("came in after the backup")
    house.done("restore", str(backup), "--replace", "--yes", "--replay", "none", **own)
    [aside] = [one for one in fresh.iterdir() if one.name.startswith("before-restore-")]
    assert (aside / "files" / "sha256" / "later").read_text() == "came in after the backup"
    assert (aside / "database" / "PG_VERSION").exists()
    assert not mark.exists()
