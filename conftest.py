"""The test database: made and migrated by its owner, used by the app role, exactly as in life."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.db import connections
from django.test import TransactionTestCase
from psycopg.conninfo import conninfo_to_dict

OWNER = conninfo_to_dict(os.environ.get("BIHUAN_OWNER_URL", "")).get("user", "")
BOOKS = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations'"


def _become(role: str) -> str:
    """Let the default connection sign in as ``role`` from now on; returns the role it had."""
    connection = connections["default"]
    before = str(connection.settings_dict["USER"])
    connection.close()
    connection.settings_dict["USER"] = role
    return before


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Nothing to change: one database, two roles."""


@pytest.fixture(scope="session", autouse=False)
def django_db_setup(request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker) -> Iterator[None]:
    from django.test.utils import setup_databases, teardown_databases  # noqa: PLC0415 - only when a test asks for it

    with django_db_blocker.unblock():
        app = _become(OWNER)
        databases = setup_databases(verbosity=0, interactive=False)
        _become(app)
    yield
    with django_db_blocker.unblock():
        _become(OWNER)
        teardown_databases(databases, verbosity=0)
        _become(app)


def _empty_by_owner(self: TransactionTestCase) -> None:
    """After a test with real commits: the owner empties what the app role may not.

    The books refuse TRUNCATE even to the owner while their triggers stand, so the triggers are set aside for it.
    """
    app = _become(OWNER)
    with connections["default"].cursor() as cursor:
        cursor.execute(BOOKS)
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        names = ", ".join(f'"{table}"' for table in tables)
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
    _become(app)


TransactionTestCase._fixture_teardown = _empty_by_owner
