"""A remark about a case that no act of its document foresees: that the customer called again, or why a second case
was opened although one was open already.

It changes nothing about the case – no step, no answer, no promise – and so stands in the book beside the case's own
entries (``about_kind`` "note"), which replay exactly as before.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from bihuan.ground.ids import new_id
from bihuan.journal import actions as journal
from bihuan.journal import queries as book
from bihuan.journal.actions import NewEntry, NewLetter
from bihuan.people import access
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from .. import queries
from ..errors import CaseworkError
from ..models import Case

ABOUT = "note"
CALLED_AGAIN = "called-again"
OPENED_ANYWAY = "opened-anyway"
REMARK = "remark"
_MENTION = re.compile(r"@([\w.+-]{1,150})")
NUMBER_SHOWN = "number-shown"
LONGEST = 1000


class NothingSaid(CaseworkError):
    """A note needs words."""

    code = "nothing-said"
    words = Text("请写明内容", "Say what it is about")


def note(
    case: str,
    verb: str,
    words: str,
    *,
    by: Person,
    at: datetime,
    more: dict[str, Any] | None = None,
    entry: UUID | None = None,
    silent: bool = False,
) -> Case:
    """Write ``words`` about the case of this number: ``CALLED_AGAIN``, ``OPENED_ANYWAY`` or ``REMARK``.

    ``silent``: what ``more`` tells is enough without words. Raises ``OutOfSight`` and ``NothingSaid``.
    """
    said = words.replace("\x00", "").strip()[:LONGEST]
    if not said and not silent:
        raise NothingSaid(field="words")
    with transaction.atomic():
        found = queries.find(by, case, at)
        doer = people.doer_of(by, at)
        journal.write(
            NewEntry(
                id=entry,
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


def remark(case: str, words: str, *, by: Person, at: datetime) -> list[str]:
    """Write a remark about the case; colleagues named with @username (or @name) get a letter. Returns their usernames.

    Only those who may see the case are written to. Raises ``OutOfSight`` and ``NothingSaid``.
    """
    found = queries.find(by, case, at)
    said = words.replace("\x00", "").strip()[:LONGEST]
    wanted = set(_MENTION.findall(said))
    named = Person.objects.filter(Q(username__in=wanted) | Q(name__in=wanted), is_active=True).order_by("username")
    mentioned = [one for one in named if access.may_see(one, found.outlet, at)]
    with transaction.atomic():
        entry = new_id(at)
        letters = [
            NewLetter(
                entry_id=entry,
                key=f"{entry}:{place}",
                to_kind="person",
                to=one.username,
                subject=f"{found.number} {by.name}：{said[:60]}",
                body="\n".join([f"{found.number} {found.title}".strip(), said, f"/cases/{found.number}/"]),
            )
            for place, one in enumerate(mentioned)
        ]
        journal.lay_letters(letters)
        usernames = [one.username for one in mentioned]
        note(case, REMARK, words, by=by, at=at, more={"mentions": usernames} if usernames else None, entry=entry)
    return usernames


def notes_about(case: Case) -> list[dict[str, Any]]:
    """What was noted about the case, oldest first: verb, words, who and when; words are "" where disposed of."""
    return [
        {
            "entry": entry.id,
            "verb": entry.verb,
            "words": str((entry.content or {}).get("words", "")),
            "about": list((entry.content or {}).get("open", [])),
            "signer": str((entry.content or {}).get("signer", "")),
            "agreed": (entry.content or {}).get("agreed"),
            "gone": entry.content is None,
            "doer": entry.doer,
            "post": entry.post,
            "at": entry.done_at,
        }
        for entry in book.entries_about(ABOUT, case.pk)
    ]
