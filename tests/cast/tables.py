"""What stands in the database, to see that a refused act has changed nothing at all."""

from __future__ import annotations

from django.db import connection

from bihuan.journal.models import Entry

WATCHED = """
SELECT tablename FROM pg_tables WHERE schemaname = 'public'
   AND (tablename LIKE 'casework\\_%' OR tablename LIKE 'journal\\_%') ORDER BY tablename
"""


def dump() -> dict[str, list[str]]:
    """Every row of every table of casework and journal, as text."""
    with connection.cursor() as cursor:
        cursor.execute(WATCHED)
        tables = [row[0] for row in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" AS t ORDER BY 1')
            found[table] = [row[0] for row in cursor.fetchall()]
    return found


def rows(table: str) -> int:
    """How many rows ``table`` holds."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return cursor.fetchone()[0]


def entries(number: str) -> list[tuple[str, str, str]]:
    """(verb, doer, post) of every entry about the case, oldest first."""
    found = Entry.objects.filter(about_kind="case", about_number=number).order_by("position")
    return [(entry.verb, entry.doer, entry.post) for entry in found]
