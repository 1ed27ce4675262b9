"""Three roles and one database, made alike on the embedded server and on any other.

``bihuan_owner`` owns the database and runs migrations, ``bihuan_app`` reads and writes rows but owns nothing,
``bihuan_reader`` only reads. What the app may not do to the books is taken from it by the journal's migration.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

OWNER, APP, READER = "bihuan_owner", "bihuan_app", "bihuan_reader"
DATABASE = "bihuan"
# One lock for everybody who prepares the same server at once.
_LOCK = 0x62696875


@dataclass(frozen=True)
class Addresses:
    """One PostgreSQL address (URL) per role."""

    owner_url: str
    app_url: str
    reader_url: str

    def environment(self) -> dict[str, str]:
        """As the environment in which web, worker and commands find them."""
        return {
            "DATABASE_URL": self.app_url,
            "BIHUAN_OWNER_URL": self.owner_url,
            "BIHUAN_READER_URL": self.reader_url,
        }


def address(role: str, host: str, port: str, database: str = DATABASE, password: str = "") -> str:
    """A URL; ``host`` may be a folder (a socket lies in it)."""
    secret = f":{quote(password, safe='')}" if password else ""
    return f"postgresql://{role}{secret}@{quote(host, safe='')}:{port}/{database}"


def prepare(
    superuser_url: str,
    passwords: dict[str, str] | None = None,
    database: str = DATABASE,
    template_too: bool = False,
) -> Addresses:
    """Make roles, database and rights where they are missing; nothing happens where they stand.

    ``passwords`` by role are set when given (an outside server needs them; the embedded one has none).
    ``template_too`` gives every database made later the same rights: the embedded server and test servers want it.
    Raises psycopg.Error when the address does not answer or is no superuser's.
    """
    passwords = passwords or {}
    given = {key: str(value) for key, value in conninfo_to_dict(superuser_url).items()}
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        _make_roles(connection, passwords)
        _make_database(connection, database)
        for name in (database, "template1") if template_too else (database,):
            with psycopg.connect(superuser_url, dbname=name) as inside:
                _give_rights(inside)
    host, port = given.get("host", "localhost"), given.get("port", "5432")

    def own(role: str) -> str:
        return address(role, host, port, database, passwords.get(role, ""))

    return Addresses(owner_url=own(OWNER), app_url=own(APP), reader_url=own(READER))


def _make_roles(connection: psycopg.Connection, passwords: dict[str, str]) -> None:
    for role, more in ((OWNER, sql.SQL("LOGIN CREATEDB")), (APP, sql.SQL("LOGIN")), (READER, sql.SQL("LOGIN"))):
        standing = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        if not standing:
            connection.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(role), more))
        if role in passwords:
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(passwords[role]))
            )


def _make_database(connection: psycopg.Connection, database: str) -> None:
    name, owner = sql.Identifier(database), sql.Identifier(OWNER)
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
        connection.execute(
            sql.SQL(
                "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
            ).format(name, owner)
        )
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    connection.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}, {}").format(name, sql.Identifier(APP), sql.Identifier(READER))
    )


def _give_rights(connection: psycopg.Connection) -> None:
    """Rights on what stands in schema public and on what its owner will make there."""
    connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    names = {"owner": sql.Identifier(OWNER), "app": sql.Identifier(APP), "reader": sql.Identifier(READER)}
    for statement in (
        "GRANT USAGE ON SCHEMA public TO {app}, {reader}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
        " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE ON SEQUENCES TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT SELECT ON TABLES TO {reader}",
    ):
        connection.execute(sql.SQL(statement).format(**names))
