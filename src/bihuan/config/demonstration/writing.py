"""Changes of procedures that are being written: the file says who writes in which one, and what for what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bihuan.people.models import Person
from bihuan.registers.documents import drafting


def draft_changes(written: dict[str, Any], at: datetime) -> None:
    """One draft for every ``[[draft]]``: ``kind``, ``by``, and the words ``find`` with ``replace`` in their place."""
    for one in written.get("draft", []):
        by = Person.objects.get(username=one["by"])
        draft = drafting.start(one["kind"], by=by, at=at)
        begun = draft.newest
        drafting.save(draft, begun.text.replace(one["find"], one["replace"], 1), begun.number, by=by, at=at)
