"""The backend Django opens its connections with.

``CONN_HEALTH_CHECKS`` asks the server ``SELECT 1`` before the first statement of every request: a round trip, in an
act of ten. A server that ended, or ended our session, has closed the socket – and that the kernel says without asking
anybody. So the server is asked only when something came in unasked, or nobody used the connection for a while.
"""

from __future__ import annotations

import select
import time
from typing import Any

from django.db.backends.postgresql import base

# seconds a connection may lie unused before the server itself is asked: whoever went without closing is noticed then
QUIET = 30.0


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's; only a connection in steady use, with nothing waiting in its socket, is believed to stand."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._used: tuple[Any, float] = (None, 0.0)

    def is_usable(self) -> bool:
        """Whether the connection works; after any error always asked of the server itself."""
        now = time.monotonic()
        known, used = self._used
        fresh = self.connection is not None and known is self.connection and now - used < QUIET
        if fresh and not self.errors_occurred and _silent(self.connection):
            self._used = (self.connection, now)
            return True
        usable = bool(super().is_usable())
        self._used = (self.connection if usable else None, now)
        return usable


def _silent(connection: Any) -> bool:
    """Whether nothing at all waits to be read; between statements a closed socket is the usual thing there."""
    if connection.closed:
        return False
    watched = select.poll()
    watched.register(connection.fileno(), select.POLLIN)
    return not watched.poll(0)
