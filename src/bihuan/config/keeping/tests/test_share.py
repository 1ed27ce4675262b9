"""How many files of a backup a drill writes back, and which."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from bihuan.config.keeping.restoring import shared_out
from bihuan.ground.backup.manifest import Kept, Manifest

FILES = {f"files/sha256/{number:02}": Kept(10, f"{number}") for number in range(20)}
BACKUP = Manifest(
    name="20261122T023000Z", taken_at=datetime(2026, 11, 22, 2, 30, tzinfo=UTC), reason="by-hand", version="1",
    server="18.0", tools="18.0", database_bytes=1, dump=Kept(1, "x"), rows={}, notes={}, files=FILES,
)  # fmt: skip


def test_a_restore_brings_all_of_them_back():
    assert shared_out(BACKUP, None) == (list(FILES), [])
    assert [len(part) for part in shared_out(BACKUP, 200)] == [20, 0]


def test_what_does_not_fit_is_looked_at_and_nothing_is_left_out():
    brought, looked = shared_out(BACKUP, 55)
    assert (len(brought), len(looked), {*brought, *looked}) == (5, 15, set(FILES))
    assert [len(part) for part in shared_out(BACKUP, 0)] == [0, 20]


def test_one_too_large_for_the_share_does_not_keep_the_others_from_it():
    large = {**FILES, "files/sha256/large": Kept(1000, "large")}
    brought, looked = shared_out(msgspec.structs.replace(BACKUP, files=large), 200)
    assert (len(brought), looked) == (20, ["files/sha256/large"])


def test_from_drill_to_drill_each_gets_its_turn():
    seen = set()
    for night in range(40):
        seen |= set(shared_out(msgspec.structs.replace(BACKUP, name=f"night {night}"), 50)[0])
    assert seen == set(FILES)
