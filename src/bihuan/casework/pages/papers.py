"""What stands around a document: its signatures and copies, the catalogue of forms, how long a record is kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.layout.frames import Column, Crumb, Question
from bihuan.people import factors
from bihuan.people.models import Person
from bihuan.procedure.calendars import Calendar
from bihuan.procedure.definition import Definition, Pack
from bihuan.procedure.retention import keep_until
from bihuan.procedure.sentences import sentences
from bihuan.registers.documents import catalogue, copies, drafting, issuing, readers
from bihuan.registers.documents import queries as documents
from bihuan.registers.documents.models import SIGNATURES, ControlledCopy, Version

from ..models import Case


def forms(at: datetime, language: str) -> dict[str, Any]:
    """The catalogue page: every form in force."""
    rows = [
        {
            "name": form.name,
            "title": form.title.say(language),
            "number": form.number,
            "series": form.series,
            "version": form.version,
            "document": form.document,
            "kind": form.kind,
            "procedure": form.procedure.say(language),
            "kept": form.kept.say(language),
            "keeper": form.keeper.say(language),
        }
        for form in catalogue.forms_in_force(at)
    ]
    names = (_("编号"), _("名称"), _("版本"), _("程序文件"), _("保存期限"), _("保存者"))
    return {
        "title": _("表单目录"),
        "rows": rows,
        "columns": [Column(words) for words in names],
        "crumbs": [Crumb(_("程序文件"), "/procedures/"), Crumb(_("表单目录"))],
    }


def kept(case: Case, definition: Definition, form: str, pack: Pack, language: str, calendar: Calendar) -> str:
    """Until when a record of this case is kept by its ``calendar``; the document's words while no day can be named."""
    until = keep_until(definition, form, case.state, calendar, pack.times)
    if isinstance(until, date):
        return _("保存至 %(day)s") % {"day": until.isoformat()}
    if until == "not":
        return _("不保存")
    words = catalogue.listed(definition, definition.forms[form], pack).kept.say(language)
    return _("保存：%(words)s") % {"words": words} if words else ""


def control(person: Person, version: Version, at: datetime, language: str) -> dict[str, Any]:
    """Signatures of the version, the copies handed out, and the forms this person may fill in."""
    given = version.given
    due = issuing.next_signature(version)
    may_sign = due and version.state == Version.EFFECTIVE and issuing.signing_post(version, due, person, at) is not None
    may_issue = issuing.may_issue(version, person, at)
    return {
        "version": version,
        "signed": version.signed,
        "signatures": [
            {
                "role": copies.COVER[role].say(language),
                "named": getattr(version, f"{role}_by"),
                "given": given.get(role),
            }
            for role in SIGNATURES
        ],
        "sign": sign_questions(due) if may_sign else [],
        "passkeys": may_sign and factors.registered(person).passkeys > 0,
        "sign_words": _("签“%(role)s”") % {"role": SIGNATURES[due].say(language)} if due else "",
        "issue": copy_questions() if may_issue and version.state == Version.EFFECTIVE else [],
        "copies": list(version.copies.order_by("distribution_number")) if may_issue else [],
        "may_draft": drafting.may_draft(documents.definition_of(version.pk).owner, person, at),
        "to_read": _to_read(person, version, at),
    }


def _to_read(person: Person, version: Version, at: datetime) -> bool:
    """Whether this person was asked to read this version and has not said so: asked about what was drafted here."""
    if version.state != Version.EFFECTIVE or not version.worded.drafts.exists():
        return False
    return readers.concerns(version, person, at) and not readers.said(version, person)


def sign_questions(role: str) -> list[Question]:
    """What a signature asks: who it is, once more."""
    words = _("密码，或验证器里的 6 位数字")
    asked = Question("password", _("密码或验证码"), "password", required=True, help=words)
    asked.autocomplete = "current-password"
    return [Question("role", "", "hidden", value=role), asked]


def copy_questions() -> list[Question]:
    """What handing out a copy asks."""
    return [Question("holder", _("持有者"), required=True), Question("distribution-number", _("分发号"), required=True)]


def copy(issued: ControlledCopy, language: str) -> dict[str, Any]:
    """A controlled copy, whole: watermark, cover, every clause with the sentences read back."""
    definition = documents.definition_of(issued.version_id)
    posts = {name: post.title for name, post in documents.pack_of(issued.version).posts.items()}
    return {
        "title": definition.title.say(language),
        "copy": issued,
        "watermark": issued.watermark,
        "cover": [(copies.COVER[key].say(language), value) for key, value in copies.cover_of(issued).items()],
        "crumbs": copy_crumbs(definition.kind, definition, issued.distribution_number, language),
        "clauses": [
            {
                "number": clause.number,
                "title": clause.title,
                "prose": clause.prose,
                "read_as": clause.read_as,
                "sentences": sentences(definition, clause.anchor or clause.number, language, posts=posts),
            }
            for clause in definition.clauses
        ],
    }


def copy_crumbs(kind: str, definition: Definition, number: str, language: str) -> list[Crumb]:
    """The way from the list of procedures to one copy."""
    here = Crumb(definition.title.say(language), f"/procedures/{kind}/")
    return [Crumb(_("程序文件"), "/procedures/"), here, Crumb(number)]
