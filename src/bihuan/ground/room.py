"""How much room is left on the disk the data folder lies on. Plain Python, one system call."""

from __future__ import annotations

import os
from pathlib import Path

MEGABYTE = 1024 * 1024


def free_megabytes(folder: Path) -> int:
    """Whole megabytes a program of ours may still write below ``folder`` (what is kept for root not counted)."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize // MEGABYTE


def short_of_room(folder: Path, reserve: int) -> bool:
    """Whether less than ``reserve`` megabytes are left; False where the folder cannot be asked about."""
    try:
        return free_megabytes(folder) < reserve
    except OSError:
        return False
