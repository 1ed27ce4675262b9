"""The log, one entry, the log as a file."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from ... import exporting
from ...importing import background
from .. import exports, log
from ..entrance import reading
from ..pages import log as pages


@reading
@require_safe
def entries(request: HttpRequest, reader: pages.Reader) -> HttpResponse:
    """Every entry within the scope, newest first."""
    return render(request, "audit/log.html", pages.shown(reader, request.GET))


@reading
@require_safe
def entry(request: HttpRequest, reader: pages.Reader, entry: UUID) -> HttpResponse:
    """One entry, whole."""
    found = log.within(reader.chains).select_related("kept").filter(pk=entry).first()
    if found is None:
        raise Http404
    return render(request, "audit/entry.html", pages.one(reader, found))


@reading
@require_safe
def export(request: HttpRequest, reader: pages.Reader, ending: str) -> HttpResponse:
    """The log as it is narrowed, as XLSX or CSV; many rows are written in the background."""
    query = request.GET.urlencode()
    try:
        one, at_once = exporting.begin(
            exports.SOURCE, ending, query, by=reader.person, at=reader.at, language=reader.language
        )
    except exporting.NoSuchExport as error:
        raise Http404 from error
    if not at_once:
        background.export_soon(one.pk)
        return redirect("casework:export", export_id=one.pk)
    exporting.carry_out(one.pk, reader.at)
    one.refresh_from_db()
    return exporting.handed_out(one)
