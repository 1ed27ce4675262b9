"""Which samples somebody may see, and what came of one: counts by question, findings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from bihuan.people import queries as people

from .models import Sample, Sheet
from .policy import Question


def visible(outlets: frozenset[str] | None) -> QuerySet[Sample]:
    """The samples drawn from outlets that all lie in sight (None = every one), newest first."""
    found = Sample.objects.order_by("-id")
    if outlets is None or outlets >= set(people.outlet_codes()):
        return found
    return found.filter(scope__isnull=False, scope__contained_by=sorted(outlets))


def with_progress(samples: QuerySet[Sample]) -> QuerySet[Sample]:
    """The samples with how many sheets they have (``sheets_all``) and how many are filled in (``sheets_filled``)."""
    return samples.annotate(
        sheets_all=Count("sheets"), sheets_filled=Count("sheets", filter=Q(sheets__filled_at__isnull=False))
    )


@dataclass(frozen=True)
class Tally:
    """How one question was answered over a sample."""

    question: Question
    yes: int
    no: int
    none: int

    @property
    def share(self) -> str:
        """Of those to whom it applied, how many said yes, in whole percent; "" where it applied to none."""
        base = self.yes + self.no
        return f"{100 * self.yes // base} %" if base else ""


def tallies(sample: Sample, sheets: list[Sheet]) -> list[Tally]:
    """Every question with its answers counted, in the order they are asked."""
    found = []
    for row in sample.questions:
        question = Question.read(row)
        counted = Counter(str(one.answers.get(question.name, "")) for one in sheets if one.filled_at)
        found.append(Tally(question, counted[Sheet.YES], counted[Sheet.NO], counted[Sheet.NONE]))
    return found
