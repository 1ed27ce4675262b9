"""The embedded server of one data folder: made on first start, stopped with its supervisor, started after any crash.

In the data folder: ``database`` (the cluster), ``database.lock`` (who supervises), ``database.log``,
``database.addresses`` (how other commands reach the running server), ``socket``.

The server listens on one socket in a folder only its user can enter (0700) and trusts whoever gets that far. Asking
for passwords there would guard nothing: that user could read and rewrite the cluster's files anyway, and every program
that may enter would need all passwords beside it. What the roles keep apart is what each program may do by mistake or
through a hole in a query, and a role cannot be changed from within a connection.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType

from bihuan.ground.postgres import folders, leftovers
from bihuan.ground.postgres.programs import REACHABLE, Programs, environment, programs_for
from bihuan.ground.postgres.roles import Addresses, address, prepare
from bihuan.ground.system_user import SystemUser, launching, run_as, service_user
from bihuan.ground.words import Trouble

_SUPERUSER = "postgres"
_PORT = "5432"
_LOG_LIMIT = 10 * 1024 * 1024
# Written into the cluster's own configuration once, and the administrator's to change afterwards.
_AT_FIRST = {
    "max_connections": "60",
    "shared_buffers": "64MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # No statements and no details in the log: they may hold personal data.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# Safe against killed processes still: commits reach the operating system, only not the disk.
# Shared memory lies in the data folder and goes with it, even when the server is never started again.
_NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "dynamic_shared_memory_type": "mmap"}


class Supervisor:
    """Starts and stops the server of ``data_folder``; one per folder, told apart by a lock.

    ``user_name`` is who it becomes when started as root (default ``bihuan``). ``durable=False`` trades safety against
    power failure for speed (tests only). ``patience`` is how many seconds a start, and each way of stopping, may take;
    recovery after a crash counts as starting.
    """

    def __init__(
        self,
        data_folder: Path,
        *,
        user_name: str = "",
        durable: bool = True,
        patience: float = 300.0,
        wheel: Path | None = None,
        reachable: Path = REACHABLE,
    ) -> None:
        self._asked_folder = data_folder
        self._user_name = user_name
        self._durable = durable
        self._patience = patience
        self._wheel, self._reachable = wheel, reachable
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: folders.FolderLock | None = None
        self._addresses: Addresses | None = None
        self._socket: Path | None = None

    def __enter__(self) -> Supervisor:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def addresses(self) -> Addresses:
        """Of the running server. Raises Trouble before the first start."""
        if self._addresses is None:
            raise Trouble("数据库尚未启动。", "The database has not been started.")
        return self._addresses

    @property
    def superuser_url(self) -> str:
        """For back-ups and tests; nothing that answers the network gets it."""
        if self._socket is None:
            raise Trouble("数据库尚未启动。", "The database has not been started.")
        return address(_SUPERUSER, str(self._socket), _PORT, "postgres")

    @property
    def process_id(self) -> int:
        """Of the server itself, 0 when it does not run."""
        return self._process.pid if self._process is not None and self.alive() else 0

    def alive(self) -> bool:
        """Whether the server process lives. After a crash, ``start()`` starts it again."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> Addresses:
        """Start the server (making the cluster, roles and database where missing) and wait until it answers.

        Does nothing while it lives. Raises Trouble, in both languages and with the way out, when the folder is in use,
        of another major version or out of reach, or the server does not come up.
        """
        if self.alive() and self._addresses is not None:
            return self._addresses
        try:
            return self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> Addresses:
        user = service_user(self._user_name)
        data = folders.make_data_folder(self._asked_folder, user)
        programs = programs_for(user, self._wheel, self._reachable)
        if self._lock is None:
            self._lock = folders.FolderLock(data / "database.lock")
        if not self._lock.taken:
            self._lock.take(user)
        cluster = data / "database"
        if self._socket is None:
            _forget_old_sockets(data)
        for unfinished in data.glob("database.making-*"):
            shutil.rmtree(unfinished)
        if not cluster.exists():
            _make_cluster(programs, cluster, user, self._durable)
        _refuse_other_version(cluster, programs)
        leftovers.clear(cluster, min(self._patience, 30.0))
        if self._socket is None:
            # Kept over a crash of the server: its addresses are in many hands by then.
            self._socket = folders.socket_folder(data, user)
        self._launch(programs, cluster, user)
        self._wait_until_ready(cluster)
        self._addresses = prepare(self.superuser_url, template_too=True)
        _write_addresses(data, self._addresses, self._socket, user)
        return self._addresses

    def _launch(self, programs: Programs, cluster: Path, user: SystemUser | None) -> None:
        settings = {
            "listen_addresses": "",
            "port": _PORT,
            "unix_socket_directories": '"' + str(self._socket).replace('"', '""') + '"',
            "unix_socket_permissions": "0700",
            "cluster_name": "bihuan",
            **({} if self._durable else _NOT_DURABLE),
        }
        arguments = ["-D", str(cluster)]
        for name, value in settings.items():
            arguments += ["-c", f"{name}={value}"]
        command = launching(
            programs.path("postgres"), [*arguments, "-c", leftovers.MARK], user, when_parent_dies=signal.SIGINT
        )
        log = _open_log(cluster.parent / "database.log", user)
        started = threading.Event()

        def keep() -> None:
            # The kernel tells the server when the *thread* that made it ends: this one lives as long as the server.
            try:
                self._process = subprocess.Popen(  # noqa: S603 - the server, no shell
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=environment(),
                    cwd="/",
                    # Out of the terminal's reach: Ctrl-C must not stop it before those who use it.
                    start_new_session=True,
                )
                ended = os.pidfd_open(self._process.pid)
            finally:
                os.close(log)
                started.set()
            # Not by ``wait``: that would keep ``poll`` of other threads from seeing the end.
            select.select([ended], [], [])
            os.close(ended)

        threading.Thread(target=keep, name="database keeper", daemon=True).start()
        started.wait()

    def _wait_until_ready(self, cluster: Path) -> None:
        limit = time.monotonic() + self._patience
        while self.alive():
            if _says_ready(cluster, self.process_id):
                return
            if time.monotonic() > limit:
                break
            time.sleep(0.02)
        log = cluster.parent / "database.log"
        last = _last_lines(log)
        raise Trouble(f"数据库没有启动，原因见 {log}：\n{last}", f"The database did not start, see {log}:\n{last}")

    def stop(self) -> None:
        """Stop the server (SIGINT, then SIGQUIT) and let go of the folder. Harmless when nothing runs.

        Raises Trouble, keeping the folder locked, when the server survives both.
        """
        process = self._process
        if process is not None and process.poll() is None:
            for number in (signal.SIGINT, signal.SIGQUIT):
                # Launched as another user, still ours to signal: we are root then.
                process.send_signal(number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(min(self._patience, 60.0))
                    break
            else:
                raise Trouble(
                    f"数据库进程 {process.pid} 没有停止。", f"The database, process {process.pid}, does not stop."
                )
        self._process = None
        if self._lock is not None and self._lock.taken:
            _forget_old_sockets(self._lock.file.parent)
            self._lock.let_go()
        self._addresses, self._socket = None, None


def running(data_folder: Path) -> Addresses | None:
    """The addresses of the server another process supervises in ``data_folder``, or None when nobody does."""
    data = Path(os.path.abspath(data_folder))  # noqa: PTH100 - as the supervisor sees it, links left alone
    if not folders.is_locked(data / "database.lock"):
        return None
    written = _read_addresses(data)
    return Addresses(written["owner"], written["app"], written["reader"]) if written else None


def _make_cluster(programs: Programs, cluster: Path, user: SystemUser | None, durable: bool) -> None:
    """initdb beside its place, then a rename: a cluster is complete or not there."""
    making = Path(tempfile.mkdtemp(prefix="database.making-", dir=cluster.parent))
    folders.give(making, user, os.O_DIRECTORY)
    options = ["--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--auth-local=trust", "--auth-host=reject"]
    options += [f"--set={name}={value}" for name, value in _AT_FIRST.items()]
    if not durable:
        options.append("--no-sync")
    command = [programs.path("initdb"), "-D", str(making), "-U", _SUPERUSER, *options]
    code, said = run_as(user, command, environment())
    if code != 0:
        shutil.rmtree(making, ignore_errors=True)
        raise Trouble(f"无法建立数据库：\n{said}", f"The database cannot be made:\n{said}")
    making.rename(cluster)


def _refuse_other_version(cluster: Path, programs: Programs) -> None:
    try:
        found = (cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    except OSError:
        found = "?"
    if found != programs.major:
        raise Trouble(
            f"{cluster} 由 PostgreSQL {found} 建立，而本版闭环带的是 {programs.major}，不会打开它。出路：用原来那版"
            f"闭环启动并以 pg_dump 导出，移开 {cluster.name}，再启动本版并以 pg_restore 导入。没有改动任何数据。",
            f"{cluster} was made by PostgreSQL {found}; this Bihuan carries {programs.major} and will not open it. The "
            f"way out: start the Bihuan it was made with and export by pg_dump, move the folder {cluster.name} aside, "
            "start this one and import by pg_restore. Nothing has been changed.",
        )


def _says_ready(cluster: Path, process: int) -> bool:
    """The server writes its state into the eighth line of its pid file."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0] == str(process) and lines[7].strip() == "ready"


def _open_log(file: Path, user: SystemUser | None) -> int:
    if file.exists() and file.stat().st_size > _LOG_LIMIT:
        file.replace(file.with_name(file.name + ".1"))
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    if user is not None:
        os.fchown(handle, user.uid, user.gid)
    return handle


def _last_lines(file: Path) -> str:
    try:
        return "\n".join(file.read_text(encoding="utf-8", errors="replace").splitlines()[-5:])
    except OSError:
        return ""


def _write_addresses(data: Path, addresses: Addresses, socket: Path, user: SystemUser | None) -> None:
    """Beside the cluster and whole: written elsewhere, then put in place."""
    handle, name = tempfile.mkstemp(prefix="database.addresses-", dir=data)
    content = {
        "owner": addresses.owner_url,
        "app": addresses.app_url,
        "reader": addresses.reader_url,
        "socket": str(socket),
    }
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file)
        if user is not None:
            os.fchown(file.fileno(), user.uid, user.gid)
    Path(name).replace(data / "database.addresses")


def _read_addresses(data: Path) -> dict[str, str]:
    try:
        content = json.loads((data / "database.addresses").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in content.items()}


def _forget_old_sockets(data: Path) -> None:
    """Take the addresses away, and a socket folder made for one run in /tmp; its name and emptiness are checked."""
    socket = Path(_read_addresses(data).get("socket", "/"))
    if socket.parent == Path("/tmp") and socket.name.startswith("bihuan-") and not socket.is_symlink():  # noqa: S108 - made there
        for name in (folders.SOCKET_FILE, folders.SOCKET_FILE + ".lock"):
            with contextlib.suppress(OSError):
                (socket / name).unlink()
        with contextlib.suppress(OSError):
            socket.rmdir()
    (data / "database.addresses").unlink(missing_ok=True)
