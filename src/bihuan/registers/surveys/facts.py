"""What a case may ask about its follow-up. A provider takes the question and returns a value, None for unknown."""

from __future__ import annotations

from bihuan.registers.deeds import Provider, Question

from . import queries


def attempts(question: Question) -> int:
    """``surveys.attempts``: how often somebody tried."""
    return len(queries.attempts_of(question.number))


def next_call(question: Question) -> str | None:
    """``surveys.next-call``: the moment agreed (ISO 8601 with its zone)."""
    moment = queries.next_call(question.number)
    return None if moment is None else moment.isoformat()


FACTS: dict[str, Provider] = {"surveys.attempts": attempts, "surveys.next-call": next_call}
