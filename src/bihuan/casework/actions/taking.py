"""Taking a call: the case is opened and why it is a further one is noted, or the call is added to the open case."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.people.models import Person

from .. import drafts
from ..models import Case
from . import noting
from .acting import Answer, Sentence, open_case


def take_in(
    by: Person, sentence: Sentence, *, draft: str = "", anyway: str = "", beside: tuple[str, ...] = ()
) -> Answer:
    """Open the case of ``sentence``; ``anyway`` is the reason although the cases ``beside`` are open about the same.

    The draft it was typed in is forgotten. Raises what ``open_case`` raises; then nothing has changed and the draft
    stands as it was.
    """
    with transaction.atomic():
        answer = open_case(by, sentence)
        if answer.first and anyway and beside:
            noting.note(
                answer.number, noting.OPENED_ANYWAY, anyway, by=by, at=sentence.received, more={"open": list(beside)}
            )
        drafts.drop(by, draft)
    return answer


def add_call(by: Person, number: str, words: str, *, at: datetime, draft: str = "") -> Case:
    """Add what the caller said to the open case ``number`` instead of opening another one; the draft is forgotten.

    Raises ``OutOfSight`` and ``NothingSaid``.
    """
    with transaction.atomic():
        case = noting.note(number, noting.CALLED_AGAIN, words, by=by, at=at)
        drafts.drop(by, draft)
    return case
