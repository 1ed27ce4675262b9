"""What the three database roles may do. Set again after every migration; the tables' owner runs it.

owner   makes and migrates tables; nobody serves requests as owner, because a table's owner may switch triggers off
app     web and worker: everything on ordinary tables; on the books it reads, and writes only through the functions
reader  measures and verification: reads
"""

from __future__ import annotations

from typing import Any

from .errors import RightsMissing

OWNER, APP, READER = "bihuan_owner", "bihuan_app", "bihuan_reader"

# Written through functions that run with the owner's rights: the app role itself may only read these.
BY_FUNCTION = ("journal_entry", "journal_content", "journal_disposal", "journal_chainhead", "journal_epoch")
# The app role may add to these, never change or remove.
APPEND_ONLY = ("journal_digest",)
READ_ONLY = ("django_migrations",)

APP_FUNCTIONS = ("journal_append", "journal_append_many", "journal_hand_over", "journal_dispose")
READ_FUNCTIONS = ("journal_horizon",)


def need_roles(cursor: Any) -> None:
    """Raise RightsMissing, naming what is missing, unless the roles exist and the one signed in may own tables."""
    cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)", [[OWNER, APP, READER]])
    there = {row[0] for row in cursor.fetchall()}
    missing = [role for role in (OWNER, APP, READER) if role not in there]
    if missing:
        raise RightsMissing(f"database roles are missing: {', '.join(missing)}; create them and migrate as {OWNER}")
    cursor.execute("SELECT current_user")
    user = cursor.fetchone()[0]
    if user in (APP, READER):
        raise RightsMissing(f"migrations run as {OWNER}, not as {user}: who owns the books can switch their guards off")


def apply(cursor: Any) -> None:
    """Grant app and reader what they need on everything in the schema, then take the books away from app.

    Safe to repeat. Raises RightsMissing.
    """
    need_roles(cursor)
    for statement in _statements():
        cursor.execute(statement)
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    there = {row[0] for row in cursor.fetchall()}
    for tables, granted in ((BY_FUNCTION, "SELECT"), (APPEND_ONLY, "SELECT, INSERT"), (READ_ONLY, "SELECT")):
        for table in tables:
            if table in there:
                cursor.execute(f"REVOKE ALL ON {table} FROM {APP}, PUBLIC")
                cursor.execute(f"GRANT {granted} ON {table} TO {APP}")
    _functions(cursor)


def _statements() -> tuple[str, ...]:
    lasting = "ALTER DEFAULT PRIVILEGES IN SCHEMA public"
    return (
        f"GRANT USAGE ON SCHEMA public TO {APP}, {READER}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}",
        # a backup is taken as the reader, and a dump says where every sequence stands
        f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {READER}",
        f"{lasting} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}",
        f"{lasting} GRANT USAGE, SELECT ON SEQUENCES TO {APP}",
        f"{lasting} GRANT SELECT ON TABLES TO {READER}",
        f"{lasting} GRANT SELECT ON SEQUENCES TO {READER}",
    )


def _functions(cursor: Any) -> None:
    """Only the named functions of the journal may be called by app and reader; all others by the owner alone."""
    cursor.execute(
        "SELECT proname, oid::regprocedure::text FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND starts_with(proname, 'journal_')"
        " AND prorettype <> 'trigger'::regtype"
    )
    for name, signature in cursor.fetchall():
        cursor.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC, {APP}, {READER}")
        if name in APP_FUNCTIONS + READ_FUNCTIONS:
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {APP}")
        if name in READ_FUNCTIONS:
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {READER}")
