"""Django made ready for a command: only verbs that need the database pay for it."""

from __future__ import annotations

import os

from bihuan.ground.postgres.supervisor import running
from bihuan.ground.settings import load


def ready(as_owner: bool = False) -> None:
    """Set Django up against the configured or running database; ``as_owner`` for migrations alone."""
    addressed(as_owner)
    import django

    django.setup()


def addressed(as_owner: bool = False) -> None:
    """Put the addresses of the configured or running database where this process and its children read them."""
    settings = load()
    if not settings.database_url:
        addresses = running(settings.data)
        if addresses is not None:
            os.environ.update(addresses.environment())
    if as_owner:
        os.environ["DATABASE_URL"] = os.environ.get("BIHUAN_OWNER_URL", os.environ.get("DATABASE_URL", ""))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.config.settings")
