"""A case as it stood at a moment."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ...replies import spoken
from ...views.cases import sought
from ..pages import as_of as pages
from ..pages.log import Reader


@login_required
@require_safe
def as_of(request: HttpRequest, number: str) -> HttpResponse:
    """Open to whoever may see the case: it is the case's own history, no more."""
    case = sought(request, number)
    reader = Reader(request.user, timezone.now(), spoken())
    text = request.GET.get("at", "").replace("\x00", "")
    at = pages.moment(text, reader) if text else reader.at
    problem = "" if at else _("这不是一个时刻")
    shown = pages.shown(reader, case, at, problem)
    return render(request, "audit/as_of.html", shown, status=422 if problem else 200)
