"""Taking a backup: one snapshot for dump, counts and notes; files before and after it, so that none slips through."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from psycopg import sql

from bihuan.ground.backup import age, programs
from bihuan.ground.backup.contents import Collector, below
from bihuan.ground.backup.errors import Running
from bihuan.ground.backup.manifest import (
    DUMP,
    ENCRYPTED,
    FILE,
    PLAIN,
    SITE_KEY,
    SUFFIX,
    Kept,
    LeftOut,
    Manifest,
    kept,
    written,
)
from bihuan.ground.backup.shelf import MEBIBYTE, Shelf, need_room
from bihuan.ground.words import Trouble

# one lock in the database itself: however many machines look after it, one of them takes the backup
LOCK = "bihuan backup"
_ROOM_FOR_A_FIRST_DUMP = 3  # a dump is at most about so many times smaller than its database


@dataclass(frozen=True)
class Tree:
    """A folder below the data folder. ``contents``: its files stand under their digests, so they never change."""

    path: str
    contents: bool = False


@dataclass(frozen=True)
class Observed:
    """What the rooms above read under the snapshot.

    ``needed``: files that must be there (paths below the data folder), ``besides``: such that may. Of trees of contents
    nothing else is kept: what no row names, nobody can hand out.
    """

    notes: dict[str, Any] = field(default_factory=dict)
    needed: frozenset[str] = frozenset()
    besides: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Source:
    """What is backed up: the database behind ``address`` (of a role that may read all of it) and ``data``'s trees.

    With ``recipients`` everything is encrypted to them, and only then ``secret``, the site's secret key, goes along.
    """

    address: str
    data: Path
    version: str
    trees: tuple[Tree, ...]
    observe: Callable[[psycopg.Connection], Observed]
    left_out: tuple[LeftOut, ...] = ()
    # bytes to be left over on the disk of the backups: acts stop when it is full
    reserve: int = 256 * MEBIBYTE
    recipients: tuple[str, ...] = ()
    secret: str = field(default="", repr=False)


def take(source: Source, shelf: Shelf, at: datetime, reason: str) -> tuple[Path, Manifest]:
    """Take one backup; its folder and manifest.

    Raises Running when somebody else takes one of the same database, NoRoom, Failed, Trouble without programs, and
    psycopg.Error when the database does not answer. Then there is no new backup, and the earlier ones stand as before.
    """
    shelf.made()
    with psycopg.connect(source.address, autocommit=True, options="-c bihuan.scope=") as connection, _alone(connection):
        tools = programs.tools_for(programs.major_of(connection))
        earlier = [one for one in shelf.whole() if one[1].recipients == source.recipients]
        need_room(shelf.folder, _wanted(connection, source, earlier[0][1] if earlier else None), source.reserve)
        with shelf.making(at) as making:
            collector = Collector(source.data, making, earlier[:3], source.recipients)
            for tree in source.trees:
                collector.collect(below(source.data, tree.path), tree.contents)
            manifest = _under_snapshot(connection, tools, source, collector, making, at, reason)
            name = making.name.removeprefix(".making-")
            _write(making / FILE, written(_named(manifest, name)))
    folder = shelf.folder / name
    return folder, _named(manifest, name)


@contextmanager
def _alone(connection: psycopg.Connection) -> Any:
    row = connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [LOCK]).fetchone()
    if row is None or not row[0]:
        raise Running("另一个备份正在进行。", "Another backup is being taken.")
    yield


def running(connection: Any) -> bool:
    """Whether somebody takes a backup of this database now; asked on a connection of any sort with ``execute``."""
    got = connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [LOCK]).fetchone()[0]
    if got:
        connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [LOCK])
    return not got


def _wanted(connection: psycopg.Connection, source: Source, last: Manifest | None) -> int:
    """Bytes a backup will take, by the last one or by the size of the database; files already kept cost nothing."""
    dump = last.dump.bytes * 5 // 4 if last else _size(connection) // _ROOM_FOR_A_FIRST_DUMP
    known = last.files if last else {}
    fresh = [one for tree in source.trees for one in below(source.data, tree.path) if one not in known]
    return dump + sum((source.data / one).stat().st_size for one in fresh if (source.data / one).exists())


def _under_snapshot(
    connection: psycopg.Connection,
    tools: programs.Tools,
    source: Source,
    collector: Collector,
    making: Path,
    at: datetime,
    reason: str,
) -> Manifest:
    sealed: dict[str, Kept] = {}
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = str(_one(connection, "SELECT pg_export_snapshot()"))
        with _dump(tools, source, snapshot, making / DUMP, sealed) as dump:
            rows = rows_of(connection)
            observed = source.observe(connection)
            plain = dump()
    missing = _collect(source, collector, observed)
    if source.recipients:
        secret = making / (SITE_KEY + SUFFIX)
        sealed[secret.name] = age.encrypt(io.BytesIO(source.secret.encode()), secret, source.recipients)[1]
    return Manifest(
        name="",
        taken_at=at,
        reason=reason,
        version=source.version,
        server=str(_one(connection, "SHOW server_version")),
        tools=tools.version,
        database_bytes=_size(connection),
        dump=plain,
        rows=rows,
        notes=observed.notes,
        files=dict(sorted(collector.files.items())),
        missing=tuple(missing),
        left_out=source.left_out,
        recipients=source.recipients,
        sealed={**sealed, **dict(sorted(collector.sealed.items()))},
        format=ENCRYPTED if source.recipients else PLAIN,
    )


def _collect(source: Source, collector: Collector, observed: Observed) -> list[str]:
    """What the rows of the snapshot name; those that are not there. Contents that no row names are put aside again."""
    missing = collector.collect(sorted(observed.needed), contents=True)
    collector.collect(sorted(observed.besides), contents=True)
    named = observed.needed | observed.besides
    trees = tuple(f"{tree.path}/" for tree in source.trees if tree.contents)
    collector.drop([one for one in collector.files if one.startswith(trees) and one not in named] if trees else [])
    return missing


@contextmanager
def _dump(
    tools: programs.Tools, source: Source, snapshot: str, file: Path, sealed: dict[str, Kept]
) -> Iterator[Callable[[], Kept]]:
    """``pg_dump`` under way; what is yielded waits for it. Encrypted it never lies readable on any disk."""
    process = programs.dumping(tools, source.address, snapshot, None if source.recipients else file)

    def ended() -> Kept:
        if sealing is None:
            programs.dumped(process)
            return kept(file)
        try:
            programs.dumped(process)
        finally:
            # a full disk is the reason, the program's end its consequence
            plain, sealed[file.name + SUFFIX] = sealing.result()
        return plain

    with ThreadPoolExecutor(1) as beside:
        sealing = beside.submit(_sealed, process, file, source.recipients) if source.recipients else None
        try:
            yield ended
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _sealed(process: subprocess.Popen[bytes], file: Path, recipients: tuple[str, ...]) -> tuple[Kept, Kept]:
    try:
        if process.stdout is None:
            raise ValueError("a dump without an output")
        return age.encrypt(process.stdout, file.with_name(file.name + SUFFIX), recipients)
    except BaseException:
        process.kill()
        raise


def _named(manifest: Manifest, name: str) -> Manifest:
    return msgspec.structs.replace(manifest, name=name)


def _size(connection: psycopg.Connection) -> int:
    return int(str(_one(connection, "SELECT pg_database_size(current_database())")))


def _one(connection: psycopg.Connection, statement: str) -> object:
    row = connection.execute(statement).fetchone()
    return row[0] if row else None


def rows_of(connection: psycopg.Connection) -> dict[str, int]:
    """How many rows each table of schema public holds, by its name; what extensions brought is not counted."""
    names = connection.execute(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid"
        " AND d.deptype = 'e') ORDER BY 1"
    ).fetchall()
    counted = {}
    for (name,) in names:
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", name))).fetchone()
        counted[name] = int(row[0]) if row else 0
    return counted


def may_read_all(connection: psycopg.Connection) -> list[str]:
    """Tables and sequences of schema public that the role signed in may not read; empty = it can take a backup."""
    rows = connection.execute(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND ("
        " c.relkind IN ('r', 'p', 'm', 'v') AND NOT has_table_privilege(c.oid, 'SELECT')"
        " OR c.relkind = 'S' AND NOT has_sequence_privilege(c.oid, 'SELECT')) ORDER BY 1"
    ).fetchall()
    return [name for (name,) in rows]


def reading_all(addresses: list[str]) -> str:
    """The first address whose role may read everything. Raises Trouble naming what the last one may not."""
    closed: list[str] = []
    for address in dict.fromkeys(one for one in addresses if one):
        with psycopg.connect(address, autocommit=True) as connection:
            closed = may_read_all(connection)
            if not closed:
                return address
    names = ", ".join(closed[:5])
    raise Trouble(
        f"没有一个角色能读全部数据，缺：{names}。请运行 bihuan migrate 重新授权，或提供 owner-url。",
        f"No role may read everything; missing: {names}. Run bihuan migrate to set the rights again, or give "
        "owner-url.",
    )


def _write(file: Path, content: bytes) -> None:
    with file.open("xb") as opened:
        opened.write(content)
    file.chmod(0o600)
