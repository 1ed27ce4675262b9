"""Places to restore into: a passing server of our own, a passing database on the same server, the installation itself.

The installation is never written over. A restored one is made whole beside it and then changes places with it; what
stood there before is moved aside, not deleted.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bihuan.ground.backup.contents import mirror
from bihuan.ground.backup.errors import NotEmpty
from bihuan.ground.backup.putting_back import MARK
from bihuan.ground.backup.shelf import sync_folder
from bihuan.ground.postgres import Supervisor, running
from bihuan.ground.postgres.folders import FolderLock, make_data_folder
from bihuan.ground.postgres.roles import APP, READER
from bihuan.ground.settings import Settings
from bihuan.ground.system_user import give, service_user
from bihuan.ground.words import Trouble

from .restoring import RESTORING_NOW, Target

RESTORING = "restoring"
READY = "ready.json"
# what changes places; what was sealed stays where it is and only gets what it lacks
SWAPPED = ("database", "files")
COMMENT = "bihuan: a restore under way"


class InUse(Trouble):
    """Somebody works with what is to be replaced."""


@contextmanager
def passing_server(folder: Path, user_name: str = "") -> Iterator[Target]:
    """A server of our own in ``folder``, gone with everything in it afterwards. Raises Trouble."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with Supervisor(folder, user_name=user_name, durable=False) as server:
            yield Target(server.addresses.owner_url, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def passing_database(owner_url: str, name: str, folder: Path) -> Iterator[Target]:
    """A database of this name on the server behind ``owner_url``, and ``folder`` for files; both gone afterwards.

    Raises psycopg.Error, NotEmpty, OSError.
    """
    _drop_passing(owner_url, name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        give(folder)
        make_database(owner_url, name)
        yield Target(make_conninfo(owner_url, dbname=name), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _drop_passing(owner_url, name)


def make_database(owner_url: str, name: str) -> None:
    """A database like the one of ``owner_url``, of the same owner and rights, empty, marked as ours."""
    like = conninfo_to_dict(owner_url)["dbname"]
    with _beside(owner_url) as connection:
        found = connection.execute(
            "SELECT datcollate, datctype, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = %s", [like]
        ).fetchone()
        collate, ctype, encoding = found or ("C.UTF-8", "C.UTF-8", "UTF8")
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}").format(
                sql.Identifier(name), sql.Literal(encoding), sql.Literal(collate), sql.Literal(ctype)
            )
        )
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(COMMENT)))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}, {}").format(
                sql.Identifier(name), sql.Identifier(APP), sql.Identifier(READER)
            )
        )


def _drop_passing(owner_url: str, name: str) -> None:
    """Drop what an interrupted restore left; never a database that is not marked as ours."""
    with _beside(owner_url) as connection:
        found = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
        if found is None:
            return
        if found[0] != COMMENT:
            raise NotEmpty(f"数据库 {name} 已存在。", f"There is a database {name} already.")
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _beside(owner_url: str) -> Iterator[psycopg.Connection]:
    """The server's own database, from which others are made and renamed."""
    with psycopg.connect(make_conninfo(owner_url, dbname="postgres"), autocommit=True) as connection:
        yield connection


@contextmanager
def instead_of_database(owner_url: str, data: Path, at: datetime) -> Iterator[Target]:
    """A database beside the one of ``owner_url``; when the block ends well they change names. Files go into ``data``.

    The old one is called ``…_before_<moment>`` then. Raises InUse, before anything is done, while others are connected.
    """
    name = str(conninfo_to_dict(owner_url)["dbname"])
    need_nobody(owner_url)
    beside = f"{name}_restoring"[:63]
    _drop_passing(owner_url, beside)
    make_database(owner_url, beside)
    yield Target(make_conninfo(owner_url, dbname=beside), data)
    need_nobody(owner_url)
    aside = f"{name}_before_{_stamp(at)}"[:63]
    with _beside(owner_url) as connection, connection.transaction():
        for before, after in ((name, aside), (beside, name)):
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(before), sql.Identifier(after))
            )
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS NULL").format(sql.Identifier(name)))


def need_nobody(owner_url: str) -> None:
    """Raise InUse while anybody else is connected to the database."""
    name = conninfo_to_dict(owner_url)["dbname"]
    with _beside(owner_url) as connection:
        found = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name]).fetchone()
    if found and found[0]:
        raise InUse(
            f"还有 {found[0]} 个连接在使用数据库 {name}；请先停止 web 和 worker。",
            f"{found[0]} connections use the database {name}; stop web and worker first.",
        )


@contextmanager
def instead_of_embedded(site: Settings, at: datetime) -> Iterator[Target]:
    """A server of its own inside the data folder; when the block ends well database and files change places.

    Raises InUse while somebody supervises the data folder, Trouble.
    """
    user = service_user(site.user)
    data = make_data_folder(site.data, user)
    if running(data) is not None:
        raise InUse("系统正在运行；请先停止 bihuan serve。", "The installation is running; stop bihuan serve first.")
    lock = FolderLock(data / "database.lock")
    lock.take(user)
    try:
        folder = data / RESTORING
        shutil.rmtree(folder, ignore_errors=True)
        with Supervisor(folder, user_name=site.user) as server:
            yield Target(server.addresses.owner_url, folder)
        making = folder / f".{READY}"
        with making.open("w", encoding="utf-8") as opened:
            json.dump({"aside": f"before-restore-{_stamp(at)}"}, opened)
            opened.flush()
            os.fsync(opened.fileno())
        making.rename(folder / READY)
        sync_folder(folder)
        swap(data)
    finally:
        lock.let_go()


def refuse_unfinished(data: Path) -> None:
    """Raise Trouble where a restore still has to be ended."""
    if unfinished(data):
        raise Trouble(
            "恢复在最后一步被中断；请再次运行同一条 bihuan restore … --replace。",
            "A restore was interrupted in its last step; run the same bihuan restore … --replace again.",
        )


def refuse_half(connection: Any) -> None:
    """Raise Trouble where half a restore stands in the database; not for the restore itself."""
    if os.environ.get(RESTORING_NOW):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [MARK])
        half = cursor.fetchone()
    if half:
        raise Trouble(
            "这个数据库的恢复没有完成；请再次运行 bihuan restore。",
            "A restore into this database was not finished; run bihuan restore again.",
        )


def unfinished(data: Path) -> bool:
    """Whether a restore was interrupted while the places were changed: what stands there is neither the old nor new."""
    return (data / RESTORING / READY).exists()


def swap(data: Path) -> Path:
    """Change places, from wherever it was interrupted; the folder the old ones stand in, if there were any."""
    folder = data / RESTORING
    aside = data / json.loads((folder / READY).read_text(encoding="utf-8"))["aside"]
    for name in SWAPPED:
        if (folder / name).exists():
            if (data / name).exists() and not (aside / name).exists():
                if not aside.exists():
                    aside.mkdir(mode=0o700)
                    give(aside)
                (data / name).rename(aside / name)
            (folder / name).rename(data / name)
    if (folder / "digests").is_dir():
        mirror(folder / "digests", data / "digests")
    sync_folder(data)
    shutil.rmtree(folder)
    return aside


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dt%H%M%Sz")
