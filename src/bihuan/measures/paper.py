"""A report on paper."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import content_disposition_header
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.layout.paper import code, render
from bihuan.registers.documents import queries as documents

from .behind import SATISFACTION, titles
from .reports import Asked, Cell, Report, Table, report
from .trends import MonthCell, trend

TEMPLATE = "measures/templates/report.typ"
PAPER = "a4"


def _base(asked: Asked, title: str, address: str) -> dict[str, Any]:
    """What every report on paper has: the house, the period, how far the book was read, room to sign."""
    current = documents.current_pack(asked.at)
    company = current[1].cover.get("company", "") if current else ""
    moment = timezone.localtime(asked.at).strftime("%Y-%m-%d %H:%M")
    printed = _("%(moment)s %(person)s 打印") % {"moment": moment, "person": asked.person.called(asked.language)}
    return {
        "title": title, "house": "" if company.startswith("（") else company, "number": asked.period.key,
        "day": timezone.localtime(asked.known).strftime("%Y-%m-%d"), "code": code(address), "lang": asked.language,
        "offset": {"x": 0, "y": 0}, "foot": f"{title} {asked.period.key} · {printed}", "printed": "", "copy": "",
        "stamp": _("未完") if asked.known < asked.period.end else "", "note": "", "signatures": [
            {"label": _("编写"), "value": ""}, {"label": _("审核"), "value": ""}, {"label": _("日期"), "value": ""}],
        "facts": [], "tables": [], "remark": "",
        "words": {"page": _("第 {0} 页 共 {1} 页"), "number": _("编号"), "day": _("日期")},
    }  # fmt: skip


def _counted(asked: Asked, address: str) -> dict[str, Any]:
    found = report(asked)
    base = _base(asked, found.title, address)
    return base | {
        "facts": _facts(asked, found), "tables": [_table(one) for one in found.tables], "remark": _("括号内为上期"),
    }  # fmt: skip


def _trend(asked: Asked, address: str) -> dict[str, Any]:
    found = trend(asked)
    known = timezone.localtime(asked.known).strftime("%Y-%m-%d %H:%M:%S")
    rows = [[row.label, *(_month(cell) for cell in row.cells)] for row in found.rows]
    table = {
        "title": "", "columns": [_("客户"), *found.months], "rule": found.rule, "chart": "", "bars": [],
        "numeric": list(range(1, len(found.months) + 1)), "widths": [3, *[2] * len(found.months)],
        "rows": rows or [[_("尚无答案"), *[""] * len(found.months)]],
    }  # fmt: skip
    facts = [_fact(_("到"), asked.period.title), _fact(_("记录读到"), known)]
    remark = _("每格：平均分，份数，满意率")
    return _base(asked, titles()[SATISFACTION], address) | {"facts": facts, "tables": [table], "remark": remark}


def _month(cell: MonthCell) -> str:
    if not cell.count:
        return _("尚无答案")
    return f"{cell.mean}\n" + _("%(count)s 份 %(share)s") % {"count": cell.count, "share": cell.share}


def _fact(label: str, value: str, *, wide: bool = False) -> dict[str, Any]:
    return {"label": label, "value": value, "wide": wide}


def _facts(asked: Asked, found: Report) -> list[dict[str, Any]]:
    known = timezone.localtime(asked.known).strftime("%Y-%m-%d %H:%M:%S")
    facts = [(_("期间"), found.period.title), (_("记录读到"), known)]
    facts += [(label, _said(cell)) for _column, cell, label in found.totals]
    said = [_fact(label, value) for label, value in facts]
    return said + [_fact(_("附注"), one, wide=True) for one in found.notes]


def _said(cell: Cell) -> str:
    return str(cell.count) if cell.before is None else f"{cell.count} ({cell.before})"


def _table(table: Table) -> dict[str, Any]:
    shares = table.section.share
    columns = [table.heading, *table.columns, *([_("按时率")] if shares else [])]
    return {
        "title": table.title, "columns": columns, "rule": table.rule, "numeric": list(range(1, len(columns))),
        "widths": [4, *[1.4] * (len(columns) - 1)], "chart": table.chart,
        "rows": [[row.label, *(_said(cell) for cell in row.cells), *([row.share] if shares else [])]
                 for row in table.rows],
        "bars": [row.bar for row in table.rows] if table.chart else [],
    }  # fmt: skip


def on_paper(name: str, asked: Asked, address: str) -> bytes:
    """The report as PDF; ``address`` stands in its square and leads to the same figures."""
    data = _trend(asked, address) if name == SATISFACTION else _counted(asked, address)
    return render(TEMPLATE, {"title": data["title"], "one": data}, PAPER, asked.at)


def answered(pdf: bytes, name: str) -> HttpResponse:
    """The PDF, opened in the browser and printed from there."""
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["Cache-Control"] = "no-store"
    return response
