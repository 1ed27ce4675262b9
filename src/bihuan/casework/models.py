"""What is going on. ``Case`` is a convenience: everything in it could be rebuilt from the journal."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import models

from bihuan.procedure.state import State

_read_state = msgspec.json.Decoder(State).decode


class StateField(models.Field):
    """The engine's ``State`` in a jsonb column, read and written without passing through dictionaries."""

    def db_type(self, connection: Any) -> str:
        return "jsonb"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> State | None:
        return None if value is None else _read_state(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> str | None:
        return msgspec.json.encode(value).decode() if isinstance(value, State) else value


class Case(models.Model):
    """One case stands at one step of the one version of the procedure it began under."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=80)
    version = models.ForeignKey("documents.Version", models.PROTECT, related_name="+")
    step = models.CharField(max_length=60)
    stage = models.CharField(max_length=20)
    outlet = models.CharField(max_length=40)
    title = models.CharField(max_length=200, blank=True)
    revision = models.PositiveIntegerField()
    work_order = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # the next moment at which the clock owes this case something; the sweep reads only this
    due_at = models.DateTimeField(null=True)
    # the earliest running promise, for lists sorted by deadline
    promised_at = models.DateTimeField(null=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    group = models.CharField(max_length=60, blank=True)
    state = StateField()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="case_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["promised_at", "id"], name="case_promised", condition=models.Q(ended_at__isnull=True)),
            models.Index(fields=["outlet", "-id"], name="case_outlet"),
            models.Index(fields=["kind", "step", "-id"], name="case_standing"),
        ]

    def __str__(self) -> str:
        return self.number


class Mark(models.Model):
    """What a case can be found again by: the value of an answer whose field names a kind (device, fault, phone …)."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "kind", "value"], name="mark_once")]
        indexes = [models.Index(fields=["kind", "value"], name="mark_value")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"


class Series(models.Model):
    """The last number given in one series and period. Taken inside the act; a refused act gives it back."""

    name = models.CharField(max_length=120, primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"


class DutyPeriod(models.Model):
    """That a duty's case was opened for one period, so that it is opened once."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=120)
    per = models.CharField(max_length=80, blank=True)
    due_on = models.DateField()
    case = models.OneToOneField(Case, models.PROTECT, related_name="duty_period")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "per", "due_on"], name="duty_period_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_on}"


class Draft(models.Model):
    """A half-filled form. Not part of the history."""

    person = models.ForeignKey("people.Person", models.CASCADE, related_name="+")
    place = models.CharField(max_length=200)
    answers = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "place"], name="draft_place")]

    def __str__(self) -> str:
        return self.place
