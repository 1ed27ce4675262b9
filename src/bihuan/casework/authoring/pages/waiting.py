"""Procedures on the page of what waits: a signature that is this person's to give, a change they have to read."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from bihuan.people.models import Person
from bihuan.registers.documents import readers, releasing
from bihuan.registers.documents.models import SIGNATURES, Version

from ...pages.approvals import Line


def lines(person: Person, at: datetime, language: str) -> list[Line]:
    """Versions that wait for a signature of ``person``, then changes they have not said they read."""
    found = []
    for version, role in releasing.waiting_for(person, at):
        title = _("签“%(role)s”") % {"role": SIGNATURES[role].say(language)}
        found.append(_line(version, title, "draft/review/", language))
    for version in readers.unread_by(person, at):
        title = _("阅读确认，自 %(day)s 起实施") % {"day": version.effective_date}
        found.append(_line(version, title, "coming/", language))
    return found


def count(person: Person, at: datetime) -> int:
    """How many these are."""
    return len(releasing.waiting_for(person, at)) + len(readers.unread_by(person, at))


def _line(version: Version, title: str, tail: str, language: str) -> Line:
    name = (version.title_en if language == "en" else "") or version.title
    kind = version.document.kind
    return Line(
        number=version.document.number,
        title=title,
        subject=f"{name} {version.version}",
        who="",
        address=f"/procedures/{kind}/{tail}",
        kind=kind,
        kind_title=name,
    )
