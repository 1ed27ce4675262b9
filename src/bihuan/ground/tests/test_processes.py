"""Children of the machine's supervisor: started, brought back, stopped in reverse, and never left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from bihuan.ground.processes import pause_before_restart
from bihuan.ground.tests.machine import SOURCES, Machine, wait_for_end

KEEPS = """
import sys
from bihuan.ground.processes import Child, Children
def child(name, program):
    return Child(name, (sys.executable, "-c", program, name), {"PATH": "/usr/bin:/bin"}, patience=float(sys.argv[1]))
sys.exit(Children([child(*pair.split("=", 1)) for pair in sys.argv[2:]], say=lambda line: None).run())
"""
# Signals are held back before the first word, so that none comes too early; then one is taken.
STAYS = """
import os, signal, sys
wanted = {signal.SIGTERM, signal.SIGHUP}
signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
print(sys.argv[1], "started", os.getpid(), flush=True)
while (heard := signal.sigwait(wanted)) == signal.SIGHUP:
    print(sys.argv[1], "reloads", os.getpid(), flush=True)
print(sys.argv[1], "stopped", os.getpid(), flush=True)
"""
DEAF = """
import os, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
inner = os.fork()
if inner == 0:
    signal.pause()
print(sys.argv[1], "started", os.getpid(), inner, flush=True)
while True:
    signal.pause()
"""


def keep(machine: Machine, *children: tuple[str, str], patience: float = 20.0) -> subprocess.Popen[str]:
    pairs = [f"{name}={program}" for name, program in children]
    return machine.child(
        [sys.executable, "-c", KEEPS, str(patience), *pairs],
        env={"PYTHONPATH": str(SOURCES), "PATH": os.environ["PATH"]},
    )


def lines(keeper: subprocess.Popen[str], count: int) -> list[list[str]]:
    assert keeper.stdout is not None
    return [keeper.stdout.readline().split() for _ in range(count)]


def started(keeper: subprocess.Popen[str], count: int) -> dict[str, int]:
    return {name: int(process) for name, said, process in lines(keeper, count) if said == "started"}


def test_pauses_double_up_to_half_a_minute() -> None:
    assert [pause_before_restart(deaths) for deaths in range(1, 9)] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


def test_children_are_stopped_in_reverse_order(bare: Machine) -> None:
    keeper = keep(bare, ("worker", STAYS), ("web", STAYS))
    running = started(keeper, 2)
    keeper.send_signal(signal.SIGTERM)
    assert lines(keeper, 2) == [["web", "stopped", str(running["web"])], ["worker", "stopped", str(running["worker"])]]
    assert keeper.wait() == 0


def test_ctrl_c_stops_like_a_request_to_end(bare: Machine) -> None:
    keeper = keep(bare, ("web", STAYS))
    running = started(keeper, 1)
    keeper.send_signal(signal.SIGINT)
    assert lines(keeper, 1) == [["web", "stopped", str(running["web"])]]
    assert keeper.wait() == 0


def test_a_reload_is_passed_on(bare: Machine) -> None:
    keeper = keep(bare, ("web", STAYS))
    running = started(keeper, 1)
    keeper.send_signal(signal.SIGHUP)
    assert lines(keeper, 1) == [["web", "reloads", str(running["web"])]]


def test_a_child_that_dies_is_started_again_and_the_other_is_not_touched(bare: Machine) -> None:
    keeper = keep(bare, ("worker", STAYS), ("web", STAYS))
    running = started(keeper, 2)
    os.kill(running["web"], signal.SIGKILL)
    again = started(keeper, 1)
    assert list(again) == ["web"]
    assert again["web"] != running["web"]
    keeper.send_signal(signal.SIGTERM)
    assert lines(keeper, 2)[1] == ["worker", "stopped", str(running["worker"])]


def test_children_end_with_a_supervisor_that_is_killed(bare: Machine) -> None:
    keeper = keep(bare, ("worker", STAYS), ("web", STAYS))
    running = started(keeper, 2)
    keeper.kill()
    for process in running.values():
        wait_for_end(process)
    assert sorted(line[1] for line in lines(keeper, 2)) == ["stopped", "stopped"]


def test_a_deaf_child_is_killed_with_what_it_started_and_that_is_told(bare: Machine) -> None:
    keeper = keep(bare, ("web", DEAF), patience=0.1)
    _, _, outer, inner = lines(keeper, 1)[0]
    keeper.send_signal(signal.SIGTERM)
    assert keeper.wait() == 1
    wait_for_end(int(outer))
    wait_for_end(int(inner))


def test_what_a_child_writes_is_closed_to_others(bare: Machine) -> None:
    writes = f"open({str(bare.place / 'letter')!r}, 'w').close()\n" + STAYS
    keeper = keep(bare, ("web", writes))
    started(keeper, 1)
    assert Path(bare.place / "letter").stat().st_mode & 0o777 == 0o600
