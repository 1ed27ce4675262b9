"""``pg_dump`` and ``pg_restore``: which ones, and how they are called.

A dump is taken by a program of the server's own version where there is one, else by the next newer one: older ones
refuse. The wheel of the embedded server brings one; others are looked for where the system keeps them.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Conninfo

from bihuan.ground.backup.errors import Failed
from bihuan.ground.postgres.programs import wheel_folder
from bihuan.ground.words import Trouble

SYSTEM = Path("/usr/lib/postgresql")
# What a restoring program newer than the server says that the server does not know, and that does not matter there.
_UNKNOWN_TO_OLDER = re.compile(r'unrecognized configuration parameter "transaction_timeout"')
_ERROR = re.compile(r"^pg_restore: error: ", re.M)


@dataclass(frozen=True)
class Tools:
    """A folder of the programs, and the version they say they are (``18.6``)."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def path(self, name: str) -> str:
        return str(self.folder / name)


def tools_for(server: int, candidates: Iterable[Path] | None = None) -> Tools:
    """The programs for a server of this major version: its own, else the least newer. Raises Trouble without any."""
    found = [one for one in map(_tools_in, _folders() if candidates is None else candidates) if one is not None]
    fitting = sorted((one for one in found if one.major >= server), key=lambda one: one.major)
    if not fitting:
        there = ", ".join(sorted(one.version for one in found)) or "–"
        raise Trouble(
            f"没有适合 PostgreSQL {server} 的 pg_dump 和 pg_restore（找到：{there}）；"
            f"请安装 postgresql-client-{server}。",
            f"There is no pg_dump and pg_restore for PostgreSQL {server} (found: {there}); install "
            f"postgresql-client-{server}.",
        )
    return fitting[0]


def _folders() -> list[Path]:
    found = []
    # an installation against another server may do without the wheel
    with contextlib.suppress(Trouble):
        found.append(wheel_folder() / "pginstall" / "bin")
    on_path = shutil.which("pg_dump")
    if on_path:
        found.append(Path(on_path).parent)
    return [*found, *sorted(SYSTEM.glob("*/bin"))]


def _tools_in(folder: Path) -> Tools | None:
    try:
        said = [
            subprocess.run(  # noqa: S603 - programs of the database, no shell
                [str(folder / name), "--version"], capture_output=True, text=True, check=True, env=_bare()
            ).stdout
            for name in ("pg_dump", "pg_restore")
        ]
    except (OSError, subprocess.SubprocessError):
        return None
    versions = [re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)?)", words) for words in said]
    if not all(versions) or len({one.group(1) for one in versions if one}) != 1:
        return None
    return Tools(folder, next(one.group(1) for one in versions if one))


def _bare() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def major_of(connection: psycopg.Connection) -> int:
    return connection.info.server_version // 10000


def calling(address: str, options: str = "") -> dict[str, str]:
    """The environment a program of the database finds its server by: no password stands in a list of processes.

    Raises Trouble for a part of the address that no name in the environment stands for.
    """
    names = {one.keyword.decode(): (one.envvar or b"").decode() for one in Conninfo.get_defaults()}
    spoken = _bare()
    for keyword, value in conninfo_to_dict(address).items():
        if not names.get(keyword):
            raise Trouble(f"地址中的 {keyword} 不能用于备份", f"{keyword} in the address cannot be used for backups")
        spoken[names[keyword]] = str(value)
    if options:
        spoken["PGOPTIONS"] = f"{spoken.get('PGOPTIONS', '')} {options}".strip()
    return spoken


def dumping(tools: Tools, address: str, snapshot: str, file: Path | None) -> subprocess.Popen[bytes]:
    """``pg_dump`` under way in its custom format under an exported snapshot, into ``file`` or (None) its own output.

    Row-level security stays on: whoever reads with an empty scope sees every row, and no right to pass the wall is
    needed for it.
    """
    command = [tools.path("pg_dump"), "--format=custom", "--compress=3", "--no-password", "--enable-row-security"]
    command += [f"--snapshot={snapshot}", *([f"--file={file}"] if file else [])]
    return subprocess.Popen(  # noqa: S603 - programs of the database, no shell
        command,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL if file else subprocess.PIPE, stderr=subprocess.PIPE,
        env=calling(address, "-c bihuan.scope="), umask=0o077,
    )  # fmt: skip


def dumped(process: subprocess.Popen[bytes]) -> None:
    """Wait for a dump whose output, if it has one, somebody else reads. Raises Failed with what the program said."""
    said = process.stderr.read() if process.stderr else b""
    if process.wait() != 0:
        words = said.decode(errors="replace").strip()
        raise Failed(f"pg_dump 失败：\n{words}", f"pg_dump failed:\n{words}")


def restore(tools: Tools, address: str, dump: Path | int, jobs: int = 2) -> None:
    """``pg_restore`` of everything but what only a superuser may say. Raises Failed with what the program said.

    ``dump``: a file, or the number of an open one that has no name.
    """
    named = f"/dev/fd/{dump}" if isinstance(dump, int) else str(dump)
    open_one = (dump,) if isinstance(dump, int) else ()
    listed = _run([tools.path("pg_restore"), "--list", named], _bare(), open_one)
    if listed.returncode != 0:
        raise Failed(*_failed(listed.stderr))
    wanted = dump_list(listed.stdout)
    command = [tools.path("pg_restore"), "--no-owner", "--no-password", f"--jobs={jobs}"]
    file = _listing(wanted)
    try:
        command += [f"--use-list=/dev/fd/{file}", f"--dbname={_database(address)}", named]
        done = _run(command, calling(address), (file, *open_one))
    finally:
        os.close(file)
    errors = [one for one in _ERROR.split(done.stderr)[1:] if not _UNKNOWN_TO_OLDER.search(one)]
    if errors or (done.returncode != 0 and not _UNKNOWN_TO_OLDER.search(done.stderr)):
        raise Failed(*_failed(done.stderr))


def dump_list(listed: str) -> str:
    """What of a dump's table of contents is restored: comments on extensions belong to whoever installed them."""
    return "\n".join(line for line in listed.splitlines() if " COMMENT - EXTENSION " not in line) + "\n"


def _listing(words: str) -> int:
    """A file without a name that holds ``words``, ready to be read."""
    file = os.memfd_create("bihuan-restore")
    os.write(file, words.encode())
    os.lseek(file, 0, os.SEEK_SET)
    return file


def _database(address: str) -> str:
    return str(conninfo_to_dict(address).get("dbname", ""))


def _run(
    command: Sequence[str], environment: dict[str, str], passed: tuple[int, ...] = ()
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - programs of the database, no shell
        list(command), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        env=environment, pass_fds=passed,
    )  # fmt: skip


def _failed(said: str) -> tuple[str, str]:
    words = "\n".join(said.strip().splitlines()[-20:])
    return f"pg_restore 失败：\n{words}", f"pg_restore failed:\n{words}"
