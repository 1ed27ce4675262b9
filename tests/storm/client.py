"""A client that keeps asking: the same act id until somebody has answered for good."""

from __future__ import annotations

import http.client
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

# Answers that say nothing about the act: ask again with the same id.
PASSING = frozenset({429, 502, 503, 504})
PATIENCE = 300.0


class NoAnswer(AssertionError):
    """Nobody answered for good within the client's patience."""


@dataclass(frozen=True)
class Reply:
    """What came back for good; ``tries`` how often it was asked."""

    status: int
    body: Any
    tries: int = 1

    @property
    def acknowledged(self) -> bool:
        return self.status in {200, 201}


@dataclass
class Client:
    """One connection to one web server; the next one of ``others`` where it breaks. Not for several threads at once.

    ``met`` counts what it met on the way: the statuses of passing answers and the kinds of broken connections.
    """

    port: int
    met: Counter[str] = field(default_factory=Counter)
    others: tuple[int, ...] = ()
    _connection: http.client.HTTPConnection | None = None

    def get(self, token: str, path: str) -> Reply:
        return self._until_answered("GET", token, path, None)

    def post(self, token: str, path: str, body: dict[str, Any]) -> Reply:
        """Send until answered. Raises NoAnswer."""
        return self._until_answered("POST", token, path, json.dumps(body, ensure_ascii=False).encode())

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _elsewhere(self) -> None:
        self.close()
        if self.others:
            self.port, self.others = self.others[0], (*self.others[1:], self.port)

    def _until_answered(self, method: str, token: str, path: str, body: bytes | None) -> Reply:
        limit = time.monotonic() + PATIENCE
        tries = 0
        while time.monotonic() < limit:
            tries += 1
            try:
                status, answer = self.once(method, token, path, body)
            except (OSError, http.client.HTTPException, ValueError) as broken:
                self.met[type(broken).__name__] += 1
                self._elsewhere()
            else:
                if status not in PASSING:
                    return Reply(status, answer, tries)
                self.met[str(status)] += 1
            time.sleep(0.05)
        raise NoAnswer(f"{method} {path}: {dict(self.met)}")

    def once(self, method: str, token: str, path: str, body: bytes | None) -> tuple[int, Any]:
        """One request. Raises OSError or HTTPException where the connection breaks, ValueError for half an answer."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read())
