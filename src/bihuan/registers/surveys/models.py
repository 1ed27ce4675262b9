"""Questionnaires by version, calls that were tried, answers that were given. Rows are added, never changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _


class Survey(models.Model):
    """One version of a questionnaire. ``kind``: the kind of service it is asked about; "" = any."""

    id = models.UUIDField(primary_key=True, editable=False)
    code = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True, default="")
    kind = models.CharField(max_length=60, blank=True, default="")
    # [{"name", "ask", "ask_en", "kind"}]: what is asked, in this order
    questions = models.JSONField(default=list)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "version"], name="survey_version_once"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(title=""), name="survey_named"),
            models.CheckConstraint(condition=Q(version__gte=1), name="survey_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class Attempt(models.Model):
    """One try to reach the customer of a case, and when to try again."""

    REACHED, NO_ANSWER, REFUSED, WRONG_NUMBER, CALL_BACK = RESULTS = (
        "reached",
        "no-answer",
        "refused",
        "wrong-number",
        "call-back",
    )

    id = models.UUIDField(primary_key=True, editable=False)
    number = models.CharField(max_length=40)
    outlet = models.CharField(max_length=40)
    result = models.CharField(max_length=12)
    next = models.DateTimeField(null=True, blank=True)
    # the telephone number tried (E.164), so that nobody is called for two cases within days
    contact = models.CharField(max_length=32, blank=True, default="")
    note = models.TextField(blank=True, default="")
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["number", "at"], name="attempt_of_case"),
            models.Index(fields=["contact", "-at"], condition=~Q(contact=""), name="attempt_of_contact"),
            models.Index(fields=["outlet", "at"], name="attempt_of_outlet"),
            models.Index(fields=["next"], condition=Q(next__isnull=False), name="attempt_next_call"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(result__in=["reached", "no-answer", "refused", "wrong-number", "call-back"]),
                name="attempt_result",
            ),
            models.CheckConstraint(
                condition=Q(next__isnull=True) | Q(next__gt=models.F("at")), name="attempt_next_later"
            ),
            models.CheckConstraint(
                condition=~Q(result="call-back") | Q(next__isnull=False), name="attempt_call_back_has_a_moment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.result}"

    @property
    def words(self) -> str:
        """``03-02 09:10 未接 · li · 15:30 再打``, in the reader's language."""
        said = {
            self.REACHED: _("接通"),
            self.NO_ANSWER: _("未接"),
            self.REFUSED: _("拒访"),
            self.WRONG_NUMBER: _("空号"),
            self.CALL_BACK: _("改约"),
        }
        parts = [f"{timezone.localtime(self.at):%m-%d %H:%M} {said[self.result]}", self.by]
        if self.next is not None:
            parts.append(_("%(moment)s 再打") % {"moment": f"{timezone.localtime(self.next):%m-%d %H:%M}"})
        return " · ".join([*parts, self.note] if self.note else parts)


class Answer(models.Model):
    """What was answered about one visit of a case: once. ``satisfaction`` 1 (worst) to 5, None = not said."""

    id = models.UUIDField(primary_key=True, editable=False)
    number = models.CharField(max_length=40)
    outlet = models.CharField(max_length=40)
    visit = models.CharField(max_length=40)
    survey = models.ForeignKey(Survey, null=True, blank=True, on_delete=models.PROTECT, related_name="answers")
    answers = models.JSONField(default=dict)
    satisfaction = models.PositiveSmallIntegerField(null=True, blank=True)
    result = models.CharField(max_length=60, blank=True, default="")
    contact = models.CharField(max_length=32, blank=True, default="")
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["contact", "-at"], condition=~Q(contact=""), name="answer_of_contact"),
            models.Index(fields=["outlet", "at"], name="answer_of_outlet"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number", "visit"], name="answer_once_a_visit"),
            models.CheckConstraint(
                condition=Q(satisfaction__isnull=True) | Q(satisfaction__gte=1, satisfaction__lte=5),
                name="answer_satisfaction",
            ),
            models.CheckConstraint(condition=~Q(visit=""), name="answer_names_its_visit"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.visit}"


class Phrases(models.Model):
    """One edition of what is said on a call beside its questions: how to begin, to apologise, to end."""

    id = models.UUIDField(primary_key=True, editable=False)
    version = models.PositiveIntegerField(unique=True)
    # [{"title", "title_en", "words", "words_en"}], in this order
    phrases = models.JSONField()
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.version)
