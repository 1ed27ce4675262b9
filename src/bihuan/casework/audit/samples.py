"""Which samples somebody may see, and what came of one: counts by question, findings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from bihuan.people import queries as people
from bihuan.people import withheld
from bihuan.people.models import Person

from .models import Sample, Sheet
from .policy import Question


def visible(outlets: frozenset[str] | None) -> QuerySet[Sample]:
    """The samples drawn from outlets that all lie in sight (None = every one), newest first."""
    found = Sample.objects.order_by("-id")
    if outlets is None or outlets >= set(people.outlet_codes()):
        return found
    return found.filter(scope__isnull=False, scope__contained_by=sorted(outlets))


def sheets_for(person: Person, sample: Sample, at: datetime) -> list[Sheet]:
    """The sheets of ``sample`` in their order, as ``person`` may read them: none of it is saved again.

    Of a case kept only because a retention runs most read neither remark nor finding, nor the conclusion over it.
    """
    sheets = list(sample.sheets.order_by("place"))
    numbers = withheld.hidden((one.number for one in sheets), person, at)
    for one in sheets:
        if one.number in numbers:
            one.remark = one.finding = ""
            one.answers = {}
    if numbers:
        sample.conclusion = _("限制处理")
    return sheets


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
