"""What is sold and what stands where. The guards in the database stand in migration 0002."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Upper


class Product(models.Model):
    """A model of the catalogue. ``line`` is the family whose terms of warranty it shares."""

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True, default="")
    line = models.CharField(max_length=80, blank=True, default="")
    # in yuan; what a new one would cost, None = nobody has said
    replacement_price = models.DecimalField(max_digits=12, decimal_places=2, null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(code="") & ~models.Q(name=""), name="product_named"),
            models.CheckConstraint(
                condition=models.Q(replacement_price__isnull=True) | models.Q(replacement_price__gt=0),
                name="product_price",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def called(self, language: str) -> str:
        """The name in the reader's language."""
        return self.name_en if language == "en" and self.name_en else self.name


class Unit(models.Model):
    """One device in the field. Whoever sees its customer sees it."""

    VERIFIED, UNVERIFIED = "verified", "unverified"
    STATES: ClassVar = (VERIFIED, UNVERIFIED)

    id = models.UUIDField(primary_key=True)
    serial = models.CharField(max_length=80)
    model = models.ForeignKey(Product, models.PROTECT, related_name="units")
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="units")
    site = models.ForeignKey("customers.Site", models.PROTECT, null=True, related_name="units")
    invoice_number = models.CharField(max_length=60, blank=True, default="")
    invoice_on = models.DateField(null=True)
    accepted_on = models.DateField(null=True)
    # number of the project or contract it was delivered under
    project = models.CharField(max_length=80, blank=True, default="")
    # the lot it was made in, as the plate or the delivery note has it
    batch = models.CharField(max_length=60, blank=True, default="", db_default="")
    state = models.CharField(max_length=12, default=UNVERIFIED)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(serial__regex=r"^\S(.*\S)?$"), name="unit_serial"),
            models.CheckConstraint(condition=models.Q(state__in=["verified", "unverified"]), name="unit_state"),
            models.UniqueConstraint("model", Upper("serial"), name="unit_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-id"], name="unit_customer"),
            models.Index(fields=["batch", "model"], name="unit_batch", condition=~models.Q(batch="")),
        ]

    def __str__(self) -> str:
        return self.serial

    @property
    def delivered_on(self):
        """The day it was accepted, else the day of the invoice; None = unknown."""
        return self.accepted_on or self.invoice_on
