"""Several connections at the same instant."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections


def at_once(*doings: Callable[[], Any]) -> list[Any]:
    """What each of ``doings`` returned or raised; all start together, each in a thread with a connection of its own."""
    start = threading.Barrier(len(doings))
    found: list[Any] = [None] * len(doings)

    def run(place: int, doing: Callable[[], Any]) -> None:
        try:
            start.wait(30)
            found[place] = doing()
        except Exception as error:  # handed to the test, which says what it expected
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(doings)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def kinds(found: Sequence[Any]) -> list[str]:
    """The names of the types in ``found``, sorted: who got an answer and who was refused how."""
    return sorted(type(one).__name__ for one in found)
