"""The pages people live in, asked for through the real web process: what they take as the house grows."""

from __future__ import annotations

import http.client
import os
import statistics
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from msgspec import Struct

from bihuan.casework.models import Case
from bihuan.ground.words import Trouble
from bihuan.journal.verify import verify
from bihuan.people import sessions
from bihuan.people.models import Person

from . import copies, house
from .figures import Figure, Measured, at_most
from .machine import PROC, tree_of
from .place import Place

BY_ACT = 10_000
REQUESTS, QUICK_REQUESTS = 200, 20
WARM = 10
AIM = 50.0

HOW = """The demonstration, {outlets} further outlets with {hands} technicians each, {by_act:,} cases done through
`casework.actions` ({acts:,} acts), then copies of these written by COPY with the valid chain of every outlet, until
there are {size:,} cases: {open:,} of them open, {frequent:,} with the frequent word in the title, {middling:,} with the
middling one, {rare:,} with the rare one. Writing took {wrote:.0f} s, of which the last are indexes and ANALYZE;
`verify` then read {entries:,} entries in {verified:.0f} s and found {findings}. One reader after the other asks the
real `bihuan web` over one kept connection, {requests} times each after {warm} to warm up: the 95th percentile, in
brackets the median and the processor's time of web and database a request, which hardly depends on what else the
machine does; ratios are of that time. The floors are a bare view behind the same middleware that reads session, person
and one case by its key, and a SELECT by key in plain SQL. Load average at the beginning {load:.1f}."""


class Page(Struct, frozen=True):
    """An address and the interface role that asks for it."""

    name: str
    reader: str
    path: str


class Timed(Struct, frozen=True):
    """Milliseconds a request waited, sorted, and the processor's milliseconds a request."""

    waited: tuple[float, ...]
    processor: float

    @property
    def median(self) -> float:
        return statistics.median(self.waited)

    @property
    def p95(self) -> float:
        return self.waited[int(len(self.waited) * 0.95)] if len(self.waited) > 1 else self.waited[0]


class Lists:
    """The house and everything that is asked of it, one size after the other."""

    def __init__(self, place: Place, pack: Path, quick: bool, by_act: int, say: Callable[[str], None]) -> None:
        self.place, self.quick, self.say = place, quick, say
        self.requests = QUICK_REQUESTS if quick else REQUESTS
        say(f"furnish, {by_act:,} cases act by act …")
        self.house = house.build(pack, timezone.now(), by_act)
        owner = place.environment["BIHUAN_OWNER_URL"]
        self.growth = copies.Growth(owner, self.house.technicians, timezone.now())
        self.words: dict[str, int] = {}
        self.before: dict[str, Timed] = {}
        self.smaller = 0

    def close(self) -> None:
        self.growth.close()

    def at(self, size: int) -> Measured:
        """Grow the house to ``size`` cases and read its pages."""
        self.say(f"COPY → {size:,} …")
        begun = time.perf_counter()
        grown = self.growth.grow(size, self.say)
        wrote = time.perf_counter() - begun
        for word, count in grown.words.items():
            self.words[word] = self.words.get(word, 0) + count
        self.say("verify …")
        begun = time.perf_counter()
        found = [one for one in verify(self.growth.connection) if one.damage]
        verified = time.perf_counter() - begun
        if found:
            raise Trouble(f"链条不完整：{found[0].words}", f"The chain does not hold: {found[0].words}")
        load = os.getloadavg()[0]
        timed = self._read()
        figures = tuple(self._figures(size, timed))
        self.before, self.smaller = timed, size
        how = HOW.format(
            outlets=len(self.house.outlets),
            hands=len(next(iter(self.house.technicians.values()))),
            by_act=self.house.by_act,
            acts=self.house.acts,
            size=self.growth.cases(),
            open=Case.objects.filter(ended_at=None).count(),
            frequent=self.words.get(copies.FREQUENT, 0),
            middling=self.words.get(copies.MIDDLING, 0),
            rare=self.words.get(copies.RARE, 0),
            wrote=wrote,
            entries=_entries(),
            verified=verified,
            findings=f"{len(found)} damages" if found else "nothing wrong",
            requests=self.requests,
            warm=WARM,
            load=load,
        )
        return Measured("lists", f"Lists, search and pages with {size:,} cases", " ".join(how.split()), figures)

    def _figures(self, size: int, timed: dict[str, Timed]) -> list[Figure]:
        floor = timed["bare"]
        found = []
        for name, one in timed.items():
            before = self.before.get(name)
            more = [f"median {one.median:.1f}"]
            if one.processor:
                more.append(f"processor {one.processor:.1f}")
            if before is not None and before.processor:
                more.append(f"{one.processor / before.processor:.2f} × the processor's time at {self.smaller:,}")
            if name in {"bare", "key"}:
                label = "bare page: session, person, one case" if name == "bare" else "one case by its key, plain SQL"
                found.append(Figure(label, one.p95, "ms", more=", ".join(more)))
                continue
            beside = one.processor / floor.processor if floor.processor else None
            told: dict[str, Any] = {"floor": "bare page", "ratio": beside, "more": ", ".join(more)}
            found.append(at_most(name, one.p95, "ms", AIM, **told))
        return found

    # ---- asking -----------------------------------------------------------------------------------------------------

    def _read(self) -> dict[str, Timed]:
        bare, bare_port = self.place.web({"DJANGO_SETTINGS_MODULE": "bihuan.config.bench.settings"})
        web, port = self.place.web()
        cookies = {role: signed_in(name) for role, name in self.house.readers.items()}
        number = self._open_case()
        found = {"key": self._by_key(number)}
        path = f"/floor/cases/{number}/page"
        found["bare"] = self._asked(bare_port, bare.pid, cookies["manager"], path)
        for page in pages(number):
            self.say(f"{page.name} …")
            found[page.name] = self._asked(port, web.pid, cookies[page.reader], page.path)
        for process in (bare, web):
            self.place.end(process)
        return found

    def _open_case(self) -> str:
        """The number of the open case of the most acts that were done one by one; any open one where none is."""
        standing = Case.objects.filter(ended_at=None).order_by("-id")
        by_hand = standing.exclude(number__startswith="C").filter(work_order=True).order_by("-revision", "id")
        found = by_hand.first() or standing.first()
        if found is None:
            raise Trouble("没有进行中的事项", "There is no open case")
        return found.number

    def _by_key(self, number: str) -> Timed:
        waited = []
        with psycopg.connect(self.place.environment["DATABASE_URL"], autocommit=True, prepare_threshold=2) as asking:
            for _time in range(self.requests + WARM):
                begun = time.perf_counter()
                asking.execute("SELECT * FROM casework_case WHERE number = %s", [number]).fetchone()
                waited.append((time.perf_counter() - begun) * 1000)
        return Timed(tuple(sorted(waited[WARM:])), 0.0)

    def _asked(self, port: int, process: int, cookie: str, path: str) -> Timed:
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}", "Accept-Language": "zh-hans"}
        ask(asking, path, headers)
        for _time in range(WARM):
            ask(asking, path, headers)
        roots = [process, self.place.database().process_id]
        before = processor_time(roots)
        waited = sorted(ask(asking, path, headers) for _time in range(self.requests))
        taken = (processor_time(roots) - before) * 1000 / self.requests
        asking.close()
        return Timed(tuple(waited), taken)


