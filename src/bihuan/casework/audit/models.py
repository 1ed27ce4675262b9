"""What auditing itself keeps: its policy, its samples with their check sheets, and where digests were mailed to.

The guards – a policy is never changed, a closed sample is frozen – stand in migration 0002.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Policy(models.Model):
    """Thresholds, weights and check questions from a moment on. The newest row counts; none is ever changed.

    ``numbers``: threshold → whole number; ``weights``: exception → how much it weighs when drawing by risk;
    ``questions``: [{"name", "zh", "en"}] in their order. What a row does not say is as ``defaults.toml`` says.
    """

    id = models.BigAutoField(primary_key=True)
    numbers = models.JSONField()
    weights = models.JSONField()
    questions = models.JSONField()
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.pk} {self.at:%Y-%m-%d}"


class Sample(models.Model):
    """Cases drawn to be looked at, and how: the same ``seed`` over the same cases draws the same ones again.

    ``scope``: the outlets that could be drawn from (None = all). ``population``: how many cases there were to draw
    from. ``questions`` are those of the day it was drawn. Closed, nothing of it changes any more.
    """

    RANDOM, RISK = "random", "risk"
    METHODS: ClassVar = (RANDOM, RISK)

    id = models.UUIDField(primary_key=True, editable=False)
    title = models.CharField(max_length=120)
    method = models.CharField(max_length=6)
    seed = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    population = models.PositiveIntegerField()
    start = models.DateField()
    until = models.DateField()
    kind = models.CharField(max_length=80, blank=True, default="")
    outlet = models.CharField(max_length=40, blank=True, default="")
    scope = ArrayField(models.CharField(max_length=40), null=True)
    weights = models.JSONField(default=dict)
    questions = models.JSONField()
    by = models.CharField(max_length=60)
    at = models.DateTimeField()
    conclusion = models.TextField(blank=True, default="")
    closed_by = models.CharField(max_length=60, blank=True, default="")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(method__in=["random", "risk"]), name="sample_method"),
            models.CheckConstraint(condition=models.Q(until__gte=models.F("start")), name="sample_days"),
            models.CheckConstraint(condition=models.Q(size__gte=1, size__lte=500), name="sample_size"),
            models.CheckConstraint(condition=~models.Q(seed="") & ~models.Q(title=""), name="sample_named"),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True, closed_by="")
                | (models.Q(closed_at__isnull=False) & ~models.Q(closed_by="")),
                name="sample_closed_by",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Sheet(models.Model):
    """One case of a sample with its check sheet. ``answers``: question → "yes", "no" or "none" (not applicable).

    ``score`` and ``reasons`` say why it was drawn by risk. ``finding`` is what is to be put right, "" where nothing is.
    """

    YES, NO, NONE = "yes", "no", "none"

    id = models.BigAutoField(primary_key=True)
    sample = models.ForeignKey(Sample, models.PROTECT, related_name="sheets")
    place = models.PositiveIntegerField()
    number = models.CharField(max_length=40)
    outlet = models.CharField(max_length=40)
    score = models.PositiveIntegerField(default=0)
    reasons = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    remark = models.TextField(blank=True, default="")
    finding = models.TextField(blank=True, default="")
    filled_by = models.CharField(max_length=60, blank=True, default="")
    filled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sample", "place"], name="sheet_place"),
            models.UniqueConstraint(fields=["sample", "number"], name="sheet_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.number}"


class DigestMail(models.Model):
    """That a day's digest is to go to one address, and whether it went. Sent at least once."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    address = models.CharField(max_length=254)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_try = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "address"], name="digest_mail_once")]
        indexes: ClassVar = [
            models.Index(fields=["next_try", "id"], name="digest_mail_due", condition=models.Q(state="waiting"))
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.state}"
