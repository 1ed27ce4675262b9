"""Controlled documents, their versions and the copies handed out.

Once a version is approved its words never change again; the database itself refuses (see migration 0002).
What still moves is its state: from approved to effective to obsolete, forwards only. Before that its text lives as the
revisions of a ``Draft``; revisions and acknowledgements are only ever added.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from uuid_utils.compat import uuid7

from bihuan.procedure.definition import Text

# The three signatures of a cover, in the order in which they are given.
SIGNATURES = {
    "prepared": Text("编制", "prepared"),
    "reviewed": Text("审核", "reviewed"),
    "approved": Text("核准", "approved"),
}


def new_id() -> uuid.UUID:
    return uuid7()


class Document(models.Model):
    """One controlled document of one pack. ``kind`` is the kind of case its procedure runs, or "pack"."""

    PACK = "pack"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=80)
    pack = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["pack", "kind"], name="document_kind_once")]

    def __str__(self) -> str:
        return self.number


class Version(models.Model):
    """One edition of a document with the eleven fields of its cover and its whole text.

    Of the cover, holder and distribution number belong to each copy (``ControlledCopy``).
    """

    DRAFT, REVIEWED, APPROVED, EFFECTIVE, OBSOLETE = "draft", "reviewed", "approved", "effective", "obsolete"
    STATES: ClassVar = [DRAFT, REVIEWED, APPROVED, EFFECTIVE, OBSOLETE]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    version = models.CharField(max_length=40)
    file = models.CharField(max_length=200)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    # The pack version (posts, times, numbers, hours) this text was read with; empty for a pack itself.
    frame = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The version whose very words this one says under a pack page that was changed and signed here (``frames``).
    renews = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="renewals")
    state = models.CharField(max_length=10, default=DRAFT)
    # The first and last moment of its force; the end is set when a newer version takes over.
    effective_from = models.DateTimeField(null=True, blank=True)
    effective_until = models.DateTimeField(null=True, blank=True)
    effective_date = models.CharField(max_length=20, blank=True, default="")
    company = models.CharField(max_length=200, blank=True, default="")
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True, default="")
    controlled = models.BooleanField(default=True)
    # Who is to sign, as the cover names them: a post of the pack or a person. Who did stands in ``Signature``.
    prepared_by = models.CharField(max_length=80, blank=True, default="")
    reviewed_by = models.CharField(max_length=80, blank=True, default="")
    approved_by = models.CharField(max_length=80, blank=True, default="")
    # What goes with the text and is signed with it: the digest of its example files and of why some fall short.
    # "" where nothing does; see ``examples.enclosed_digest``.
    enclosed = models.CharField(max_length=64, blank=True, default="")
    shortfalls = models.PositiveIntegerField(default=0)
    short_reason = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "reviewed", "approved", "effective", "obsolete"]),
                name="version_state",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="effective") | models.Q(effective_from__isnull=False),
                name="version_effective_from",
            ),
            models.UniqueConstraint(
                fields=["document"],
                condition=models.Q(state="effective", effective_until__isnull=True),
                name="version_one_in_force",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["document", "effective_from"], name="version_from")]

    def __str__(self) -> str:
        return f"{self.document_id} {self.version}"

    @property
    def signed(self) -> bool:
        """Whether all three (prepared, reviewed, approved) have signed these very words, and what goes with them."""
        return self._signed_itself or (self.renews is not None and self.renews._signed_itself)

    @property
    def _signed_itself(self) -> bool:
        these = (self.digest, self.enclosed)
        roles = {one.role for one in self.signatures.all() if (one.digest, one.enclosed) == these}
        return roles == set(SIGNATURES)

    @property
    def given(self) -> dict[str, Signature]:
        """The signatures by role: its own, or all three of the version whose words it renews."""
        if self.renews is not None and not self._signed_itself and self.renews._signed_itself:
            return self.renews.given
        return {one.role: one for one in self.signatures.all()}

    @property
    def worded(self) -> Version:
        """The version that was drafted, signed and read with these words: itself, or the one it renews."""
        return self.renews if self.renews is not None else self


class Signature(models.Model):
    """That a person has signed a version as one of three: with their password, over the digest of its text.

    Never changed and never removed (see migration 0003).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="signatures")
    role = models.CharField(max_length=10)
    person = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    post = models.CharField(max_length=80, blank=True, default="")
    digest = models.CharField(max_length=64)
    # as ``Version.enclosed`` was when it was signed
    enclosed = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "role"], name="signature_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=["prepared", "reviewed", "approved"]), name="signature_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.person}"


