"""``manifest.json``: what a backup holds, and how to tell that it still does."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from bihuan.ground.backup.errors import Damaged

FILE = "manifest.json"
DUMP = "database.dump"
FILES = "data"
SITE_KEY = "secret-key"
SUFFIX = ".age"
STEP = 1024 * 1024
PLAIN, ENCRYPTED = 1, 2


class Kept(Struct, frozen=True):
    """One file: its length in bytes and the SHA-256 of its content."""

    bytes: int
    sha256: str


class LeftOut(Struct, frozen=True):
    """Something of the installation that the backup does not hold, and why."""

    what: str
    why: str


class Manifest(Struct, frozen=True, kw_only=True):
    """``rows`` by table and ``notes`` (whatever the rooms above noted) were read under the dump's own snapshot.

    ``database_bytes``: how large the database was on its server's disk. ``files`` by their path below the data folder;
    ``missing``: named by the database, but not to be found. ``dump`` and ``files`` are told as they are read; where the
    backup is encrypted to ``recipients``, ``sealed`` tells what lies in its folder instead, by the name there.
    """

    name: str
    taken_at: datetime
    reason: str
    version: str
    server: str
    tools: str
    database_bytes: int
    dump: Kept
    rows: dict[str, int]
    notes: dict[str, Any]
    files: dict[str, Kept]
    missing: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    recipients: tuple[str, ...] = ()
    sealed: dict[str, Kept] = {}
    format: int = PLAIN

    @property
    def bytes(self) -> int:
        """Everything it holds, in bytes; what several backups share is counted in each."""
        return sum(one.bytes for one in self.lying().values())

    @property
    def encrypted(self) -> bool:
        """Whether a private key is needed to read it."""
        return self.format >= ENCRYPTED

    def lying(self) -> dict[str, Kept]:
        """Every file of the backup's folder by its name there, as it lies on the disk."""
        if self.encrypted:
            return self.sealed
        return {DUMP: self.dump, **{f"{FILES}/{path}": one for path, one in self.files.items()}}

    def name_of(self, what: str) -> str:
        """Under which name in the folder ``what`` lies: the dump, the secret key, or a file (``data/…``)."""
        return what + SUFFIX if self.encrypted else what


def written(manifest: Manifest) -> bytes:
    """The file, sealed: its last key is the SHA-256 over all the others."""
    told = json.loads(msgspec.json.encode(manifest))
    told["seal"] = _seal(told)
    return (json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def read(folder: Path) -> Manifest:
    """The manifest of the backup in ``folder``. Raises Damaged when it is not there, not readable or not as sealed."""
    file = folder / FILE
    try:
        told = json.loads(file.read_bytes())
        seal = told.pop("seal")
    except OSError as error:
        raise Damaged([f"{file}: {error.strerror}"]) from error
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise Damaged([f"{file}: 不是备份清单 / no manifest"]) from error
    if seal != _seal(told):
        raise Damaged([f"{file}: 内容与封签不符 / not what was sealed"])
    if told.get("format") not in {PLAIN, ENCRYPTED}:
        raise Damaged([f"{file}: 由更新的版本写成 / written by a later version ({told.get('format')})"])
    try:
        return msgspec.convert(told, Manifest, strict=False)
    except msgspec.ValidationError as error:
        raise Damaged([f"{file}: {error}"]) from error


def _seal(told: dict[str, Any]) -> str:
    content = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def kept(file: Path) -> Kept:
    """Length and digest of a file as it stands. Raises OSError."""
    digest, length = hashlib.sha256(), 0
    with file.open("rb") as opened:
        while piece := opened.read(STEP):
            digest.update(piece)
            length += len(piece)
    return Kept(length, digest.hexdigest())
