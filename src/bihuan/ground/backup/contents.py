"""The files of a backup: copied and looked at on the way, or shared with an earlier backup that holds them already.

Never shared with the house itself: a hard link would be damaged together with what it is to replace.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from bihuan.ground.backup import age
from bihuan.ground.backup.manifest import FILES, STEP, SUFFIX, Kept, Manifest, kept

Earlier = tuple[Path, Manifest]


class Collector:
    """Fills one backup's ``data`` folder; ``files`` is what it holds by now, ``sealed`` how that lies encrypted.

    With ``recipients`` every file is encrypted to them; an earlier backup's file will do only if it was encrypted to
    the same.
    """

    def __init__(
        self, source: Path, target: Path, earlier: Iterable[Earlier] = (), recipients: tuple[str, ...] = ()
    ) -> None:
        self.source, self.target, self.recipients = source, target / FILES, recipients
        self.earlier = [one for one in earlier if one[1].recipients == recipients]
        self.files: dict[str, Kept] = {}
        self.sealed: dict[str, Kept] = {}
        self.shared = 0

    def collect(self, paths: Iterable[str], contents: bool) -> list[str]:
        """Take these files (paths below the data folder); returns those that are not there.

        ``contents``: a path says what is in it for ever, so that an earlier backup's file will do.
        """
        absent = []
        for path in paths:
            if path in self.files:
                continue
            taken = (self._shared(path) if contents else None) or self._copied(path)
            if taken is None:
                absent.append(path)
            else:
                self.files[path] = taken
        return absent

    def drop(self, paths: Iterable[str]) -> None:
        """Put these aside again."""
        for path in paths:
            if self.files.pop(path, None) is not None:
                self._lies(path).unlink(missing_ok=True)
                self.sealed.pop(self._name(path), None)

    def _shared(self, path: str) -> Kept | None:
        for folder, manifest in self.earlier:
            known, name = manifest.files.get(path), self._name(path)
            lying, there = manifest.lying().get(name), folder / name
            if known is None or lying is None or not there.is_file() or there.stat().st_size != lying.bytes:
                continue
            target = self._place(path)
            try:
                os.link(there, target, follow_symlinks=False)
            except OSError:
                # another disk, too many links, another user's file: a copy then, of the house's own
                return None
            self.shared += 1
            if self.recipients:
                self.sealed[name] = lying
            return known
        return None

    def _copied(self, path: str) -> Kept | None:
        source = self.source / path
        try:
            opened = source.open("rb")
        except (FileNotFoundError, NotADirectoryError):
            return None
        with opened:
            target = self._place(path)
            if not self.recipients:
                return copied(opened, target)
            plain, self.sealed[self._name(path)] = age.encrypt(opened, target, self.recipients)
            return plain

    def _place(self, path: str) -> Path:
        target = self._lies(path)
        make_closed(target.parent, self.target.parent)
        return target

    def _name(self, path: str) -> str:
        return f"{FILES}/{path}{SUFFIX if self.recipients else ''}"

    def _lies(self, path: str) -> Path:
        return self.target.parent / self._name(path)


def make_closed(folder: Path, top: Path) -> None:
    """``folder`` and what is missing above it up to ``top``, closed (0700) whatever the umask."""
    if folder.is_dir():
        return
    if folder != top:
        make_closed(folder.parent, top)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)


def copied(opened: object, target: Path) -> Kept:
    """Write what ``opened`` reads to ``target`` (0600, not there yet); length and digest of what went through."""
    digest, length = hashlib.sha256(), 0
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as written:
        while piece := opened.read(STEP):  # type: ignore[attr-defined]  # any binary file
            digest.update(piece)
            length += len(piece)
            written.write(piece)
        written.flush()
        os.fsync(written.fileno())
    return Kept(length, digest.hexdigest())


def below(data: Path, tree: str) -> list[str]:
    """Paths of all plain files under ``data``/``tree``, as seen from ``data``; passing names (``.…``) left out."""
    found = []
    for inner, folders, files in os.walk(data / tree):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            file = Path(inner) / name
            if not name.startswith(".") and file.is_file() and not file.is_symlink():
                found.append(file.relative_to(data).as_posix())
    return found


def mirror(source: Path, target: Path, renew: bool = False) -> int:
    """Copy every file of the folder ``source`` that ``target`` does not hold yet; how many. Nothing is taken away.

    ``renew``: what ``source`` says differently by now is copied again too.
    """
    count = 0
    for path in below(source, "."):
        there = (target / path).exists()
        if not there or (renew and kept(source / path) != kept(target / path)):
            make_closed((target / path).parent, target.parent)
            making = (target / path).with_name(f".{Path(path).name}.making")
            making.unlink(missing_ok=True)
            with (source / path).open("rb") as opened:
                copied(opened, making)
            making.rename(target / path)
            count += 1
    return count


def clear(folder: Path) -> None:
    """Take a folder away, if it is there."""
    shutil.rmtree(folder, ignore_errors=True)
