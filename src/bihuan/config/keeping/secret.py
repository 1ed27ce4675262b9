"""The site's secret key out of an encrypted backup: second factors are sealed with it, so the database needs it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from bihuan.ground.backup.shelf import sync_folder
from bihuan.ground.settings import Settings
from bihuan.ground.system_user import give

FILE = "secret-key"


def put_back_secret(site: Settings, secret: str, at: datetime) -> list[str]:
    """Put the key a backup held (none: "") where the site reads it; says what was done, and what is still to be done.

    ``site`` as it was read, without a key made for the occasion. Another key that lies there already is moved aside,
    never written over; one that is set by hand is left to whoever set it. Raises OSError.
    """
    if not secret:
        return [
            "备份里没有 secret-key；没有原来的密钥，第二因素要重新绑定 / no secret-key in the backup: without the one "
            "of that time second factors have to be bound anew"
        ]
    if site.secret_key and site.secret_key != secret:
        return [
            "设置里的 secret-key 与备份里的不同，没有改动；第二因素要用备份里的那个，可用 age -d 打开 secret-key.age / "
            "the secret-key that is set differs from the backup's and was left alone: second factors need the "
            "backup's (age -d opens secret-key.age)"
        ]
    if site.secret_key:
        return []
    return _placed(site.data, secret, at)


def _placed(data: Path, secret: str, at: datetime) -> list[str]:
    file, said = data / FILE, ["secret-key 已放回 / secret-key is back"]
    if file.exists():
        if file.read_text(encoding="utf-8").strip() == secret:
            return []
        aside = data / f"{FILE}.before-{at.astimezone(UTC):%Y%m%dt%H%M%Sz}"
        file.rename(aside)
        said = [f"secret-key 已放回，原来的移到 {aside.name} / secret-key is back, what was there is {aside.name} now"]
    making = data / f".{FILE}.restoring"
    making.unlink(missing_ok=True)
    handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as written:
        written.write(secret + "\n")
        written.flush()
        os.fsync(written.fileno())
    give(making)
    making.rename(file)
    sync_folder(data)
    return said
