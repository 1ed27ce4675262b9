"""Who the customers are, how they are reached, where they are. The guards in the database stand in migration 0002."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models

E164 = r"^\+[1-9][0-9]{6,14}$"


class VectorField(models.Field):
    """A ``tsvector`` column, written from the text ``ground.bigrams.vector`` makes; never read back."""

    def db_type(self, connection: Any) -> str:
        return "tsvector"

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        return "%s::tsvector"


class Customer(models.Model):
    """Somebody served. ``outlet`` looks after them, and whoever sees that outlet sees them.

    One that turned out to be a duplicate stays readable for ever and points to the survivor.
    """

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    grade = models.CharField(max_length=40, blank=True, default="")
    outlet = models.CharField(max_length=40)
    search = VectorField(default="")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    merged_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(name="") & ~models.Q(number=""), name="customer_named"),
            models.CheckConstraint(condition=~models.Q(merged_into=models.F("id")), name="customer_not_into_itself"),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True, merged_at__isnull=True)
                | models.Q(merged_into__isnull=False, merged_at__isnull=False),
                name="customer_merged_when",
            ),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["search"], name="customer_search"),
            models.Index(fields=["outlet", "-id"], name="customer_outlet"),
            models.Index(fields=["name"], name="customer_name"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Contact(models.Model):
    """A way to reach a customer: a person with a number, or a number alone.

    ``masked`` is what may be shown to anybody who sees the customer; lists and searches of those who see numbers
    masked read only this column.
    """

    id = models.UUIDField(primary_key=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=80, blank=True, default="")
    post = models.CharField(max_length=80, blank=True, default="")
    phone = models.CharField(max_length=16, blank=True, default="")
    extension = models.CharField(max_length=12, blank=True, default="")
    masked = models.CharField(max_length=24, blank=True, default="")
    gone = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(phone="") | models.Q(phone__regex=E164), name="contact_e164"),
            models.CheckConstraint(condition=~models.Q(name="", phone=""), name="contact_says_something"),
            models.CheckConstraint(
                condition=models.Q(extension="") | models.Q(extension__regex=r"^[0-9]{1,12}$") & ~models.Q(phone=""),
                name="contact_extension",
            ),
            models.CheckConstraint(
                condition=models.Q(phone="") | models.Q(masked__contains="****"), name="contact_masked"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["phone"], name="contact_phone"),
            models.Index(fields=["masked"], name="contact_shown"),
            models.Index(fields=["name"], name="contact_name"),
        ]

    def __str__(self) -> str:
        return self.name or self.masked


class Site(models.Model):
    """A place where a customer's devices stand, and how one gets in."""

    id = models.UUIDField(primary_key=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="sites")
    address = models.CharField(max_length=300)
    region = models.CharField(max_length=80, blank=True, default="")
    access = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(address=""), name="site_address"),
        ]

    def __str__(self) -> str:
        return self.address


class ConsentText(models.Model):
    """The words a consent is asked in: one version for one purpose. Never changed (migration 0003)."""

    id = models.UUIDField(primary_key=True)
    purpose = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    text = models.TextField()
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["purpose", "version"], name="consent_text_once"),
            models.CheckConstraint(
                condition=~models.Q(purpose="") & ~models.Q(version="") & ~models.Q(text=""), name="consent_text_whole"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"


class Consent(models.Model):
    """A contact agreed to a text, or took it back: rows are added, the newest one of a purpose counts."""

    GIVEN, WITHDRAWN = "given", "withdrawn"
    WAYS: ClassVar = ("by-telephone", "in-writing", "in-person", "online")

    id = models.UUIDField(primary_key=True)
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="consents")
    text = models.ForeignKey(ConsentText, models.PROTECT, related_name="+")
    state = models.CharField(max_length=9)
    way = models.CharField(max_length=12)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=["given", "withdrawn"]), name="consent_state"),
            models.CheckConstraint(
                condition=models.Q(way__in=["by-telephone", "in-writing", "in-person", "online"]), name="consent_way"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["contact", "-id"], name="consent_of_contact")]

    def __str__(self) -> str:
        return f"{self.text_id} {self.state}"
