"""One client, a process of its own: opens cases and acts on them as fast as it is answered, over HTTP or in plain SQL.

Its job comes as one line of JSON on standard input; every further line names what to do now (``open``, ``act`` or
``end``) and for how long; the answer is one line with how often it was done and how long each took. It knows nothing
of the house and imports nothing of it but the statements of the floor.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import time
from collections import deque
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from bihuan.config.bench import statements


class RefusedError(Exception):
    """The server did not do it; its words."""


def fresh_id() -> str:
    """A UUID version 7."""
    number = (time.time_ns() // 1_000_000 << 80) | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) | 0x7 << 76
    return str(UUID(int=number & ~(0x3 << 62) | 0x2 << 62))


class Web:
    """Over HTTP, one connection kept: the product's own API, or the bare view when the job is for the floor."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job = job
        self.root = "/floor" if job["way"] == "floor" else "/api/v1"
        self.connection = http.client.HTTPConnection("127.0.0.1", job["port"], timeout=60)
        self.bodies = [json.dumps(self._body(place)) for place in range(len(job["lines"]))]

    def _body(self, place: int) -> dict[str, Any]:
        line = self.job["lines"][place]
        if self.job["way"] == "floor":
            return {"line": place, "outlet": self.job["outlet"], "person": line["person"]}
        if place == 0:
            return {"kind": self.job["kind"], "outlet": self.job["outlet"], "answers": line["answers"]}
        return {"action": line["act"], "answers": line["answers"]}

    def do(self, place: int, number: str) -> str:
        path = f"{self.root}/cases" + (f"/{number}/acts" if number else "")
        body = self.bodies[place][:-1] + f', "id": "{fresh_id()}"}}'
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.job['lines'][place]['token']}"}
        self.connection.request("POST", path, body.encode(), headers)
        reply = self.connection.getresponse()
        told = reply.read()
        if reply.status != 201:
            raise RefusedError(f"{path} {self.job['lines'][place]['act']}: {reply.status} {told[:400]!r}")
        return str(json.loads(told)["number"])


class Plain:
    """In plain SQL, one connection, statements prepared by the driver: what the database alone takes."""

    def __init__(self, job: dict[str, Any]) -> None:
        import psycopg  # noqa: PLC0415 - only these clients pay for the driver

        self.job = job
        with open(job["record"], "rb") as file:  # noqa: PTH123 - nothing more is imported
            self.written = json.load(file)["written"]
        self.connection = psycopg.connect(job["database"], prepare_threshold=2)

    def do(self, place: int, number: str) -> str:
        at = datetime.now(UTC)
        line = self.job["lines"][place]
        opened = None if number else (self.job["series"], "S")
        number = statements.carry_out(
            self.connection.execute,
            (fresh_id(), fresh_id(), fresh_id()),
            opened,
            (number, self.job["outlet"]),
            self.written[place],
            line["person"],
            at,
            os.urandom(112),
        )
        self.connection.commit()
        return number


def run(doer: Any, lines: int, opened: deque[str], what: str, seconds: float) -> list[float]:
    """Do ``what`` for ``seconds``; milliseconds of every time. A case walked to its end makes room for the next."""
    taken: list[float] = []
    number, place = "", 0
    end = time.perf_counter() + seconds
    while (begun := time.perf_counter()) < end:
        if what == "open":
            opened.append(doer.do(0, ""))
        else:
            if not number:
                number, place = opened.popleft() if opened else doer.do(0, ""), 1
                begun = time.perf_counter()
            doer.do(place, number)
            place += 1
            if place == lines:
                number = ""
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def main() -> None:
    """Until told to end."""
    job = json.loads(sys.stdin.readline())
    doer = Plain(job) if job["way"] == "sql" else Web(job)
    opened: deque[str] = deque()
    for order in sys.stdin:
        what, _blank, seconds = order.strip().partition(" ")
        if what == "end":
            return
        try:
            answer: dict[str, Any] = {"taken": run(doer, len(job["lines"]), opened, what, float(seconds))}
        except RefusedError as refused:
            answer = {"refused": str(refused)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
