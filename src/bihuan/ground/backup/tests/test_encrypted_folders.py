"""Encrypted backups on the shelf: what is shared, what is not, and what comes back."""

from __future__ import annotations

import hashlib

import msgspec
import pytest

from bihuan.ground.backup import Damaged, Key, Locked, Shelf, age, check, look_into, opened_by, put_back
from bihuan.ground.backup.contents import Collector, below
from bihuan.ground.backup.manifest import DUMP, ENCRYPTED, FILE, PLAIN, SITE_KEY, Kept, Manifest, read, written

from .test_folders import AT, house

DUMPED = Kept(4, hashlib.sha256(b"dump").hexdigest())
ONE, TWO = "files/sha256/aa/1", "files/sha256/bb/2"
THERE = f"data/{ONE}.age"


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "backups")


@pytest.fixture
def key():
    return Key.new()


def taken(shelf: Shelf, data, recipients: tuple[str, ...]) -> tuple:
    """A backup of ``data``'s files with a small dump, encrypted to ``recipients`` if there are any."""
    with shelf.made().making(AT) as making:
        collector = Collector(data, making, shelf.whole(), recipients)
        assert collector.collect(below(data, "files"), contents=True) == []
        sealed = {}
        for name, content in ((DUMP, b"dump"), (SITE_KEY, b"the-key-of-the-site")) if recipients else ():
            (making / "plain").write_bytes(content)
            with (making / "plain").open("rb") as opened:
                _plain, sealed[f"{name}.age"] = age.encrypt(opened, making / f"{name}.age", recipients)
            (making / "plain").unlink()
        if not recipients:
            (making / DUMP).write_bytes(b"dump")
        manifest = Manifest(
            name=making.name.removeprefix(".making-"), taken_at=AT, reason="by-hand", version="1", server="18.0",
            tools="18.0", database_bytes=1, dump=DUMPED, rows={"a": 1}, notes={}, files=collector.files,
            recipients=recipients, sealed={**sealed, **collector.sealed}, format=ENCRYPTED if recipients else PLAIN,
        )  # fmt: skip
        (making / FILE).write_bytes(written(manifest))
    return shelf.folder / manifest.name, manifest


def test_its_folder_says_nothing_and_everything_comes_back(shelf, key, tmp_path):
    data = house(tmp_path, {ONE: b"a customer's words", TWO: b""})
    folder, manifest = taken(shelf, data, key.public)
    assert check(folder) == manifest == read(folder)
    lying = {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()}
    assert lying == {*manifest.lying(), FILE} == {DUMP + ".age", SITE_KEY + ".age", THERE, f"data/{TWO}.age", FILE}
    assert not any(b"customer" in (folder / name).read_bytes() for name in lying)
    assert opened_by(folder, manifest, key) == "the-key-of-the-site"
    assert put_back(folder, manifest, tmp_path / "again", key) == 2
    assert (tmp_path / "again" / ONE).read_bytes() == b"a customer's words"
    assert (tmp_path / "again" / TWO).read_bytes() == b""
    assert put_back(folder, manifest, tmp_path / "again", key) == 0
    look_into(folder, manifest, [ONE, TWO], key)


def test_without_the_right_key_nothing_comes_out(shelf, key, tmp_path):
    folder, manifest = taken(shelf, house(tmp_path, {ONE: b"one"}), key.public)
    for wrong in (None, Key.new()):
        with pytest.raises(Locked) as refused:
            opened_by(folder, manifest, wrong)
        assert manifest.name in refused.value.en
    with pytest.raises(Locked):
        put_back(folder, manifest, tmp_path / "again", Key.new())
    assert not (tmp_path / "again" / ONE).exists()


def test_a_changed_byte_is_found_without_a_key(shelf, key, tmp_path):
    folder, _manifest = taken(shelf, house(tmp_path, {ONE: b"one"}), key.public)
    content = bytearray((folder / THERE).read_bytes())
    content[-1] ^= 1
    (folder / THERE).write_bytes(bytes(content))
    with pytest.raises(Damaged) as refused:
        check(folder)
    assert [one.split(":")[0] for one in refused.value.faults] == [THERE]


def test_what_decrypts_to_something_else_than_was_written_down_is_named(shelf, key, tmp_path):
    folder, manifest = taken(shelf, house(tmp_path, {ONE: b"one", TWO: b"two"}), key.public)
    other = msgspec.structs.replace(manifest, files={**manifest.files, ONE: manifest.files[TWO]})
    for again in (
        lambda: look_into(folder, other, [ONE, TWO], key),
        lambda: put_back(folder, other, tmp_path / "again", key),
    ):
        with pytest.raises(Damaged) as refused:
            again()
        assert [one.split(":")[0] for one in refused.value.faults] == [ONE]


def test_the_next_one_shares_what_was_encrypted_to_the_same_keys_and_nothing_else(shelf, key, tmp_path):
    data = house(tmp_path, {ONE: b"one"})
    plain, _manifest = taken(shelf, data, ())
    first, _manifest = taken(shelf, data, key.public)
    house(tmp_path, {TWO: b"two"})
    second, manifest = taken(shelf, data, key.public)
    other, later = taken(shelf, data, tuple(sorted((*key.public, *Key.new().public))))
    again, _manifest = taken(shelf, data, ())
    assert (first / THERE).stat().st_ino == (second / THERE).stat().st_ino != (other / THERE).stat().st_ino
    assert (plain / f"data/{ONE}").stat().st_ino == (again / f"data/{ONE}").stat().st_ino
    assert [check(one).encrypted for one in (plain, first, second, other, again)] == [False, True, True, True, False]
    # the first may go; what they shared stays readable
    shelf.remove(first)
    assert (put_back(second, manifest, tmp_path / "a", key), put_back(other, later, tmp_path / "b", key)) == (2, 2)
    assert (tmp_path / "a" / ONE).read_bytes() == (tmp_path / "b" / ONE).read_bytes() == b"one"


def test_one_put_aside_again_is_in_no_part_of_it(shelf, key, tmp_path):
    data = house(tmp_path, {ONE: b"one"})
    with shelf.made().making(AT) as making:
        collector = Collector(data, making, (), key.public)
        collector.collect([ONE], contents=True)
        assert (list(collector.sealed), (making / THERE).exists()) == ([THERE], True)
        collector.drop([ONE])
        assert (collector.sealed, (making / THERE).exists()) == ({}, False)


def test_a_manifest_of_a_later_form_is_not_guessed_at(shelf, tmp_path):
    folder, manifest = taken(shelf, house(tmp_path, {ONE: b"one"}), ())
    (folder / FILE).write_bytes(written(msgspec.structs.replace(manifest, format=3)))
    with pytest.raises(Damaged) as refused:
        read(folder)
    assert "later version" in refused.value.faults[0]
