"""What a changed page of the pack changes: on the page itself, and through it in every procedure that stands on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from bihuan.procedure.definition import Definition, Pack
from bihuan.procedure.differences import Change, differences
from bihuan.procedure.differences.frames import frame_differences
from bihuan.procedure.reading import read_procedure
from bihuan.registers.documents import frames
from bihuan.registers.documents import queries as documents
from bihuan.registers.documents.models import Version
from bihuan.registers.documents.whole import Judged

from ..entrance import Desk


@dataclass(frozen=True)
class Said:
    """One difference in the reader's language."""

    what: str
    clause: str
    line: int
    subject: str
    words: str


def said(one: Change, language: str) -> Said:
    """A difference in one language."""
    return Said(one.what, one.clause, one.line, one.subject.say(language), one.words.say(language))


@dataclass(frozen=True)
class Under:
    """A procedure that reads otherwise through the page."""

    kind: str
    number: str
    title: str
    changes: list[Said]


def apart(desk: Desk, judged: Judged | None) -> dict[str, Any]:
    """What a draft of the page changes, against the one in force."""
    pack = judged.pack if judged is not None else None
    if pack is None or desk.version is None:
        return {"unread": True}
    under = [
        Under(one.document.kind, one.document.number, found.title.say(desk.language), changes)
        for one in frames.procedures_of(pack.name)
        if (found := pack.procedures.get(one.document.kind)) is not None
        and (changes := _said(_differences(one, found), desk.language))
    ]
    old = documents.pack_of(desk.version)
    return {
        "unread": False,
        "new": False,
        "against": desk.version.version,
        "changes": _said(frame_differences(old, pack, desk.text), desk.language),
        "under": under,
        "renewed": len(frames.procedures_of(pack.name)),
    }


def since(version: Version, language: str) -> dict[str, Any]:
    """What a page that was changed here changed, for those who have to read it; nothing where it was loaded."""
    before = frames.before(version)
    if before is None:
        return {}
    old, new = documents.pack_of(before), documents.pack_of(version)
    text = documents.text_of(version.pk)
    found = (_under(one, new, language) for one in frames.stood_on(before))
    return {
        "against": before.version,
        "changes": _said(frame_differences(old, new, text), language),
        "under": [one for one in found if one is not None and one.changes],
    }


def _under(one: Version, new: Pack, language: str) -> Under | None:
    now = read_procedure(documents.text_of(one.pk), one.file, new).definition
    if now is None:
        return None
    changes = _said(_differences(one, now), language)
    return Under(one.document.kind, one.document.number, now.title.say(language), changes)


def _differences(one: Version, now: Definition) -> tuple[Change, ...]:
    """How a procedure reads otherwise; what posts are called is told once, of the page itself."""
    return differences(replace(documents.definition_of(one.pk), posts=now.posts), now)


def _said(found: tuple[Change, ...], language: str) -> list[Said]:
    return [said(one, language) for one in found]
