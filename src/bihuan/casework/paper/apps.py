"""The documents of a case on paper."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


def _keep_counts(using: str, **_: Any) -> None:
    """After the journal has granted the ordinary rights: a printing that was counted stays counted."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'bihuan_app'")
        if cursor.fetchone():
            cursor.execute("REVOKE UPDATE, DELETE, TRUNCATE ON paper_printcount FROM bihuan_app")


class PaperConfig(AppConfig):
    name = "bihuan.casework.paper"
    label = "paper"
    verbose_name = "单据打印"

    def ready(self) -> None:
        post_migrate.connect(_keep_counts, sender=self, dispatch_uid="paper.rights")
