"""A backup brought back into an empty place, and everything compared with what the manifest says was there.

Order: rows and chain heads are compared as soon as the dump is in, before anything else writes; then the transaction
ids are shifted, the tables brought up to this version with their rights, newer disposal lists carried out, and the book
verified. Migrations and verification run in processes of their own, signed in as the owner of the place.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from bihuan.ground.backup import Key, Manifest, fill, look_into, put_back, rows_of
from bihuan.ground.backup.errors import Failed
from bihuan.ground.backup.putting_back import finished

from .observing import chains, migrations, there

Say = Callable[[str], None]
PROGRAM = (sys.executable, "-m")
ALL, NONE = "all", "none"
# in the environment of what a restore itself starts
RESTORING_NOW = "BIHUAN_RESTORING"
SHOWN = 20


@dataclass(frozen=True)
class Target:
    """Where a backup is brought back: the owner's address of an empty database, and a data folder for the files."""

    owner_url: str
    data: Path

    def environment(self) -> dict[str, str]:
        """For programs that work on the restored database; they keep their passing secret to themselves."""
        told = {**os.environ, "DJANGO_SETTINGS_MODULE": "bihuan.config.settings", "BIHUAN_SECRET_KEY": _SECRET}
        told |= {"DATABASE_URL": self.owner_url, "BIHUAN_OWNER_URL": self.owner_url, RESTORING_NOW: "1"}
        told["BIHUAN_DATA"] = str(self.data)
        return told


_SECRET = secrets.token_urlsafe(48)


