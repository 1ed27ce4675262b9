"""One import with its problems and batches, and how columns were matched before."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models


class Import(models.Model):
    """One file somebody handed in to be taken over. ``progress`` counts the rows of the phase under way.

    ``mapping``: column number (from 0, as text) → code. ``options``: outlet, zone, order of day and month.
    ``position``: how many bytes of the checked rows have been carried out; it moves with each batch's transaction.
    """

    UPLOADED, MAPPED, CHECKED, RUNNING = "uploaded", "mapped", "checked", "running"
    DONE, CANCELLED, REVERSED, FAILED = "done", "cancelled", "reversed", "failed"
    STATES: ClassVar = (UPLOADED, MAPPED, CHECKED, RUNNING, DONE, CANCELLED, REVERSED, FAILED)

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    stored = models.CharField(max_length=200)
    sheet = models.CharField(max_length=200, blank=True, default="")
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default=UPLOADED)
    only_correct = models.BooleanField(default=False)
    rows = models.PositiveIntegerField(default=0)
    progress = models.PositiveIntegerField(default=0)
    position = models.BigIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    warnings = models.PositiveIntegerField(default=0)
    # why it stopped, where it failed
    words_zh = models.CharField(max_length=400, blank=True, default="")
    words_en = models.CharField(max_length=400, blank=True, default="")
    by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # when this phase began, for the rate shown
    phase_at = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[
                        "uploaded", "mapped", "checked", "running", "done", "cancelled", "reversed", "failed",
                    ]
                ),
                name="import_state",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [models.Index(fields=["by", "-id"], name="import_by")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def folder(self) -> Path:
        """Where the file and its checked rows lie."""
        return settings.DATA / "imports" / str(self.pk)

    @property
    def file(self) -> Path:
        return settings.DATA / "imports" / self.stored

    @property
    def checked_rows(self) -> Path:
        """The rows that may be carried out, as the check understood them: a JSON line each."""
        return self.folder / "rows.jsonl"


class ImportProblem(models.Model):
    """What is wrong with one row: found by the check, all of them at once. ``severity``: error, warning or skip."""

    id = models.BigAutoField(primary_key=True)
    of = models.ForeignKey(Import, models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=40, blank=True, default="")
    severity = models.CharField(max_length=8)
    code = models.CharField(max_length=40)
    zh = models.CharField(max_length=300)
    en = models.CharField(max_length=300)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["of", "row"], name="import_problem_row")]

    def __str__(self) -> str:
        return f"{self.row}: {self.zh}"


class ImportMapping(models.Model):
    """How the columns of a file with these headers were matched last time."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64)
    mapping = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "fingerprint"], name="import_mapping_once")]

    def __str__(self) -> str:
        return self.kind


class ImportBatch(models.Model):
    """One batch carried out in one transaction: which rows, and what it made, so that it can be taken back."""

    id = models.BigAutoField(primary_key=True)
    of = models.ForeignKey(Import, models.CASCADE, related_name="batches")
    number = models.PositiveIntegerField()
    first_row = models.PositiveIntegerField()
    last_row = models.PositiveIntegerField()
    made = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["of", "number"], name="import_batch_once")]

    def __str__(self) -> str:
        return f"{self.of_id} {self.number}"


class Export(models.Model):
    """One list handed out as a file: recorded in the book, and kept a day where it was written in the background."""

    WAITING, DONE, FAILED = "waiting", "done", "failed"

    id = models.UUIDField(primary_key=True)
    source = models.CharField(max_length=60)
    form = models.CharField(max_length=8)
    query = models.CharField(max_length=2000, blank=True, default="")
    language = models.CharField(max_length=8)
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=8, default=WAITING)
    rows = models.PositiveIntegerField(default=0)
    progress = models.PositiveIntegerField(default=0)
    by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    finished = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.file_name

    @property
    def file(self) -> Path:
        return settings.DATA / "exports" / f"{self.pk}.{self.form}"
