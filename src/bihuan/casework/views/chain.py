"""The chain a case stands in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ..pages import chain
from ..replies import spoken
from .cases import sought


@login_required
@require_safe
def chain_page(request: HttpRequest, number: str) -> HttpResponse:
    """Complaint, unit, part, action, check: what hangs together, what is open, who checked what."""
    case = sought(request, number)
    return render(request, "casework/chain.html", chain.shown(request.user, case, timezone.now(), spoken()))
