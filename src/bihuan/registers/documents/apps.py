"""Controlled documents: what was agreed, by whom, from when."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

KEPT = "documents_document, documents_version, documents_controlledcopy, documents_draft"
ONLY_ADDED = "documents_signature, documents_revision, documents_acknowledgement"


def _keep_rows(using: str, **_: Any) -> None:
    """After the journal has granted the ordinary rights: nobody who serves requests removes a document."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'bihuan_app'")
        if cursor.fetchone():
            cursor.execute(f"REVOKE DELETE, TRUNCATE ON {KEPT} FROM bihuan_app")
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {ONLY_ADDED} FROM bihuan_app")


class DocumentsConfig(AppConfig):
    name = "bihuan.registers.documents"
    label = "documents"
    verbose_name = "受控文件"

    def ready(self) -> None:
        post_migrate.connect(_keep_rows, sender=self, dispatch_uid="documents.rights")
