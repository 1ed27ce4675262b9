"""``backup``, ``restore``, ``drill``, ``upgrade``: nothing is lost for ever, and that is tried, not believed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bihuan.ground.backup import Damaged, NotEmpty, Running, Shelf, check
from bihuan.ground.backup.contents import mirror
from bihuan.ground.backup.errors import Failed, NoRoom
from bihuan.ground.backup.shelf import hand_over
from bihuan.ground.postgres.supervisor import Supervisor, running
from bihuan.ground.settings import Settings, load
from bihuan.ground.words import Trouble

from .django import ready
from .saying import put, put_json, tell, verb

FAILED, WRONG_USE, NOTHING, REFUSED, AWAY = 1, 2, 3, 4, 5


def add_to(verbs: Any) -> None:
    backing = verb(verbs, "backup", backup, "database and files into a folder of their own", "bihuan backup")
    backing.add_argument("--to", type=Path, help="the folder backups stand in (default: backup-folder)")
    backing.add_argument("--if-due", action="store_true", help="only when the night's backup is still owed")
    restoring = verb(verbs, "restore", restore, "a backup brought back and compared", "bihuan restore FOLDER --replace")
    restoring.add_argument("folder", type=Path, help="one backup's folder")
    where = restoring.add_mutually_exclusive_group()
    where.add_argument("--into", metavar="DATABASE_URL", help="an empty database, as its owner")
    where.add_argument("--replace", action="store_true", help="this installation; what stands there is moved aside")
    restoring.add_argument("--yes", action="store_true", help="do not ask")
    restoring.add_argument("--dry-run", action="store_true", help="look at every hash of the backup and stop")
    drilling = verb(verbs, "drill", drill, "the newest backup restored elsewhere, compared, dropped", "bihuan drill")
    drilling.add_argument("--to", type=Path, help="the folder backups stand in (default: backup-folder)")
    drilling.add_argument("--on-server", action="store_true", help="in a database beside the installation's")
    drilling.add_argument("--if-due", action="store_true", help="only when a month has passed")
    upgrading = verb(verbs, "upgrade", upgrade, "backup, migrate, replay, verify; back if one fails", "bihuan upgrade")
    upgrading.add_argument("--golden", type=Path, help="folder of golden histories (default: tests/golden)")
    for one in (restoring, drilling, upgrading):
        one.add_argument("--replay", choices=["all", "none"], default="all", help="cases replayed by the verification")


@contextmanager
def at_hand(settings: Settings) -> Iterator[None]:
    """The database: an outside one, one somebody supervises, or ours started for as long as this lasts."""
    if not settings.embedded or running(settings.data) is not None:
        yield
        return
    with Supervisor(settings.data, user_name=settings.user) as database:
        os.environ.update(database.addresses.environment())
        yield


# ------------------------------------------------------------------------------------------------------- backup


def backup(chosen: Any) -> int:
    """0 taken; 1 failed; 3 not due, somebody else is at it, or files named by the database are missing."""
    with at_hand(load()):
        ready()
        from django.conf import settings
        from django.utils import timezone

        from bihuan.config.keeping import queries
        from bihuan.config.keeping.models import Run

        at = timezone.now()
        with queries.alone(Run.BACKUP) as alone:
            if chosen.if_due and not (alone and queries.backup_due(settings.SITE, at)):
                return NOTHING
            return _backed(chosen, settings.SITE, at)


def _backed(chosen: Any, site: Settings, at: Any) -> int:
    from bihuan.config.keeping import backing

    reason = backing.NIGHTLY if chosen.if_due else backing.BY_HAND
    try:
        done = backing.back_up(site, at, reason, chosen.to)
    except Running as busy:
        tell(str(busy))
        return NOTHING
    except (Trouble, psycopg.Error, OSError) as trouble:
        _remember_failure("backup", at, str(trouble), chosen.if_due)
        tell(str(trouble))
        return AWAY if isinstance(trouble, psycopg.OperationalError) else FAILED
    return _backed_up(done, at, chosen)


def _backed_up(done: Any, at: Any, chosen: Any) -> int:
    from bihuan.config.keeping.models import Run
    from bihuan.config.keeping.recording import record

    manifest = done.manifest
    told = {
        "name": manifest.name, "folder": str(done.folder), "bytes": manifest.bytes, "seconds": round(done.seconds, 1),
        "rows": sum(manifest.rows.values()), "files": len(manifest.files), "missing": list(manifest.missing[:20]),
        "removed": list(done.gone),
    }  # fmt: skip
    record(
        Run.BACKUP, begun=at, seconds=done.seconds, good=not manifest.missing, name=manifest.name,
        folder=str(done.folder), size=manifest.bytes, report=told, by_clock=chosen.if_due,
    )  # fmt: skip
    if chosen.json:
        put_json({**told, "not_in_it": [{"what": one.what, "why": one.why} for one in manifest.left_out]})
    else:
        put(f"{done.folder}")
        size = f"{manifest.bytes / 1e6:.1f} MB, {done.seconds:.1f} s"
        put(f"{told['rows']} 行 / rows, {told['files']} 个文件 / files, {size}")
        put("不在其中 / not in it: " + ", ".join(one.what for one in manifest.left_out))
    for name in manifest.missing[:20]:
        tell(f"缺少文件 / missing file: {name}")
    return NOTHING if manifest.missing else 0


def _remember_failure(kind: str, at: Any, words: str, by_clock: bool) -> None:
    """A failure stands on the administrator's home too, where the database still takes it."""
    from django.db import DatabaseError

    from bihuan.config.keeping.recording import record

    try:
        record(kind, begun=at, seconds=0, good=False, report={"error": words[:400]}, by_clock=by_clock)
    except DatabaseError as error:
        tell(str(error))


