"""Somebody outside who takes messages and remembers each: how often the house really sent is counted there."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Taken = list[tuple[str, str]]


@contextmanager
def listener() -> Iterator[tuple[int, Taken]]:
    """A port on the loopback that takes messages as JSON, and what came: (path, text), a line of a digest each."""
    taken: Taken = []

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            lines = [line for line in body["message"].splitlines() if line.startswith("· ")]
            taken.extend((self.path, line) for line in lines or [body["title"]])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Nothing is written down here."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port, taken
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
