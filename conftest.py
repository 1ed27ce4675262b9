"""The test database: made and migrated by its owner, used by the app role, exactly as in life."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper
from django.test import TransactionTestCase
from psycopg.conninfo import conninfo_to_dict

OWNER = conninfo_to_dict(os.environ.get("BIHUAN_OWNER_URL", "")).get("user", "")
BOOKS = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations'"

# what migrations put into the tables: put back after every test with real commits, so that tests may come in any order
_from_the_beginning: dict[str, bytes] = {}


def pytest_configure() -> None:
    """The cast comes in by session or password alone; what asks for more sets ``SECOND_FACTOR`` itself."""
    settings.SECOND_FACTOR = "offered"
    # every test client would look through all static files when it begins: most of what a request costs here
    settings.WHITENOISE_AUTOREFRESH = True


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
        _remember()
        _become(app)
    yield
    if os.environ.get("PYTEST_XDIST_WORKER"):
        # the whole server was this worker's and goes with it
        return
    with django_db_blocker.unblock():
        _become(OWNER)
        teardown_databases(databases, verbosity=0)
        _become(app)


@pytest.fixture(scope="module")
def rights_as_migrated(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """For tests that grant and take rights by hand: afterwards they are set as after a migration."""
    from django.core.management.sql import emit_post_migrate_signal  # noqa: PLC0415 - only when a test asks for it

    yield
    with django_db_blocker.unblock():
        app = _become(OWNER)
        emit_post_migrate_signal(0, interactive=False, db="default")
        _become(app)


def _remember() -> None:
    """Keep the rows of a database that was only migrated."""
    with connections["default"].cursor() as cursor:
        cursor.execute(BOOKS)
        for (table,) in cursor.fetchall():
            with cursor.copy(f'COPY "{table}" TO STDOUT') as rows:
                told = b"".join(bytes(piece) for piece in rows)
            if told:
                _from_the_beginning[table] = told


def _put_back(cursor: CursorWrapper) -> None:
    with transaction.atomic():  # what refers to one another comes in any order: looked at when all of it stands
        for table, told in _from_the_beginning.items():
            with cursor.copy(f'COPY "{table}" FROM STDIN') as rows:
                rows.write(told)


def _empty_by_owner(self: TransactionTestCase) -> None:
    """After a test with real commits: the owner empties what the app role may not, and puts the first rows back.

    The books refuse TRUNCATE even to the owner while their triggers stand, so the triggers are set aside for it.
    """
    app = _become(OWNER)
    with connections["default"].cursor() as cursor:
        cursor.execute(BOOKS)
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        names = ", ".join(f'"{table}"' for table in tables)
        # numbers go on: what a process remembers by a number must not come back as something else
        cursor.execute(f"TRUNCATE {names} CASCADE")
        _put_back(cursor)
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
    _become(app)


TransactionTestCase._fixture_teardown = _empty_by_owner
