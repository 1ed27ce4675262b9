"""The drill: the newest backup really restored somewhere else, compared, and dropped again."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bihuan.ground.backup import Damaged, Manifest, Shelf, check
from bihuan.ground.backup.shelf import need_room
from bihuan.ground.postgres.programs import wheel_folder
from bihuan.ground.settings import Settings
from bihuan.ground.words import Trouble

from . import places
from .backing import to_be_left
from .restoring import Report, Say, Target, bring_back

FOLDER = "drill"
DATABASE = "bihuan_drill"


@dataclass(frozen=True)
class Drilled:
    """How the drill of the backup in ``folder`` went; ``error`` says why it could not even be compared."""

    folder: Path
    manifest: Manifest | None
    report: Report
    seconds: float
    error: str = ""

    @property
    def good(self) -> bool:
        return not self.error and self.report.good


def drill(site: Settings, shelf: Shelf, *, say: Say, on_server: bool = False, replay: str = "all") -> Drilled | None:
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
        with _place(site, manifest, on_server) as target:
            report = bring_back(folder, manifest, target, say=say, replay=replay)
    except Damaged as damaged:
        shelf.spoil(folder, damaged.faults)
        error = str(damaged)
    except (Trouble, psycopg.Error, OSError) as trouble:
        error = str(trouble)
    return Drilled(folder, manifest, report, time.monotonic() - begun, error)


def _place(site: Settings, manifest: Manifest, on_server: bool) -> AbstractContextManager[Target]:
    if not on_server and _has_wheel():
        need_room(site.data, manifest.database_bytes * 5 // 4, to_be_left(site))
        return places.passing_server(site.data / FOLDER, site.user)
    if not site.owner_url:
        raise Trouble(
            "演练需要随附的数据库程序，或 owner-url 以便在同一服务器上另建数据库。",
            "A drill needs the embedded server's programs, or owner-url to make a database beside the installation's.",
        )
    return places.passing_database(site.owner_url, DATABASE)


def _has_wheel() -> bool:
    try:
        wheel_folder()
    except Trouble:
        return False
    return True
