"""The procedures in force: their text, diagram, sentences read back, and what stands at each clause."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from ..definitions import definition_for, procedure_in_force
from ..pages import documents
from ..replies import spoken
from .cases import sought


@login_required
def procedure_list(request: HttpRequest) -> HttpResponse:
    """Every procedure in force."""
    shown = documents.listed(timezone.now(), spoken())
    return render(
        request,
        "casework/procedures.html",
        {"title": _("程序文件"), "procedures": shown, "columns": documents.columns()},
    )


@login_required
def procedure_page(request: HttpRequest, kind: str) -> HttpResponse:
    """One procedure as signed: words, blocks read back as sentences, diagram, cases and records per clause."""
    now = timezone.now()
    found = procedure_in_force(kind, now)
    if found is None:
        raise Http404
    version, definition = found
    standing = sought(request, request.GET["case"]) if request.GET.get("case") else None
    if standing is not None:
        # the case's own version, with the step where it stands
        version, definition = standing.version, definition_for(standing)
    current = standing.step if standing else ""
    shown = documents.shown(request.user, definition, now, spoken(), current, version=version)
    return render(request, "casework/procedure.html", shown)
