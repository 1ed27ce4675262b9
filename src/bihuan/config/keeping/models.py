"""One row for every backup, drill and restore; the book holds an entry of each beside it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Run(models.Model):
    """``name`` of the backup it made, tried or restored; ``report`` what was counted, compared or went wrong.

    ``bytes``: dump and files of the backup. A restored database knows the runs up to its backup, not the one that
    made it.
    """

    BACKUP, DRILL, RESTORE = "backup", "drill", "restore"
    KINDS: ClassVar = (BACKUP, DRILL, RESTORE)

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=80, blank=True)
    folder = models.TextField(blank=True)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    good = models.BooleanField()
    bytes = models.PositiveBigIntegerField(default=0)
    report = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["backup", "drill", "restore"]), name="keeping_run_kind"
            ),
            models.CheckConstraint(condition=models.Q(ended_at__gte=models.F("begun_at")), name="keeping_run_order"),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "-ended_at"], name="keeping_run_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
