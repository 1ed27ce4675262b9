"""The editor with its check, the draft read back, what differs, and the rehearsal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from bihuan.layout.frames import Column, Crumb, Question, Tab
from bihuan.people.models import Person
from bihuan.procedure.checking.fault import Fault
from bihuan.procedure.diagram import diagram
from bihuan.procedure.differences import Change, differences
from bihuan.procedure.mending import mended
from bihuan.procedure.rehearsal import Report
from bihuan.procedure.sentences import sentences
from bihuan.registers.documents import drafting, whole
from bihuan.registers.documents import queries as documents
from bihuan.registers.documents.models import Draft, Version
from bihuan.registers.documents.whole import Judged

from ..entrance import Desk, signs
from . import examples, through
from .mending import Pressed, key_of
from .through import said

MOST_UNVISITED = 100


@dataclass(frozen=True)
class Problem:
    """One fault or finding as the page shows it. ``here``: it stands in the draft itself; ``source`` its line there."""

    file: str
    line: int
    here: bool
    clause: str
    words: str
    corrected: str
    accepted: str
    source: str
    key: str = ""
    mends: bool = False


def frame(desk: Desk, current: str) -> dict[str, Any]:
    """What every page of the desk carries: title, crumbs, tabs, the state in words."""
    draft = desk.draft
    title = desk.title()
    crumbs = [Crumb(_("程序文件"), "/procedures/")]
    crumbs += [Crumb(title, desk.address)] if desk.version else []
    root = f"/procedures/{desk.kind}/draft/"
    names = (
        ("draft", _("正文"), ""), ("examples", _("例子"), "examples/"), ("reading", _("读法与流程图"), "reading/"),
        ("changes", _("改了什么"), "changes/"),
        ("rehearsal", _("预演"), "rehearsal/"), ("review", _("送审签批"), "review/"),
        ("revisions", _("稿次"), "revisions/"),
    )  # fmt: skip
    if desk.is_frame:
        # nothing runs by the page alone: what reads otherwise through it is told under "what changed"
        names = tuple(one for one in names if one[0] != "reading")
    return {
        "desk": desk,
        "draft": draft,
        "title": _("起草：%(title)s") % {"title": title},
        "crumbs": [*crumbs, Crumb(_("草稿"))],
        "tabs": [Tab(words, root + tail, name == current) for name, words, tail in names] if draft else [],
        "state": state_words(draft) if draft else None,
        "outdated": bool(draft and draft.based_on_id and desk.version and draft.based_on_id != desk.version.pk),
    }


def state_words(draft: Draft) -> tuple[str, str]:
    """Where a draft stands, with its tone."""
    version = draft.version if draft.state == Draft.SENT else None
    if version is not None and version.state == Version.APPROVED:
        return _("已批准，%(day)s 起实施") % {"day": version.effective_date}, "good"
    if version is not None:
        return _("签批中"), "plain"
    return (_("退回修改"), "bad") if draft.returned else (_("起草中"), "plain")


def listed(person: Person, at: datetime, language: str) -> list[dict[str, Any]]:
    """Every draft under way that concerns this person or may be read by them."""
    found = Draft.objects.filter(state__in=Draft.UNDER_WAY).select_related("document", "version").order_by("-opened_at")
    pack = documents.current_pack(at)
    posts = pack[1].posts if pack else {}
    return [
        {
            "kind": one.kind,
            "number": one.document.number if one.document else "—",
            "title": _title(one, language),
            "state": state_words(one),
            "owner": posts[one.owner].title.say(language) if one.owner in posts else one.owner,
            "by": one.opened_by,
            "at": one.opened_at,
            "open": drafting.may_draft(one.owner, person, at) or signs(one, person, at),
        }
        for one in found
    ]


def _title(draft: Draft, language: str) -> str:
    if draft.document is None:
        return draft.kind
    newest = draft.document.versions.order_by("-pk").first()
    return (newest.title_en if language == "en" else "") or newest.title if newest else draft.kind


def columns() -> list[Column]:
    """The columns of the list of drafts."""
    return [Column(words) for words in (_("编号"), _("名称"), _("状态"), _("归口岗位"), _("起草人"), _("开始"))]


def new_questions(person: Person, at: datetime, language: str, sent: dict[str, str]) -> list[Question]:
    """What a procedure that is still to be asks for."""
    pack = documents.current_pack(at)
    posts = pack[1].posts if pack else {}
    owners: list[tuple[str, Any]] = [
        (name, posts[name].title.say(language)) for name in drafting.owned_posts(person, at)
    ]
    asked = Question("owner", _("归口岗位"), "choice", required=True, choices=owners)
    kind = Question("kind", _("事项种类（小写字母和连字符）"), required=True)
    questions = [Question("title", _("程序名称"), required=True), kind, asked]
    for one in questions:
        one.value = sent.get(one.name, "")
    return questions if owners else []


def checked(desk: Desk, text: str) -> dict[str, Any]:
    """Faults and findings of the whole pack with ``text`` in it, in the reader's language."""
    if desk.draft is None:
        return {}
    judged = whole.judge(desk.draft.pack, desk.draft.file, text)
    lines = text.split("\n")
    open_findings = [one for one in judged.findings if not one.accepted]
    mine = [one for one in open_findings if one.file == judged.file]
    return {
        "judged": judged,
        "faults": [_problem(one, judged, lines, desk.language) for one in judged.faults],
        "findings": [_problem(one, judged, lines, desk.language) for one in mine],
        "others": len(open_findings) - len(mine),
    }


