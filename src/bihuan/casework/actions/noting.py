"""A remark about a case that no act of its document foresees: that the customer called again, or why a second case
was opened although one was open already.

It changes nothing about the case – no step, no answer, no promise – and so stands in the book beside the case's own
entries (``about_kind`` "note"), which replay exactly as before.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.journal import actions as journal
from bihuan.journal import queries as book
from bihuan.journal.actions import NewEntry
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from .. import queries
from ..errors import CaseworkError
from ..models import Case

ABOUT = "note"
CALLED_AGAIN = "called-again"
OPENED_ANYWAY = "opened-anyway"
NUMBER_SHOWN = "number-shown"
LONGEST = 1000


class NothingSaid(CaseworkError):
    """A note needs words."""

    code = "nothing-said"
    words = Text("请写明内容", "Say what it is about")


def note(case: str, verb: str, words: str, *, by: Person, at: datetime, more: dict[str, Any] | None = None) -> Case:
    """Write ``words`` about the case of this number: ``CALLED_AGAIN`` or ``OPENED_ANYWAY``.

    Raises ``OutOfSight`` and ``NothingSaid``.
    """
    said = words.replace("\x00", "").strip()[:LONGEST]
    if not said:
        raise NothingSaid(field="words")
    with transaction.atomic():
        found = queries.find(by, case, at)
        doer = people.doer_of(by, at)
        journal.write(
            NewEntry(
                chain=found.outlet,
                about_kind=ABOUT,
                about_id=str(found.pk),
                about_number=found.number,
                verb=verb,
                doer=by.username,
                post=doer.holds[0][0] if doer.holds else "",
                instead_of=doer.instead_of,
                done_at=at,
                recorded_at=at,
                document=found.version.document.number,
                version=found.version.version,
                content={"words": said, **(more or {})},
            )
        )
    return found


def notes_about(case: Case) -> list[dict[str, Any]]:
    """What was noted about the case, oldest first: verb, words, who and when; words are "" where disposed of."""
    return [
        {
            "verb": entry.verb,
            "words": str((entry.content or {}).get("words", "")),
            "about": list((entry.content or {}).get("open", [])),
            "doer": entry.doer,
            "post": entry.post,
            "at": entry.done_at,
        }
        for entry in book.entries_about(ABOUT, case.pk)
    ]
