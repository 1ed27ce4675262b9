"""The result of a sample and a digest on paper."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.http.response import content_disposition_header
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.journal.models import Digest
from bihuan.layout.paper import code, render
from bihuan.registers.documents import queries as documents

from .models import Sample, Sheet
from .pages import samples as pages
from .pages.digests import sealed_words
from .pages.log import Reader
from .samples import sheets_for, tallies

TEMPLATE = "casework/audit/templates/audit.typ"
PAPER = "a4"


def _base(reader: Reader, title: str, number: str, day: str, address: str) -> dict[str, Any]:
    current = documents.current_pack(reader.at)
    company = current[1].cover.get("company", "") if current else ""
    printed = _("%(moment)s %(person)s 打印") % {
        "moment": timezone.localtime(reader.at).strftime("%Y-%m-%d %H:%M"),
        "person": reader.person.called(reader.language),
    }
    return {
        "title": title, "house": "" if company.startswith("（") else company, "number": number, "day": day,
        "code": code(address), "lang": reader.language, "offset": {"x": 0, "y": 0}, "foot": f"{number} · {printed}",
        "printed": "", "copy": "", "stamp": "", "note": "", "facts": [], "tables": [], "signatures": [],
        "words": {"page": _("第 {0} 页 共 {1} 页"), "number": _("编号"), "day": _("日期")},
    }  # fmt: skip


def _fact(label: str, value: str, *, wide: bool = False) -> dict[str, Any]:
    return {"label": label, "value": value, "wide": wide or len(value) > 26}


def result(reader: Reader, sample: Sample, address: str) -> bytes:
    """The result of a sample: how it was drawn, what was answered, what was found, room to sign."""
    sheets = sheets_for(reader.person, sample, reader.at)
    data = _base(
        reader, _("抽查结果"), str(sample.pk)[-12:], timezone.localtime(sample.at).strftime("%Y-%m-%d"), address
    )
    data["facts"] = [_fact(_("名称"), sample.title, wide=True)]
    data["facts"] += [_fact(label, value) for label, value in pages.how(reader, sample)]
    if sample.conclusion:
        data["facts"].append(_fact(_("结论"), sample.conclusion, wide=True))
    counted = tallies(sample, sheets)
    data["tables"] = [
        {
            "title": _("检查问题"), "widths": [6, 1, 1, 1, 1], "numeric": [1, 2, 3, 4],
            "columns": [_("检查问题"), _("是"), _("否"), _("不适用"), _("符合率")],
            "rows": [[one.question.text.say(reader.language), str(one.yes), str(one.no), str(one.none), one.share]
                     for one in counted],
        },
        {
            "title": _("事项"), "widths": [0, 3, 2, 3, 5], "numeric": [0],
            "columns": [_("序号"), _("事项"), _("检查人"), _("答“否”的"), _("发现")],
            "rows": [_row(reader, sample, one) for one in sheets],
        },
    ]  # fmt: skip
    data["signatures"] = [{"label": _("检查人"), "value": ""}, {"label": _("日期"), "value": ""}]
    if sample.closed_at is None:
        data["stamp"] = _("未关闭")
    return render(TEMPLATE, {"title": sample.title, "one": data}, PAPER, reader.at)


def _row(reader: Reader, sample: Sample, sheet: Sheet) -> list[str]:
    texts = {one["name"]: one for one in sample.questions}
    said_no = [place for place, name in enumerate(texts, 1) if sheet.answers.get(name) == Sheet.NO]
    told = "、".join(_("第 %(place)s 问") % {"place": place} for place in said_no)
    words = sheet.finding or sheet.remark or ("" if sheet.filled_at else _("未填"))
    by = reader.names.person(sheet.filled_by) if sheet.filled_by else ""
    return [str(sheet.place), sheet.number, by, told, words]


def digest(reader: Reader, one: Digest, address: str) -> bytes:
    """A digest: every chain's length and newest hash; the square holds day and hash, readable without this house."""
    sheet = json.loads(one.text)
    own = bytes(one.hash).hex()
    data = _base(reader, _("每日摘要"), own[:12], one.day.isoformat(), sealed_words(one))
    data["facts"] = [
        _fact(_("封存"), timezone.localtime(one.sealed_at).strftime("%Y-%m-%d %H:%M:%S")),
        _fact(_("日期"), one.day.isoformat()),
        _fact(_("散列"), _in_groups(own), wide=True),
        _fact(_("前一份"), _in_groups(sheet["previous"]), wide=True),
    ]
    data["tables"] = [
        {
            "title": _("各链"), "widths": [2, 1, 6], "numeric": [1],
            "columns": [_("链"), _("条数"), _("最新一条的散列")],
            "rows": [[reader.place(chain), str(seq), _in_groups(newest)]
                     for chain, (seq, newest) in sorted(sheet["chains"].items())],
        }
    ]  # fmt: skip
    keep = _("请离线保存。核对：在“每日摘要”页上传文件，或 bihuan verify --digest。")
    data["note"] = f"{keep} {address}"
    data["signatures"] = [{"label": _("保管人"), "value": ""}, {"label": _("日期"), "value": ""}]
    return render(TEMPLATE, {"title": f"{one.day}", "one": data}, PAPER, reader.at)


def _in_groups(text: str) -> str:
    """A hash in groups of eight, so that it can be read aloud and broken into lines."""
    return " ".join(text[place : place + 8] for place in range(0, len(text), 8))


def answered(pdf: bytes, name: str) -> HttpResponse:
    """The PDF, opened in the browser and printed from there."""
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["Cache-Control"] = "no-store"
    return response