def pages(number: str) -> list[Page]:
    """What is asked for; ``number`` is an open case."""
    found = [
        Page("list by deadline, one outlet", "dispatcher", "/cases/?sort=promised"),
        Page("list by deadline, eight outlets", "region", "/cases/?sort=promised"),
        Page("list by deadline, all outlets", "manager", "/cases/?sort=promised"),
    ]
    words = {"frequent": copies.FREQUENT, "middling": copies.MIDDLING, "rare": copies.RARE, "two-sign": copies.PAIR}
    found += [Page(f"newest 50, {name} word", "manager", f"/cases/?q={quote(word)}") for name, word in words.items()]
    for name in ("middling", "rare"):
        found.append(Page(f"newest 50, {name} word, eight outlets", "region", f"/cases/?q={quote(words[name])}"))
        found.append(Page(f"newest 50, {name} word, one outlet", "dispatcher", f"/cases/?q={quote(words[name])}"))
    found += [
        Page("search page, frequent word", "manager", f"/search/?q={quote(copies.FREQUENT)}"),
        Page("search page, rare word", "manager", f"/search/?q={quote(copies.RARE)}"),
        Page("one open case", "manager", f"/cases/{number}/"),
        Page("counts on the list's tabs, all outlets", "manager", "/cases/tabs/"),
        Page("counts on the list's tabs, one outlet", "dispatcher", "/cases/tabs/"),
    ]
    return found + [Page(f"home, {role}", role, "/") for role in ("dispatcher", "technician", "follow-up", "manager")]


def ask(asking: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> float:
    """Milliseconds until the whole answer is there. Raises Trouble for any but 200."""
    begun = time.perf_counter()
    asking.request("GET", path, headers=headers)
    reply = asking.getresponse()
    told = reply.read()
    taken = (time.perf_counter() - begun) * 1000
    if reply.status != 200:
        raise Trouble(f"{path} 回答 {reply.status}", f"{path} answered {reply.status}: {told[:200]!r}")
    return taken


def signed_in(username: str) -> str:
    """The key of a session of this person, as if they had signed in."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    # with everything shown that could be asked: whoever administers or approves gets nowhere by the password alone
    sessions.begin(request, Person.objects.get(username=username), timezone.now(), factor="totp")
    request.session.save()
    return str(request.session.session_key)


def processor_time(roots: Sequence[int]) -> float:
    """Seconds of the processor that these processes and all below them have taken."""
    ticks = 0
    for process in {one for root in roots for one in tree_of(root)}:
        try:
            fields = (PROC / str(process) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _entries() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM journal_entry")
        return int(cursor.fetchone()[0])
