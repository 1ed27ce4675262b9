"""The whole text that is about to be in force, or came into force here, with what changed marked in its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

from bihuan.layout.frames import Crumb
from bihuan.procedure.definition import Clause, Definition
from bihuan.procedure.sentences import sentences
from bihuan.registers.documents import queries as documents
from bihuan.registers.documents import readers
from bihuan.registers.documents.models import Version

from ..entrance import Desk

# marks go by the part of a sentence: single signs are no reading, whole paragraphs hide what changed
_PARTS = re.compile(r"[^，。；：！？、,;:.!?\n]*[，。；：！？、,;:.!?\n]|[^，。；：！？、,;:.!?\n]+")


@dataclass(frozen=True)
class Part:
    """A stretch of text; ``what`` is "" for what stays, "added" or "removed"."""

    what: str
    words: str


@dataclass
class Marked:
    """One clause with its marks; ``what`` for a clause that came or goes as a whole."""

    number: str
    title: str
    what: str = ""
    prose: list[Part] = field(default_factory=list)
    sentences: list[Part] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"clause-{self.number}"

    @property
    def changed(self) -> bool:
        """Whether anything of it reads otherwise."""
        return bool(self.what) or any(one.what for one in (*self.prose, *self.sentences))


def page(desk: Desk, version: Version) -> dict[str, Any]:
    """The text as it will be, or is, in force; without an older one nothing is marked."""
    draft = version.worded.drafts.select_related("based_on").first()
    before = draft.based_on if draft is not None else None
    title = (version.title_en if desk.language == "en" else "") or version.title
    waits = version.state == Version.APPROVED
    shown: dict[str, Any] = {
        "title": title,
        "kicker": f"{version.document.number} · {_('版本')} {version.version}",
        "crumbs": [Crumb(_("程序文件"), "/procedures/"), Crumb(title, desk.address), Crumb(_("全文和更改"))],
        "kind": desk.kind,
        "day": version.effective_date,
        "waits": waits,
        "against": before.version if before is not None else "",
        "may_say": readers.concerns(version, desk.person, desk.at) and not readers.said(version, desk.person),
    }
    if desk.is_frame:
        old = documents.text_of(before.pk) if before is not None else None
        return shown | {"lines": lines(old, documents.text_of(version.pk))}
    was = documents.definition_of(before.pk) if before is not None else None
    found = clauses(was, documents.definition_of(version.pk), desk.language)
    return shown | {"clauses": found, "changed": [one for one in found if one.changed]}


def lines(old: str | None, new: str) -> list[Part]:
    """The lines of a pack's page with those that came and went."""
    after = new.rstrip("\n").split("\n")
    return _apart(after if old is None else old.rstrip("\n").split("\n"), after)


def clauses(old: Definition | None, new: Definition, language: str) -> list[Marked]:
    """Clause by clause in the order of the new text, those that go where they stood."""
    after = {_key(one): one for one in new.clauses if one.number or one.prose}
    before = {_key(one): one for one in old.clauses if one.number or one.prose} if old is not None else after
    found = []
    for part in _apart(list(before), list(after)):
        clause = before[part.words] if part.what == "removed" else after[part.words]
        if part.what == "removed" and part.words in after:
            # it moved: told where it stands now
            continue
        moved = part.what == "added" and part.words in before
        what = "" if moved else part.what
        earlier = before.get(part.words)
        marked = Marked(clause.number, clause.title, what)
        marked.prose = prose(earlier.prose if earlier and not what else clause.prose, clause.prose)
        whole = old if what == "removed" and old is not None else new
        now = sentences(whole, clause.anchor or clause.number, language)
        was = now if what or old is None or earlier is None else _read(old, earlier, language)
        marked.sentences = _apart(was, now)
        found.append(marked)
    return found


def prose(old: str, new: str) -> list[Part]:
    """The words of a clause, part of a sentence by part of a sentence."""
    old, new = old.strip(), new.strip()
    if old == new:
        return [Part("", new)] if new else []
    return _joined(_apart(_PARTS.findall(old), _PARTS.findall(new)))


def _read(definition: Definition, clause: Clause, language: str) -> list[str]:
    return sentences(definition, clause.anchor or clause.number, language)


def _key(clause: Clause) -> str:
    return clause.anchor or clause.number or clause.title


def _apart(old: Sequence[str], new: Sequence[str]) -> list[Part]:
    """Both, put together: what stays once, what goes before what comes in its place."""
    found: list[Part] = []
    for what, start, end, begin, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found += [Part("", one) for one in new[begin:stop]]
            continue
        found += [Part("removed", one) for one in old[start:end]]
        found += [Part("added", one) for one in new[begin:stop]]
    return found


def _joined(parts: list[Part]) -> list[Part]:
    """Neighbours of one kind as one stretch."""
    found: list[Part] = []
    for one in parts:
        if found and found[-1].what == one.what:
            found[-1] = Part(one.what, found[-1].words + one.words)
        else:
            found.append(one)
    return found
