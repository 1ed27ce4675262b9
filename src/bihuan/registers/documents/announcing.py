"""One entry of the book about a document, with the letters it lays; the entry is written last."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from bihuan.ground.ids import new_id
from bihuan.journal.actions import NewEntry, NewLetter, lay_letters, write
from bihuan.people.actions import HOUSE
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from .models import SIGNATURES, Draft, Version

Letters = Callable[[UUID], list[NewLetter]]


def told(
    about: object,
    verb: str,
    by: Person | None,
    at: datetime,
    content: dict[str, Any],
    letters: Letters | None = None,
) -> None:
    """Lay the letters and write the entry, in the caller's transaction; its last statement. ``by`` None = the clock."""
    identity = new_id(at)
    if letters is not None:
        lay_letters(letters(identity))
    write(
        NewEntry(
            id=identity, chain=HOUSE, about_kind="document", about_id=str(about), verb=verb,
            doer_kind="person" if by else "clock", doer=by.username if by else "",
            done_at=at, recorded_at=at, content={"answers": content},
        )
    )  # fmt: skip


def to_signers(version: Version, role: str, people: Iterable[Person]) -> Letters:
    """To everybody who may give the next signature: it is their turn."""
    named = [one.username for one in people]
    words = SIGNATURES[role]
    subject = f"等您{words.zh}：{_name(version)}"
    body = _body(
        version, f"{_name(version)} 等您签“{words.zh}”。", f"{_name(version)} waits to be {words.en} by you.", "draft/"
    )
    return lambda entry: _each(entry, version, f"sign-{role}", named, subject, body)


def to_drafters(draft: Draft, version: Version, reason: Text, readers: Iterable[Person] = ()) -> Letters:
    """To whoever began and whoever saved the draft: it came back. ``readers``: who was told already that it comes."""
    saved = draft.revisions.values_list("by", flat=True).order_by().distinct()
    named = sorted({draft.opened_by, *saved, *(one.username for one in readers)})
    subject = f"退回修改：{_name(version)}"
    body = _body(version, f"退回理由：{reason.zh}", f"It came back: {reason.say('en')}", "draft/")
    return lambda entry: _each(entry, version, "returned", named, subject, body)


def to_readers(version: Version, day: str, people: Iterable[Person]) -> Letters:
    """To everybody it concerns: from when it is in force, and that they say they have read it."""
    named = [one.username for one in people]
    subject = f"程序更改：{_name(version)} 自 {day} 起实施"
    body = _body(
        version,
        f"{_name(version)} 已批准，自 {day} 起实施。请阅读并确认已读。",
        f"{_name(version)} is approved and in force from {day}. Please read it and say so.",
        "readers/",
    )
    return lambda entry: _each(entry, version, "read", named, subject, body)


def _name(version: Version) -> str:
    return f"{version.document.number} {version.title} {version.version}"


def _body(version: Version, zh: str, en: str, tail: str) -> str:
    return "\n".join([zh, en, f"/procedures/{version.document.kind}/{tail}"])


def _each(entry: UUID, version: Version, what: str, named: Iterable[str], subject: str, body: str) -> list[NewLetter]:
    return [
        NewLetter(
            entry_id=entry, key=f"document:{what}:{version.pk}:{entry}:{username}", to_kind="person", to=username,
            subject=subject, body=body,
        )
        for username in named
    ]  # fmt: skip
