"""From the start of a process to its first answer, and what the idle house takes of memory."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from .figures import Figure, Measured, at_most
from .machine import program_of, proportional_memory, tree_of
from .place import Place, free_port

TIMES = 3
IDLE, QUICK_IDLE = 30.0, 3.0

HOW_START = """Seconds from starting the process to the first 200 of `/health/ready` (asked every 5 ms): `bihuan web`
against a running database; `bihuan serve` on a data folder that exists (start of the database, check of the tables,
web); and `bihuan serve` on an empty one (the cluster is made and every table). The first two are medians of {times}.
Files are in the system's cache."""

HOW_MEMORY = """`bihuan serve` with its defaults, after the sign-in page was asked for once and {idle:.0f} s went by:
proportional set size (`/proc/*/smaps_rollup`) of the supervisor and every process below it, database included. In MB
of 10⁶ bytes."""


HOW_DEMO = """`bihuan demo` on an empty data folder until the sign-in page answers 200: the cluster is made and every
table, the demonstration furnished (three hundred cases over sixty days, each done act by act with the clock running in
between), web and worker started. What `scripts/demo` does before that, the virtual environment, is not in it."""


def cold(place: Place, quick: bool, say: Callable[[str], None]) -> Measured:
    """Cold start, database excluded and included."""
    say("cold start …")
    place.database()
    alone = []
    for _ in range(1 if quick else TIMES):
        port = free_port()
        begun = time.perf_counter()
        process = place.start(["web"], {"BIHUAN_PORT": str(port)})
        place.wait_until_ready(process, port)
        alone.append(time.perf_counter() - begun)
        place.end(process)
    empty = _serve(place)
    whole = [_serve(place) for _ in range(1 if quick else TIMES)]
    figures = (
        Figure("web, database running", _median(alone), "s"),
        Figure("serve, database included", _median(whole), "s", "web alone", _median(whole) / _median(alone)),
        Figure("serve for the very first time", empty, "s", "web alone", empty / _median(alone)),
    )
    return Measured("start", "Cold start", " ".join(HOW_START.format(times=len(alone)).split()), figures)


def _served(place: Place) -> dict[str, str]:
    """An installation of its own beside the measured one: the embedded database, below the same folder."""
    own = {"BIHUAN_DATA": str(place.folder / "whole"), "BIHUAN_PORT": str(free_port())}
    return {**own, "DATABASE_URL": "", "BIHUAN_OWNER_URL": "", "BIHUAN_READER_URL": ""}


def _serve(place: Place) -> float:
    settings = _served(place)
    begun = time.perf_counter()
    process = place.start(["serve"], settings, as_service=False)
    place.wait_until_ready(process, int(settings["BIHUAN_PORT"]))
    taken = time.perf_counter() - begun
    place.end(process)
    return taken


def memory(place: Place, quick: bool, say: Callable[[str], None]) -> Measured:
    """What all processes of an idle house take together."""
    settings = _served(place)
    port, idle = int(settings["BIHUAN_PORT"]), QUICK_IDLE if quick else IDLE
    process = place.start(["serve"], settings, as_service=False)
    place.wait_until_ready(process, port)
    place.wait_until_ready(process, port, "/sign-in/")
    say(f"{idle:.0f} s …")
    time.sleep(idle)
    shares: dict[str, float] = defaultdict(float)
    for one in tree_of(process.pid):
        shares[program_of(one)] += proportional_memory(one)
    place.end(process)
    parts = ", ".join(f"{name} {share:.0f}" for name, share in sorted(shares.items()) if share)
    figure = at_most("all processes of bihuan serve", sum(shares.values()), "MB", 300, more=parts)
    return Measured("memory", "Memory at rest", " ".join(HOW_MEMORY.format(idle=idle).split()), (figure,))


def demo(place: Place, pack: Path, say: Callable[[str], None]) -> Measured:
    """From nothing but the installed program to the first page of a furnished house."""
    say("demo …")
    settings = {**_served(place), "BIHUAN_DATA": str(place.folder / "demo")}
    port = int(settings["BIHUAN_PORT"])
    begun = time.perf_counter()
    process = place.start(["demo", "--pack", str(pack)], settings, as_service=False)
    place.wait_until_ready(process, port)
    place.wait_until_ready(process, port, "/sign-in/")
    taken = time.perf_counter() - begun
    place.end(process)
    figure = at_most("bihuan demo to its first page", taken, "s", 60)
    return Measured("demo", "The demonstration's first page", " ".join(HOW_DEMO.split()), (figure,))


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
