"""From a PostgreSQL address to what Django wants to know."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict


def connection_settings(address: str) -> dict[str, Any]:
    """Django's entry for one PostgreSQL ``address`` (URL or key=value form); empty address: no server yet.

    Raises psycopg.ProgrammingError for an address that cannot be read.
    """
    parts = {key: str(value) for key, value in conninfo_to_dict(address).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", "bihuan"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # every act says the same few statements: the server keeps their plans. A pooler in front of it must keep
        # sessions (PgBouncer: session mode): plans, and whose eyes a request has (people.scope), belong to one.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 3},
    }
