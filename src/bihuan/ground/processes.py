"""Child processes of one machine kept alive: started in order, restarted when they die, stopped in reverse.

Children live in sessions of their own, so that Ctrl-C in a terminal reaches only the supervisor, which then stops them
one after the other; and the kernel tells them to stop when the supervisor itself is killed.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from bihuan.ground.system_user import SystemUser, launching

SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
# A child that lived this long had started well: its next death is its first again.
LIVED_WELL = 60.0


def pause_before_restart(deaths: int) -> float:
    """Seconds before the next start after so many deaths in a row: half a second, doubling, half a minute at most."""
    return float(min(SHORTEST_PAUSE * 2 ** max(deaths - 1, 0), LONGEST_PAUSE))


@dataclass(frozen=True)
class Child:
    """One program: ``command`` begins with its absolute path; ``patience`` seconds to stop before it is killed."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    user: SystemUser | None = None
    patience: float = 20.0


@dataclass
class _Kept:
    child: Child
    process: subprocess.Popen[bytes] | None = None
    handle: int = -1
    started: float = 0.0
    deaths: int = 0
    start_at: float = 0.0


@dataclass
class Children:
    """Keeps ``children`` running until told to stop.

    ``before_start`` is called before every start of a child (the database is brought back there when it died);
    ``each_beat`` about once a second. ``say`` gets one line per event. A hook that raises stops everything.
    """

    children: Sequence[Child]
    before_start: Callable[[], None] = lambda: None
    each_beat: Callable[[], None] = lambda: None
    say: Callable[[str], None] = lambda line: print(line, file=sys.stderr, flush=True)  # noqa: T201 - for the operator
    beat: float = 1.0
    _kept: list[_Kept] = field(default_factory=list, init=False)
    _stop_asked: int = field(default=0, init=False)

    def run(self) -> int:
        """Start all, keep them running, and return when SIGTERM or SIGINT asked to stop: 0, or 1 if one had to be
        killed. SIGHUP is passed on. To be called from the main thread, which is the one signals come to.
        """
        reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        before = {
            number: signal.signal(number, self._hear) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        }
        old_wakeup = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        self._stop_asked = 0
        self._kept = [_Kept(child) for child in self.children]
        try:
            while not self._stop_asked:
                self._start_those_due()
                self._wait(reading)
                self._bury_the_dead()
                self.each_beat()
        finally:
            clean = self._stop()
            signal.set_wakeup_fd(old_wakeup)
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(reading)
            os.close(writing)
        return 0 if clean else 1

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            for kept in self._kept:
                if kept.process is not None:
                    kept.process.send_signal(number)
        else:
            self._stop_asked = number

    def _start_those_due(self) -> None:
        for kept in self._kept:
            if kept.process is None and kept.start_at <= time.monotonic() and not self._stop_asked:
                self.before_start()
                program, *arguments = kept.child.command
                kept.process = subprocess.Popen(  # noqa: S603 - our own programs, no shell
                    launching(program, arguments, kept.child.user, when_parent_dies=signal.SIGTERM),
                    stdin=subprocess.DEVNULL,
                    env=dict(kept.child.environment),
                    start_new_session=True,
                )
                kept.handle = os.pidfd_open(kept.process.pid)
                kept.started = time.monotonic()
                self.say(f"{kept.child.name}: 已启动 / started ({kept.process.pid})")

    def _wait(self, reading: int) -> None:
        """Until a signal, a death, the next start or the next beat."""
        waiting = [kept.start_at - time.monotonic() for kept in self._kept if kept.process is None]
        handles = [kept.handle for kept in self._kept if kept.process is not None]
        ready, _, _ = select.select([reading, *handles], [], [], max(0.0, min([self.beat, *waiting])))
        if reading in ready:
            os.read(reading, 512)

    def _bury_the_dead(self) -> None:
        for kept in self._kept:
            if kept.process is None or kept.process.poll() is None:
                continue
            lived = time.monotonic() - kept.started
            kept.deaths = 1 if lived >= LIVED_WELL else kept.deaths + 1
            pause = pause_before_restart(kept.deaths)
            kept.start_at = time.monotonic() + pause
            code = kept.process.returncode
            self._forget(kept)
            if not self._stop_asked:
                self.say(
                    f"{kept.child.name}: 意外结束（{code}），{pause:g} 秒后重启"
                    f" / ended unexpectedly ({code}), starting again in {pause:g} s"
                )

    def _forget(self, kept: _Kept) -> None:
        """After a child's end: what it started itself and left behind in its session goes too."""
        if kept.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(kept.process.pid, signal.SIGKILL)
            os.close(kept.handle)
        kept.process, kept.handle = None, -1

    def _stop(self) -> bool:
        """Stop in reverse order, each given its patience; False when one had to be killed."""
        clean = True
        for kept in reversed(self._kept):
            if kept.process is None:
                continue
            kept.process.send_signal(signal.SIGTERM)
            try:
                kept.process.wait(kept.child.patience)
            except subprocess.TimeoutExpired:
                clean = False
                self.say(f"{kept.child.name}: 未按时停止，强制结束 / did not stop in time, killed")
                kept.process.kill()
                kept.process.wait()
            self._forget(kept)
        return clean
