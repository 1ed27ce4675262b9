"""The complaint lines of a public board opened as repair cases and walked to random ends, all over HTTP."""

from __future__ import annotations

import csv
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from tests.storm.client import Client
from tests.storm.site import Furnished, Site
from tests.storm.walking import Said, Standing, Walker

ZONE = ZoneInfo("Asia/Shanghai")
OPENING, MINUTES = (8, 30), 480
THREADS = 3
MOST_SENTENCES = 80
# half of what the board complains of would be settled by telephone otherwise, and never be repaired
SHORT_WAYS = frozenset({"support-by-telephone"})


@dataclass(frozen=True)
class Line:
    """One complaint: what was told, and the moment it is entered (its own date, spread over the working day)."""

    at: datetime
    told: dict[str, Any]


def read_lines(file: Path) -> list[Line]:
    """Description to fault, brand and model to product; the lines of one date spread over its working hours."""
    with file.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    of_day: Counter[str] = Counter(row["datetime"] for row in rows)
    placed: Counter[str] = Counter()
    lines = []
    for row in rows:
        begin = datetime.fromisoformat(row["datetime"]).replace(hour=OPENING[0], minute=OPENING[1], tzinfo=ZONE)
        at = begin + timedelta(minutes=MINUTES * placed[row["datetime"]] // of_day[row["datetime"]])
        placed[row["datetime"]] += 1
        told = {
            "problem": row["desc"].strip(),
            "product": f"{row['brand']} {row['car_model']} {row['type']}".strip(),
            "serial": f"{row['brand']}-{row['id']}",
        }
        lines.append(Line(at, told))
    return lines


@dataclass
class Walked:
    """What came of it; filled by several threads."""

    # what each case's line described, by its number
    described: dict[str, str] = field(default_factory=dict)
    acts: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    without_clause: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


@dataclass
class Walks:
    """Every line walked by one of a few threads, each with its own client; drawn from ``seed``."""

    site: Site
    furnished: Furnished
    seed: int
    walked: Walked = field(default_factory=Walked)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def all(self, lines: list[Line]) -> Walked:
        threads = [threading.Thread(target=self._thread, args=(lines[n::THREADS], n)) for n in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.walked

    def _thread(self, lines: list[Line], number: int) -> None:
        client, random = Client(self.site.port), Random(self.seed * 100 + number)
        walker = Walker(self.site, self.furnished, random, rare=SHORT_WAYS)
        try:
            for line in lines:
                self._walk(client, walker, line)
        except Exception as failure:  # whatever stopped a thread is a failure of the run, told at its end
            self.walked.failures.append(f"{type(failure).__name__}: {failure}")
        finally:
            client.close()
            walker.close()

    def _walk(self, client: Client, walker: Walker, line: Line) -> None:
        answer = self._send(client, walker.opening("repair", "north", line.at, line.told))
        if answer is None:
            self.walked.failures.append(f"not opened: {line.at.isoformat()}")
            return
        number = answer["number"]
        with self._lock:
            self.walked.described[number] = line.told["problem"]
        last = walker.random.randrange(1, MOST_SENTENCES) if walker.random.random() < 0.15 else MOST_SENTENCES
        for _sentence in range(last):
            case = walker.standing(number)
            said = None if case.ended else self._next(walker, case)
            if said is None:
                break
            self._send(client, said)

    @staticmethod
    def _next(walker: Walker, case: Standing) -> Said | None:
        """Somebody's next sentence a while later, to the case or to one it waits for."""
        at = case.state.moment + later(walker.random)
        children = walker.waiting_for(case)
        said = None if children and walker.random.random() < 0.7 else walker.next(case, at)
        if said is None and children:
            child = walker.standing(walker.random.choice(children))
            said = walker.next(child, max(at, child.state.moment))
        return said

    def _send(self, client: Client, said: Said) -> dict[str, Any] | None:
        reply = client.post(self.furnished.tokens[said.person], said.path, said.body)
        with self._lock:
            self.walked.acts += reply.acknowledged
            if not reply.acknowledged:
                why = f"{reply.status} {said.body.get('action', 'open')} {reply.body.get('clause', reply.body['code'])}"
                self.walked.refused[why] += 1
                if not reply.body.get("clause") and reply.body["code"] != "changed":
                    self.walked.without_clause.append(f"{why} {reply.body.get('title')}")
        return reply.body if reply.acknowledged else None


def later(random: Random) -> timedelta:
    """Minutes mostly, hours often, now and then days."""
    draw = random.random()
    if draw < 0.6:
        return timedelta(minutes=random.randrange(1, 45))
    if draw < 0.95:
        return timedelta(minutes=random.randrange(45, 600))
    return timedelta(minutes=random.randrange(600, 6000))