@dataclass
class Report:
    """What was compared (words, as the backup has it, as it came out).

    ``problems``: where what was restored differs from the backup. ``findings``: what is wrong with it although it is
    equal, because it was so when the backup was taken.
    """

    name: str
    compared: list[tuple[str, str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        """Equal and sound."""
        return not self.problems and not self.findings

    def compare(self, words: str, wanted: dict[str, Any], found: dict[str, Any], counted: Callable[[Any], int]) -> None:
        """Note how much of ``words`` there was and came out, and every key in which they differ."""
        sums = (sum(map(counted, wanted.values())), sum(map(counted, found.values())))
        self.compared.append((words, f"{len(wanted)} / {sums[0]}", f"{len(found)} / {sums[1]}"))
        for key in sorted(wanted.keys() | found.keys()):
            if wanted.get(key) != found.get(key):
                self.problems.append(f"{words}: {key}: {wanted.get(key)} ≠ {found.get(key)}")

    def told(self) -> dict[str, Any]:
        """As data, for ``--json`` and for the row of a drill."""
        lines = [{"what": what, "backup": wanted, "restored": found} for what, wanted, found in self.compared]
        return {
            "name": self.name, "compared": lines, "problems": self.problems[:SHOWN],
            "findings": self.findings[:SHOWN], "said": self.said, "seconds": round(self.seconds, 1),
        }  # fmt: skip


def bring_back(
    folder: Path,
    manifest: Manifest,
    target: Target,
    *,
    say: Say,
    key: Key | None = None,
    share: int | None = None,
    migrate: bool = True,
    replay: str = ALL,
    disposals: Path | None = None,
    record: bool = False,
) -> Report:
    """Bring a checked backup back into ``target`` and compare. The report says what parted; nothing is hidden by it.

    ``key`` opens an encrypted one. ``share``: bytes of files that are brought back at most; the others are read to
    their end and compared without being kept (None = all are brought back).
    ``migrate`` False leaves the tables as they were and does not verify, for the way back from a failed upgrade.
    ``replay`` none: chains are verified, cases not replayed. ``disposals``: lists the backup may not know yet.
    Raises NotEmpty, Failed, Damaged, Locked, psycopg.Error, OSError.
    """
    begun = time.monotonic()
    report = Report(manifest.name)
    say(f"恢复数据库 / database: {manifest.dump.bytes / 1e6:.1f} MB …")
    target.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    fill(target.owner_url, folder, manifest, key, target.data)
    with psycopg.connect(target.owner_url, autocommit=True) as connection:
        report.compare("表与行 / tables, rows", manifest.rows, rows_of(connection), int)
        report.compare("链与条 / chains, entries", manifest.notes.get("chains", {}), chains(connection), _number)
        _shift(connection)
    say(f"文件 / files: {len(manifest.files)} …")
    brought, looked = shared_out(manifest, share)
    put_back(folder, manifest, target.data, key, brought)
    look_into(folder, manifest, looked, key)
    report.compared.append(("文件 / files", str(len(manifest.files)), str(len(brought) + len(looked))))
    if share is not None:
        report.said.append(_which(manifest, brought, looked))
    report.findings += [f"备份时已缺少的文件 / missing when backed up: {one}" for one in manifest.missing]
    if migrate:
        say("迁移与权限 / migrations and rights …")
        older = migrated(target, set(manifest.notes.get("migrations", ())))
        say("销毁清单与核对 / disposal lists, verify …")
        looked_through(target, report, replay=replay, disposals=disposals, record=record, renew=older)
    finished(target.owner_url)
    report.seconds = time.monotonic() - begun
    return report


def shared_out(manifest: Manifest, share: int | None) -> tuple[list[str], list[str]]:
    """Which files are brought back and which only read: as many as fit into ``share`` bytes (None = all of them).

    Another backup, another order: drill by drill each file gets its turn.
    """
    if share is None:
        return list(manifest.files), []
    order = sorted(manifest.files, key=lambda path: hashlib.sha256(f"{manifest.name} {path}".encode()).digest())
    brought, looked, left = [], [], share
    for path in order:
        fits = manifest.files[path].bytes <= left
        left -= manifest.files[path].bytes if fits else 0
        (brought if fits else looked).append(path)
    return brought, looked


def _which(manifest: Manifest, brought: list[str], looked: list[str]) -> str:
    size = sum(manifest.files[path].bytes for path in brought) / 1e6
    return (
        f"文件：写回 {len(brought)} 个（{size:.1f} MB），其余 {len(looked)} 个读到底并比对 / "
        f"files: {len(brought)} written back ({size:.1f} MB), the other {len(looked)} read to their end and compared"
    )


def _number(head: Any) -> int:
    return int(head[0])


def _shift(connection: psycopg.Connection) -> None:
    """New entries shall stand above the restored ones, whatever this server counts its transactions from."""
    if there(connection, "journal_epoch"):
        connection.execute("SELECT journal_after_restore()")


def migrated(target: Target, before: set[str]) -> bool:
    """Bring the tables up to this version; whether that was more than the migrations ``before``. Raises Failed."""
    _program(target, "bihuan.config.command", "migrate")
    with psycopg.connect(target.owner_url, autocommit=True) as connection:
        return not before.issuperset(migrations(connection))


def looked_through(
    target: Target,
    report: Report,
    *,
    replay: str,
    disposals: Path | None = None,
    record: bool = False,
    renew: bool = False,
) -> None:
    """What follows migrations (see ``afterwards``), in a process of its own; what it found goes into the report."""
    arguments = ["--replay", replay, *(["--record", report.name] if record else []), *(["--renew"] if renew else [])]
    arguments += ["--disposals", str(disposals)] if disposals is not None else []
    told = json.loads(_program(target, "bihuan.config.keeping.afterwards", *arguments))
    report.said += told["said"]
    report.findings += told["findings"]
    report.compared.append(("核对 / verify", "–", f"{told['entries']} 条 / entries, {told['cases']} 个事项 / cases"))


def _program(target: Target, module: str, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own programs, no shell
        [*PROGRAM, module, *arguments], env=target.environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        words = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise Failed(f"{module} 失败：\n{words}", f"{module} failed:\n{words}")
    return done.stdout