class ControlledCopy(models.Model):
    """One copy of a version in the hands of a named holder. The distribution number is unique per version."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="copies")
    holder = models.CharField(max_length=120)
    distribution_number = models.CharField(max_length=40)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "distribution_number"], name="copy_number_once"),
            models.CheckConstraint(
                condition=~models.Q(holder="") & ~models.Q(distribution_number=""), name="copy_has_holder"
            ),
        ]

    @property
    def watermark(self) -> str:
        """The line that stands over every page and export of this copy."""
        line = f"受控文件 · 持有者 {self.holder} · 分发号 {self.distribution_number} · 不得复制"
        return f"{line} · 已作废" if self.version.state == Version.OBSOLETE else line


class Draft(models.Model):
    """One change of a procedure under way, or a procedure that is still to be.

    ``state``: writing → sent (``version`` is what the three sign) → done (in force) or dropped. A returned one is
    writing again. Of one procedure at most one draft is under way.
    """

    WRITING, SENT, DONE, DROPPED = "writing", "sent", "done", "dropped"
    UNDER_WAY: ClassVar = [WRITING, SENT]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pack = models.CharField(max_length=80)
    kind = models.CharField(max_length=80)
    file = models.CharField(max_length=200)
    # the post that drafts it: of the version it began from, or chosen for a new procedure
    owner = models.CharField(max_length=80)
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="drafts")
    based_on = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="drafts")
    state = models.CharField(max_length=10, default=WRITING)
    opened_by = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    # why it came back the last time, and by whom; "" as long as it never did
    returned = models.TextField(blank=True, default="")
    returned_by = models.CharField(max_length=80, blank=True, default="")
    returned_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=["writing", "sent", "done", "dropped"]), name="draft_state"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["sent", "done"]) | models.Q(version__isnull=False),
                name="draft_sent_version",
            ),
            models.UniqueConstraint(
                fields=["pack", "kind"], condition=models.Q(state__in=["writing", "sent"]), name="draft_one_under_way"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def newest(self) -> Revision:
        """The text as it was saved last."""
        found: Revision = self.revisions.filter(file="").order_by("-number")[:1].get()
        return found

    def newest_of(self, file: str) -> Revision | None:
        """An example file as it was saved last; None where the draft has not touched it."""
        found: Revision | None = self.revisions.filter(file=file).order_by("-number").first()
        return found


class Revision(models.Model):
    """The text of a draft, or one of its example files, as somebody saved it; ``number`` counts over them all."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    # "" for the text itself, else the name of an example file
    file = models.CharField(max_length=200, blank=True, default="")
    text = models.TextField()
    digest = models.CharField(max_length=64)
    # the digest of the example file in force that this one was written over; "" where there was none
    base = models.CharField(max_length=64, blank=True, default="")
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["draft", "number"], name="revision_once")]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.number}"


class ExampleFile(models.Model):
    """One file of a pack's examples: as the folder had it last, or as it came into force with a text drafted here.

    It decides nothing about cases.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pack = models.CharField(max_length=80)
    file = models.CharField(max_length=200)
    text = models.TextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["pack", "file"], name="example_file_once")]

    def __str__(self) -> str:
        return f"{self.pack} {self.file}"


class EnclosedExample(models.Model):
    """One example file laid before the signers together with a version's text. Only ever added, before they sign."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="enclosed_examples")
    file = models.CharField(max_length=200)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    # the digest of the file in force that it replaces; "" where it is new
    was = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "file"], name="enclosed_example_once")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.file}"


class Acknowledgement(models.Model):
    """That somebody says they have read a version."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="acknowledgements")
    person = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "person"], name="acknowledged_once")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.person}"
