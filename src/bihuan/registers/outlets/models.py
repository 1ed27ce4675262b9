"""What an outlet is. Its key (code, parent, zone) lives in people, because rights hang on it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bihuan.people.models import OutletKey


class Outlet(models.Model):
    """An own point, or one contracted from the first to the last day of the contract (both counted)."""

    OWN = "own"
    CONTRACTED = "contracted"
    KINDS: ClassVar = [(OWN, "自有"), (CONTRACTED, "特约")]

    key = models.OneToOneField(OutletKey, primary_key=True, on_delete=models.PROTECT, related_name="detail")
    kind = models.CharField(max_length=12, choices=KINDS, default=OWN)
    # The working calendar by name; empty = the house's own.
    calendar = models.CharField(max_length=60, blank=True, default="")
    contract_from = models.DateField(null=True, blank=True)
    contract_until = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=["own", "contracted"]), name="outlet_kind"),
            models.CheckConstraint(
                condition=models.Q(kind="own") | models.Q(contract_from__isnull=False), name="outlet_contract"
            ),
            models.CheckConstraint(
                condition=models.Q(contract_until__isnull=True)
                | models.Q(contract_until__gte=models.F("contract_from")),
                name="outlet_contract_days",
            ),
        ]

    def __str__(self) -> str:
        return self.key_id

    @property
    def code(self) -> str:
        return self.key_id
