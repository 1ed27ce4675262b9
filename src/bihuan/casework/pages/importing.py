"""What the pages of an import show: the list, the form, the columns, the check, how far it is, the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from bihuan.layout.frames import Column, Question, StageMark
from bihuan.layout.tables import TableRefusal, open_table
from bihuan.people import access
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from .. import queries as cases
from ..importing import background, queries, receiving, reversing
from ..importing.kinds import KINDS, past_procedure
from ..importing.models import Import
from .names import outlet_names

NO_FILE = Text("请选择文件", "Choose a file")
WRONG_COLUMN = Text("没有这一列", "There is no such column")
STEPS = {Import.UPLOADED: 1, Import.MAPPED: 2, Import.CHECKED: 3, Import.RUNNING: 3, Import.FAILED: 3}
LISTED = 50


def state_words(state: str) -> str:
    return {
        Import.UPLOADED: _("待对应列"),
        Import.MAPPED: _("校验中"),
        Import.CHECKED: _("待确认"),
        Import.RUNNING: _("导入中"),
        Import.DONE: _("已完成"),
        Import.CANCELLED: _("已取消"),
        Import.REVERSED: _("已撤回"),
        Import.FAILED: _("中断"),
    }[state]


def overview(
    person: Person, at: datetime, language: str, given: Mapping[str, str], problems: Sequence[tuple[str, Text]]
) -> dict[str, Any]:
    """The list of imports and the form for a new one, with what was typed."""
    kinds = receiving.kinds_of(person, at)
    outlets = people.outlet_codes() if access.may_manage_people(person) else access.visible_outlets(person, at)
    names = outlet_names(people.outlet_codes() if outlets is None else outlets, language)
    errors = {field: [words] for field, words in problems}
    questions = [
        Question("kind", _("导入什么"), "choice", True, given.get("kind", ""),
                 choices=[(kind.name, kind.title) for kind in kinds], errors=errors.get("kind", [])),
        Question("outlet", _("没有写明网点的行归于"), "choice", value=given.get("outlet", ""),
                 choices=sorted(names.items()), errors=errors.get("outlet", [])),
        Question("zone", _("没有写明时区的时刻按"), "text", value=given.get("zone", "") or settings.TIME_ZONE,
                 errors=errors.get("zone", [])),
    ]  # fmt: skip
    found = queries.visible_to(person)[:LISTED]
    return {
        "title": _("导入"),
        "kinds": kinds,
        "left_open": _left_open(person, at),
        "questions": questions,
        "problems": list(problems),
        "imports": [
            {"one": one, "kind": KINDS[one.kind].title, "state": state_words(one.state), "bad": one.state == "failed"}
            for one in found
        ],
        "columns": [Column(_("文件")), Column(_("种类")), Column(_("状态")), Column(_("行数"), numeric=True),
                    Column(_("导入人")), Column(_("时间"))],
    }  # fmt: skip


def _left_open(person: Person, at: datetime) -> int:
    """How many past cases within this person's scope were taken over open and still are (up to 1000)."""
    return cases.counted(cases.visible_to(person, at).filter(kind=past_procedure.KIND, ended_at=None))


def is_little(one: Import) -> bool:
    """Whether a request may carry the next phase out by itself: judged by the rows, before the check by the file."""
    if one.state == Import.MAPPED:
        return one.file.stat().st_size <= 100 * background.AT_ONCE
    return queries.total(one) <= background.AT_ONCE


def step(one: Import, at: datetime, language: str, given: Mapping[str, str] | None) -> dict[str, Any]:
    """Everything the page of one import shows at the step it stands at."""
    kind = KINDS[one.kind]
    shown: dict[str, Any] = {
        "title": _("导入 %(kind)s") % {"kind": kind.title.say(language)},
        "one": one,
        "stages": _stages(one),
        "state": state_words(one.state),
        "crumbs": [{"label": _("导入"), "address": "/imports/"}, {"label": one.file_name}],
        "moving": one.state in {Import.MAPPED, Import.RUNNING},
        "whole": queries.total(one) if one.state == Import.RUNNING else 0,
        "pace": queries.pace(one, at),
        "correct": one.new + one.updated,
        "may_reverse": reversing.may_reverse(one, at),
        "file_there": one.file.is_file(),
        "words": one.words_zh if language == "zh" else one.words_en,
    }
    if one.state == Import.UPLOADED and shown["file_there"]:
        shown |= _columns(one, language, given)
    if one.state not in {Import.UPLOADED, Import.MAPPED}:
        shown["causes"] = queries.causes(one)
        shown["cause_columns"] = [
            Column(_("原因")),
            Column(_("列")),
            Column(_("行数"), numeric=True),
            Column(_("行号")),
        ]
    return shown


def _stages(one: Import) -> list[StageMark]:
    words = (_("上传"), _("对应列"), _("校验"), _("确认"), _("完成"))
    here = STEPS.get(one.state, len(words))
    return [
        StageMark(word, "done" if place < here else "current" if place == here else "ahead")
        for place, word in enumerate(words)
    ]


def _columns(one: Import, language: str, given: Mapping[str, str] | None) -> dict[str, Any]:
    kind = KINDS[one.kind]
    try:
        table = open_table(one.file, receiving.LIMITS)
        rows = receiving.preview(table, one.sheet)
    except TableRefusal as error:
        return {"unreadable": error.words}
    width = max((len(row.cells) for row in rows), default=0)
    labels = receiving.labels_of(rows[0]) if rows else []
    choices = [(column.code, column.label.say(language) + (" *" if column.must else "")) for column in kind.columns]
    places = []
    for place in range(width):
        chosen = given.get(f"c-{place}", "") if given is not None else one.mapping.get(str(place), "")
        samples = [str(row.cells[place]) for row in rows[1:] if place < len(row.cells) and row.cells[place]]
        places.append(
            {
                "name": f"c-{place}",
                "label": labels[place] if place < len(labels) and labels[place] else f"{_('列')} {place + 1}",
                "chosen": chosen,
                "samples": [sample[:40] for sample in samples[:3]],
            }
        )
    return {
        "places": places,
        "choices": choices,
        "sheets": table.sheets if len(table.sheets) > 1 else (),
        "encoding": table.encoding,
        "order": (given or {}).get("order", "") or one.options.get("order", "ymd"),
        "orders": [("ymd", _("年-月-日")), ("mdy", _("月/日/年")), ("dmy", _("日/月/年"))],
        "mapping_columns": [Column(_("文件里的列")), Column(_("前几行")), Column(_("对应到"))],
    }
