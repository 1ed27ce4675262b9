"""What was handed in: one row per upload, written only after the bytes are safe.

The bytes stand in a content-addressed folder (``store``); two uploads of the same bytes share one file.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bihuan.procedure.definition import Text


class Attachment(models.Model):
    """One file as somebody handed it in. ``about_kind`` and ``about_id`` say what it belongs to; empty = not yet.

    The database keeps it as it is: only what it belongs to may be set, once, and how it was scanned (migration 0002).
    """

    CLEAN, UNSCANNED = "clean", "unscanned"
    PICTURES: ClassVar = frozenset({"jpeg", "png", "webp"})

    id = models.UUIDField(primary_key=True)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    uploaded_by = models.CharField(max_length=80)
    uploaded_at = models.DateTimeField()
    outlet = models.CharField(max_length=40, blank=True, default="")
    about_kind = models.CharField(max_length=40, blank=True, default="")
    about_id = models.CharField(max_length=80, blank=True, default="")
    scan = models.CharField(max_length=10)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="attachment_sha256"),
            models.CheckConstraint(condition=models.Q(scan__in=["clean", "unscanned"]), name="attachment_scan"),
            models.CheckConstraint(
                condition=models.Q(about_kind="", about_id="") | (~models.Q(about_kind="") & ~models.Q(about_id="")),
                name="attachment_about_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["about_kind", "about_id", "id"], name="attachment_about"),
            models.Index(fields=["sha256"], name="attachment_content"),
            models.Index(fields=["uploaded_at"], name="attachment_loose", condition=models.Q(about_id="")),
        ]

    def __str__(self) -> str:
        return self.name

    # of the reader at hand, laid on by whoever shows files (``queries.withheld``); no columns
    held_back: bool = False
    unsaid: bool = False

    @property
    def is_picture(self) -> bool:
        """Whether there is a preview of it."""
        return self.kind in self.PICTURES

    @property
    def address(self) -> str:
        return f"/files/{self.id}/"

    @property
    def preview(self) -> str:
        """Address of the small picture; empty where there is none."""
        return f"/files/{self.id}/preview/" if self.is_picture else ""

    @property
    def scan_words(self) -> Text:
        """How it was scanned, as it is shown: nothing is called clean that nobody looked at."""
        if self.scan == self.CLEAN:
            return Text("已查毒", "Scanned, clean")
        return Text("未经查毒", "Not scanned")

    @property
    def answer(self) -> dict[str, object]:
        """What a question of kind file is answered with: the id, and what proves the content."""
        return {"id": str(self.id), "name": self.name, "size": self.size, "hash": self.sha256}
