"""An hour of ordinary work, and whether anybody's memory grows: ``python -m tests.storm.soaking [MINUTES]``.

Four web servers and two workers beside one database. Clients act at a steady pace and read pages between; every half
minute the memory of every process is written down: its proportional set size without the database's shared memory,
whose size is fixed at its start and which only fills. Growth is the slope of a straight line through the last two
thirds, for the first third fills caches; of every ten minutes it takes the highest figure, because connections to the
database are renewed after so long and their memory rises and falls with them. Exit 1 where a process grows by more
than ``MOST`` of its size in an hour, where anything was lost or doubled, or where ``verify`` finds anything.
"""

from __future__ import annotations

import http.client
import sys
import threading
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from urllib.parse import quote

import psutil

from . import judging
from .raging import Ledger, Storm, seed_of_today
from .site import PACK, Furnished, Site, temporary_site

MINUTES = 60.0
EVERY = 30.0
PAUSE = 1.0
CLIENTS = 4
MOST = 0.10
# seconds after which a connection to the database is opened anew
RENEWED = 600.0
# what people look at between two acts
READ = (
    "/", "/cases/", f"/cases/?q={quote('异响')}", "/cases/tabs/", "/approvals/", "/customers/", "/procedures/",
    "/live/", "/api/v1/cases?limit=50", "/metrics",
)  # fmt: skip
MB = 1_000_000

Curve = dict[str, list[tuple[float, float]]]


def memory(site: Site) -> dict[str, float]:
    """Megabytes (10⁶) of every process that should live on, named by what it is; the database's helpers together."""
    assert site.serving is not None
    found: dict[str, float] = {}
    for child in psutil.Process(site.serving.pid).children():
        words = child.cmdline()
        name = "postgres" if Path(words[0]).name == "postgres" else f"{words[-1]} {child.pid}"
        family = [child, *child.children(recursive=True)]
        found[name] = sum(_proportional(one.pid) for one in family)
    return found


def _proportional(process: int) -> float:
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0.0
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss")}
    return (sizes["Pss"] - sizes.get("Pss_Shmem", 0)) * 1024 / MB


def growth(curve: list[tuple[float, float]]) -> float:
    """Megabytes an hour, by least squares through the peaks of the last two thirds of (seconds, megabytes)."""
    peaks: dict[int, tuple[float, float]] = {}
    for x, y in curve[len(curve) // 3 :]:
        span = int(x // RENEWED)
        peaks[span] = max(peaks.get(span, (x, y)), (x, y), key=lambda point: point[1])
    points = list(peaks.values())
    middle = sum(x for x, _y in points) / len(points)
    spread = sum((x - middle) ** 2 for x, _y in points)
    return 3600 * sum((x - middle) * y for x, y in points) / spread if spread else 0.0


class Soak(Storm):
    """A storm without deaths and with a pace; ends at ``until`` (monotonic seconds)."""

    until: float = 0.0
    sessions: tuple[str, ...] = ()
    seen: Counter[int]

    def _client(self, number: int) -> None:
        port = self.site.ports[number % len(self.site.ports)]
        looking = threading.Thread(target=self._look, args=(port, Random(number)))
        looking.start()
        super()._client(number)
        looking.join()

    def _look(self, port: int, random: Random) -> None:
        while time.monotonic() < self.until:
            asking = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            asking.request(
                "GET", random.choice(READ), headers={"Cookie": f"bihuan_session={random.choice(self.sessions)}"}
            )
            answer = asking.getresponse()
            answer.read()
            self.seen[answer.status] += 1
            asking.close()
            time.sleep(PAUSE / 2)


class Paced(Ledger):
    """Lets another act begin once a second for each client until the time is over."""

    until: float = 0.0

    def begin(self, most: int) -> bool:
        time.sleep(PAUSE)
        self.started += 1
        return time.monotonic() < self.until


def main(minutes: float) -> int:
    """0 when memory stayed flat and nothing was lost."""
    with temporary_site(webs=4, workers=2) as site:
        # pages are read with sessions made for it, and nobody is there to type a code
        site.more["BIHUAN_SECOND_FACTOR"] = "offered"
        site.serve()
        furnished = Furnished(**site.module("tests.storm.furnishing", str(PACK), datetime.now(UTC).isoformat()))
        soak = Soak(
            site, furnished, seed_of_today(), acts=10**9, kills=0, clients=CLIENTS, ledger=Paced(),
            patience=minutes * 60 + 300,
        )  # fmt: skip
        soak.sessions, soak.seen = tuple(site.module("tests.storm.sessions").values()), Counter()
        soak.until = soak.ledger.until = time.monotonic() + minutes * 60
        curve: Curve = defaultdict(list)
        working = threading.Thread(target=soak.rage)
        working.start()
        began = time.monotonic()
        while working.is_alive():
            working.join(EVERY)
            for name, size in memory(site).items():
                curve[name].append((time.monotonic() - began, size))
            _say("  ".join(f"{name.split()[0]} {points[-1][1]:.0f}" for name, points in sorted(curve.items())))
        wrong = judging.all_of(
            judging.acts_not_once(site, soak.ledger), judging.clock_owes(site), judging.letters_missing(site),
            judging.cases_miscounted(site), judging.told_twice(site), judging.swept_twice(site),
        )  # fmt: skip
        verified = site.bihuan("verify").returncode
        _say(f"pages read, by answer: {dict(soak.seen)}")
        return _told(curve, wrong, verified, soak.ledger)


def _told(curve: Curve, wrong: list[str], verified: int, ledger: Ledger) -> int:
    grown = 0
    for name, points in sorted(curve.items()):
        slope, size = growth(points), points[-1][1]
        grown += slope > MOST * size
        _say(f"{name}: {points[0][1]:.0f} → {size:.0f} MB, {slope:+.1f} MB an hour")
    _say(f"soak: {ledger.told()}; {len(wrong)} wrong, verify {verified}, {grown} growing")
    for one in wrong[:20]:
        _say(f"WRONG {one}")
    return 1 if wrong or verified or grown else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES))
