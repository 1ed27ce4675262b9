"""What every action of the registers of customers, products and warranty ends with: one entry in the book."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from bihuan.journal import queries as journal
from bihuan.journal.actions import NewEntry, write
from bihuan.journal.errors import AlreadyWritten
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from ..errors import OtherBody, WrongInput


def entry(
    chain: str,
    about: tuple[str, object, str],
    verb: str,
    by: Person | None,
    at: datetime,
    content: dict[str, Any],
    *,
    act_id: UUID | None = None,
    body: bytes | None = None,
) -> None:
    """One entry about (kind, id, number); the last statement of the caller's transaction."""
    kind, identifier, number = about
    try:
        write(
            NewEntry(
                chain=chain,
                about_kind=kind,
                about_id=str(identifier),
                about_number=number[:60],
                verb=verb,
                doer_kind="person" if by else "command",
                doer=by.username if by else "",
                done_at=at,
                recorded_at=at,
                act_id=act_id,
                body_digest=body,
                content={"answers": content},
            )
        )
    except AlreadyWritten as error:
        raise OtherBody from error


def digest(*said: object) -> bytes:
    """The digest by which an act sent again is known to be the same."""
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True, default=str).encode()).digest()


def done_before(act_id: UUID, by: Person, body: bytes) -> bool:
    """Whether this act was carried out before, by the same person in the same words. Raises OtherBody."""
    found = journal.entry_of_act(act_id)
    if found is None:
        return False
    if found.doer != by.username or bytes(found.body_digest or b"") != body:
        raise OtherBody
    return True


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """Field → [old, new] of what differs."""
    return {name: [before[name], value] for name, value in after.items() if before[name] != value}


def filled(text: str, field: str, longest: int, words: Text | None = None) -> str:
    """``text``, refused when it is too long, or empty while ``words`` say that it must not be."""
    if not text and words is not None:
        raise WrongInput(words, field)
    if len(text) > longest:
        raise WrongInput(Text(f"最多 {longest} 字", f"At most {longest} characters"), field)
    return text
