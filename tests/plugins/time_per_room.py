"""How long each room's tests took, set-up included, before pytest's closing line."""

from __future__ import annotations

from collections import defaultdict
from pathlib import PurePosixPath

import pytest

_seconds: defaultdict[str, float] = defaultdict(float)
_tests: defaultdict[str, set[str]] = defaultdict(set)


def room_of(test: str) -> str:
    """The room of a test's id: ``journal``, ``registers/outlets``, or ``tests`` for what crosses rooms."""
    parts = PurePosixPath(test.split("::", maxsplit=1)[0]).parts
    if parts[:2] != ("src", "bihuan"):
        return parts[0]
    room = parts[2:-1]
    return "/".join(room[: room.index("tests")] if "tests" in room else room) or "bihuan"


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up set-up, call and tear-down."""
    room = room_of(report.nodeid)
    _seconds[room] += report.duration
    _tests[room].add(report.nodeid)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line per room, the slowest first."""
    if not _seconds:
        return
    terminalreporter.write_sep("-", "time per room")
    for room, seconds in sorted(_seconds.items(), key=lambda entry: -entry[1]):
        terminalreporter.write_line(f"{seconds:8.1f} s  {len(_tests[room]):5} tests  {room}")
