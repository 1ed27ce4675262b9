"""Samples, one sample with its sheets, one sheet, as their pages show them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.layout.frames import Column, Crumb, Question
from bihuan.procedure.definition import Text
from bihuan.registers.documents.models import Document

from ...pages.names import outlet_names
from .. import exceptions, handing, policy, rights, samples
from ..actions import MOST, Asked
from ..errors import AuditRefusal, WrongInput
from ..models import Sample, Sheet
from .exceptions import day
from .log import HERE, Reader, rooms

SHOWN = 100
USUAL_SIZE = "20"
LIST = f"{HERE}samples/"
ANSWERS = {Sheet.YES: Text("是", "Yes"), Sheet.NO: Text("否", "No"), Sheet.NONE: Text("不适用", "Not applicable")}
METHODS = {Sample.RANDOM: Text("随机", "At random"), Sample.RISK: Text("按风险", "By risk")}


def listed(reader: Reader) -> dict[str, Any]:
    """Every sample in sight, newest first."""
    found = list(samples.with_progress(samples.visible(reader.outlets))[:SHOWN])
    reader.names.learn(one.by for one in found)
    return {
        "title": _("抽查"),
        "rooms": rooms("samples"),
        "may_draw": rights.may_draw(reader.person, reader.at),
        "columns": [Column(one) for one in (_("名称"), _("抽取"), _("期间"), _("方法"), _("进度"), _("状态"))],
        "rows": [
            {"sample": one, "method": METHODS[one.method], "by": reader.names.person(one.by),
             "address": f"{LIST}{one.pk}/"}
            for one in found
        ],
    }  # fmt: skip


def drawing(reader: Reader, typed: dict[str, str] | None, refusal: AuditRefusal | None = None) -> dict[str, Any]:
    """The form that draws a sample."""
    today = timezone.localdate(reader.at)
    first = today.replace(day=1)
    last = first - timedelta(days=1)
    usual = {"title": "", "method": Sample.RANDOM, "size": USUAL_SIZE, "start": last.replace(day=1), "until": last,
             "kind": "", "outlet": "", "seed": ""}  # fmt: skip
    given = {name: (typed or {}).get(name, str(value)) for name, value in usual.items()}
    kinds = [(one.kind, reader.names.kind(one.kind)) for one in Document.objects.exclude(kind=Document.PACK)]
    codes = sorted(reader.outlets) if reader.outlets is not None else None
    places = _places(codes, reader.language)

    def question(name: str, label: str, kind: str = "text", **more: Any) -> Question:
        wrong = [refusal.words] if refusal and refusal.field == name else []
        return Question(name, label, kind, value=given[name], errors=wrong, **more)

    return {
        "title": _("抽取样本"),
        "crumbs": [Crumb(_("审计日志"), HERE), Crumb(_("抽查"), LIST), Crumb(_("抽取"))],
        "questions": [
            question("title", _("名称"), required=True),
            question("method", _("方法"), "choice", required=True,
                     choices=list(METHODS.items())),
            question("size", _("件数"), "number", required=True, help=Text(f"1 至 {MOST}", f"1 to {MOST}")),
            question("start", _("开立日期从"), "date", required=True),
            question("until", _("到"), "date", required=True),
            question("kind", _("事项种类"), "choice", choices=kinds, help=_("空着为全部")),
            question("outlet", _("网点"), "choice", choices=[("", _("全部网点")), *places]),
            question("seed", _("种子"), help=_("空着由系统生成；同一种子抽出同一批")),
        ],
        "problems": [(refusal.field, refusal.words)] if refusal else [],
        "cancel": LIST,
        "submit": _("抽取"),
    }  # fmt: skip


def _places(codes: list[str] | None, language: str) -> list[tuple[str, str]]:
    from bihuan.people.models import OutletKey  # noqa: PLC0415 - only for the choice of an outlet

    wanted = OutletKey.objects.values_list("code", flat=True) if codes is None else codes
    names = outlet_names(wanted, language)
    return sorted(names.items())


def asked(typed: dict[str, str]) -> Asked:
    """What was typed, as the action wants it. Raises WrongInput for a day that is none."""
    size = typed.get("size", "").strip()
    return Asked(
        title=typed.get("title", ""), method=typed.get("method", ""),
        size=int(size) if size.isascii() and size.isdecimal() and len(size) < 6 else 0,
        start=_day(typed, "start"), until=_day(typed, "until"), kind=typed.get("kind", "")[:80],
        outlet=typed.get("outlet", "")[:40], seed=typed.get("seed", ""),
    )  # fmt: skip


def _day(typed: dict[str, str], field: str) -> date:
    found = day(typed.get(field, ""))
    if found is None:
        raise WrongInput(Text("请填日期", "Give a day"), field)
    return found


def one(
    reader: Reader, sample: Sample, typed: str | None = None, refusal: AuditRefusal | None = None
) -> dict[str, Any]:
    """A sample: how it was drawn, its sheets, what came of it."""
    sheets = samples.sheets_for(reader.person, sample, reader.at)
    filled = [one for one in sheets if one.filled_at]
    reader.names.learn(name for name in (sample.by, sample.closed_by, *(one.filled_by for one in sheets)) if name)
    may = rights.may_draw(reader.person, reader.at)
    return {
        "title": sample.title,
        "crumbs": [Crumb(_("审计日志"), HERE), Crumb(_("抽查"), LIST), Crumb(sample.title)],
        "sample": sample,
        "facts": how(reader, sample),
        "done": len(filled),
        "total": len(sheets),
        "tallies": samples.tallies(sample, sheets),
        "tally_columns": [Column(_("检查问题")), *(Column(one, numeric=True) for one in (
            _("是"), _("否"), _("不适用"), _("符合率"),
        ))],
        "columns": [Column("#", numeric=True), *(Column(one) for one in (
            _("事项"), _("抽中原因"), _("结果"), _("发现"), _("检查人"),
        ))],
        "rows": [_line(reader, sample, one) for one in sheets],
        "may_fill": may and sample.closed_at is None,
        "may_close": may and sample.closed_at is None and len(filled) == len(sheets),
        "conclusion": Question(
            "conclusion", _("结论"), "long-text", required=True, value=typed or "",
            errors=[refusal.words] if refusal and refusal.field == "conclusion" else [],
        ),
        "problems": [(refusal.field, refusal.words)] if refusal else [],
        "pdf": f"{LIST}{sample.pk}/result.pdf",
    }  # fmt: skip


def how(reader: Reader, sample: Sample) -> list[tuple[str, str]]:
    """How a sample was drawn, so that it can be drawn again."""
    local = timezone.localtime(sample.at).strftime("%Y-%m-%d %H:%M")
    told = [
        (_("方法"), METHODS[sample.method].say(reader.language)),
        (_("期间"), f"{sample.start} – {sample.until}"),
        (_("事项种类"), reader.names.kind(sample.kind) if sample.kind else _("全部")),
        (_("网点"), reader.place(sample.outlet) if sample.outlet else _("全部")),
        (_("总体"), str(sample.population)),
        (_("件数"), str(sample.size)),
        (_("种子"), sample.seed),
        (_("抽取"), f"{local} {reader.names.person(sample.by)}"),
    ]
    if sample.closed_at:
        closed = timezone.localtime(sample.closed_at).strftime("%Y-%m-%d %H:%M")
        told.append((_("关闭"), f"{closed} {reader.names.person(sample.closed_by)}"))
    return told


def reasons(sheet: Sheet, language: str) -> str:
    """Why a case was drawn by risk, in words."""
    told = []
    for name, times in sheet.reasons:
        title = exceptions.BY_NAME[name].title.say(language) if name in exceptions.BY_NAME else name
        told.append(f"{title} ×{times}" if times > 1 else title)
    joint = ", " if language == "en" else "、"
    return f"{sheet.score} · {joint.join(told)}" if told else ""


def _line(reader: Reader, sample: Sample, sheet: Sheet) -> dict[str, Any]:
    said_no = [
        policy.Question.read(row).text.say(reader.language)
        for row in sample.questions
        if sheet.answers.get(row["name"]) == Sheet.NO
    ]
    return {
        "sheet": sheet,
        "address": f"{LIST}{sample.pk}/{sheet.place}/",
        "case": f"/cases/{sheet.number}/",
        "reasons": reasons(sheet, reader.language),
        "no": said_no,
        "by": reader.names.person(sheet.filled_by) if sheet.filled_by else "",
    }


def sheet(
    reader: Reader, one: Sheet, typed: dict[str, str] | None = None, refusal: AuditRefusal | None = None
) -> dict[str, Any]:
    """The check sheet of one case."""
    sample = one.sample

    def given(name: str, kept: str) -> str:
        return (typed or {}).get(name, kept)

    def wrong(name: str) -> list[Any]:
        return [refusal.words] if refusal and refusal.field == name else []

    asked_for = [policy.Question.read(row) for row in sample.questions]
    closed = sample.closed_at is not None
    return {
        "title": one.number,
        "crumbs": [Crumb(_("抽查"), LIST), Crumb(sample.title, f"{LIST}{sample.pk}/"), Crumb(f"#{one.place}")],
        "sheet": one,
        "sample": sample,
        "closed": closed,
        "reasons": reasons(one, reader.language),
        "answers": [(each.text.say(reader.language), ANSWERS[one.answers[each.name]].say(reader.language))
                    for each in asked_for if one.answers.get(each.name) in ANSWERS],
        "questions": [
            Question(f"answer-{each.name}", each.text.say(reader.language), "choice", required=True,
                     choices=list(ANSWERS.items()), value=given(f"answer-{each.name}", one.answers.get(each.name, "")),
                     errors=wrong(f"answer-{each.name}"))
            for each in asked_for
        ],
        "words": [
            Question("remark", _("备注"), "long-text", value=given("remark", one.remark), errors=wrong("remark")),
            Question("finding", _("发现"), "long-text", value=given("finding", one.finding), errors=wrong("finding"),
                     help=_("要整改的写在这里；可以另开事项处理")),
        ],
        "problems": [(refusal.field, refusal.words)] if refusal and refusal.field else [],
        "refused": refusal.words.say(reader.language) if refusal and not refusal.field else "",
        "kinds": handing.kinds(reader.person, reader.at) if one.finding else [],
        "case": f"/cases/{one.number}/",
        "log": f"{HERE}?number={one.number}",
        "by": reader.names.person(one.filled_by) if one.filled_by else "",
        "next": f"{LIST}{sample.pk}/",
    }  # fmt: skip
