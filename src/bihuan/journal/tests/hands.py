"""Other hands on the same database: the owner, the reader, the app role without Django."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection

from bihuan.journal import rights


@contextmanager
def signed_in(role: str) -> Iterator[psycopg.Connection]:
    """A connection of its own to the test database as ``role``; every statement commits at once."""
    settings = connection.settings_dict
    with psycopg.connect(
        dbname=settings["NAME"], host=settings["HOST"], port=settings["PORT"], user=role,
        password=settings["PASSWORD"], autocommit=True,
    ) as hands:  # fmt: skip
        yield hands


@contextmanager
def as_owner() -> Iterator[psycopg.Cursor]:
    with signed_in(rights.OWNER) as hands, hands.transaction(), hands.cursor() as cursor:
        yield cursor
