"""The way back: every hash first, then the dump into an empty database, then the files; all can be begun again."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from bihuan.ground.backup import age, programs
from bihuan.ground.backup.contents import copied, make_closed
from bihuan.ground.backup.errors import Damaged, Locked, NotEmpty
from bihuan.ground.backup.manifest import DUMP, FILES, SITE_KEY, Kept, Manifest, kept, read
from bihuan.ground.system_user import give

# A schema of this name stands in a database while it is being filled: half a restore is known as one.
MARK = "bihuan_restoring"

_THINGS = """
    SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
            ELSE 'TABLE' END, c.oid::regclass::text
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('e', 'i', 'a'))
    UNION ALL
    SELECT CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, p.oid::regprocedure::text
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'TYPE', t.oid::regtype::text
    FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('c', 'e', 'd', 'r')
        AND (t.typrelid = 0 OR c.relkind = 'c')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype IN ('e', 'i'))
"""


def check(folder: Path, look: Callable[[str], None] = lambda _file: None) -> Manifest:
    """The manifest of a backup all of whose content is as it says. Raises Damaged naming every file that is not.

    ``look`` hears of each file before it is read. No key is needed: an encrypted file is looked at as it lies.
    """
    manifest = read(folder)
    faults = []
    for name, wanted in manifest.lying().items():
        look(name)
        fault = _fault(folder / name, wanted)
        if fault:
            faults.append(f"{name}: {fault}")
    if faults:
        raise Damaged(faults)
    return manifest


def _fault(file: Path, wanted: Kept) -> str:
    try:
        found = kept(file)
    except OSError as error:
        return f"不能读取 / cannot be read ({error.strerror})"
    return "" if found == wanted else "内容不符 / another content"


def opened_by(folder: Path, manifest: Manifest, key: age.Key | None) -> str:
    """The secret key a backup holds ("" = none), and thereby proof that it can be read. Raises Locked, Damaged."""
    if not manifest.encrypted:
        return ""
    if key is None:
        raise Locked(
            f"备份 {manifest.name} 已加密，请用 --identity 给出私钥文件；没有改动任何东西。",
            f"The backup {manifest.name} is encrypted: name the file of its private key by --identity. "
            "Nothing has been changed.",
        )
    with tempfile.SpooledTemporaryFile(max_size=1024 * 1024) as written:
        age.decrypt(folder / manifest.name_of(SITE_KEY), written, key)
        written.seek(0)
        return written.read().decode("utf-8")


def fill(
    address: str, folder: Path, manifest: Manifest, key: age.Key | None = None, passing: Path | None = None
) -> None:
    """Restore the dump into the database behind its owner's ``address``, which must hold nothing.

    A database in which an earlier attempt ended half-way is emptied and filled anew. An encrypted dump is decrypted
    into a file without a name in the folder ``passing``: whatever interrupts this, nothing readable is left.
    Raises NotEmpty, Failed, Locked, Damaged, psycopg.Error. ``finished`` is to be called once everything else has been
    done too.
    """
    with psycopg.connect(address, autocommit=True) as connection:
        if half_done(connection):
            empty(connection)
        if things_in(connection):
            raise NotEmpty(
                "目标数据库不是空的；没有改动任何数据。要替换现有系统请用 --replace，否则请给一个空数据库。",
                "The target database is not empty; nothing has been changed. Use --replace for the installation "
                "itself, or name an empty database.",
            )
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(MARK)))
        connection.execute(
            sql.SQL("COMMENT ON SCHEMA {} IS {}").format(sql.Identifier(MARK), sql.Literal(manifest.name))
        )
        _no_rights_of_its_own(connection)
        tools = programs.tools_for(max(programs.major_of(connection), int(manifest.tools.split(".", maxsplit=1)[0])))
    if not manifest.encrypted:
        programs.restore(tools, address, folder / DUMP)
        return
    with _decrypted(folder, manifest, key, passing) as dump:
        programs.restore(tools, address, dump)


@contextmanager
def _decrypted(folder: Path, manifest: Manifest, key: age.Key | None, passing: Path | None) -> Iterator[int]:
    if key is None:
        raise Locked("没有私钥。", "There is no private key.")
    with tempfile.TemporaryFile(dir=passing) as written:
        if age.decrypt(folder / manifest.name_of(DUMP), written, key) != manifest.dump:
            raise Damaged([f"{manifest.name_of(DUMP)}: 解密后内容不符 / another content when decrypted"])
        written.flush()
        yield written.fileno()


def _no_rights_of_its_own(connection: psycopg.Connection) -> None:
    """What the database gives away with every new table would be given on top of what the dump says."""
    roles = connection.execute(
        "SELECT DISTINCT a.grantee::regrole::text FROM pg_default_acl d, aclexplode(d.defaclacl) a"
        " WHERE d.defaclrole = current_user::regrole AND a.grantee <> 0 AND a.grantee <> d.defaclrole"
    ).fetchall()
    for (role,) in roles:
        for what in ("TABLES", "SEQUENCES"):
            connection.execute(
                sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON {} FROM {}").format(
                    sql.SQL(what), sql.SQL(role)
                )
            )


def finished(address: str) -> None:
    """The restore is whole: the database is like any other from now on."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {}").format(sql.Identifier(MARK)))


