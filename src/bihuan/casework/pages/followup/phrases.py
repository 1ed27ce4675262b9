"""What is said on a call beside its questions: as it stands, as it is edited, what was said before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bihuan.layout.frames import Column, Crumb, Question, QuestionLines
from bihuan.procedure.definition import Text
from bihuan.registers.surveys import wording
from bihuan.registers.surveys.wording import Phrase

# what is said until somebody writes something better
FIRST = (
    (
        gettext_noop("开场"),
        gettext_noop("您好，这里是售后服务。前几天我们为您上门服务过，想占用您一分钟，听听您的意见，可以吗？"),
    ),
    (
        gettext_noop("道歉"),
        gettext_noop("给您添麻烦了，非常抱歉。您说的情况我已经记下，马上报给负责人，会有专人联系您。"),
    ),
    (gettext_noop("结束语"), gettext_noop("谢谢您抽空回答。以后有什么需要，随时打服务热线。祝您顺利，再见。")),
)
FIELDS = ("title", "words", "title_en", "words_en")
BLANK = 2


def said(language: str) -> list[tuple[str, str]]:
    """(title, words) in the reader's language; Chinese where there is no English."""
    last = wording.newest()
    if last is None:
        return [(_(title), _(words)) for title, words in FIRST]
    return told(last.phrases, language)


def told(phrases: list[dict[str, str]], language: str) -> list[tuple[str, str]]:
    """As ``said`` of one edition."""
    en = language == "en"
    return [((en and one["title_en"]) or one["title"], (en and one["words_en"]) or one["words"]) for one in phrases]


def sent(post: QueryDict) -> tuple[list[Phrase], int]:
    """The phrases of the form, empty rows left out, and the edition they were written over."""
    rows = [
        {name: _plain(post.get(f"phrases-{row}-{name}", "")) for name in FIELDS} for row in range(wording.MOST + BLANK)
    ]
    seen = post.get("seen", "")
    return [Phrase(**row) for row in rows if any(row.values())], int(seen) if seen.isdecimal() and seen < "9" * 6 else 0


def _plain(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n").strip()[: wording.LONGEST + 1]


def shown(language: str, typed: list[Phrase] | None, problem: Text | None, seen: int | None = None) -> dict[str, Any]:
    """The form as it stands or was typed, and the editions there were, each from when to when."""
    found = wording.editions()
    if typed is not None:
        rows = typed
    elif found:
        rows = [Phrase(**one) for one in found[0].phrases]
    else:
        rows = [Phrase(title, words) for title, words in FIRST]
    return {
        "title": _("话术"),
        "crumbs": [Crumb(_("回访台"), "/followup/"), Crumb(_("话术"))],
        "table": _table(rows, problem),
        "seen": seen if seen is not None else found[0].version if found else 0,
        "problems": [("phrases", problem)] if problem else [],
        "columns": [Column(_("版")), Column(_("从")), Column(_("到")), Column(_("修改人")), Column(_("话术"))],
        "editions": _editions(found, language),
    }


def _table(rows: list[Phrase], problem: Text | None) -> QuestionLines:
    labels = (_("名称"), _("话"), _("名称（英文）"), _("话（英文）"))
    blank = [Phrase("", "")] * min(BLANK, max(wording.MOST - len(rows), 0))
    asked = [
        [
            Question(f"phrases-{place}-{name}", label, "long-text" if name.startswith("words") else "text",
                     name in {"title", "words"} and bool(one.title or one.words), getattr(one, name))
            for name, label in zip(FIELDS, labels, strict=True)
        ]
        for place, one in enumerate([*rows, *blank])
    ]  # fmt: skip
    return QuestionLines("phrases", _("话术"), list(labels), asked, [problem] if problem else [], fixed=True)


def _editions(found: list[Any], language: str) -> list[dict[str, Any]]:
    until: datetime | None = None
    rows = []
    for one in found:
        rows.append({"row": one, "until": until, "phrases": told(one.phrases, language)})
        until = one.made_at
    return rows
