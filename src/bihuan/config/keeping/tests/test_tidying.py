"""Which backups go is a matter of their moments, not of who can read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bihuan.config.keeping.backing import tidy
from bihuan.ground.backup import Shelf
from bihuan.ground.backup.manifest import ENCRYPTED, FILE, PLAIN, Kept, Manifest, written
from bihuan.ground.settings import Settings

NIGHT = datetime(2026, 11, 1, 18, 30, tzinfo=UTC)


def taken(shelf: Shelf, at: datetime, recipients: tuple[str, ...]) -> str:
    with shelf.made().making(at) as making:
        name = making.name.removeprefix(".making-")
        manifest = Manifest(
            name=name, taken_at=at, reason="nightly", version="1", server="18.0", tools="18.0", database_bytes=1,
            dump=Kept(1, "x"), rows={}, notes={}, files={}, recipients=recipients,
            format=ENCRYPTED if recipients else PLAIN,
        )  # fmt: skip
        (making / FILE).write_bytes(written(manifest))
    return name


def test_readable_and_encrypted_ones_are_kept_by_the_same_rule(tmp_path):
    shelves = Shelf(tmp_path / "plain"), Shelf(tmp_path / "mixed")
    site = Settings(backup_keep="3/0/0")
    for night in range(6):
        at = NIGHT + timedelta(days=night)
        for shelf, recipients in zip(shelves, ((), ("age1one",) if night >= 4 else ()), strict=True):
            taken(shelf, at, recipients)
    gone = [tidy(shelf, site) for shelf in shelves]
    assert gone[0] == gone[1] == ["20261101T183000Z", "20261102T183000Z", "20261103T183000Z"]
    assert [manifest.encrypted for _folder, manifest in shelves[1].whole()] == [True, True, False]
