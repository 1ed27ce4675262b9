"""The auditor's desk."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "bihuan.casework.audit"
    label = "audit"
    verbose_name = "审计"

    def ready(self) -> None:
        from .. import exporting  # noqa: PLC0415 - models are not loaded yet when this file is read
        from . import exports  # noqa: PLC0415

        exporting.SOURCES[exports.SOURCE] = exports.entries
