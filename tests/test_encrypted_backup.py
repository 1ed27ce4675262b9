"""An installation is backed up for whoever holds a private key: nobody else reads it, and he gets all of it back."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path

import msgspec
import pytest
from tests.kept.house import SECRET, House, filled_house

from bihuan.ground.backup import Key, Shelf
from bihuan.ground.backup import manifest as manifests

DUMP, FORGED = "database.dump.age", "forged"
ATTACHED = "水管漏水，已拍照"
CLIENT = "独此一家的客户"


@pytest.fixture(scope="module")
def key() -> Key:
    return Key.new()


@pytest.fixture(scope="module")
def house(tmp_path_factory, key: Key):
    with filled_house(tmp_path_factory.mktemp("sealed"), f"sealed_{os.getpid()}") as made:
        made.rows(
            "UPDATE customers_customer SET name = %s WHERE id = (SELECT id FROM customers_customer LIMIT 1)", CLIENT
        )
        yield made


@pytest.fixture(scope="module")
def app(house: House) -> str:
    """The secret of somebody's authenticator, bound before the backup."""
    ran = house.python("tests.kept.second_factor", "chen")
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.fixture(scope="module")
def plain(house: House, app: str) -> Path:
    """The backup of a night before the keys were set."""
    return Path(house.done("backup")["folder"])


@pytest.fixture(scope="module")
def backup(house: House, key: Key, plain: Path) -> Path:
    told = house.done("backup", BIHUAN_BACKUP_RECIPIENTS=key.public[0])
    assert told["recipients"] == list(key.public)
    assert "secret-key" not in {one["what"] for one in told["not_in_it"]}
    return Path(told["folder"])


@pytest.fixture(scope="module")
def identity(key: Key, tmp_path_factory) -> str:
    file = tmp_path_factory.mktemp("stick") / "identity"
    file.write_text(f"{key.identities[0]}\n")
    file.parent.chmod(0o755)
    file.chmod(0o644)
    return str(file)


def every_byte(folder: Path) -> bytes:
    return b"\n".join(one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file())


def test_no_byte_of_it_says_what_is_in_the_house(house, plain, backup):
    lying = every_byte(backup)
    names = [one for (one,) in house.rows("SELECT name FROM customers_customer UNION SELECT name FROM people_person")]
    secrets = [ATTACHED, CLIENT, SECRET, *(one for one in names if len(one) > 1)]
    assert len(secrets) > 20
    assert [one for one in secrets if one.encode() in lying] == []
    assert all(
        (backup / name).read_bytes().startswith(b"age-encryption.org/v1\n") for name in manifests.read(backup).lying()
    )
    # the same words lie open in the one before
    assert ATTACHED.encode() in every_byte(plain)


def test_destroyed_and_brought_back_with_the_key_it_is_equal_and_the_second_factor_still_opens(
    house, backup, identity, app, tmp_path
):
    name, data = f"{house.name}_a", tmp_path / "data"
    target = house.database(name)
    new = {"BIHUAN_DATA": str(data), "BIHUAN_SECRET_KEY": ""}
    told = house.done("restore", str(backup), "--into", target, "--yes", "--identity", identity, **new)
    assert (told["problems"], told["findings"]) == ([], [])
    assert [one["backup"] == one["restored"] for one in told["compared"][:3]] == [True] * 3
    manifest = manifests.read(backup)
    assert len([one for one in manifest.files if one.startswith("files/sha256/")]) == 3
    assert {one: manifests.kept(data / one) for one in manifest.files} == manifest.files
    assert house.rows("SELECT count(*) FROM customers_customer WHERE name = %s", CLIENT, name=name) == [(1,)]
    assert (data / "secret-key").read_text() == SECRET + "\n"
    assert (data / "secret-key").stat().st_mode & 0o777 == 0o600
    there = {**new, "DATABASE_URL": target, "BIHUAN_OWNER_URL": target, "BIHUAN_READER_URL": ""}
    another = {**there, "BIHUAN_SECRET_KEY": "another-secret-0123456789abcdef0123456789"}
    said = [house.python("tests.kept.second_factor", "chen", app, **which).stdout for which in (another, there)]
    assert said == ["false", "true"]


