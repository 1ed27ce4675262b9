"""What was printed when by whom, and where a printer of somebody's sets the page."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

MOST_OFFSET = 30


class PrintCount(models.Model):
    """One printing of one copy of one document: the ``ordinal``-th. Never changed and never removed (migration 0002).

    A printing is no act of the case and stands in no chain; it is counted here.
    """

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=40)
    document = models.CharField(max_length=120)
    copy = models.CharField(max_length=60, blank=True, default="")
    paper = models.CharField(max_length=10)
    ordinal = models.PositiveIntegerField()
    person = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number", "document", "copy", "ordinal"], name="print_once"),
            models.CheckConstraint(condition=models.Q(ordinal__gte=1), name="print_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.document} {self.copy} · {self.ordinal}"


class PrinterOffset(models.Model):
    """How far right and down (millimetres, tenths) this person's printer has to be told to set the page."""

    username = models.CharField(max_length=80, primary_key=True)
    x = models.DecimalField(max_digits=4, decimal_places=1, default=0)
    y = models.DecimalField(max_digits=4, decimal_places=1, default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(x__gte=-MOST_OFFSET, x__lte=MOST_OFFSET, y__gte=-MOST_OFFSET, y__lte=MOST_OFFSET),
                name="offset_within_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.username}: {self.x} / {self.y} mm"
