"""Server processes of one data folder that outlived their supervisor, told apart from strangers.

``postmaster.pid`` only names a number, and numbers are given out again. What counts is a process that runs a program
called ``postgres`` and works in this very folder; anybody else with that number is a stranger and left in peace.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from bihuan.ground.words import Trouble

PROC = Path("/proc")
MARK = "bihuan.embedded=on"


def processes_in(cluster: Path) -> list[int]:
    """Ids of living postgres processes whose working folder is ``cluster``."""
    wanted = cluster.stat()
    found = []
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            working = (entry / "cwd").stat()
            same = (working.st_dev, working.st_ino) == (wanted.st_dev, wanted.st_ino)
            if same and _is_postgres(entry):
                found.append(int(entry.name))
        except OSError:
            # It ended meanwhile, or belongs to another user, who could not have run this server.
            continue
    return sorted(found)


def _is_postgres(entry: Path) -> bool:
    name = (entry / "exe").readlink().name.removesuffix(" (deleted)")
    state = (entry / "stat").read_text().rsplit(")", 1)[-1].split()[0]
    return name == "postgres" and state != "Z"


def _started_by_us(process: int) -> bool:
    try:
        return MARK.encode() in (PROC / str(process) / "cmdline").read_bytes()
    except OSError:
        return True


def _recorded(cluster: Path) -> int:
    try:
        return abs(int((cluster / "postmaster.pid").read_text().split("\n", 1)[0]))
    except (OSError, ValueError):
        return 0


def clear(cluster: Path, patience: float) -> None:
    """Bring an orphaned server of ``cluster`` to its end and take a stale ``postmaster.pid`` away.

    To be called only by the holder of the folder's lock. ``patience`` in seconds for each of SIGINT and SIGQUIT.
    Raises Trouble when the server was started by somebody else's hand, or does not end.
    """
    living = processes_in(cluster)
    server = _recorded(cluster)
    if server in living:
        if not _started_by_us(server):
            raise Trouble(
                f"目录 {cluster} 中有一个不是由闭环启动的 PostgreSQL（进程 {server}）；请先停止它。",
                f"A PostgreSQL that Bihuan did not start (process {server}) runs in {cluster}; stop it first.",
            )
        _send([server], signal.SIGINT)
    # Without their server the others end by themselves; one that is deep in a query needs to be told.
    if not _gone(cluster, patience):
        _send(processes_in(cluster), signal.SIGQUIT)
        if not _gone(cluster, patience):
            raise Trouble(
                f"目录 {cluster} 中残留的数据库进程 {processes_in(cluster)} 没有结束；请手工停止后再启动。",
                f"Processes {processes_in(cluster)} left over in {cluster} do not end; stop them by hand, then start.",
            )
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def _send(processes: list[int], number: signal.Signals) -> None:
    for process in processes:
        try:
            os.kill(process, number)
        except ProcessLookupError:
            continue


def _gone(cluster: Path, patience: float) -> bool:
    limit = time.monotonic() + patience
    while processes_in(cluster):
        if time.monotonic() > limit:
            return False
        time.sleep(0.02)
    return True