@pytest.mark.parametrize("given", ["none", "another"])
def test_without_its_key_nothing_is_begun(house, backup, tmp_path, given):
    file, target = tmp_path / "identity", house.database(f"{house.name}_b")
    file.write_text(f"{Key.new().identities[0]}\n")
    words = ["--identity", str(file)] if given == "another" else []
    ran = house.bihuan("restore", str(backup), "--into", target, "--yes", *words, BIHUAN_DATA=str(tmp_path / "data"))
    assert (ran.returncode, "private key" in ran.stderr or "does not open" in ran.stderr) == (4, True)
    assert house.rows(
        "SELECT count(*) FROM pg_namespace WHERE nspname = 'bihuan_restoring'", name=f"{house.name}_b"
    ) == [(0,)]
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("how", ["changed", "cut off", FORGED])
def test_what_was_changed_or_cut_off_is_named_and_replaces_nothing(house, backup, identity, tmp_path, how):
    copy = tmp_path / backup.name
    shutil.copytree(backup, copy)
    content = bytearray((copy / DUMP).read_bytes())
    content[len(content) // 2] ^= how == "changed"
    (copy / DUMP).write_bytes(bytes(content[: len(content) - (how != "changed")]))
    if how == FORGED:
        told = manifests.read(copy)
        lying = {**told.sealed, DUMP: manifests.kept(copy / DUMP)}
        (copy / "manifest.json").write_bytes(manifests.written(msgspec.structs.replace(told, sealed=lying)))
    before = house.rows("SELECT oid, datname FROM pg_database ORDER BY oid")
    ran = house.bihuan("restore", str(copy), "--replace", "--yes", "--identity", identity)
    assert (ran.returncode, DUMP in ran.stderr) == (1, True)
    after = house.rows("SELECT oid, datname FROM pg_database ORDER BY oid")
    assert [one for one in after if one[1] != f"{house.name}_restoring"] == before


def test_a_drill_without_the_key_looks_at_hashes_only_and_does_not_count(house, backup):
    ran = house.bihuan("drill")
    assert (ran.returncode, "nothing was restored" in ran.stderr) == (3, True)
    assert house.rows("SELECT name, good, report->>'unopened' FROM keeping_run WHERE kind = 'drill'") == [
        (backup.name, False, "true")
    ]
    assert not (backup / "damaged").exists()


def test_a_drill_with_the_key_of_the_settings_restores_it_and_says_how_many_files(house, plain, backup, identity):
    assert [folder for folder, _manifest in Shelf(house.backups).whole()] == [backup, plain]
    told = house.done("drill", "--on-server", "--replay", "none", BIHUAN_BACKUP_IDENTITY=identity)
    assert (told["name"], told["problems"], told["findings"]) == (backup.name, [], [])
    count = len(manifests.read(backup).files)
    assert told["compared"][2] == {"what": "文件 / files", "backup": str(count), "restored": str(count)}
    assert f"files: {count} written back" in told["said"][0]
    assert house.rows("SELECT good FROM keeping_run WHERE kind = 'drill' ORDER BY ended_at DESC LIMIT 1") == [(True,)]
    assert not (house.data / "drill").exists()


def test_killed_in_the_middle_nothing_is_left_that_is_taken_for_a_backup(house, key, tmp_path):
    shelf = tmp_path / "shelf"
    ran = house.python("tests.kept.killed", str(shelf), key.public[0])
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    [remains] = shelf.iterdir()
    assert (remains.name.startswith(".making-"), [one.name for one in remains.iterdir()]) == (True, [DUMP])
    assert Shelf(shelf).whole() == []
    told = house.done("backup", "--to", str(shelf), BIHUAN_BACKUP_RECIPIENTS=key.public[0])
    assert [one.name for one in shelf.iterdir()] == [told["name"]]


def test_a_pair_of_keys_is_made_once_and_its_private_part_is_never_printed(house, tmp_path):
    file = tmp_path / "identity"
    ran = house.bihuan("backup-key", str(file))
    [made] = Key.read(file).public
    assert (ran.returncode, ran.stdout) == (0, made + "\n")
    assert "AGE-SECRET-KEY" not in ran.stdout + ran.stderr
    again = house.bihuan("backup-key", str(file))
    assert (again.returncode, again.stdout, Key.read(file).public) == (4, "", (made,))


def test_without_keys_a_backup_says_that_anybody_can_read_it(house, plain, tmp_path):
    ran = house.bihuan("backup", "--to", str(tmp_path / "shelf"))
    assert "没有加密" in ran.stdout and "not encrypted" in ran.stdout
    assert "secret-key" in {one.what for one in manifests.read(plain).left_out}
