"""Folders of the embedded server: made closed (0700), owned by who runs it, and never changed once they exist."""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import tempfile
import time
from pathlib import Path

from bihuan.ground.system_user import SystemUser, run_as
from bihuan.ground.words import Trouble

SOCKET_FILE = ".s.PGSQL.5432"
# The kernel takes 107 bytes; clients add their own, and a margin costs nothing.
LONGEST_SOCKET_PATH = 90


def make_closed(folder: Path, user: SystemUser | None) -> None:
    """Make ``folder`` with mode 0700 and hand it to ``user``; missing parents stay the caller's.

    They are made 0755 where ``user`` has to come through, 0700 otherwise. An existing folder is left exactly as it is.
    """
    if folder.exists():
        return
    make_way(folder.parent, 0o700 if user is None else 0o755)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return
    give(folder, user, os.O_DIRECTORY)


def make_way(folder: Path, mode: int) -> None:
    """Make ``folder`` and its missing parents with this mode, whatever the umask; existing ones stay as they are."""
    if folder.exists():
        return
    make_way(folder.parent, mode)
    try:
        folder.mkdir()
    except FileExistsError:
        return
    folder.chmod(mode)


def give(path: Path, user: SystemUser | None, flags: int = 0) -> None:
    """Hand a file or folder we just made to ``user``, never following a link put in its place."""
    if user is None:
        return
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | flags)
    try:
        os.fchown(handle, user.uid, user.gid)
    finally:
        os.close(handle)


def make_data_folder(folder: Path, user: SystemUser | None) -> Path:
    """The data folder, absolute and writable by who will use it. Raises Trouble naming the folder in the way."""
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would follow links an administrator set on purpose
    try:
        make_closed(folder, user)
    except OSError as error:
        raise Trouble(
            f"无法建立数据目录 {folder}：{error.strerror}。",
            f"The data folder {folder} cannot be made: {error.strerror}.",
        ) from error
    if not folder.is_dir():
        raise Trouble(f"数据目录 {folder} 不是目录。", f"The data folder {folder} is no folder.")
    if not _may_write(folder, user):
        who = user.name if user else "本用户 / this user"
        raise Trouble(
            f"用户 {who} 不能写入数据目录 {folder}（目录或其上级对该用户关闭）。请用 BIHUAN_DATA 指定别处，"
            "例如 /var/lib/bihuan/data；已有目录的权限不会被改动。",
            f"{who} cannot write to the data folder {folder} (it or a folder above is closed). Name another place in "
            "BIHUAN_DATA, for example /var/lib/bihuan/data; the mode of an existing folder is never changed.",
        )
    return folder


def _may_write(folder: Path, user: SystemUser | None) -> bool:
    if user is None:
        return os.access(folder, os.R_OK | os.W_OK | os.X_OK)
    return run_as(user, ["/usr/bin/test", "-w", str(folder), "-a", "-x", str(folder)], {})[0] == 0


class FolderLock:
    """One supervisor per data folder: a lock the kernel lets go of when its holder dies, however it dies."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._handle: int | None = None

    def take(self, user: SystemUser | None) -> None:
        """Take it at once or raise Trouble naming the process that has it."""
        handle = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        if not _locked_within(handle, seconds=0.5):
            holder = os.read(handle, 32).decode(errors="replace").strip() or "?"
            os.close(handle)
            raise Trouble(
                f"数据目录 {self.file.parent} 正由进程 {holder} 使用；请先停止它，或为本实例另设 BIHUAN_DATA。",
                f"The data folder {self.file.parent} is in use by process {holder}; stop that one first, or give this "
                "one a BIHUAN_DATA of its own.",
            )
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        if user is not None:
            os.fchown(handle, user.uid, user.gid)
        self._handle = handle

    def let_go(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    @property
    def taken(self) -> bool:
        return self._handle is not None


def _locked_within(handle: int, seconds: float) -> bool:
    """Try for a moment: somebody who only looks (see ``is_locked``) holds the lock for an instant."""
    limit = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > limit:
                return False
            time.sleep(0.02)
        else:
            return True


def is_locked(file: Path) -> bool:
    """Whether a living process supervises the folder."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        # A shared try: two who only look must not take each other for a supervisor.
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _fits(folder: Path) -> bool:
    """Short enough for the kernel, and without the comma at which clients part several hosts."""
    return "," not in str(folder) and len(os.fsencode(folder / SOCKET_FILE)) <= LONGEST_SOCKET_PATH


def socket_folder(data: Path, user: SystemUser | None, elsewhere: Path | None = None) -> Path:
    """A closed folder for the socket: in the data folder, or where its path does not do, a private one elsewhere.

    Elsewhere is the caller's own run-time folder if there is one, else a fresh folder of mode 0700 in /tmp.
    """
    inside = data / "socket"
    if _fits(inside):
        make_closed(inside, user)
        return inside
    named = os.environ.get("XDG_RUNTIME_DIR", "") if elsewhere is None else str(elsewhere)
    if named and user is None:
        name = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
        candidate = Path(named) / f"bihuan-{name}"
        if Path(named).is_dir() and os.access(named, os.W_OK) and _fits(candidate):
            make_closed(candidate, user)
            if _is_private(candidate):
                return candidate
    made = Path(tempfile.mkdtemp(prefix="bihuan-", dir="/tmp"))
    give(made, user, os.O_DIRECTORY)
    return made


def _is_private(folder: Path) -> bool:
    status = folder.lstat()
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077
