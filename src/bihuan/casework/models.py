"""What is going on. ``Case`` is a convenience: everything in it could be rebuilt from the journal."""

from __future__ import annotations

from typing import Any

import msgspec
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
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
    # what those of ``closed_to`` (posts) call it, where that stands on a form for them only
    closed_title = models.CharField(max_length=200, blank=True, default="", db_default="")
    closed_to = ArrayField(models.CharField(max_length=80), default=list, db_default=[])
    revision = models.PositiveIntegerField()
    work_order = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # the next moment at which the clock owes this case something; the sweep reads only this
    due_at = models.DateTimeField(null=True)
    # the earliest running promise, for lists sorted by deadline
    promised_at = models.DateTimeField(null=True)
    # when that promise begins to count as at risk, by its own clock
    risk_at = models.DateTimeField(null=True)
    # when the work was done: the first entering of a step of that stage since it was last taken up
    done_at = models.DateTimeField(null=True)
    # whose work it is now (username); "" while nobody has it
    person = models.CharField(max_length=150, blank=True, default="", db_default="")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    group = models.CharField(max_length=60, blank=True)
    # kept only because a retention runs: nobody works with it (PIPL 47)
    restricted = models.BooleanField(default=False, db_default=False)
    state = StateField()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="case_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["promised_at", "id"], name="case_promised", condition=models.Q(ended_at__isnull=True)),
            models.Index(fields=["outlet", "-id"], name="case_outlet"),
            models.Index(fields=["kind", "step", "-id"], name="case_standing"),
            models.Index(
                fields=["outlet", "promised_at", "id"],
                name="case_outlet_promised",
                condition=models.Q(ended_at__isnull=True),
            ),
            models.Index(
                fields=["stage", "promised_at", "id"],
                name="case_stage_promised",
                condition=models.Q(ended_at__isnull=True),
            ),
            models.Index(
                fields=["person", "promised_at", "id"],
                name="case_person_promised",
                condition=models.Q(ended_at__isnull=True) & ~models.Q(person=""),
            ),
            models.Index(fields=["person", "-id"], name="case_person", condition=~models.Q(person="")),
            models.Index(fields=["opened_at", "id"], name="case_opened"),
            models.Index(fields=["done_at", "id"], name="case_done", condition=models.Q(done_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number


class CaseText(models.Model):
    """The words a case is found by, beside it so that an act which changes none of them leaves the index alone.

    ``outlet`` stands here again for the walk along one outlet's newest cases.
    """

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="text")
    outlet = models.CharField(max_length=40)
    vector = SearchVectorField()

    class Meta:
        indexes = [
            GinIndex(fields=["vector"], name="casetext_words"),
            models.Index(fields=["outlet", "-case"], name="casetext_outlet"),
        ]

    def __str__(self) -> str:
        return str(self.case_id)


class Mark(models.Model):
    """What a case can be found again by: the value of an answer whose field names a kind (device, fault, phone …)."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=200)
    # who may read it, where it was said on a form for some posts only; none = everybody in scope
    posts = ArrayField(models.CharField(max_length=80), default=list, db_default=[])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "kind", "value"], name="mark_once")]
        # ids of cases sort by when they came, so that the newest of a frequent value are found without the others
        indexes = [models.Index(fields=["kind", "value", "-case"], name="mark_newest")]

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


class View(models.Model):
    """A list somebody kept: a name for an address query. Convenience, no part of the history."""

    class ShownTo(models.TextChoices):
        ME = "me"
        OUTLET = "outlet"
        ALL = "all"

    id = models.BigAutoField(primary_key=True)
    owner = models.ForeignKey("people.Person", models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000, blank=True)
    shown_to = models.CharField(max_length=10, choices=ShownTo.choices, default=ShownTo.ME)
    outlet = models.CharField(max_length=40, blank=True)
    # the interface role this view is the first list of; "" for none
    role = models.CharField(max_length=40, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="view_name"),
            models.CheckConstraint(condition=models.Q(shown_to__in=["me", "outlet", "all"]), name="view_shown_to"),
            models.CheckConstraint(
                condition=~models.Q(shown_to="outlet") | ~models.Q(outlet=""), name="view_of_an_outlet"
            ),
        ]
        indexes = [models.Index(fields=["shown_to", "outlet"], name="view_shown")]

    def __str__(self) -> str:
        return self.name


class Batch(models.Model):
    """One act done on many cases, one after the other. What happened to each stands in its ``BatchItem``."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    action = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    answers = models.JSONField()
    post = models.CharField(max_length=80, blank=True)
    total = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    stopped = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["made_at"], name="batch_open", condition=models.Q(ended_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.action} × {self.total}"


class BatchItem(models.Model):
    """One case of a batch. Its act has an id of its own, so that going on after a stop counts nothing twice."""

    class Outcome(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        REFUSED = "refused"
        STOPPED = "stopped"

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    number = models.CharField(max_length=40)
    act_id = models.UUIDField(unique=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    words = models.JSONField(default=dict)
    clause = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="batch_case_once"),
            models.UniqueConstraint(fields=["batch", "position"], name="batch_position"),
        ]

    def __str__(self) -> str:
        return self.number


from .importing.models import Export, Import, ImportBatch, ImportMapping, ImportProblem  # noqa: E402, F401 - one app
