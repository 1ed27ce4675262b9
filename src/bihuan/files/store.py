"""The folder of contents: each file under the SHA-256 of its bytes, whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from pathlib import Path

from django.conf import settings

from bihuan.ground.system_user import give, house_folder

STEP = 1024 * 1024


def folder() -> Path:
    return Path(settings.DATA) / "files" / "sha256"


def path_of(sha256: str) -> Path:
    """Where the content with this digest stands."""
    return folder() / sha256[:2] / sha256


def preview_of(sha256: str) -> Path:
    """Where its small picture stands, if it has one."""
    return path_of(sha256).with_name(f"{sha256}.preview")


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as opened:
        while piece := opened.read(STEP):
            digest.update(piece)
    return digest.hexdigest()


def put(source: Path, sha256: str) -> None:
    """Keep the content of ``source``. When this returns, bytes and name have reached the disk."""
    _put(source, path_of(sha256))


def put_preview(content: bytes, sha256: str) -> None:
    target = preview_of(sha256)
    making = _making(target)
    _write(making, [content])
    _settle(making, target)


def remove(sha256: str) -> None:
    """Forget a content nobody refers to any more; the caller holds its lock."""
    path_of(sha256).unlink(missing_ok=True)
    preview_of(sha256).unlink(missing_ok=True)


def _put(source: Path, target: Path) -> None:
    if target.exists():
        return
    making = _making(target)
    with source.open("rb") as opened:
        _write(making, iter(lambda: opened.read(STEP), b""))
    _settle(making, target)


def _making(target: Path) -> Path:
    house_folder(target.parent)
    return target.with_name(f".{target.name}.{secrets.token_hex(6)}")


def _write(making: Path, pieces) -> None:
    handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o640)
    try:
        with os.fdopen(handle, "wb") as written:
            for piece in pieces:
                written.write(piece)
            written.flush()
            os.fsync(written.fileno())
        give(making)
    except BaseException:
        with contextlib.suppress(OSError):
            making.unlink()
        raise


def _settle(making: Path, target: Path) -> None:
    making.rename(target)
    handle = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
