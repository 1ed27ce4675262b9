"""Places, processes and waiting for the tests of the floor: events are waited for, never slept for."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bihuan
from bihuan.ground.postgres import Supervisor
from bihuan.ground.postgres.leftovers import processes_in
from bihuan.ground.system_user import SystemUser, service_user

SOURCES = Path(bihuan.__file__).parent.parent
PATIENCE = 30

KEEPS_A_SERVER = """
import sys
from pathlib import Path
from bihuan.ground.postgres import Supervisor
from bihuan.ground.words import Trouble
supervisor = Supervisor(Path(sys.argv[1]), durable=False)
try:
    supervisor.start()
except Trouble as trouble:
    print("trouble", str(trouble).replace(chr(10), " "), flush=True)
    sys.exit(3)
print("running", supervisor.process_id, supervisor.addresses.app_url, flush=True)
sys.stdin.read()
supervisor.stop()
"""


def wait_for_end(process: int) -> None:
    """Until the process (any, not only a child) has ended; fails after half a minute."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return
    try:
        ready, _, _ = select.select([handle], [], [], PATIENCE)
    finally:
        os.close(handle)
    assert ready, f"process {process} still lives"


def is_alive(process: int) -> bool:
    """Whether the process exists and is no zombie."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[-1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@dataclass
class Machine:
    """A folder everybody can reach, and all that was started in it."""

    place: Path
    user: SystemUser | None = field(default_factory=service_user)
    supervisors: list[Supervisor] = field(default_factory=list)
    children: list[subprocess.Popen[Any]] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return self.place / "data"

    @property
    def cluster(self) -> Path:
        return self.data / "database"

    @property
    def log(self) -> str:
        return (self.data / "database.log").read_text()

    def supervisor(self, data: Path | None = None, **more: Any) -> Supervisor:
        """A supervisor in this process, stopped at the end of the test."""
        made = Supervisor(data or self.data, durable=False, **more)
        self.supervisors.append(made)
        return made

    def child(self, command: list[str], user: SystemUser | None = None, **more: Any) -> subprocess.Popen[str]:
        """A process that is gone at the end of the test."""
        identity: dict[str, Any] = (
            {} if user is None else {"user": user.uid, "group": user.gid, "extra_groups": [user.gid]}
        )
        started: subprocess.Popen[str] = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/", **identity, **more
        )
        self.children.append(started)
        return started

    def stranger(self) -> subprocess.Popen[str]:
        """A living process of the same user as the server, and none of its business."""
        return self.child(["/bin/cat"], self.user)

    def other_process(self, user: SystemUser | None = None, sources: Path = SOURCES) -> subprocess.Popen[str]:
        """Another process that supervises the data folder until its input ends."""
        command = [sys.executable, "-c", KEEPS_A_SERVER, str(self.data)]
        return self.child(command, user, env={"PYTHONPATH": str(sources), "PATH": os.environ["PATH"]})

    def clean_up(self) -> None:
        for supervisor in self.supervisors:
            supervisor.stop()
        for child in self.children:
            child.kill()
            child.communicate()
        for cluster in self.place.rglob("database"):
            for process in processes_in(cluster):
                with contextlib.suppress(ProcessLookupError):  # it may end by itself in between
                    os.kill(process, signal.SIGKILL)
                wait_for_end(process)


def first_line(child: subprocess.Popen[str]) -> list[str]:
    """What the child said first, in words."""
    assert child.stdout is not None
    return child.stdout.readline().split()
