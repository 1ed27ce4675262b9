"""Where a benchmark runs: a temporary folder with a durable database of its own, and the processes started against it.

Everything is taken away at the end, also when the run is interrupted or told to stop. Should the bench itself be
killed outright, the kernel still stops what it started; only the folder stays.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

from bihuan.ground.postgres.supervisor import Supervisor
from bihuan.ground.system_user import launching, service_user
from bihuan.ground.words import Trouble

PROGRAM = ("-m", "bihuan.config.command")
DATABASE_NAMES = ("DATABASE_URL", "BIHUAN_OWNER_URL", "BIHUAN_READER_URL")
STOP_PATIENCE = 20.0
START_PATIENCE = 120.0


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """SIGTERM and SIGHUP end the run like Ctrl-C does, so that everything is cleared away."""

    def leave(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Clearing away is not interrupted by a second Ctrl-C."""
    numbers = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Place:
    """A temporary folder, what runs in it, and the way to start more. A context: leaving it clears everything."""

    def __init__(self) -> None:
        self.user = service_user(os.environ.get("BIHUAN_USER", ""))
        self.folder = Path(tempfile.mkdtemp(prefix="bihuan-bench-"))
        if self.user is not None:
            self.folder.chmod(0o711)  # our own folder: the service's user has to come through
        (self.folder / "bihuan.toml").touch()
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in DATABASE_NAMES},
            # nothing of the installation this is run from: not its file, not its folders
            "BIHUAN_CONFIG": str(self.folder / "bihuan.toml"),
            "BIHUAN_HOST": "127.0.0.1",
            "BIHUAN_SECRET_KEY": os.urandom(32).hex(),
            "DJANGO_SETTINGS_MODULE": "bihuan.config.settings",
            "BIHUAN_DATA": str(self.folder / "data"),
            # one reader asks as fast as he can
            "BIHUAN_API_PER_MINUTE": "0",
            "BIHUAN_COSTLY_PER_MINUTE": "0",
        }
        self._processes: list[subprocess.Popen[bytes]] = []
        self._supervisor: Supervisor | None = None

    def __enter__(self) -> Place:
        return self

    def __exit__(self, *_reason: object) -> None:
        with undisturbed():
            for process in reversed(self._processes):
                stop(process)
            if self._supervisor is not None:
                self._supervisor.stop()
            shutil.rmtree(self.folder, ignore_errors=True)

    def database(self) -> Supervisor:
        """The database of this place, started and its tables made on first use; durable like a real one."""
        if self._supervisor is None:
            supervisor = Supervisor(self.folder / "data", durable=True)
            self._supervisor = supervisor
            supervisor.start()
            self.environment.update(supervisor.addresses.environment())
            migrating = self.start(["migrate"], as_service=False)
            if migrating.wait(START_PATIENCE):
                raise Trouble("数据库表没有建成", "The tables could not be made")
        return self._supervisor

    def start(
        self,
        arguments: Sequence[str],
        more: Mapping[str, str] | None = None,
        *,
        program: Sequence[str] = PROGRAM,
        as_service: bool = True,
        piped: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Start ``bihuan`` (or another ``program``) with this place's settings; it ends with us at the latest."""
        user = self.user if as_service else None
        command = launching(sys.executable, [*program, *arguments], user, when_parent_dies=signal.SIGTERM)
        pipe = subprocess.PIPE if piped else None
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own programs, no shell
                command,
                stdin=pipe or subprocess.DEVNULL,
                stdout=pipe or log,
                stderr=log,
                env={**self.environment, **(more or {})},
                cwd=self.folder,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """Stop one process before the others."""
        stop(process)
        self._processes.remove(process)

    def last_words(self) -> str:
        """The end of what the started programs said."""
        try:
            return "\n".join((self.folder / "log").read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
        except OSError:
            return ""

    def web(self, more: Mapping[str, str] | None = None) -> tuple[subprocess.Popen[bytes], int]:
        """A ``bihuan web`` of its own port against this place's database, answering; the process and the port."""
        port = free_port()
        process = self.start(["web"], {"BIHUAN_PORT": str(port), **(more or {})})
        self.wait_until_ready(process, port)
        return process, port

    def wait_until_ready(self, process: subprocess.Popen[bytes], port: int, path: str = "/health/ready") -> float:
        """Seconds from now until ``path`` first answers 200. Raises Trouble when it never does."""
        begun = time.perf_counter()
        while (passed := time.perf_counter() - begun) < START_PATIENCE:
            if answers(port, path):
                return time.perf_counter() - begun
            if process.poll() is not None:
                break
            time.sleep(0.005)
        raise Trouble(
            f"服务没有启动（{passed:.0f} 秒）：\n{self.last_words()}",
            f"The server did not come up within {passed:.0f} s:\n{self.last_words()}",
        )


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask it to stop, then make it; what it left in its session goes too."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_PATIENCE)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def free_port() -> int:
    """A port of the loopback nobody listens on at this moment."""
    with socket.socket() as trying:
        trying.bind(("127.0.0.1", 0))
        return int(trying.getsockname()[1])


def answers(port: int, path: str) -> bool:
    """Whether ``path`` answers 200 now."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