# ------------------------------------------------------------------------------------------------------- restore


def restore(chosen: Any) -> int:
    """0 equal; 1 damaged, failed or not equal; 2 nobody to ask; 4 the target is in use or not empty."""
    from bihuan.config.keeping import places

    try:
        return _restoring(load(), chosen)
    except (places.InUse, NotEmpty) as refused:
        tell(str(refused))
        return REFUSED
    except (Damaged, Failed, OSError) as failed:
        tell(str(failed))
        return FAILED
    except psycopg.Error as away:
        tell(str(away))
        return AWAY


def _restoring(settings: Settings, chosen: Any) -> int:
    from bihuan.config.keeping import places

    if chosen.replace and settings.embedded and places.unfinished(settings.data):
        put(f"上次恢复已完成最后一步 / the interrupted restore is finished: {places.swap(settings.data)}")
        return 0
    tell(f"核对 / checking {chosen.folder} …")
    manifest = check(chosen.folder)
    tell(f"备份完好 / whole: {manifest.name}, {len(manifest.files)} 个文件 / files")
    if chosen.dry_run:
        return 0
    if not _agreed(chosen, manifest.name):
        return WRONG_USE
    return _compared(_restored(settings, chosen, manifest), chosen)


def _agreed(chosen: Any, name: str) -> bool:
    """Whether somebody says yes; without a terminal only ``--yes`` does."""
    if chosen.yes:
        return True
    if not sys.stdin.isatty():
        tell("没有终端可询问，请加 --yes / there is nobody to ask: add --yes")
        return False
    tell(f"将恢复 {name}。继续？/ {name} will be restored. Go on? [y/N]")
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _restored(settings: Settings, chosen: Any, manifest: Any) -> Any:
    from datetime import UTC, datetime

    from bihuan.config.keeping import places
    from bihuan.config.keeping.restoring import Target, bring_back

    def brought(target: Target) -> Any:
        lists = _all_lists(settings, chosen.folder)
        return bring_back(chosen.folder, manifest, target, say=tell, replay=chosen.replay, disposals=lists, record=True)

    if chosen.into:
        return brought(Target(chosen.into, settings.data))
    if not chosen.replace and (settings.data / "database").exists() and settings.embedded:
        raise NotEmpty(
            "这里已有系统；要替换它请加 --replace（原有的会移到一旁，不会删除）。",
            "There is an installation here; --replace puts it aside (nothing is deleted).",
        )
    if not settings.embedded and not chosen.replace:
        return brought(Target(settings.owner_url, settings.data))
    place: AbstractContextManager[Target]
    now = datetime.now(UTC)
    if settings.embedded:
        place = places.instead_of_embedded(settings, now)
    else:
        place = places.instead_of_database(settings.owner_url, now)
    with place as target:
        report = brought(Target(target.owner_url, target.data or settings.data))
        if report.problems:
            # the block ends badly: nothing changes places
            words = "\n".join(report.problems[:20])
            raise Failed(
                f"恢复的内容与备份不符，没有替换：\n{words}", "What was restored differs; nothing was replaced."
            )
    return report


