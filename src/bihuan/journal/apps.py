"""The journal as Django sees it. After every migration the rights of the three roles are set again."""

from typing import Any

from django.apps import AppConfig
from django.db import connections, transaction
from django.db.models.signals import post_migrate


def _set_rights(using: str, **_: Any) -> None:
    from . import rights  # noqa: PLC0415 - models are not loaded yet when this file is read

    # At once: a running web process must not see the books open between the general grant and the revokes.
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        rights.apply(cursor)


class JournalConfig(AppConfig):
    name = "bihuan.journal"
    label = "journal"
    verbose_name = "记事"

    def ready(self) -> None:
        post_migrate.connect(_set_rights, sender=self, dispatch_uid="journal.rights")
