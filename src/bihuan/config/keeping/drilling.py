"""The drill: the newest backup really restored somewhere else, compared, and dropped again.

The database is restored whole. Of the files so many are written back, as a real restore does it, as fit into a share;
the others are read to their end and compared.
"""

from __future__ import annotations

import shutil
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bihuan.ground.backup import Damaged, Key, Manifest, Shelf, check, opened_by
from bihuan.ground.backup.shelf import need_room
from bihuan.ground.postgres.programs import wheel_folder
from bihuan.ground.settings import Settings
from bihuan.ground.words import Trouble

from . import places
from .backing import to_be_left
from .restoring import Report, Say, Target, bring_back

FOLDER = "drill"
DATABASE = "bihuan_drill"
# a month's drill shall not write a house's pictures of ten years to the disk it works on
SHARE = 10 * 1024**3
NOT_OPENED = (
    "备份已加密，没有私钥（--identity 或 backup-identity）：只核对了指纹，没有恢复 / "
    "the backup is encrypted and there is no identity: hashes were checked, nothing was restored"
)


@dataclass(frozen=True)
class Drilled:
    """How the drill of the backup in ``folder`` went; ``error`` says why it could not even be compared.

    ``unopened``: it is encrypted and nobody gave a key, so that only the hashes were looked at.
    """

    folder: Path
    manifest: Manifest | None
    report: Report
    seconds: float
    error: str = ""
    unopened: bool = False

    @property
    def good(self) -> bool:
        return not self.error and self.report.good


def drill(
    site: Settings, shelf: Shelf, *, say: Say, key: Key | None = None, on_server: bool = False, replay: str = "all"
) -> Drilled | None:
    """Restore the newest backup on ``shelf`` in a passing place; None when there is none.

    The place is a server of our own where the wheel is installed, else (or ``on_server``) a database of its own beside
    the installation's. A backup found damaged is marked, so that it is never taken for a whole one again.
    """
    whole = shelf.whole()
    if not whole:
        return None
    folder = whole[0][0]
    begun = time.monotonic()
    manifest, report, error = None, Report(folder.name), ""
    try:
        say(f"核对 / checking {folder.name} …")
        manifest = check(folder)
        if manifest.encrypted and key is None:
            return Drilled(folder, manifest, report, time.monotonic() - begun, NOT_OPENED, unopened=True)
        opened_by(folder, manifest, key)
        with _place(site, manifest, on_server) as target:
            share = max(min(SHARE, shutil.disk_usage(target.data).free - to_be_left(site) - _work_room(manifest)), 0)
            report = bring_back(folder, manifest, target, say=say, key=key, share=share, replay=replay)
    except Damaged as damaged:
        shelf.spoil(folder, damaged.faults)
        error = str(damaged)
    except (Trouble, psycopg.Error, OSError) as trouble:
        error = str(trouble)
    return Drilled(folder, manifest, report, time.monotonic() - begun, error)


def _place(site: Settings, manifest: Manifest, on_server: bool) -> AbstractContextManager[Target]:
    if not on_server and _has_wheel():
        need_room(site.data, _work_room(manifest), to_be_left(site))
        return places.passing_server(site.data / FOLDER, site.user)
    if not site.owner_url:
        raise Trouble(
            "演练需要随附的数据库程序，或 owner-url 以便在同一服务器上另建数据库。",
            "A drill needs the embedded server's programs, or owner-url to make a database beside the installation's.",
        )
    return places.passing_database(site.owner_url, DATABASE, site.data / FOLDER)


def _work_room(manifest: Manifest) -> int:
    """Bytes the restored database takes, and the dump while it lies there decrypted."""
    return manifest.database_bytes * 5 // 4 + (manifest.dump.bytes if manifest.encrypted else 0)


def _has_wheel() -> bool:
    try:
        wheel_folder()
    except Trouble:
        return False
    return True
