"""Backups only whoever holds a private key can read: the age format (age-encryption.org/v1) with X25519 keys.

Written as plain ``age`` files, so that the ``age`` or ``rage`` program of any machine opens them without us. Everything
passes through in pieces: a dump of any size takes the same few megabytes of memory. What was cut off or changed does
not open: every piece of 64 KiB carries a tag of its own, and the last one says that it is the last.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pyrage

from bihuan.ground.backup.errors import Damaged, Locked
from bihuan.ground.backup.manifest import Kept
from bihuan.ground.words import Trouble

_NO_KEY = "No matching keys found"


class Reads(Protocol):
    """Any binary file that can be read."""

    def read(self, size: int = -1, /) -> bytes: ...


class Writes(Protocol):
    """Any binary file that can be written."""

    def write(self, piece: bytes, /) -> int: ...


class Key:
    """Private keys, any one of which may open a backup. Its words are never part of a message."""

    def __init__(self, identities: Sequence[pyrage.x25519.Identity]) -> None:
        self.identities = tuple(identities)

    def __repr__(self) -> str:
        return f"Key of {', '.join(self.public)}"

    @property
    def public(self) -> tuple[str, ...]:
        """The recipients it opens for (``age1…``)."""
        return tuple(str(one.to_public()) for one in self.identities)

    @classmethod
    def new(cls) -> Key:
        """A fresh pair."""
        return cls([pyrage.x25519.Identity.generate()])

    @classmethod
    def read(cls, file: Path) -> Key:
        """The keys of an identity file as ``age-keygen`` writes it. Raises Trouble naming the file and the line."""
        try:
            lines = file.read_text(encoding="ascii").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "no text"
            raise Trouble(f"{file}: 不能读取私钥（{why}）", f"{file}: the identity cannot be read ({why})") from error
        found = []
        for number, line in enumerate(lines, start=1):
            if not line.strip() or line.startswith("#"):
                continue
            try:
                found.append(pyrage.x25519.Identity.from_str(line.strip()))
            except pyrage.IdentityError:
                # not the library's words: they might repeat the line
                raise Trouble(
                    f"{file} 第 {number} 行不是 age 私钥（AGE-SECRET-KEY-1…）",
                    f"{file}, line {number} is no age identity (AGE-SECRET-KEY-1…)",
                ) from None
        if not found:
            raise Trouble(f"{file} 里没有私钥", f"{file} holds no identity")
        return cls(found)

    def write(self, file: Path, at: datetime) -> None:
        """An identity file (0600) that was not there yet. Raises FileExistsError, OSError."""
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as written:
            written.write(f"# created: {at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}\n")
            for public, identity in zip(self.public, self.identities, strict=True):
                written.write(f"# public key: {public}\n{identity}\n")
            written.flush()
            os.fsync(written.fileno())


def is_recipient(words: str) -> bool:
    """Whether this is a public key a backup can be encrypted to."""
    try:
        pyrage.x25519.Recipient.from_str(words)
    except pyrage.RecipientError:
        return False
    return True


class _Looked:
    """A file seen through: what passes is counted and hashed, and a fault of the file itself is kept for later.

    The library tells such a fault only in words of its own.
    """

    def __init__(self, file: Reads | Writes) -> None:
        self.file = file
        self.digest, self.length = hashlib.sha256(), 0
        self.fault: OSError | None = None

    @property
    def kept(self) -> Kept:
        return Kept(self.length, self.digest.hexdigest())

    def _see(self, piece: bytes) -> None:
        self.digest.update(piece)
        self.length += len(piece)


class _Source(_Looked):
    file: Reads

    def read(self, size: int = -1) -> bytes:
        try:
            piece = self.file.read(size)
        except OSError as fault:
            self.fault = fault
            raise
        self._see(piece)
        return piece


class _Sink(_Looked):
    file: Writes

    def write(self, piece: bytes) -> int:
        try:
            self.file.write(piece)
        except OSError as fault:
            self.fault = fault
            raise
        self._see(piece)
        return len(piece)

    def flush(self) -> None:
        """The library asks for it; who opened the file brings it to the disk."""


def encrypt(opened: Reads, target: Path, recipients: Iterable[str]) -> tuple[Kept, Kept]:
    """Write what ``opened`` reads to ``target`` (0600, not there yet), for ``recipients`` alone.

    Length and digest of what was read, and of what was written. Raises OSError.
    """
    keys = [pyrage.x25519.Recipient.from_str(one) for one in recipients]
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as written:
        source, sink = _Source(opened), _Sink(written)
        try:
            pyrage.encrypt_io(source, sink, keys)
        except pyrage.EncryptError:
            if fault := source.fault or sink.fault:
                raise fault from None
            raise
        written.flush()
        os.fsync(written.fileno())
    return source.kept, sink.kept


def decrypt(file: Path, written: Writes, key: Key) -> Kept:
    """Write what the encrypted ``file`` says to ``written``; length and digest of that.

    Raises Locked when ``key`` does not open it, Damaged when it is cut off or changed (a part of it may have been
    written by then), OSError.
    """
    with file.open("rb") as opened:
        source, sink = _Source(opened), _Sink(written)
        try:
            pyrage.decrypt_io(source, sink, list(key.identities))
        except pyrage.DecryptError as error:
            if source.fault:
                raise source.fault from None
            if str(error) == _NO_KEY:
                raise Locked(
                    f"这把私钥打不开 {file}；没有改动任何东西。",
                    f"This identity does not open {file}; nothing has been changed.",
                ) from None
            raise Damaged([f"{file.name}: 不是 age 文件 / no age file ({error})"]) from None
        except OSError:
            if fault := source.fault or sink.fault:
                raise fault from None
            raise Damaged([f"{file.name}: 解不开，被截断或改动过 / cut off or changed"]) from None
    return sink.kept


class Nowhere:
    """Takes everything and keeps nothing: to see whether a file opens and what is in it."""

    def write(self, piece: bytes) -> int:
        return len(piece)
