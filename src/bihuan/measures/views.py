"""The doors of the reports: a page, a PDF, a table – always with the eyes of whoever asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bihuan.casework import exporting
from bihuan.casework.replies import spoken

from . import pages, paper, tables


@login_required
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Which reports there are, each with its newest periods."""
    return render(request, "measures/catalogue.html", pages.catalogue(timezone.now()))


@login_required
@require_safe
def newest(request: HttpRequest, report: str) -> HttpResponse:
    """Leads to the newest period that is over, or to the one chosen in the form."""
    chosen = request.GET.get("period", "") or pages.newest(report, timezone.now())
    if not chosen or pages.period_of(report, chosen) is None:
        raise Http404
    kept = [(part, value) for part, values in request.GET.lists() if part in pages.KEPT for value in values if value]
    return redirect(f"/reports/{report}/{chosen}/{'?' if kept else ''}{urlencode(kept)}")


@login_required
@require_safe
def one(request: HttpRequest, report: str, period: str) -> HttpResponse:
    """One report."""
    asked = _asked(request, report, period, timezone.now())
    return render(request, pages.TEMPLATES[report], pages.shown(report, asked, request.GET))


@login_required
@require_safe
def as_file(request: HttpRequest, report: str, period: str, ending: str) -> HttpResponse:
    """The same report as PDF, XLSX or CSV."""
    asked = _asked(request, report, period, timezone.now())
    site = request.build_absolute_uri("/").rstrip("/")
    if ending == "pdf":
        address = f"{site}/reports/{report}/{period}/?{pages.fixed_query(asked)}"
        return paper.answered(paper.on_paper(report, asked, address), f"{report}-{period}.pdf")
    try:
        return exporting.export_response(*tables.flat(report, asked, site), ending, request)
    except exporting.NoSuchExport as error:
        raise Http404 from error


def _asked(request: HttpRequest, report: str, period: str, at: datetime) -> Any:
    """What is asked for; a period, moment, procedure or outlet there is not is no page."""
    asked = pages.asked(request.user, report, period, request.GET, at, spoken())
    if asked is None:
        raise Http404
    return asked
