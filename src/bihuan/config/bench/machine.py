"""The kind of machine, and what a tree of processes takes of it. Never its name or its folders."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

PROC = Path("/proc")


def kind() -> str:
    """Cores this process may use, memory, processor and versions."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{cores} cores, {memory:.0f} GiB memory, {_processor()}, Linux, Python {platform.python_version()}"


def _processor() -> str:
    try:
        told = (PROC / "cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return platform.machine()
    found = re.search(r"^model name\s*:\s*(.+)$", told, re.MULTILINE)
    return re.sub(r"\s+", " ", found.group(1)).strip() if found else platform.machine()


def tree_of(root: int) -> list[int]:
    """``root`` and every living process below it."""
    children: dict[int, list[int]] = {}
    for folder in PROC.iterdir():
        if folder.name.isdecimal() and (parent := _parent(folder)) is not None:
            children.setdefault(parent, []).append(int(folder.name))
    found = [root]
    for process in found:
        found += children.get(process, [])
    return found


def _parent(folder: Path) -> int | None:
    try:
        return int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return None


def proportional_memory(process: int) -> float:
    """Proportional set size in MB (10⁶ bytes): own pages and a fair share of shared ones; 0 when it has ended.

    Raises PermissionError for a process of somebody else.
    """
    try:
        told = (PROC / str(process) / "smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    found = re.search(r"^Pss:\s+(\d+) kB$", told, re.MULTILINE)
    return int(found.group(1)) * 1024 / 1e6 if found else 0.0


def program_of(process: int) -> str:
    """What the process is, in a word: ``database``, ``web``, ``worker`` or ``supervisor``."""
    try:
        words = (PROC / str(process) / "cmdline").read_bytes().split(b"\0")
        name = (PROC / str(process) / "comm").read_text().strip()
    except OSError:
        return "ended"
    if name == "postgres":
        return "database"
    for verb in ("web", "worker"):
        if verb.encode() in words:
            return verb
    return "supervisor" if b"serve" in words else "web"
