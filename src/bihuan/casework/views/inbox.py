"""``/approvals/``: what waits for me, what I asked for, what I did."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .. import pages
from ..pages import inbox
from ..replies import spoken

MOST = 99


@login_required
@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    """The list at the left, the card of the one chosen at the right."""
    now = timezone.now()
    rows = pages.to_do(request.user, now, spoken())
    return render(
        request, "casework/home.html", {"title": _("待办"), "rows": rows, "columns": pages.columns(next_step=True)}
    )


@login_required
@require_safe
@never_cache
def count(request: HttpRequest) -> HttpResponse:
    """How many cases wait for me, for the bar: nothing, a number, or "99+"."""
    found = len(inbox.waiting(request.user, timezone.now(), MOST + 1))
    return HttpResponse(f"{MOST}+" if found > MOST else str(found or ""), "text/plain; charset=utf-8")
