"""Entries for the tests of this room."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bihuan.journal.actions import NewEntry

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def telling(number: int = 1, chain: str = "head", *, act_id: UUID | None = None, **more: Any) -> NewEntry:
    """The ``number``-th thing told on a repair case: Chen registered it."""
    told = {
        "about_kind": "case", "about_id": f"case-{number}", "about_number": f"WX-{number:04}", "verb": "register",
        "doer": "chen", "post": "clerk", "done_at": START + timedelta(minutes=number),
        "recorded_at": START + timedelta(minutes=number, seconds=1, microseconds=123456),
        "document": "WWSH-003-04", "version": "1.0", "clause": "4.2(1)",
        "content": {"answers": {"record.problem": "不制冷"}, "facts": {"n": number}, "happenings": []},
    }  # fmt: skip
    return NewEntry(chain=chain, act_id=act_id, **{**told, **more})