def _problem(fault: Fault, judged: Judged, lines: list[str], language: str) -> Problem:
    here = fault.file == judged.file
    source = lines[fault.line - 1].strip() if here and 0 < fault.line <= len(lines) else ""
    mends = here and mended("\n".join(lines), fault) is not None
    words = fault.words.say(language)
    key = key_of(fault) if here else ""
    return Problem(
        fault.file, fault.line, here, fault.clause, words, fault.corrected, fault.accepted, source, key, mends
    )


def editor(desk: Desk, text: str, on: int, refused: Any = None, pressed: Pressed | None = None) -> dict[str, Any]:
    """The editor with ``text`` in it, standing on revision ``on``; ``pressed``: what a press of a button did to it."""
    shown = frame(desk, "draft") | checked(desk, text)
    stored = desk.draft is not None and text == desk.text
    return shown | {"text": text, "on": on, "refused": refused, "pressed": pressed, "unsaved": not stored}


def read_back(desk: Desk) -> dict[str, Any]:
    """The diagram, and under each clause the sentences read back."""
    shown = frame(desk, "reading") | checked(desk, desk.text)
    definition = shown["judged"].definition
    if definition is None:
        return shown
    return shown | {
        "diagram": diagram(definition, desk.language),
        "clauses": [
            {
                "number": clause.number,
                "anchor": f"clause-{clause.anchor or clause.number}",
                "title": clause.title,
                "prose": clause.prose,
                "read_as": clause.read_as,
                "sentences": sentences(definition, clause.anchor or clause.number, desk.language),
            }
            for clause in definition.clauses
            if clause.number or clause.prose
        ],
    }


def apart(desk: Desk) -> dict[str, Any]:
    """What differs from the version in force, in words."""
    judged = whole.judge(desk.draft.pack, desk.draft.file, desk.text) if desk.draft else None
    if desk.is_frame and desk.version is not None:
        return through.apart(desk, judged) | {"files": examples.apart(desk)}
    definition = judged.definition if judged else None
    found: tuple[Change, ...] = ()
    if definition is not None and desk.definition is not None:
        found = differences(desk.definition, definition)
    return {
        "unread": definition is None,
        "new": desk.definition is None,
        "against": desk.version.version if desk.version else "",
        "changes": [said(one, desk.language) for one in found],
        "files": examples.apart(desk),
    }


def rehearsed(desk: Desk) -> dict[str, Any]:
    """The pack's examples played with the draft: what falls short, what nobody visits."""
    shown = frame(desk, "rehearsal")
    if desk.draft is None:
        return shown
    judged, report = whole.rehearsed(desk.draft.pack, desk.draft.file, desk.text, desk.examples)
    return shown | {"judged": judged, "report": _reported(report, judged, desk.language) if report else None}


def _reported(report: Report, judged: Judged, language: str) -> dict[str, Any]:
    short = [
        {
            "title": one.example.title.say(language),
            "file": Path(one.example.file).name,
            "line": one.example.line,
            "rules": list(one.example.rules),
            "lines": [(each.line, each.words.say(language)) for each in one.differences],
        }
        for one in report.results
        if not one.passed
    ]
    unvisited = [one for one in report.coverage.unvisited if one.file == judged.file]
    return {
        "passed": report.passed and bool(report.results),
        "good": sum(one.passed for one in report.results),
        "total": len(report.results),
        "short": short,
        "faults": [(Path(one.file).name, one.line, one.words.say(language)) for one in report.faults],
        "unvisited": unvisited[:MOST_UNVISITED],
    }


def revisions(desk: Desk) -> dict[str, Any]:
    """Who saved what when, newest first."""
    found = desk.draft.revisions.order_by("-number").defer("text") if desk.draft else []
    columns = [Column(_("稿次"), numeric=True), Column(_("什么")), Column(_("谁存的")), Column(_("何时"))]
    columns.append(Column(_("到这一稿的全部文件")))
    return frame(desk, "revisions") | {"revisions": list(found), "columns": columns}
