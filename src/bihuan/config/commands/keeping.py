"""``backup``, ``backup-key``, ``restore``, ``drill``: nothing is lost for ever, and that is tried, not believed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bihuan.ground.backup import Damaged, Key, Locked, NotEmpty, Running, Shelf, check, opened_by
from bihuan.ground.backup.contents import mirror
from bihuan.ground.backup.errors import Failed
from bihuan.ground.backup.shelf import hand_over
from bihuan.ground.postgres.supervisor import Supervisor, running
from bihuan.ground.settings import Settings, load, read, settings_file
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
    for one in (restoring, drilling):
        one.add_argument("--replay", choices=["all", "none"], default="all", help="cases replayed by the verification")
        one.add_argument("--identity", type=Path, help="file of the private key of an encrypted backup")
    keys = verb(verbs, "backup-key", backup_key, "a pair of keys to encrypt backups with", "bihuan backup-key FILE")
    keys.add_argument("file", type=Path, help="where the private key is written; must not be there yet")


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
        "removed": list(done.gone), "recipients": list(manifest.recipients),
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
        put(_readable_by(manifest.recipients))
        put("不在其中 / not in it: " + ", ".join(one.what for one in manifest.left_out))
    for name in manifest.missing[:20]:
        tell(f"缺少文件 / missing file: {name}")
    return NOTHING if manifest.missing else 0


def _readable_by(recipients: Any) -> str:
    if recipients:
        return f"已加密 / encrypted to: {', '.join(recipients)}"
    return (
        "没有加密：谁拿到这个目录，谁就能读全部内容（见 bihuan backup-key）/ "
        "not encrypted: whoever holds this folder can read all of it (see bihuan backup-key)"
    )


def backup_key(chosen: Any) -> int:
    """0 made; 1 the file cannot be written; 4 it is there already."""
    from datetime import UTC, datetime

    key = Key.new()
    try:
        key.write(chosen.file, datetime.now(UTC))
    except FileExistsError:
        tell(f"{chosen.file} 已存在，没有改动 / is there already and was left alone")
        return REFUSED
    except OSError as failed:
        tell(f"{chosen.file}: {failed.strerror}")
        return FAILED
    [public] = key.public
    if chosen.json:
        put_json({"recipient": public, "identity": str(chosen.file)})
    else:
        put(public)
    tell(
        "把上面的公钥写进 bihuan.toml 的 backup-recipients。私钥文件移出本机，另存两份：丢了它，备份谁也打不开。\n"
        "Put the public key above into backup-recipients of bihuan.toml. Take the file of the private key off this "
        "machine and keep two copies: without it nobody opens a backup."
    )
    return 0


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
    """0 equal; 1 damaged, failed or not equal; 2 nobody to ask; 4 the target is in use or not empty, or no key fits."""
    from bihuan.config.keeping import places

    try:
        # as read, not as loaded: no secret key is made for an installation that is about to get its own back
        return _restoring(read(os.environ, settings_file(os.environ)), chosen)
    except (places.InUse, NotEmpty, Locked) as refused:
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
    key = key_of(settings, chosen.identity)
    if chosen.dry_run and manifest.encrypted and key is None:
        tell("已加密；没有私钥，没有试着打开 / encrypted; without an identity it was not tried to open it")
        return 0
    secret = opened_by(chosen.folder, manifest, key)
    if chosen.dry_run:
        return 0
    if not _agreed(chosen, manifest.name):
        return WRONG_USE
    return _compared(_restored(settings, chosen, manifest, key, secret), chosen)


def key_of(settings: Settings, named: Path | None) -> Key | None:
    """The private key named on the command line, else by ``backup-identity``; None without either. Raises Trouble."""
    file = named or settings.backup_identity
    return Key.read(file) if file is not None else None


def _agreed(chosen: Any, name: str) -> bool:
    """Whether somebody says yes; without a terminal only ``--yes`` does."""
    if chosen.yes:
        return True
    if not sys.stdin.isatty():
        tell("没有终端可询问，请加 --yes / there is nobody to ask: add --yes")
        return False
    tell(f"将恢复 {name}。继续？/ {name} will be restored. Go on? [y/N]")
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _restored(settings: Settings, chosen: Any, manifest: Any, key: Key | None, secret: str) -> Any:
    from datetime import UTC, datetime

    from bihuan.config.keeping.restoring import Target, bring_back
    from bihuan.config.keeping.secret import put_back_secret

    now = datetime.now(UTC)

    def brought(target: Target) -> Any:
        lists = _all_lists(settings, chosen.folder)
        return bring_back(
            chosen.folder, manifest, target, key=key, say=tell, replay=chosen.replay, disposals=lists, record=True
        )

    if chosen.into:
        report = brought(Target(chosen.into, settings.data))
    elif not settings.embedded and not chosen.replace:
        report = brought(Target(settings.owner_url, settings.data))
    else:
        report = _replaced(settings, chosen, brought, now)
    if not report.problems:
        report.said += put_back_secret(settings, secret, now)
    return report


def _replaced(settings: Settings, chosen: Any, brought: Callable[[Any], Any], now: Any) -> Any:
    from bihuan.config.keeping import places

    if not chosen.replace and (settings.data / "database").exists():
        raise NotEmpty(
            "这里已有系统；要替换它请加 --replace（原有的会移到一旁，不会删除）。",
            "There is an installation here; --replace puts it aside (nothing is deleted).",
        )
    place = (
        places.instead_of_embedded(settings, now)
        if settings.embedded
        else places.instead_of_database(settings.owner_url, settings.data, now)
    )
    with place as target:
        report = brought(target)
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
    """0 the newest backup restores to what it was; 1 it does not; 3 not due, no backup, or no key for it."""
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

    say = _silent if chosen.if_due else tell
    try:
        key = key_of(site, chosen.identity)
    except Trouble as unreadable:
        _remember_failure("drill", at, str(unreadable), chosen.if_due)
        tell(str(unreadable))
        return FAILED
    done = drilling.drill(site, shelf, say=say, key=key, on_server=chosen.on_server, replay=chosen.replay)
    if done is None:
        tell("没有备份可演练 / there is no backup to try")
        return NOTHING
    report = {**done.report.told(), **({"error": done.error[:400]} if done.error else {})}
    report |= {"unopened": True} if done.unopened else {}
    record(
        Run.DRILL, begun=at, seconds=done.seconds, good=done.good, name=done.folder.name,
        folder=str(done.folder), size=done.manifest.bytes if done.manifest else 0, report=report,
        by_clock=chosen.if_due,
    )  # fmt: skip
    if done.error:
        tell(done.error)
        return NOTHING if done.unopened else FAILED
    return _compared(done.report, chosen)
