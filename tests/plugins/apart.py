"""Tests on several cores, each with a PostgreSQL server of its own: ``pytest -n 2 -p tests.plugins.apart``.

A database of its own would not do: what a reader may see depends on the oldest transaction of the whole *server*
(``pg_snapshot_xmin``), so the tests of one core would hold back the feeds of the other. The server is started when the
worker process loads this plugin, before Django reads its settings, and stops with it.
"""

from __future__ import annotations

import os
from contextlib import ExitStack

import pytest

from bihuan.ground.postgres.__main__ import database

_open = ExitStack()

if os.environ.get("PYTEST_XDIST_WORKER"):
    addresses = _open.enter_context(database(None, None, os.environ.get("BIHUAN_USER", "")))
    os.environ.update(addresses.environment())


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server with its worker."""
    _open.close()
