"""A report on paper."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import content_disposition_header
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.layout.paper import code, render
from bihuan.registers.documents import queries as documents

from .reports import Asked, Cell, Report, Table, report

TEMPLATE = "measures/templates/report.typ"
PAPER = "a4"


def report_data(asked: Asked, found: Report, address: str) -> dict[str, Any]:
    """What the template draws, as plain data."""
    current = documents.current_pack(asked.at)
    company = current[1].cover.get("company", "") if current else ""
    moment = timezone.localtime(asked.at).strftime("%Y-%m-%d %H:%M")
    printed = _("%(moment)s %(person)s 打印") % {"moment": moment, "person": asked.person.called(asked.language)}
    return {
        "title": found.title, "house": "" if company.startswith("（") else company, "number": asked.period.key,
        "day": timezone.localtime(asked.known).strftime("%Y-%m-%d"), "code": code(address), "lang": asked.language,
        "offset": {"x": 0, "y": 0}, "foot": f"{found.title} {asked.period.key} · {printed}", "printed": "", "copy": "",
        "stamp": _("未完") if found.unfinished else "", "note": "", "signatures": [
            {"label": _("编写"), "value": ""}, {"label": _("审核"), "value": ""}, {"label": _("日期"), "value": ""}],
        "facts": _facts(asked, found), "tables": [_table(one) for one in found.tables],
        "words": {"page": _("第 {0} 页 共 {1} 页"), "number": _("编号"), "day": _("日期"), "before": _("括号内为上期")},
    }  # fmt: skip


def _facts(asked: Asked, found: Report) -> list[dict[str, Any]]:
    known = timezone.localtime(asked.known).strftime("%Y-%m-%d %H:%M:%S")
    facts = [(_("期间"), found.period.title), (_("记录读到"), known)]
    facts += [(label, _said(cell)) for _column, cell, label in found.totals]
    said = [{"label": label, "value": value, "wide": False} for label, value in facts]
    return said + [{"label": _("说明"), "value": one, "wide": True} for one in found.notes]


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


def on_paper(asked: Asked, address: str) -> bytes:
    """The report as PDF; ``address`` stands in its square and leads to the same figures."""
    found = report(asked)
    return render(TEMPLATE, {"title": found.title, "one": report_data(asked, found, address)}, PAPER, asked.at)


def answered(pdf: bytes, name: str) -> HttpResponse:
    """The PDF, opened in the browser and printed from there."""
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["Cache-Control"] = "no-store"
    return response
