"""What reports read faster than the book: an extract of every case's entries. Disposable; the book alone is true."""

from __future__ import annotations

from django.db import models

from bihuan.journal.models import TransactionIdField


class Extract(models.Model):
    """Of the entries about one case in one chain what reports count, up to where ``Reach`` stands.

    ``version``: the one the case stood under, whose questions decided which answers are in it. ``told``: the entries;
    ``whole``: what they come to, empty where other chains hold some of them. Goes with the first of its entries whose
    content is disposed of (a trigger on the book).
    """

    id = models.BigAutoField(primary_key=True)
    about_id = models.TextField()
    chain = models.TextField()
    version_id = models.UUIDField()
    told = models.BinaryField()
    whole = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["about_id", "chain"], name="measures_extract_once")]

    def __str__(self) -> str:
        return f"{self.about_id} in {self.chain}"


class Reach(models.Model):
    """How far the book has been read for the extracts: a cursor of the journal. One row, none before the first time."""

    one = models.BooleanField(primary_key=True, default=True)
    xid = TransactionIdField()
    position = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.xid}-{self.position}"
