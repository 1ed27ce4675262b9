"""Sending, the three signatures, giving back; who has read it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.layout.frames import Column, Crumb, Question
from bihuan.people import factors
from bihuan.procedure.differences import differences
from bihuan.registers.documents import copies, issuing, readers, releasing, whole
from bihuan.registers.documents import queries as documents
from bihuan.registers.documents.errors import DocumentRefusal
from bihuan.registers.documents.models import SIGNATURES, Draft, Version
from bihuan.registers.documents.whole import Judged

from ...pages import papers
from ..entrance import Desk
from . import draft as pages
from . import examples, through


def review(desk: Desk, refused: DocumentRefusal | None = None, sent: dict[str, str] | None = None) -> dict[str, Any]:
    """Where it stands between its drafters and its signers, and what this person may do about it."""
    shown = pages.frame(desk, "review") | pages.checked(desk, desk.text) | pages.apart(desk)
    draft = desk.draft
    version = draft.version if draft is not None and draft.state == Draft.SENT else None
    shown |= {"unproved": examples.unproved(desk)}
    shown |= {"sent": version, "refused": refused, "may_send": desk.writing, "signatures": [], "sign": [], "back": []}
    if draft is None or version is None:
        return shown | _before_sending(desk, shown["judged"], sent or {}, refused)
    due = issuing.next_signature(version)
    able = releasing.able(version, due, desk.at) if due else []
    mine = desk.person.pk in {one.pk for one in able}
    asked = _signing(due, sent or {}, refused) if mine else []
    back = version.state != Version.EFFECTIVE and releasing.may_give_back(draft, version, desk.person, desk.at)
    return shown | {
        "signatures": _signatures(version, desk.language),
        "sign": asked,
        "sign_words": _("签“%(role)s”") % {"role": SIGNATURES[due].say(desk.language)} if due else "",
        "passkeys": mine and factors.registered(desk.person).passkeys > 0,
        "back": [_reason(sent or {}, refused)] if back else [],
        "waits_for": getattr(version, f"{due}_by") if due else "",
        "able": [one.called(desk.language) for one in able],
    }


def _before_sending(
    desk: Desk, judged: Judged, sent: dict[str, str], refused: DocumentRefusal | None
) -> dict[str, Any]:
    """How many examples fall short, and the reason asked for where some do; nothing while there are faults."""
    if desk.draft is None or not desk.writing or not judged.sound:
        return {}
    report = whole.rehearsed(desk.draft.pack, desk.draft.file, desk.text, desk.examples)[1]
    short = len(report.faults) + sum(not one.passed for one in report.results) if report else 0
    asked = Question("short-reason", _("为什么照样送审"), "long-text", required=True)
    asked.help = _("签批的人会看到，并连同正文一起签")
    asked.value = sent.get("short-reason", "")
    asked.errors = [refused.words] if refused is not None and refused.field == "short-reason" else []
    return {"short": short, "why": [asked] if short else []}


def _signatures(version: Version, language: str) -> list[dict[str, Any]]:
    given = version.given
    return [
        {"role": copies.COVER[role].say(language), "named": getattr(version, f"{role}_by"), "given": given.get(role)}
        for role in SIGNATURES
    ]


def _signing(role: str, sent: dict[str, str], refused: DocumentRefusal | None) -> list[Question]:
    questions = papers.sign_questions(role)
    if role == "approved":
        day = Question("day", _("实施日期"), "date", required=True, help=_("到这一天自动生效；可以是今天"))
        day.value = sent.get("day") or timezone.localdate().isoformat()
        questions.insert(1, day)
    for question in questions:
        question.errors = [refused.words] if refused is not None and refused.field == question.name else []
    return questions


def _reason(sent: dict[str, str], refused: DocumentRefusal | None) -> Question:
    asked = Question("reason", _("退回理由"), "long-text", required=True, value=sent.get("reason", ""))
    asked.errors = [refused.words] if refused is not None and refused.field == "reason" else []
    return asked


def read_by(desk: Desk, version: Version) -> dict[str, Any]:
    """Who has read the version that is in force or about to be, and who has not."""
    found = readers.listed(version, desk.at)
    title = desk.title() if desk.version else version.title
    return {
        "title": _("阅读确认"),
        "kicker": f"{version.document.number} · {_('版本')} {version.version}",
        "crumbs": [
            Crumb(_("程序文件"), "/procedures/"),
            Crumb(title, desk.address),
            Crumb(_("阅读确认")),
        ],
        "readers": found,
        "read": sum(one.at is not None for one in found),
        "columns": [Column(_("姓名")), Column(_("确认时间"))],
        "kind": desk.kind,
    } | _since(desk, version)


def _since(desk: Desk, version: Version) -> dict[str, Any]:
    """What a version drafted here changed, against the one it was written over; nothing where there was none."""
    if desk.is_frame:
        return through.since(version, desk.language)
    draft = version.worded.drafts.select_related("based_on").first()
    before = draft.based_on if draft is not None else None
    if before is None:
        return {}
    found = differences(documents.definition_of(before.pk), documents.definition_of(version.pk))
    return {"against": before.version, "changes": [through.said(one, desk.language) for one in found]}
