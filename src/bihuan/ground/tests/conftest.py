"""The floor's tests run real servers in a fresh folder each; what needs root is told, not skipped in silence."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bihuan.ground.tests.machine import Machine

ONLY_AS_ROOT = "test_started_as_root.py"
collect_ignore = [] if os.geteuid() == 0 else [ONLY_AS_ROOT]


MEMORY = Path("/dev/shm")


def fresh() -> Iterator[Machine]:
    # Not pytest's own folder: that is closed to the user the server runs as. In memory where there is room.
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 1024**3 and os.access(MEMORY, os.W_OK)
    place = Path(tempfile.mkdtemp(prefix="bihuan-ground-", dir=MEMORY if roomy else None))
    place.chmod(0o755)
    made = Machine(place)
    yield made
    made.clean_up()
    shutil.rmtree(place)


@pytest.fixture(scope="session")
def stopped() -> Iterator[Machine]:
    """A machine whose server was made and stopped once; to be copied from only."""
    for made in fresh():
        made.supervisor().start()
        made.clean_up()
        # Whoever copies starts with a log of its own.
        (made.data / "database.log").unlink()
        yield made


@pytest.fixture
def bare() -> Iterator[Machine]:
    """Nothing is there yet."""
    yield from fresh()


@pytest.fixture
def machine(bare: Machine, stopped: Machine) -> Machine:
    """A server was made here before and stopped in order."""
    subprocess.run(["/bin/cp", "-a", str(stopped.data), str(bare.data)], check=True)
    return bare


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if collect_ignore:
        terminalreporter.write_line(f"ground: {ONLY_AS_ROOT} needs root and was not collected")
