"""The pack's own page: posts, hours, words of time, numbers – which is in force since when, signed by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff
from typing import Any

from django.utils.translation import gettext as _

from bihuan.layout.frames import Column, Crumb
from bihuan.people.models import Person
from bihuan.registers.documents import copies, drafting, frames, issuing
from bihuan.registers.documents import queries as documents
from bihuan.registers.documents.errors import DocumentRefusal
from bihuan.registers.documents.models import SIGNATURES, Version

from ...pages import papers

MOST_LINES = 400


@dataclass(frozen=True)
class Edition:
    """One version in the history; ``signers`` are the names of those who signed it, in their turn."""

    key: str
    version: str
    since: datetime | None
    until: datetime | None
    signers: str
    shown: bool


def page(
    person: Person, current: Version, wanted: str, at: datetime, language: str, refused: DocumentRefusal | Any = None
) -> dict[str, Any] | None:
    """The version in force, or the one ``wanted`` by its key; None where there is no such version."""
    known = list(documents.versions_of(current.document.number).prefetch_related("signatures"))
    shown = next((one for one in known if str(one.pk) == (wanted or str(current.pk))), None)
    if shown is None:
        return None
    before = next(iter(known[known.index(shown) + 1 :]), None)
    due = issuing.next_signature(shown)
    signs = bool(due) and shown.pk == current.pk and issuing.signing_post(shown, due, person, at) is not None
    asked = papers.sign_questions(due) if signs else []
    for question in asked:
        question.errors = [refused.words] if refused is not None and question.name == refused.field else []
    text = documents.text_of(shown.pk)
    return {
        "title": _("组织包"),
        "crumbs": [Crumb(_("程序文件"), "/procedures/"), Crumb(_("组织包"))],
        "version": shown,
        "in_force": shown.pk == current.pk,
        "may_draft": drafting.may_draft(frames.owner_of(current), person, at),
        "signatures": _signatures(shown, language),
        "sign": asked,
        "sign_words": _("签“%(role)s”") % {"role": SIGNATURES[due].say(language)} if due else "",
        "refused": refused,
        "text": text,
        "changes": _apart(documents.text_of(before.pk), text) if before is not None else [],
        "against": before.version if before is not None else "",
        "history": [_edition(one, shown) for one in known],
        "columns": [Column(words) for words in (_("版本"), _("生效自"), _("到"), _("签批"))],
    }


def _signatures(version: Version, language: str) -> list[dict[str, Any]]:
    given = {one.role: one for one in version.signatures.all()}
    return [
        {"role": copies.COVER[role].say(language), "named": getattr(version, f"{role}_by"), "given": given.get(role)}
        for role in SIGNATURES
    ]


def _edition(version: Version, shown: Version) -> Edition:
    given = {one.role: one.name for one in version.signatures.all()}
    signers = "、".join(given[role] for role in SIGNATURES if role in given)
    since, until = version.effective_from, version.effective_until
    return Edition(str(version.pk), version.version, since, until, signers, version.pk == shown.pk)


def _apart(before: str, after: str) -> list[tuple[str, str]]:
    """Lines that went and came, as (what, line); what of them is too many is left out at the end."""
    lines = list(unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=0))[2:]
    marks = {"+": "added", "-": "removed"}
    return [(marks[one[0]], one[1:]) for one in lines if one[0] in marks and one[1:].strip()][:MOST_LINES]
