"""The folder backups stand in: what is whole there, and how a new one comes to stand beside the others."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bihuan.ground.backup.errors import Damaged, NoRoom
from bihuan.ground.backup.manifest import FILE, Manifest, read
from bihuan.ground.system_user import give

MAKING = ".making-"
# Written into a backup that was found damaged: it is never again taken for a whole one, nor shared with a later one.
SPOILT = "damaged"
MEBIBYTE = 1024 * 1024


class Shelf:
    """Closed to everybody but its user (0700), like everything in it (0600); made when missing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def made(self) -> Shelf:
        """The folder, there after this. Raises OSError."""
        if not self.folder.is_dir():
            self.folder.mkdir(mode=0o700, parents=True)
            give(self.folder)
        return self

    def whole(self) -> list[tuple[Path, Manifest]]:
        """Every backup that was finished and is not known to be damaged, the newest first.

        The manifest alone is read here; whether the content still fits it is what ``check`` tells.
        """
        found = []
        for one in self._folders():
            with contextlib.suppress(Damaged):
                if not (one / SPOILT).exists():
                    found.append((one, read(one)))
        return sorted(found, key=lambda pair: (pair[1].taken_at, pair[1].name), reverse=True)

    def spoilt(self) -> list[Path]:
        """Those that were found damaged."""
        return [one for one in self._folders() if (one / SPOILT).exists()]

    def _folders(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return sorted(one for one in self.folder.iterdir() if not one.name.startswith(".") and (one / FILE).exists())

    @contextlib.contextmanager
    def making(self, at: datetime) -> Iterator[Path]:
        """A folder under a passing name; when the block ends well it has reached the disk and stands under its own.

        Whatever interrupts the block, nothing is left that could be taken for a backup. Only who may write here alone
        (see ``take``) may call this: remains of earlier, interrupted ones are cleared away.
        """
        for remains in self.folder.glob(f"{MAKING}*"):
            shutil.rmtree(remains, ignore_errors=True)
        name = self._free_name(at)
        making = self.folder / f"{MAKING}{name}"
        making.mkdir(mode=0o700)
        try:
            yield making
            settle(making)
            hand_over(making)
            making.rename(self.folder / name)
            sync_folder(self.folder)
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise

    def _free_name(self, at: datetime) -> str:
        wanted = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        name, number = wanted, 1
        while (self.folder / name).exists():
            number += 1
            name = f"{wanted}-{number}"
        return name

    def spoil(self, folder: Path, faults: tuple[str, ...]) -> None:
        """Mark a backup as damaged; what was found stands in the mark."""
        mark = folder / SPOILT
        handle = os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write("\n".join(faults) + "\n")
        give(mark)

    def remove(self, folder: Path) -> None:
        """One backup goes: first out of sight under a passing name, so that a half-removed one is never met."""
        going = self.folder / f"{MAKING}{folder.name}"
        folder.rename(going)
        shutil.rmtree(going)


def need_room(folder: Path, wanted: int, reserve: int) -> None:
    """Raise NoRoom unless ``wanted`` bytes fit into ``folder`` and ``reserve`` are left for the house itself."""
    free = shutil.disk_usage(folder).free
    if free < wanted + reserve:
        sizes = [_megabytes(one) for one in (wanted, reserve, free)]
        raise NoRoom(
            f"{folder} 空间不足：约需 {sizes[0]} MB，另须留 {sizes[1]} MB，剩余 {sizes[2]} MB。"
            "请清理，或另设 backup-folder。",
            f"Too little room in {folder}: about {sizes[0]} MB needed, {sizes[1]} MB to be left over, "
            f"{sizes[2]} MB free. Clear up, or name another backup-folder.",
        )


def _megabytes(count: int) -> str:
    return f"{count / MEBIBYTE:.0f}"


def settle(folder: Path) -> None:
    """Everything below ``folder`` has reached the disk when this returns."""
    for inner, _folders, files in os.walk(folder):
        for name in files:
            handle = os.open(Path(inner) / name, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        sync_folder(Path(inner))


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def hand_over(folder: Path) -> None:
    """Give a fresh tree to whom the folder above belongs."""
    give(folder)
    for inner, folders, files in os.walk(folder):
        for name in (*folders, *files):
            give(Path(inner) / name)