def _all_lists(settings: Settings, folder: Path) -> Path:
    """The lists of disposal of this machine together with those that lie beside the backups."""
    lists = settings.data / "disposals"
    if (folder.parent / "disposals").is_dir():
        settings.data.mkdir(parents=True, exist_ok=True)
        mirror(folder.parent / "disposals", lists)
        hand_over(lists)
    return lists


def _compared(report: Any, chosen: Any) -> int:
    if chosen.json:
        put_json(report.told())
    else:
        for what, wanted, found in report.compared:
            put(f"{what}: {wanted} → {found}")
        for line in (*report.said, *report.problems, *report.findings):
            put(line)
        put("不相等 / not equal" if report.problems else "相等 / equal")
        if report.findings:
            put("备份时就有上述问题 / it was so when it was backed up")
    return 0 if report.good else FAILED


# ------------------------------------------------------------------------------------------------------- drill


def drill(chosen: Any) -> int:
    """0 the newest backup restores to what it was; 1 it does not; 3 not due, or there is no backup."""
    with at_hand(load()):
        ready()
        from django.conf import settings
        from django.utils import timezone

        from bihuan.config.keeping import queries
        from bihuan.config.keeping.models import Run

        at = timezone.now()
        shelf = Shelf(chosen.to or settings.SITE.backups)
        with queries.alone(Run.DRILL) as alone:
            if not alone or (chosen.if_due and not queries.drill_due(at)):
                return NOTHING
            return _drilled(chosen, settings.SITE, shelf, at)


def _silent(_words: str) -> None:
    """Started by the worker there is nobody at a terminal; what went wrong is still said."""


def _drilled(chosen: Any, site: Settings, shelf: Shelf, at: Any) -> int:
    from bihuan.config.keeping import drilling
    from bihuan.config.keeping.models import Run
    from bihuan.config.keeping.recording import record

    done = drilling.drill(
        site, shelf, say=_silent if chosen.if_due else tell, on_server=chosen.on_server, replay=chosen.replay
    )
    if done is None:
        tell("没有备份可演练 / there is no backup to try")
        return NOTHING
    report = {**done.report.told(), **({"error": done.error[:400]} if done.error else {})}
    record(
        Run.DRILL, begun=at, seconds=done.seconds, good=done.good, name=done.folder.name,
        folder=str(done.folder), size=done.manifest.bytes if done.manifest else 0, report=report,
        by_clock=chosen.if_due,
    )  # fmt: skip
    if done.error:
        tell(done.error)
        return FAILED
    return _compared(done.report, chosen)


# ------------------------------------------------------------------------------------------------------- upgrade


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
    done = upgrade(settings.SITE, target, at, say=tell, histories=histories, replay=chosen.replay)
    if not done.problems:
        manifest = done.backup.manifest
        record(
            Run.BACKUP, begun=at, seconds=done.backup.seconds, good=not manifest.missing, name=manifest.name,
            folder=str(done.backup.folder), size=manifest.bytes, report={"reason": manifest.reason},
        )  # fmt: skip
    return done


def _rolled_back(settings: Settings, done: Any) -> int:
    """Restore the backup taken before, as it was, and say so."""
    from datetime import UTC, datetime

    from bihuan.config.keeping import places
    from bihuan.config.keeping.restoring import Target, bring_back

    tell(f"升级失败，正在退回 / the upgrade failed, going back to {done.backup.folder} …")
    now = datetime.now(UTC)
    place: AbstractContextManager[Target]
    place = (
        places.instead_of_embedded(settings, now)
        if settings.embedded
        else places.instead_of_database(settings.owner_url, now)
    )
    try:
        manifest = check(done.backup.folder)
        with place as target:
            whole = Target(target.owner_url, target.data or settings.data)
            report = bring_back(done.backup.folder, manifest, whole, say=tell, migrate=False)
            if report.problems:
                raise Failed("\n".join(report.problems), "What was restored differs.")
    except (Trouble, psycopg.Error, OSError) as failed:
        tell(f"退回也没有成功 / going back failed too: {failed}")
        tell(f"备份在 / the backup is {done.backup.folder}")
        return FAILED
    put("已退回升级前的数据；请用原来的版本启动 / back to the data before; start the earlier version")
    return FAILED
