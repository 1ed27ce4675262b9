"""Who the programs run as: the caller, or – started as root – the system user ``bihuan``.

PostgreSQL refuses to run as root, and nothing that answers the network should. A bare uid is not enough: the database
looks its own name up in the list of users.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bihuan.ground.words import Trouble

USUAL_NAME = "bihuan"
SERVICE_HOME = Path("/var/lib/bihuan")
LAUNCH = Path(__file__).with_name("launch.py")


@dataclass(frozen=True)
class SystemUser:
    """One entry of the list of users."""

    name: str
    uid: int
    gid: int


def service_user(name: str = "") -> SystemUser | None:
    """The user programs are to become, or None where they stay who they are (not started as root).

    As root an unnamed user is ``bihuan``, created when missing. Raises Trouble when a named user does not exist, is
    root itself, cannot be created, or when an ordinary caller has no entry in the list of users.
    """
    if os.geteuid() != 0:
        try:
            pwd.getpwuid(os.geteuid())
        except KeyError:
            raise Trouble(
                f"用户号 {os.geteuid()} 在系统中没有登记，数据库无法以它运行；请先建立用户。",
                f"User id {os.geteuid()} has no entry in the list of users, the database cannot run as it; add a user.",
            ) from None
        return None
    wanted = name or USUAL_NAME
    try:
        entry = pwd.getpwnam(wanted)
    except KeyError:
        if name and name != USUAL_NAME:
            raise Trouble(
                f"BIHUAN_USER 指定的用户“{name}”不存在。", f"BIHUAN_USER names {name!r}, and there is no such user."
            ) from None
        _create()
        entry = pwd.getpwnam(wanted)
    if entry.pw_uid == 0:
        raise Trouble("BIHUAN_USER 不能是 root。", "BIHUAN_USER must not be root.")
    return SystemUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _create() -> None:
    program = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    way_out = (
        f"无法建立系统用户 {USUAL_NAME}；请手工建立，或用 BIHUAN_USER 指定一个已有的普通用户。",
        f"The system user {USUAL_NAME} cannot be created; add it by hand, or name an ordinary user in BIHUAN_USER.",
    )
    if program is None:
        raise Trouble(*way_out)
    command = [program, "--system", "--user-group", "--no-create-home", "--home-dir", str(SERVICE_HOME)]
    done = subprocess.run(  # noqa: S603 - a fixed command
        [*command, "--shell", "/usr/sbin/nologin", USUAL_NAME], capture_output=True, text=True, check=False
    )
    # 9: somebody else created it in the same moment.
    if done.returncode not in (0, 9):
        raise Trouble(*(f"{line} ({done.stderr.strip()})" for line in way_out))


def launching(
    program: str, arguments: Sequence[str], user: SystemUser | None, when_parent_dies: int, closed: bool = True
) -> list[str]:
    """The command line that becomes ``program`` as ``user`` and gets the signal when its parent thread dies.

    To be started from a thread that lives as long as the child should. ``closed``: what it writes is its user's alone.
    """
    name = user.name if user else "-"
    start = [sys.executable, "-I", "-S", str(LAUNCH), str(os.getpid()), str(int(when_parent_dies)), name]
    start.append("077" if closed else "-")
    return [*start, program, *arguments]


def run_as(user: SystemUser | None, command: Sequence[str], environment: dict[str, str]) -> tuple[int, str]:
    """Run a short command to its end as ``user``; exit code and everything it said."""
    identity = {} if user is None else {"user": user.uid, "group": user.gid, "extra_groups": [user.gid]}
    try:
        done = subprocess.run(  # noqa: S603 - programs of our own choosing, no shell
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd="/",
            umask=0o077,
            check=False,
            **identity,  # type: ignore[call-overload]  # who to be is asked for together or not at all
        )
    except OSError as error:
        return 126, str(error)
    return done.returncode, done.stdout.decode(errors="replace")


def give(path: Path) -> None:
    """As root: what we made in somebody's folder is theirs, or the service could not clear it away later."""
    if os.geteuid() != 0:
        return
    above = path.parent.stat()
    mine = path.lstat()
    if (mine.st_uid, mine.st_gid) != (above.st_uid, above.st_gid):
        os.chown(path, above.st_uid, above.st_gid, follow_symlinks=False)


def house_folder(folder: Path, mode: int = 0o777) -> Path:
    """``folder``, made where it is missing like all above it, and each given to whom the one above belongs."""
    if not folder.is_dir():
        house_folder(folder.parent)
        folder.mkdir(mode=mode, exist_ok=True)
        give(folder)
    return folder
