"""What was promised, from when, and what was decided. The guards in the database stand in migration 0002."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Terms(models.Model):
    """So many months from invoice or acceptance, for one model, one line of products or everything.

    They hold for devices whose warranty begins between ``valid_from`` and ``valid_until`` (both counted, None = open).
    For one scope no two hold on the same day; ``document`` and ``clause`` say where it is written.
    """

    INVOICE, ACCEPTANCE = "invoice", "acceptance"
    STARTS: ClassVar = (INVOICE, ACCEPTANCE)

    id = models.UUIDField(primary_key=True)
    product = models.ForeignKey("products.Product", models.PROTECT, null=True, related_name="terms")
    line = models.CharField(max_length=80, blank=True, default="")
    months = models.PositiveSmallIntegerField()
    starts = models.CharField(max_length=12)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    exclusions = ArrayField(models.CharField(max_length=200), default=list)
    document = models.CharField(max_length=120)
    clause = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(months__gte=1, months__lte=1200), name="terms_months"),
            models.CheckConstraint(condition=models.Q(starts__in=["invoice", "acceptance"]), name="terms_starts"),
            models.CheckConstraint(condition=~models.Q(document=""), name="terms_document"),
            models.CheckConstraint(condition=models.Q(product__isnull=True) | models.Q(line=""), name="terms_scope"),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=models.F("valid_from")),
                name="terms_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.clause}".strip()


class Registration(models.Model):
    """That a device's warranty begins on a day, and what proves it. The newest one counts; none is ever changed."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey("products.Unit", models.PROTECT, related_name="registrations")
    start = models.DateField()
    proof = models.CharField(max_length=200)
    doer = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~models.Q(proof=""), name="registration_proof")]
        indexes: ClassVar = [models.Index(fields=["unit", "-id"], name="registration_unit")]

    def __str__(self) -> str:
        return f"{self.start} {self.proof}"


class Decision(models.Model):
    """What was decided for one case, and everything it was decided from. Never changed, never removed.

    ``inputs`` holds all that was known then, so that anybody can reckon again and must come to ``computed``.
    """

    IN, OUT, UNKNOWN = "in", "out", ""

    id = models.BigAutoField(primary_key=True)
    case_number = models.CharField(max_length=40)
    outlet = models.CharField(max_length=40)
    unit = models.ForeignKey("products.Unit", models.PROTECT, null=True, related_name="decisions")
    computed = models.CharField(max_length=3, blank=True)
    ends = models.DateField(null=True)
    rule = models.CharField(max_length=200, blank=True)
    proof = models.CharField(max_length=300, blank=True)
    decided = models.CharField(max_length=3)
    because = models.CharField(max_length=300, blank=True)
    doer = models.CharField(max_length=60)
    post = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    inputs = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(computed__in=["in", "out", ""]), name="decision_computed"),
            models.CheckConstraint(condition=models.Q(decided__in=["in", "out"]), name="decision_decided"),
            models.CheckConstraint(
                condition=models.Q(decided=models.F("computed")) | ~models.Q(because="") & ~models.Q(post=""),
                name="decision_against_needs_reason",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["case_number", "-id"], name="decision_case")]

    def __str__(self) -> str:
        return f"{self.case_number}: {self.decided}"
