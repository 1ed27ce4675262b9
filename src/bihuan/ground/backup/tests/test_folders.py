"""What stands in a folder of backups: whole ones, and never anything that only looks like one."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime

import pytest

from bihuan.ground.backup import Damaged, NoRoom, Shelf, check, put_back
from bihuan.ground.backup.contents import Collector, below, mirror
from bihuan.ground.backup.manifest import DUMP, FILE, Kept, Manifest, kept, read, written
from bihuan.ground.backup.shelf import need_room

AT = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)


def made(shelf: Shelf, collector_of=None, at: datetime = AT) -> tuple:
    """A backup with a small dump and whatever ``collector_of`` collects; its folder and manifest."""
    with shelf.made().making(at) as making:
        (making / DUMP).write_bytes(b"dump")
        files = collector_of(making).files if collector_of else {}
        manifest = Manifest(
            name=making.name.removeprefix(".making-"), taken_at=at, reason="by-hand", version="1", server="18.0",
            tools="18.0", database_bytes=1, dump=kept(making / DUMP), rows={"a": 1}, notes={}, files=files,
        )  # fmt: skip
        (making / FILE).write_bytes(written(manifest))
    return shelf.folder / manifest.name, manifest


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "backups")


def test_a_finished_one_is_found_and_reads_as_it_was_written(shelf):
    folder, manifest = made(shelf)
    assert shelf.whole() == [(folder, manifest)]
    assert check(folder) == manifest
    assert stat.S_IMODE(shelf.folder.stat().st_mode) == stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_two_in_the_same_second_have_names_of_their_own_and_the_newest_comes_first(shelf):
    first, second = made(shelf), made(shelf)
    assert (first[0].name, second[0].name) == ("20261122T023000Z", "20261122T023000Z-2")
    assert [folder for folder, _manifest in shelf.whole()] == [second[0], first[0]]


def test_an_interrupted_one_is_not_there_and_its_remains_are_cleared_by_the_next(shelf):
    with pytest.raises(KeyboardInterrupt), shelf.made().making(AT) as making:
        (making / DUMP).write_bytes(b"half")
        raise KeyboardInterrupt
    assert list(shelf.folder.iterdir()) == []
    # killed outright nothing is cleared up: whole content under a passing name is still no backup
    folder, _manifest = made(shelf)
    folder.rename(shelf.folder / ".making-20261122T023000Z")
    assert shelf.whole() == []
    again, _manifest = made(shelf)
    assert list(shelf.folder.iterdir()) == [again]


def test_whatever_is_no_backup_is_passed_over(shelf):
    (shelf.made().folder / "disposals").mkdir()
    (shelf.folder / "notes").mkdir()
    (shelf.folder / "notes" / FILE).write_text("{}")
    assert shelf.whole() == []


def test_a_manifest_changed_by_one_figure_is_not_what_was_sealed(shelf):
    folder, _manifest = made(shelf)
    file = folder / FILE
    file.write_text(file.read_text().replace('"a": 1', '"a": 2'))
    with pytest.raises(Damaged) as refused:
        read(folder)
    assert FILE in refused.value.faults[0]
    assert shelf.whole() == []


def test_every_file_that_is_not_what_it_was_is_named(shelf, tmp_path):
    data = house(tmp_path, {"files/sha256/aa/1": b"one", "files/sha256/bb/2": b"two"})
    folder, _manifest = made(shelf, lambda making: collected(data, making))
    (folder / "data/files/sha256/aa/1").write_bytes(b"eno")
    (folder / "data/files/sha256/bb/2").unlink()
    (folder / DUMP).write_bytes(b"dumb")
    with pytest.raises(Damaged) as refused:
        check(folder)
    assert [fault.split(":")[0] for fault in refused.value.faults] == [
        DUMP, "data/files/sha256/aa/1", "data/files/sha256/bb/2",
    ]  # fmt: skip


def house(folder, files):
    for name, content in files.items():
        (folder / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "data" / name).write_bytes(content)
    return folder / "data"


def collected(data, making, earlier=()):
    collector = Collector(data, making, earlier)
    assert collector.collect(below(data, "files"), contents=True) == []
    return collector


def test_a_second_one_shares_what_the_first_holds_and_never_the_houses_own_file(shelf, tmp_path):
    data = house(tmp_path, {"files/sha256/aa/1": b"one"})
    first, _manifest = made(shelf, lambda making: collected(data, making))
    house(tmp_path, {"files/sha256/bb/2": b"two"})
    second, manifest = made(shelf, lambda making: collected(data, making, shelf.whole()))
    there = "data/files/sha256/aa/1"
    assert (first / there).stat().st_ino == (second / there).stat().st_ino
    assert (first / there).stat().st_ino != (data / "files/sha256/aa/1").stat().st_ino
    assert check(second) == manifest
    shelf.remove(first)
    assert (second / there).read_bytes() == b"one"
    assert [folder for folder, _manifest in shelf.whole()] == [second]


def test_a_damaged_one_shares_nothing_and_is_whole_no_more(shelf, tmp_path):
    data = house(tmp_path, {"files/sha256/aa/1": b"one"})
    first, _manifest = made(shelf, lambda making: collected(data, making))
    shelf.spoil(first, ("dump",))
    assert (shelf.whole(), shelf.spoilt()) == ([], [first])
    second, _manifest = made(shelf, lambda making: collected(data, making, shelf.whole()))
    assert (second / "data/files/sha256/aa/1").stat().st_nlink == 1


def test_a_file_that_is_not_there_is_named_and_one_not_wanted_is_put_aside(shelf, tmp_path):
    data = house(tmp_path, {"files/sha256/aa/1": b"one", "files/sha256/cc/3": b"loose"})

    def collect(making):
        collector = collected(data, making)
        assert collector.collect(["files/sha256/ff/9"], contents=True) == ["files/sha256/ff/9"]
        collector.drop(["files/sha256/cc/3"])
        return collector

    folder, manifest = made(shelf, collect)
    assert list(manifest.files) == ["files/sha256/aa/1"]
    assert not (folder / "data/files/sha256/cc/3").exists()


def test_passing_names_and_links_are_no_files_of_the_house(tmp_path):
    data = house(tmp_path, {"files/a": b"a", "files/.a.123": b"half", "files/.making/b": b"b"})
    (data / "files" / "link").symlink_to(data / "files" / "a")
    assert below(data, "files") == ["files/a"]


def test_files_come_back_and_what_is_there_already_is_left_alone(shelf, tmp_path):
    data = house(tmp_path, {"files/sha256/aa/1": b"one", "files/sha256/bb/2": b"two"})
    folder, manifest = made(shelf, lambda making: collected(data, making))
    target = tmp_path / "again"
    house(target, {"files/sha256/aa/1": b"one", "files/sha256/bb/2": b"damaged"})
    before = (target / "data/files/sha256/aa/1").stat().st_mtime_ns
    assert put_back(folder, manifest, target / "data") == 1
    assert kept(target / "data/files/sha256/bb/2") == manifest.files["files/sha256/bb/2"]
    assert (target / "data/files/sha256/aa/1").stat().st_mtime_ns == before
    assert put_back(folder, manifest, target / "data") == 0


def test_a_folder_is_mirrored_by_what_it_lacks(tmp_path):
    house(tmp_path, {"a.json": b"1", "b.json": b"2"})
    assert mirror(tmp_path / "data", tmp_path / "copy") == 2
    (tmp_path / "data" / "a.json").unlink()
    house(tmp_path, {"c.json": b"3"})
    assert mirror(tmp_path / "data", tmp_path / "copy") == 1
    assert sorted(one.name for one in (tmp_path / "copy").iterdir()) == ["a.json", "b.json", "c.json"]
    house(tmp_path, {"c.json": b"3 and more"})
    assert (mirror(tmp_path / "data", tmp_path / "copy"), (tmp_path / "copy" / "c.json").read_bytes()) == (0, b"3")
    assert mirror(tmp_path / "data", tmp_path / "copy", renew=True) == 1
    assert (tmp_path / "copy" / "c.json").read_bytes() == b"3 and more"


def test_a_disk_without_room_is_refused_before_anything_is_written(shelf):
    free = os.statvfs(shelf.made().folder).f_bavail * os.statvfs(shelf.folder).f_frsize
    need_room(shelf.folder, 0, 0)
    with pytest.raises(NoRoom) as refused:
        need_room(shelf.folder, 0, 2 * free)
    assert str(shelf.folder) in refused.value.zh
    with pytest.raises(NoRoom) as refused:
        need_room(shelf.folder, 2 * free, 0)
    assert str(shelf.folder) in refused.value.zh


def test_a_kept_file_is_known_by_length_and_digest(tmp_path):
    (tmp_path / "x").write_bytes(b"abc")
    assert kept(tmp_path / "x") == Kept(3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
