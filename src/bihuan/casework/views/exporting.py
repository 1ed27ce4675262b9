"""Lists as files: at once where they are short, else written in the background with a page to come back to."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .. import exporting
from ..importing import background
from ..importing.models import Export
from ..replies import spoken


@login_required
@require_safe
def export_cases(request: HttpRequest, ending: str) -> HttpResponse:
    """The list of cases as its address filters it."""
    now = timezone.now()
    try:
        one, at_once = exporting.begin(
            "cases", ending, request.GET.urlencode(), by=request.user, at=now, language=spoken()
        )
    except exporting.NoSuchExport as error:
        raise Http404 from error
    if not at_once:
        background.export_soon(one.pk)
        return redirect("casework:export", export_id=one.pk)
    exporting.carry_out(one.pk, now)
    one.refresh_from_db()
    return exporting.handed_out(one)


def _own(request: HttpRequest, export_id: UUID) -> Export:
    found = Export.objects.filter(pk=export_id, by=request.user).first()
    if found is None:
        raise Http404
    return found


@login_required
@require_safe
def export_page(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """How far it is; the link once it is there."""
    one = _own(request, export_id)
    there = one.state == Export.DONE and one.file.is_file()
    return render(request, "casework/export.html", {"title": _("导出"), "one": one, "there": there})


@login_required
@require_safe
def export_file(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """The file, to whoever asked for it and nobody else."""
    one = _own(request, export_id)
    if one.state != Export.DONE or not one.file.is_file():
        raise Http404
    return exporting.handed_out(one)