def half_done(connection: psycopg.Connection) -> bool:
    """Whether a restore into this database was begun and not ended."""
    return connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [MARK]).fetchone() is not None


def things_in(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """Sort and name of everything in schema public that no extension brought."""
    return [(str(sort), str(name)) for sort, name in connection.execute(_THINGS).fetchall()]


def empty(connection: psycopg.Connection) -> None:
    """Drop everything in schema public that no extension brought; only ever called on half a restore."""
    with connection.transaction():
        for _round in range(2):  # what hung on something else may be gone by its turn
            for sort, name in things_in(connection):
                # names as the server itself writes them
                connection.execute(f"DROP {sort} IF EXISTS {name} CASCADE")


def put_back(
    folder: Path, manifest: Manifest, data: Path, key: age.Key | None = None, only: Iterable[str] | None = None
) -> int:
    """Bring the backup's files (``only`` these) below ``data``; how many were not there yet.

    What is there already is left alone. A file stands under its name only when it is whole and on the disk. Raises
    Damaged naming files that do not come out as the manifest says, Locked, OSError.
    """
    brought, faults = 0, []
    for path in manifest.files if only is None else only:
        wanted, target = manifest.files[path], data / path
        if target.is_file() and kept(target) == wanted:
            continue
        make_folders(target.parent, data)
        making = target.with_name(f".{target.name}.restoring")
        making.unlink(missing_ok=True)
        _write_out(folder / manifest.name_of(f"{FILES}/{path}"), making, key if manifest.encrypted else None)
        making.chmod(0o640)
        give(making)
        making.replace(target)
        brought += 1
        if kept(target) != wanted:
            faults.append(f"{path}: 写入后内容不符 / another content after writing")
    if faults:
        raise Damaged(faults)
    return brought


def _write_out(there: Path, making: Path, key: age.Key | None) -> None:
    if key is None:
        with there.open("rb") as opened:
            copied(opened, making)
        return
    handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as written:
        age.decrypt(there, written, key)
        written.flush()
        os.fsync(written.fileno())


def look_into(folder: Path, manifest: Manifest, paths: Iterable[str], key: age.Key | None = None) -> None:
    """See that these files say what the manifest says, without keeping anything. Raises Damaged, Locked, OSError."""
    faults = []
    for path in paths:
        there = folder / manifest.name_of(f"{FILES}/{path}")
        found = age.decrypt(there, age.Nowhere(), key) if manifest.encrypted and key else kept(there)
        if found != manifest.files[path]:
            faults.append(f"{path}: 内容不符 / another content")
    if faults:
        raise Damaged(faults)


def make_folders(folder: Path, data: Path) -> None:
    """Folders on the way, closed, and of whom the data folder belongs to."""
    missing = [one for one in (folder, *folder.parents) if one != data and data in one.parents and not one.exists()]
    make_closed(folder, data)
    for one in reversed(missing):
        give(one)
