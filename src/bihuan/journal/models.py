"""The book and the tray.

``Entry``, ``Content``, ``Disposal``, ``ChainHead`` and ``Digest`` are books: append-only by trigger and by rights,
written through the database functions of the second migration. ``Letter`` is a tray: its rows change until they are
delivered.
"""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import models
from uuid_utils.compat import uuid7


class TransactionIdField(models.Field):
    """PostgreSQL's ``xid8``: a 64-bit transaction id that never wraps; an int in Python."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else str(value)


class Entry(models.Model):
    """One act: what it is about, who did it when in which post, by which document, and its place in the chain.

    ``done_at`` is when it was done, ``recorded_at`` when it arrived. ``body_digest`` is the digest of the request, so
    that the same act id with another body can be told. ``other_*`` name the other half of a hand-over between two
    chains. What was answered, known and followed is in ``Content`` until it is disposed of.
    """

    id = models.UUIDField(primary_key=True)
    chain = models.TextField()
    seq = models.BigIntegerField()
    previous = models.BinaryField()
    hash = models.BinaryField()
    xid = TransactionIdField()
    position = models.BigIntegerField()
    act_id = models.UUIDField(null=True)
    about_kind = models.TextField()
    about_id = models.TextField()
    about_number = models.TextField()
    verb = models.TextField()
    doer_kind = models.TextField()
    doer = models.TextField()
    post = models.TextField()
    instead_of = models.TextField()
    done_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    document = models.TextField()
    version = models.TextField()
    clause = models.TextField()
    content_digest = models.BinaryField()
    body_digest = models.BinaryField(null=True)
    other_chain = models.TextField(null=True)
    other_seq = models.BigIntegerField(null=True)
    other_hash = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="journal_entry_chain_seq"),
            models.UniqueConstraint(fields=["act_id"], name="journal_entry_act_once"),
        ]
        indexes = [
            models.Index(fields=["xid", "position"], name="journal_entry_cursor"),
            models.Index(fields=["about_kind", "about_id", "position"], name="journal_entry_about"),
            models.Index(  # text_pattern_ops: the parts of a clause are found by its beginning in any collation
                fields=["document", "clause", "position"],
                name="journal_entry_under",
                opclasses=["text_ops", "text_pattern_ops", "int8_ops"],
            ),
            # ids sort by the moment of recording, so these walk from the newest backwards, and into any time
            models.Index(fields=["doer", "-id"], name="journal_entry_by"),
            models.Index(fields=["chain", "-id"], name="journal_entry_of"),
            models.Index(fields=["verb", "-id"], name="journal_entry_verb"),
            models.Index(
                fields=["-id"], name="journal_entry_later", condition=models.Q(recorded_at__gt=models.F("done_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chain} {self.seq} {self.verb}"

    @property
    def content(self) -> dict[str, Any] | None:
        """Answers, facts and happenings as written; None once disposed of."""
        try:
            return self.kept.decoded
        except Content.DoesNotExist:
            return None


class Content(models.Model):
    """What an entry says of persons and things: canonical JSON and the salt of its digest. Goes at disposal."""

    entry = models.OneToOneField(Entry, models.DO_NOTHING, primary_key=True, related_name="kept", db_constraint=False)
    salt = models.BinaryField()
    text = models.TextField()

    def __str__(self) -> str:
        return f"content of {self.entry_id}"

    @property
    def decoded(self) -> dict[str, Any]:
        return msgspec.json.decode(self.text)


class Disposal(models.Model):
    """This entry's content was disposed of, under the list that ``list_entry`` tells."""

    entry = models.OneToOneField(
        Entry, models.DO_NOTHING, primary_key=True, related_name="disposal", db_constraint=False
    )
    list_entry = models.ForeignKey(Entry, models.DO_NOTHING, related_name="+", db_constraint=False)
    list_name = models.TextField()

    def __str__(self) -> str:
        return f"{self.entry_id} by {self.list_name}"


class ChainHead(models.Model):
    """The newest entry of a chain: the row every writer of the chain locks. Can be rebuilt from the entries."""

    chain = models.TextField(primary_key=True)
    seq = models.BigIntegerField()
    hash = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.chain} at {self.seq}"


class Digest(models.Model):
    """The sealed heads of all chains on a day; ``text`` is the file that leaves the machine."""

    day = models.DateField(primary_key=True)
    sealed_at = models.DateTimeField()
    hash = models.BinaryField()
    text = models.TextField()

    def __str__(self) -> str:
        return f"{self.day}"


class Letter(models.Model):
    """One letter in the tray. ``key`` is its name for ever: laid once, delivered at least once under the same key.

    ``next_try`` is the indexed moment it is due; ``AT_ONCE`` of ``actions`` when nobody gave one. ``pressing``: it goes
    out of the house at night as well.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        UNDELIVERABLE = "undeliverable"

    id = models.UUIDField(primary_key=True, default=uuid7)
    entry = models.ForeignKey(Entry, models.DO_NOTHING, related_name="letters", db_constraint=False)
    key = models.TextField()
    to_kind = models.TextField()
    to = models.TextField()
    subject = models.TextField()
    body = models.TextField()
    pressing = models.BooleanField(default=False, db_default=False)
    due_at = models.DateTimeField(null=True)
    state = models.TextField(choices=State.choices, default=State.WAITING)
    attempts = models.IntegerField(default=0, db_default=0)
    next_try = models.DateTimeField()
    last_error = models.TextField(default="", db_default="")
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="journal_letter_key")]
        indexes = [
            models.Index(fields=["next_try", "id"], name="journal_letter_due", condition=models.Q(state="waiting")),
            models.Index(fields=["to_kind", "to", "id"], name="journal_letter_to"),
        ]

    def __str__(self) -> str:
        return self.key
