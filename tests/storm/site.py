"""A real site of its own: temporary data folder, ``bihuan serve`` with database, web and worker, and how it is hurt.

Everything here looks from outside: processes by their ids, tables by connections of their own, acts over HTTP.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg

from bihuan.ground.postgres.leftovers import processes_in
from bihuan.ground.postgres.supervisor import running

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "packs" / "integrator"
PATIENCE = 90.0
STEP = 0.02


class GaveUp(AssertionError):
    """Something that had to happen did not within the patience of the tests."""


def until(happened: Any, what: str, patience: float = PATIENCE) -> Any:
    """The first true answer of ``happened``; raises GaveUp naming ``what`` after ``patience`` seconds."""
    limit = time.monotonic() + patience
    while True:
        found = happened()
        if found:
            return found
        if time.monotonic() > limit:
            raise GaveUp(f"{what} within {patience:g} s")
        time.sleep(STEP)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Furnished:
    """Who was made, and what there is to speak of.

    Tokens, (post, outlet) pairs and skills by username; devices by kind of question, amounts by price code; numbers of
    the cases that are there already.
    """

    tokens: dict[str, str]
    posts: dict[str, list[list[str]]]
    skills: dict[str, list[str]] = field(default_factory=dict)
    devices: list[dict[str, str]] = field(default_factory=list)
    prices: dict[str, int] = field(default_factory=dict)
    cases: list[str] = field(default_factory=list)

    def who(self, post: str, places: tuple[str, ...]) -> list[str]:
        """Everybody who holds ``post`` at one of ``places``, in order."""
        return sorted(
            name
            for name, held in self.posts.items()
            if any(one == post and (not place or place in places) for one, place in held)
        )


@dataclass
class Site:
    """One data folder. ``environment`` is complete: nothing of the caller's database or settings leaks in.

    With ``more_ports`` there is a web server at each of them too, and ``workers`` workers, all beside one database.
    """

    folder: Path
    port: int
    serving: subprocess.Popen[bytes] | None = None
    more_ports: tuple[int, ...] = ()
    more: dict[str, str] = field(default_factory=dict)
    workers: int = 1

    @property
    def ports(self) -> tuple[int, ...]:
        return (self.port, *self.more_ports)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def environment(self) -> dict[str, str]:
        passed = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "BIHUAN_USER") if name in os.environ}
        return {
            **passed,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "BIHUAN_DATA": str(self.data),
            "BIHUAN_PORT": str(self.port),
            "BIHUAN_HOST": "127.0.0.1",
            "BIHUAN_PORTS": ",".join(str(port) for port in self.ports),
            "BIHUAN_WORKERS": str(self.workers),
            "BIHUAN_API_PER_MINUTE": "0",
            "BIHUAN_COSTLY_PER_MINUTE": "0",
            **self.more,
        }

    def bihuan(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One command of the real command line, in a process of its own; never raises."""
        return self._python("-m", "bihuan.config.command", *arguments)

    def module(self, name: str, *arguments: str) -> Any:
        """What a module of these tests prints as JSON, run in the site's environment. Raises with its words."""
        done = self._python("-m", name, *arguments)
        if done.returncode:
            raise RuntimeError(f"{name}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return json.loads(done.stdout)

    def _python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            env=self.environment, cwd="/", capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------ life

    def serve(self, worker: bool = True) -> None:
        """``bihuan serve`` in a process of its own, or all of it but the worker; returns once the web answers."""
        command = ("bihuan.config.command", "serve") if worker else ("tests.storm.without_worker",)
        if self.more_ports or self.workers > 1:
            command = ("tests.storm.many",)
        log = (self.folder / "serve.log").open("ab")
        with log:
            self.serving = subprocess.Popen(
                [sys.executable, "-m", *command],
                env=self.environment, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        until(lambda: self._ended() or self.answers(), "the site answers")
        if self._ended():
            raise GaveUp("bihuan serve ended:\n" + self.log())

    def _ended(self) -> bool:
        return self.serving is None or self.serving.poll() is not None

    def log(self) -> str:
        """The end of what the processes and the database said."""
        files = [file for file in (self.folder / "serve.log", self.data / "database.log") if file.exists()]
        return "\n".join(file.read_text(encoding="utf-8", errors="replace")[-6000:] for file in files)

    def answers(self) -> bool:
        """Whether a connection to every web server is taken."""
        try:
            for port in self.ports:
                socket.create_connection(("127.0.0.1", port), 1.0).close()
        except OSError:
            return False
        return True

    def complete(self) -> bool:
        """Whether everybody lives: the database, every web server, every worker."""
        wanted = {"postgres": 1, "web": len(self.ports), "worker": self.workers}
        return all(len(self.role(name)) == count for name, count in wanted.items()) and self.answers()

    def stop(self) -> int:
        """End ``serve`` as an administrator would; its exit code."""
        assert self.serving is not None
        self.serving.terminate()
        code = self.serving.wait(60)
        self.serving = None
        return code

    def clean_up(self) -> None:
        """Whatever happened before: nothing of this site keeps running and its folder is gone."""
        if self.serving is not None and self.serving.poll() is None:
            self.serving.terminate()
            try:
                self.serving.wait(30)
            except subprocess.TimeoutExpired:
                self.serving.kill()
                self.serving.wait()
        for process in self.processes():
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        shutil.rmtree(self.folder, ignore_errors=True)

    # ------------------------------------------------------------------------------------------ processes

    def processes(self) -> list[int]:
        """Ids of all living processes that belong to this site, however they were started."""
        mine = f"BIHUAN_DATA={self.data}".encode()
        found = set(processes_in(self.data / "database"))
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit() and int(folder.name) != os.getpid():
                try:
                    if mine in (folder / "environ").read_bytes().split(b"\0"):
                        found.add(int(folder.name))
                except OSError:
                    continue
        return sorted(found)

    def role(self, name: str) -> list[int]:
        """Ids of the processes that do one thing now: postgres, backend, web, web-worker or worker."""
        if self.serving is None:
            return []
        try:
            children = psutil.Process(self.serving.pid).children()
        except psutil.NoSuchProcess:
            return []
        if name in {"postgres", "backend"}:
            servers = [one for one in children if _says(one, "postgres")]
            return _ids(servers) if name == "postgres" else [one for server in servers for one in _backends(server)]
        if name == "web-worker":
            return [one for web in children if _says(web, "web") for one in _below(web)]
        return _ids([one for one in children if _says(one, name)])

    def kill(self, name: str, choose: Any = min) -> int:
        """SIGKILL to one process in this role; 0 when there is none at the moment."""
        found = self.role(name)
        if not found:
            return 0
        victim = choose(found)
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            return 0
        return int(victim)

    # ------------------------------------------------------------------------------------------ by hand

    def address(self, role: str) -> str:
        """The database's address as ``owner``, ``app`` or ``reader``; waits while it is being brought back."""
        addresses = until(lambda: running(self.data), "the database is up")
        return str(getattr(addresses, f"{role}_url"))

    @contextmanager
    def hands(self, role: str) -> Iterator[psycopg.Connection[Any]]:
        """A connection by hand, every statement committed at once; waits while the server recovers."""
        with until(lambda: self._connected(role), "the database lets us in") as connection:
            yield connection

    def _connected(self, role: str) -> psycopg.Connection[Any] | None:
        try:
            return psycopg.connect(self.address(role), autocommit=True)
        except psycopg.OperationalError:
            return None

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.hands("reader") as connection:
            return connection.execute(sql, values).fetchall()


def _ids(processes: list[psutil.Process]) -> list[int]:
    return [process.pid for process in processes]


def _says(process: psutil.Process, role: str) -> bool:
    """Whether the process's command line names the role: our own verb, or the server's program."""
    try:
        words = process.cmdline()
    except psutil.Error:
        return False
    if role == "postgres":
        return any(Path(word).name == "postgres" for word in words[:1])
    return "bihuan.config.command" in words and words[-1] == role


def _below(process: psutil.Process) -> list[int]:
    try:
        return _ids(process.children())
    except psutil.Error:
        return []


def _backends(server: psutil.Process) -> list[int]:
    """Server processes that serve a client of the app role."""
    found = []
    for number in _below(server):
        try:
            if any("bihuan_app" in word for word in psutil.Process(number).cmdline()):
                found.append(number)
        except psutil.Error:
            continue
    return found


@contextmanager
def temporary_site(webs: int = 1, workers: int = 1) -> Iterator[Site]:
    """A site in a folder that every user can enter, gone with all its processes afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="bihuan-storm-"))
    folder.chmod(0o755)
    site = Site(folder, free_port(), more_ports=tuple(free_port() for _one in range(1, webs)), workers=workers)
    try:
        yield site
    finally:
        site.clean_up()
