"""Whom somebody asked to sign before an act is done. What was asked and said stands in the book, not here.

An answered row is never changed (migration 0002).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class AddedSigner(models.Model):
    """``signer`` was asked by ``asked_by`` (usernames) to sign before ``act`` of ``case`` is done.

    Open until ``ended_at``: then ``agreed`` says how it was signed; None = the request was taken back. ``asked_in``
    and ``ended_in`` are the entries in the book that hold the words.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    case = models.ForeignKey("casework.Case", models.PROTECT, related_name="added_signers")
    act = models.CharField(max_length=80)
    signer = models.CharField(max_length=150)
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField()
    asked_in = models.UUIDField()
    ended_at = models.DateTimeField(null=True)
    ended_in = models.UUIDField(null=True)
    agreed = models.BooleanField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "act", "signer"], name="added_signer_once", condition=models.Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(condition=~models.Q(signer=models.F("asked_by")), name="added_signer_another"),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_in__isnull=True, agreed__isnull=True)
                | models.Q(ended_at__isnull=False, ended_in__isnull=False),
                name="added_signer_ended",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["signer", "asked_at"], name="added_signer_open", condition=models.Q(ended_at=None)),
            models.Index(fields=["case", "act"], name="added_signer_case"),
        ]

    def __str__(self) -> str:
        return f"{self.act}: {self.signer}"
