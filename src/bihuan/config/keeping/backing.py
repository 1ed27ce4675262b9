"""A backup of this installation: where it stands, what is in it and what is not, and what goes afterwards."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bihuan import __version__
from bihuan.ground.backup import Keep, Key, Manifest, Shelf, Source, Tree, surplus, take
from bihuan.ground.backup.contents import mirror
from bihuan.ground.backup.manifest import LeftOut
from bihuan.ground.backup.shelf import MEBIBYTE
from bihuan.ground.backup.taking import reading_all
from bihuan.ground.settings import Settings

from .observing import CONTENTS, observed

NIGHTLY, BY_HAND, BEFORE_UPGRADE = "nightly", "by-hand", "before-upgrade"
DISPOSALS = "disposals"
TREES = (Tree(CONTENTS, contents=True), Tree("digests"))
# only an encrypted backup may hold the key that second factors are sealed with
WITHOUT_SECRET = LeftOut(
    "secret-key",
    "the backup is not encrypted; keep a copy in other hands than the data: without it second factors have to be "
    "bound anew",
)
LEFT_OUT = (
    LeftOut("bihuan.toml, environment", "they hold passwords of mail and database; keep them apart"),
    LeftOut("letters", "every letter stands in the database; the folder holds copies that have left the house"),
    LeftOut("imports, exports", "passing files of a day; an import under way has to be handed in again"),
    LeftOut("pack folder", "procedures in force stand in the database as they were approved"),
    LeftOut("disposals", "beside the backups, not in them: an older backup needs the newer lists"),
)


@dataclass(frozen=True)
class Done:
    """A backup that was taken. ``gone``: names of the backups that went afterwards."""

    folder: Path
    manifest: Manifest
    seconds: float
    gone: tuple[str, ...]


def back_up(site: Settings, at: datetime, reason: str, to: Path | None = None, besides: Key | None = None) -> Done:
    """Take one backup of ``site`` into ``to`` (its own folder of backups), then clear away what need not be kept.

    ``besides``: a key that opens it too, where it is encrypted. Raises what ``ground.backup.take`` raises. ``at`` names
    the backup.
    """
    begun = time.monotonic()
    shelf = Shelf(to or site.backups)
    address = reading_all([site.reader_url, site.database_url, site.owner_url])
    recipients, left_out = _recipients(site, besides), LEFT_OUT
    if not recipients:
        left_out = (WITHOUT_SECRET, *LEFT_OUT)
    source = Source(
        address, site.data, __version__, TREES, observed, left_out, to_be_left(site), recipients, site.secret_key
    )
    folder, manifest = take(source, shelf, at, reason)
    lists = site.data / DISPOSALS
    if lists.is_dir():
        # a list grows while it is being carried out
        mirror(lists, shelf.folder / DISPOSALS, renew=True)
    gone = tidy(shelf, site)
    return Done(folder, manifest, time.monotonic() - begun, tuple(gone))


def _recipients(site: Settings, besides: Key | None) -> tuple[str, ...]:
    if besides is None or not site.backup_recipients:
        return site.backup_recipients
    return tuple(sorted({*site.backup_recipients, *besides.public}))


def to_be_left(site: Settings) -> int:
    """Bytes a backup or drill leaves free: acts stop below ``disk-reserve-megabytes``, and neither may be the cause."""
    return (site.disk_reserve_megabytes + 256) * MEBIBYTE


def tidy(shelf: Shelf, site: Settings) -> list[str]:
    """Remove the backups that need not be kept; the names of those that went.

    What was found damaged goes once a whole one has been taken since; the newest whole one stays whatever is set.
    """
    whole = shelf.whole()
    going = set(surplus([manifest.taken_at for _folder, manifest in whole], Keep.read(site.backup_keep), _zone(site)))
    folders = [folder for folder, manifest in whole if manifest.taken_at in going]
    if whole:
        newest = whole[0][0].stat().st_mtime
        folders += [folder for folder in shelf.spoilt() if folder.stat().st_mtime < newest]
    for folder in folders:
        shelf.remove(folder)
    return sorted(folder.name for folder in folders)


def _zone(site: Settings) -> ZoneInfo:
    return ZoneInfo(site.zone)
