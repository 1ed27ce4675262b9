"""Prices with dates, quotes, charges, receipts, settlements. Rows are added, never changed; triggers see to it.

Amounts are CNY with two places and never negative: what takes a charge back is a row of its own. ``outlet`` is the
code of an outlet; "" on a price list means the whole house. A case is known by its number only.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

MONEY = {"max_digits": 12, "decimal_places": 2}
_A_RULE = Q(line__isnull=False) | ~Q(because="")


class DateRange(Func):
    """Both days counted, as they are written; an open end is no end."""

    function = "daterange"


class PriceList(models.Model):
    """One dated version of a tariff. Of one name and place no two are in force on the same day."""

    id = models.UUIDField(primary_key=True, editable=False)
    name = models.CharField(max_length=60)
    outlet = models.CharField(max_length=40, blank=True, default="")
    start = models.DateField()
    # the last day in force; a list without one stands until the next version begins
    until = models.DateField(null=True, blank=True)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["outlet", "start"], name="price_list_place")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(name=""), name="price_list_named"),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("start")), name="price_list_days"),
            ExclusionConstraint(
                name="price_list_once_a_day",
                expressions=[
                    ("name", RangeOperators.EQUAL),
                    ("outlet", RangeOperators.EQUAL),
                    (DateRange("start", "until", Value("[]")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.start}"


class PriceLine(models.Model):
    """What one thing costs under one list: ``amount`` CNY for one ``unit``."""

    id = models.UUIDField(primary_key=True, editable=False)
    list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="lines")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True, default="")
    unit = models.CharField(max_length=20, blank=True, default="")
    amount = models.DecimalField(**MONEY)
    # the code of a product or of a line of products this price is for; "" = any
    product = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["list", "code"], name="price_line_once"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(title=""), name="price_line_named"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_line_not_negative"),
        ]

    def __str__(self) -> str:
        return self.code


class Quote(models.Model):
    """What a customer was told it would cost, by which price or why. ``consent`` is given or refused once."""

    id = models.UUIDField(primary_key=True, editable=False)
    number = models.CharField(max_length=40)
    outlet = models.CharField(max_length=40)
    amount = models.DecimalField(**MONEY)
    line = models.ForeignKey(PriceLine, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    because = models.TextField(blank=True, default="")
    lines = models.JSONField(default=list)
    consent = models.BooleanField(null=True, blank=True)
    consent_by = models.CharField(max_length=60, blank=True, default="")
    consent_at = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()
    # the order in which rows were written, under the case's own lock
    place = models.BigIntegerField(db_default=Func(Value("charges_place"), function="nextval"), editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["number", "-place"], name="quote_of_case")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_A_RULE, name="quote_has_a_rule"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="quote_not_negative"),
            models.CheckConstraint(
                condition=Q(consent__isnull=True, consent_at__isnull=True)
                | Q(consent__isnull=False, consent_at__isnull=False),
                name="quote_consent_has_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.amount}"


class Charge(models.Model):
    """One line charged, or (``reverses``) the whole of one taken back. ``amount`` = ``quantity`` × ``price``."""

    CUSTOMER = "customer"

    id = models.UUIDField(primary_key=True, editable=False)
    number = models.CharField(max_length=40)
    outlet = models.CharField(max_length=40)
    what = models.CharField(max_length=200, blank=True, default="")
    quantity = models.DecimalField(max_digits=10, decimal_places=3)
    price = models.DecimalField(**MONEY)
    amount = models.DecimalField(**MONEY)
    # who bears it: "customer", "company", "manufacturer" or whatever the organisation calls it
    payer = models.CharField(max_length=60, default=CUSTOMER)
    line = models.ForeignKey(PriceLine, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    because = models.TextField(blank=True, default="")
    reverses = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversal", db_index=True
    )
    by = models.CharField(max_length=60)
    at = models.DateTimeField()
    place = models.BigIntegerField(db_default=Func(Value("charges_place"), function="nextval"), editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["number", "place"], name="charge_of_case")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_A_RULE, name="charge_has_a_rule"),
            models.CheckConstraint(condition=Q(amount__gte=0, price__gte=0), name="charge_not_negative"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="charge_of_something"),
            models.CheckConstraint(
                condition=Q(amount=Func(F("quantity") * F("price"), Value(2), function="round")), name="charge_adds_up"
            ),
            models.CheckConstraint(condition=~Q(payer=""), name="charge_has_a_payer"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.amount}"


class ReceiptSeries(models.Model):
    """Numbers ``before`` + counter + ``after``. The row is the lock: who holds it may take the next number."""

    id = models.UUIDField(primary_key=True, editable=False)
    before = models.CharField(max_length=60)
    after = models.CharField(max_length=60, blank=True, default="")
    width = models.PositiveSmallIntegerField(default=5)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["before", "after"], name="receipt_series_once")]

    def __str__(self) -> str:
        return f"{self.before}…{self.after}"


class Receipt(models.Model):
    """Money received. Its number follows the one before it without a gap; it may become void once, with a reason."""

    GOOD, VOID = "good", "void"

    id = models.UUIDField(primary_key=True, editable=False)
    series = models.ForeignKey(ReceiptSeries, on_delete=models.PROTECT, related_name="receipts")
    counter = models.PositiveIntegerField()
    name = models.CharField(max_length=140, unique=True)
    outlet = models.CharField(max_length=40)
    number = models.CharField(max_length=40)
    amount = models.DecimalField(**MONEY)
    payer = models.CharField(max_length=120, blank=True, default="")
    lines = models.JSONField(default=list)
    state = models.CharField(max_length=4, default=GOOD)
    void_because = models.TextField(blank=True, default="")
    voided_by = models.CharField(max_length=60, blank=True, default="")
    voided_at = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()
    place = models.BigIntegerField(db_default=Func(Value("charges_place"), function="nextval"), editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["number", "place"], name="receipt_of_case"),
            models.Index(fields=["outlet", "-place"], name="receipt_of_outlet"),
            models.Index(fields=["-place"], name="receipt_newest"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "counter"], name="receipt_number_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="receipt_not_negative"),
            models.CheckConstraint(
                condition=Q(state="good", void_because="", voided_at__isnull=True)
                | (Q(state="void", voided_at__isnull=False) & ~Q(void_because="")),
                name="receipt_void_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Settlement(models.Model):
    """What was due is called settled: nothing left (``amount`` 0), or ``amount`` given up for a reason."""

    id = models.UUIDField(primary_key=True, editable=False)
    number = models.CharField(max_length=40)
    outlet = models.CharField(max_length=40)
    amount = models.DecimalField(**MONEY)
    receipt = models.ForeignKey(Receipt, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    because = models.TextField(blank=True, default="")
    by = models.CharField(max_length=60)
    at = models.DateTimeField()
    place = models.BigIntegerField(db_default=Func(Value("charges_place"), function="nextval"), editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["number", "place"], name="settlement_of_case")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="settlement_not_negative"),
            models.CheckConstraint(condition=Q(amount=0) | ~Q(because=""), name="settlement_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.amount}"
