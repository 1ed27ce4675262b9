"""What is noted of a database beside its rows: migrations, chains' heads, and which files its rows name.

Plain SQL on any connection, so that it can be read under a snapshot and from a database of another version.
"""

from __future__ import annotations

from typing import Any

import psycopg

from bihuan.ground.backup import Observed

CONTENTS = "files/sha256"


def observed(connection: psycopg.Connection) -> Observed:
    """Notes and files under the connection's snapshot."""
    needed, besides = set(), set()
    if there(connection, "files_attachment"):
        for (sha256,) in connection.execute("SELECT DISTINCT sha256 FROM files_attachment").fetchall():
            needed.add(f"{CONTENTS}/{sha256[:2]}/{sha256}")
            besides.add(f"{CONTENTS}/{sha256[:2]}/{sha256}.preview")
    return Observed(
        {"migrations": migrations(connection), "chains": chains(connection)}, frozenset(needed), frozenset(besides)
    )


def migrations(connection: psycopg.Connection) -> list[str]:
    """Every applied migration as ``app.name``; none in a database nobody migrated yet."""
    if not there(connection, "django_migrations"):
        return []
    rows = connection.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()
    return [f"{app}.{name}" for app, name in rows]


def chains(connection: psycopg.Connection) -> dict[str, list[Any]]:
    """Number and hash of the newest entry by chain."""
    if not there(connection, "journal_chainhead"):
        return {}
    rows = connection.execute("SELECT chain, seq, hash FROM journal_chainhead ORDER BY chain").fetchall()
    return {chain: [int(seq), bytes(newest).hex()] for chain, seq, newest in rows}


def there(connection: psycopg.Connection, table: str) -> bool:
    """Whether the database has this table: dumps of earlier versions lack some."""
    row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [f"public.{table}"]).fetchone()
    return bool(row and row[0])
