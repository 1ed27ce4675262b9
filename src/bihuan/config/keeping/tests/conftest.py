"""A connection of somebody else's to the tests' own database."""

from __future__ import annotations

import os
from collections.abc import Callable

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo


@pytest.fixture
def elsewhere(db: None) -> Callable[[], psycopg.Connection]:
    """Opens one; a context."""
    address = make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])
    return lambda: psycopg.connect(address, autocommit=True)
