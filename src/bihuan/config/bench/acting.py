"""Cases opened and acted on over the API by 1, 4 and 8 clients, beside plain SQL and a bare view doing the same."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
from django.utils import timezone

from bihuan.ground.words import Trouble

from .figures import Figure, Measured
from .floor import RECORD
from .place import Place
from .story import Story, prepare

CLIENT = ("-m", "bihuan.config.bench.client")
CLIENTS = (1, 4, 8)
SECONDS, QUICK_SECONDS = 4.0, 1.0
WAYS = {"sql": "plain SQL", "floor": "bare view", "api": "API"}
WHAT = {"open": "POST /cases", "act": "POST /cases/{n}/acts"}

HOW = """The pack's longest example that people alone can walk ({lines} acts, of which the first opens the case) is done
again and again by client processes over kept HTTP connections with personal tokens, against one `bihuan web` (one
process, {threads} threads) and a durable embedded PostgreSQL, all on this machine: clients, server and database share
its cores. All clients work at one outlet, so all entries go into one chain. First every client opens cases, then it
walks the opened ones through. Two floors do the same for the same time just before. *Plain SQL*: psycopg, prepared
statements, no HTTP: lock the case, read the doer's posts, write case, marks, entry through `journal_append`, letters,
commit; contents, digests and the case's new state put together beforehand. *Bare view*: a plain Django view that does
these statements through Django's connection, behind the same middleware and web server, and reads the personal token
as the API does; no procedure is asked, no right, no calendar, no fact, nothing is refused, and of the other cases an
act moves (children, parents) it writes nothing. It stands under an address that exists only in the bench's own
settings. Per figure {seconds:g} s after a warm-up; in brackets the median and the 95th percentile a client waited."""

HOW_CHAIN = """The same plain SQL of an act by 8 client processes at once: all in one chain, whose head each commit
hands to the next, and in a chain each. The second is the floor here: the ratio is what sharing a chain costs."""


class Crowd:
    """Client processes that all do the same at the same time."""

    def __init__(self, place: Place, jobs: Iterable[dict[str, Any]]) -> None:
        self.place = place
        self.processes: list[subprocess.Popen[bytes]] = []
        for job in jobs:
            process = place.start([], program=CLIENT, piped=True, as_service=False)
            self.processes.append(process)
            _send(process, json.dumps(job))

    def do(self, what: str, seconds: float) -> list[float]:
        """All at once; milliseconds of every time by anybody. Raises Trouble with the words of a refusal."""
        for process in self.processes:
            _send(process, f"{what} {seconds}")
        taken: list[float] = []
        for process in self.processes:
            assert process.stdout is not None
            line = process.stdout.readline()
            answer = json.loads(line) if line else {"refused": self.place.last_words()}
            if "refused" in answer:
                raise Trouble(f"测速被拒绝：{answer['refused']}", f"A client was refused: {answer['refused']}")
            taken += answer["taken"]
        return taken

    def close(self) -> None:
        for process in self.processes:
            _send(process, "end")
            self.place.end(process)


def _send(process: subprocess.Popen[bytes], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line.encode() + b"\n")
    process.stdin.flush()


class Stage:
    """The furnished place with its story on record: what this room's measurements begin with."""

    def __init__(self, place: Place, pack: Path) -> None:
        self.place = place
        place.database()
        self.story: Story = prepare(pack, max(CLIENTS), timezone.now())
        self.record = place.folder / "record.json"
        self.record.write_bytes(msgspec.json.encode(self.story))
        self.record.chmod(0o644)

    def jobs(self, way: str, clients: int, port: int = 0, *, apart: bool = False) -> list[dict[str, Any]]:
        """A job per client; ``apart``: each at an outlet of its own."""
        casts = [self.story.casts[number if apart else 0] for number in range(clients)]
        return [
            {
                "way": way,
                "port": port,
                "kind": self.story.kind,
                "outlet": cast.outlet,
                "series": f"{self.story.series}-bench",
                "record": str(self.record),
                "database": self.place.environment["DATABASE_URL"],
                "lines": [
                    {
                        "act": line.act,
                        "answers": cast.answers(line),
                        "token": cast.tokens[line.post],
                        "person": cast.persons[line.post],
                    }
                    for line in self.story.lines
                ],
            }
            for cast in casts
        ]


def served(stage: Stage, quick: bool, say: Callable[[str], None]) -> Measured:
    """The API beside both floors."""
    seconds = QUICK_SECONDS if quick else SECONDS
    place = stage.place
    _bare, bare_port = place.web({"DJANGO_SETTINGS_MODULE": "bihuan.config.bench.settings", RECORD: str(stage.record)})
    _real, port = place.web()
    figures: list[Figure] = []
    for clients in CLIENTS:
        taken: dict[tuple[str, str], list[float]] = {}
        for way, where in (("sql", 0), ("floor", bare_port), ("api", port)):
            say(f"{WAYS[way]}, {clients} …")
            crowd = Crowd(place, stage.jobs(way, clients, where))
            crowd.do("open", 0.3)
            crowd.do("act", 0.5)
            for what in WHAT:
                taken[what, way] = crowd.do(what, seconds)
            crowd.close()
        for what, name in WHAT.items():
            rates = {way: len(taken[what, way]) / seconds for way in WAYS}
            for way in ("sql", "floor"):
                figures.append(
                    Figure(f"{WAYS[way]}, same writes, {clients}", rates[way], "/s", more=_waited(taken[what, way]))
                )
            told = {"floor": WAYS["floor"], "ratio": rates["api"] / rates["floor"], "more": _waited(taken[what, "api"])}
            label = f"{name}, {clients} client{'s' if clients > 1 else ''}"
            figures.append(_half(label, rates, told) if what == "act" else Figure(label, rates["api"], "/s", **told))
            figures.append(Figure(f"{label}, beside SQL", rates["api"], "/s", WAYS["sql"], rates["api"] / rates["sql"]))
    for process in (_bare, _real):
        place.end(process)
    how = HOW.format(lines=len(stage.story.lines), threads=8, seconds=seconds)
    return Measured("acts", "Cases opened and acted on over the API", how, tuple(figures))


def _half(label: str, rates: dict[str, float], told: dict[str, Any]) -> Figure:
    return Figure(label, rates["api"], "/s", aim="≥ 1/2", met=rates["api"] >= rates["floor"] / 2, **told)


def _waited(taken: list[float]) -> str:
    if len(taken) < 20:
        return ""
    return f"{statistics.median(taken):.1f} ms, {statistics.quantiles(taken, n=20)[18]:.1f} ms"


def chained(stage: Stage, quick: bool, say: Callable[[str], None]) -> Measured:
    """The act's SQL by 8 clients, in one chain and in a chain each."""
    seconds = QUICK_SECONDS if quick else SECONDS
    rates = {}
    for apart in (True, False):
        say("8 × SQL …")
        crowd = Crowd(stage.place, stage.jobs("sql", 8, apart=apart))
        crowd.do("open", 0.3)
        crowd.do("open", seconds / 2)
        rates[apart] = len(crowd.do("act", seconds)) / seconds
        crowd.close()
    figures = (
        Figure("8 clients, a chain each", rates[True], "acts/s"),
        Figure("8 clients, one chain", rates[False], "acts/s", "a chain each", rates[False] / rates[True]),
    )
    return Measured("chain", "The act's SQL in one chain", " ".join(HOW_CHAIN.split()), figures)
