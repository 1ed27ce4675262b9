"""What the house has settled about personal data, what people asked for, and every order to dispose of something."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from bihuan.journal.models import TransactionIdField

SHORTEST_LOG_DAYS = 180


class Policy(models.Model):
    """One row: what this site has settled. Empty figures are not settled, and the page says so.

    ``request_days`` working days to answer a request (GB/T 35273-2020 8.7 speaks of thirty days, 15 working days for
    closing an account); ``log_days`` never under 180 (网络安全法 21); ``receipt_years`` how long accounting records
    name their payer (会计档案管理办法). ``recordings``: what becomes of one of which nobody said that its speaker was
    told and agreed (PIPL 13, 17); ``recording_days`` after it came a recording goes, where no clause gives its form a
    term.
    """

    NOTED, HELD, REFUSED = "noted", "held", "refused"

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.PositiveIntegerField(default=1)
    handler = models.CharField(max_length=200, blank=True, default="")
    reached = models.CharField(max_length=200, blank=True, default="")
    reveals_a_day = models.PositiveIntegerField(null=True, blank=True)
    exported_rows = models.PositiveIntegerField(null=True, blank=True)
    request_days = models.PositiveIntegerField(default=15)
    log_days = models.PositiveIntegerField(default=SHORTEST_LOG_DAYS)
    receipt_years = models.PositiveIntegerField(null=True, blank=True)
    recordings = models.CharField(max_length=8, default="held")
    recording_days = models.PositiveIntegerField(null=True, blank=True)
    unsaid_months = models.PositiveIntegerField(null=True, blank=True)
    announcement = models.TextField(blank=True, default="")
    announcement_version = models.CharField(max_length=40, blank=True, default="")
    changed_by = models.CharField(max_length=60, blank=True, default="")
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="privacy_policy_one"),
            models.CheckConstraint(
                condition=models.Q(recordings__in=["noted", "held", "refused"]), name="privacy_policy_recordings"
            ),
            models.CheckConstraint(
                condition=models.Q(log_days__gte=SHORTEST_LOG_DAYS), name="privacy_logs_half_a_year"
            ),
        ]

    def __str__(self) -> str:
        return str(self.version)


class Order(models.Model):
    """An order to dispose of contents: one list. ``subjects`` are ``kind:id`` words, never a name or a number.

    The database lets the app role blank guarded rows only under an order that is ``running`` (migration 0002).
    ``contents``: digests of files whose rows are gone and whose bytes have still to go.
    """

    ERASURE, RETENTION = "erasure", "retention"
    PROPOSED, CHECKED, RUNNING, CLEARING, DONE, DROPPED = (
        "proposed", "checked", "running", "clearing", "done", "dropped",
    )  # fmt: skip

    id = models.UUIDField(primary_key=True)
    list_name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    subjects = models.JSONField(default=list)
    made_by = models.CharField(max_length=60, blank=True, default="")
    made_at = models.DateTimeField()
    checked_by = models.CharField(max_length=60, blank=True, default="")
    confirmed_by = models.CharField(max_length=60, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    contents = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=["erasure", "retention"]), name="privacy_order_kind"),
            models.CheckConstraint(
                condition=models.Q(state__in=["proposed", "checked", "running", "clearing", "done", "dropped"]),
                name="privacy_order_state",
            ),
            # maker and confirmer of a retention list are two people
            models.CheckConstraint(
                condition=~models.Q(kind="retention")
                | models.Q(confirmed_by="")
                | (~models.Q(checked_by="") & ~models.Q(confirmed_by=models.F("checked_by"))),
                name="privacy_order_two_people",
            ),
        ]

    def __str__(self) -> str:
        return self.list_name


class OrderItem(models.Model):
    """One filled form of one case on a retention list: from the day after ``kept_until`` on it may go."""

    WAITING, DONE, HELD = "waiting", "done", "held"

    order = models.ForeignKey(Order, models.CASCADE, related_name="items")
    case = models.UUIDField()
    number = models.CharField(max_length=40)
    form = models.CharField(max_length=80)
    kept_until = models.DateField()
    state = models.CharField(max_length=8, default=WAITING)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "case", "form"], name="privacy_item_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["case", "form"], name="privacy_item_form")]

    def __str__(self) -> str:
        return f"{self.number} {self.form}"


class Request(models.Model):
    """What a person asked for: a copy of everything, or that it is deleted. ``about`` is a contact or a customer.

    ``identity``: how it was made sure that it is the person. ``until``: the day before which it could only be
    restricted (PIPL 47).
    """

    ACCESS, ERASURE = "access", "erasure"
    OPEN, RUNNING, DONE, RESTRICTED, REFUSED = "open", "running", "done", "restricted", "refused"

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=8)
    about_kind = models.CharField(max_length=8)
    about_id = models.UUIDField()
    customer_number = models.CharField(max_length=40)
    outlet = models.CharField(max_length=40)
    identity = models.CharField(max_length=300)
    namesakes = models.BooleanField(default=False)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()
    due_on = models.DateField()
    state = models.CharField(max_length=10, default=OPEN)
    words = models.JSONField(default=dict)
    until = models.DateField(null=True)
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="requests")
    finished = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=["access", "erasure"]), name="privacy_request_kind"),
            models.CheckConstraint(
                condition=models.Q(about_kind__in=["contact", "customer"]), name="privacy_request_about"
            ),
            models.CheckConstraint(condition=~models.Q(identity=""), name="privacy_request_identity"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "due_on"], name="privacy_request_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.customer_number}"

    @property
    def file(self) -> Path:
        """Where the copy lies until it was fetched or a week has passed."""
        return Path(settings.DATA) / "privacy" / f"{self.pk}.zip"


class Hold(models.Model):
    """Nothing of this case or customer is disposed of until the hold is lifted."""

    id = models.UUIDField(primary_key=True)
    about_kind = models.CharField(max_length=8)
    about_id = models.UUIDField()
    number = models.CharField(max_length=40)
    outlet = models.CharField(max_length=40)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()
    lifted_by = models.CharField(max_length=60, blank=True, default="")
    lifted_at = models.DateTimeField(null=True)
    lifted_because = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(about_kind__in=["case", "customer"]), name="privacy_hold_about"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="privacy_hold_reason"),
            models.UniqueConstraint(
                fields=["about_kind", "about_id"], condition=models.Q(lifted_at__isnull=True), name="privacy_hold_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Recording(models.Model):
    """That a recorded call was announced, with which text, and whether the person agreed; kept with the file.

    ``nobody``: nobody is heard on it, so that there was nobody to tell.
    """

    attachment = models.UUIDField(primary_key=True)
    announced = models.BooleanField()
    announcement_version = models.CharField(max_length=40, blank=True, default="")
    agreed = models.BooleanField()
    nobody = models.BooleanField(default=False)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(announced=False) | ~models.Q(announcement_version=""), name="privacy_recording_text"
            ),
            models.CheckConstraint(
                condition=models.Q(nobody=False) | models.Q(announced=False, agreed=False),
                name="privacy_recording_nobody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.attachment)


class Trace(models.Model):
    """Of one content the numbers that say who may be written in it (``traces``). Goes with the content.

    Behind no wall: it is read for ids, which lead to entries that are, and behind one its index could not be used.
    """

    entry_id = models.UUIDField(primary_key=True)
    told = ArrayField(models.IntegerField())

    class Meta:
        indexes: ClassVar = [GinIndex(fields=["told"], name="privacy_trace_told")]

    def __str__(self) -> str:
        return str(self.entry_id)


class Traced(models.Model):
    """How far the book has been traced, and in which shape. One row, none before the first time."""

    one = models.BooleanField(primary_key=True, default=True)
    shape = models.PositiveIntegerField()
    xid = TransactionIdField()
    position = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.xid}-{self.position}"
