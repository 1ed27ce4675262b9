"""``upgrade``: this version in the place of an earlier one, or everything as it was."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import psycopg

from bihuan.ground.backup import Running, check
from bihuan.ground.backup.errors import Failed, NoRoom
from bihuan.ground.postgres.supervisor import Supervisor, running
from bihuan.ground.settings import Settings, load
from bihuan.ground.words import Trouble

from .django import ready
from .keeping import FAILED, REFUSED, key_of
from .saying import put, tell, verb


def add_to(verbs: Any) -> None:
    upgrading = verb(verbs, "upgrade", upgrade, "backup, migrate, replay, verify; back if one fails", "bihuan upgrade")
    upgrading.add_argument("--golden", type=Path, help="folder of golden histories (default: tests/golden)")
    upgrading.add_argument("--replay", choices=["all", "none"], default="all", help="cases replayed by verification")


def upgrade(chosen: Any) -> int:
    """0 this version stands; 1 it does not, and the backup taken before was restored; 4 the site is running."""
    from bihuan.config.keeping import places

    settings = load()
    try:
        if settings.embedded:
            if running(settings.data) is not None:
                raise places.InUse("请先停止 bihuan serve 再升级。", "Stop bihuan serve first, then upgrade.")
            with Supervisor(settings.data, user_name=settings.user) as database:
                os.environ.update(database.addresses.environment())
                done = _upgraded(chosen)
            for name in ("DATABASE_URL", "BIHUAN_OWNER_URL", "BIHUAN_READER_URL"):
                os.environ.pop(name, None)
        else:
            places.need_nobody(settings.owner_url)
            done = _upgraded(chosen)
    except places.InUse as refused:
        tell(str(refused))
        return REFUSED
    except (Failed, NoRoom, Running, OSError) as failed:
        tell(f"{failed}\n没有升级，什么都没有改动 / not upgraded, nothing was changed")
        return FAILED
    for line in done.said:
        put(line)
    if not done.problems:
        put("升级完成 / upgraded")
        return 0
    for line in done.problems[:20]:
        tell(line)
    return _rolled_back(settings, done)


def _upgraded(chosen: Any) -> Any:
    ready(as_owner=True)
    from django.conf import settings
    from django.db import connections
    from django.utils import timezone

    from bihuan.config.keeping.models import Run
    from bihuan.config.keeping.recording import record
    from bihuan.config.keeping.restoring import Target
    from bihuan.config.keeping.upgrading import golden_folder, upgrade

    connections.close_all()
    target = Target(settings.SITE.owner_url, settings.SITE.data)
    histories, at = golden_folder(chosen.golden), timezone.now()
    key = key_of(settings.SITE, None)
    done = upgrade(settings.SITE, target, at, say=tell, histories=histories, replay=chosen.replay, key=key)
    if not done.problems:
        manifest = done.backup.manifest
        report = {"reason": manifest.reason, "recipients": list(manifest.recipients)}
        record(
            Run.BACKUP, begun=at, seconds=done.backup.seconds, good=not manifest.missing, name=manifest.name,
            folder=str(done.backup.folder), size=manifest.bytes, report=report,
        )  # fmt: skip
    return done


def _rolled_back(settings: Settings, done: Any) -> int:
    """Restore the backup taken before, as it was, and say so."""
    from datetime import UTC, datetime

    from bihuan.config.keeping import places
    from bihuan.config.keeping.restoring import bring_back

    tell(f"升级失败，正在退回 / the upgrade failed, going back to {done.backup.folder} …")
    now = datetime.now(UTC)
    place = (
        places.instead_of_embedded(settings, now)
        if settings.embedded
        else places.instead_of_database(settings.owner_url, settings.data, now)
    )
    try:
        manifest = check(done.backup.folder)
        with place as target:
            report = bring_back(done.backup.folder, manifest, target, key=done.key, say=tell, migrate=False)
            if report.problems:
                raise Failed("\n".join(report.problems), "What was restored differs.")
    except (Trouble, psycopg.Error, OSError) as failed:
        tell(f"退回也没有成功 / going back failed too: {failed}")
        tell(f"备份在 / the backup is {done.backup.folder}")
        return FAILED
    put("已退回升级前的数据；请用原来的版本启动 / back to the data before; start the earlier version")
    return FAILED
