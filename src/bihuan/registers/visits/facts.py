"""What is known about the visits of a case."""

from __future__ import annotations

from ..deeds import Provider, Question
from .models import Visit


def appointment(question: Question) -> str | None:
    """``visits.appointment``: when somebody is booked to come (ISO, UTC), else when the newest kept one was."""
    found = Visit.objects.filter(case_number=question.number).exclude(state__in=[Visit.CANCELLED, Visit.MOVED])
    newest = (
        found.filter(state=Visit.BOOKED).order_by("-booked_at", "-id").first() or found.order_by("-booked_at").first()
    )
    return newest.starts.isoformat() if newest else None


def arrived(question: Question) -> str | None:
    """``visits.arrived``: when somebody last arrived (ISO, UTC); None while nobody has."""
    found = Visit.objects.filter(case_number=question.number, arrived_at__isnull=False)
    newest = found.order_by("-arrived_at").values_list("arrived_at", flat=True).first()
    return newest.isoformat() if newest else None


def count(question: Question) -> int:
    """``visits.count``: how many times somebody has come."""
    return Visit.objects.filter(case_number=question.number, arrived_at__isnull=False).count()


FACTS: dict[str, Provider] = {
    "visits.appointment": appointment,
    "visits.arrived": arrived,
    "visits.count": count,
}
