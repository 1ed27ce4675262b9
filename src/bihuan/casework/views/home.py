"""Home, and the role one looks with."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .. import pages
from ..pages import home as shown
from ..replies import spoken


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me, the most pressing promise first."""
    now = timezone.now()
    return render(
        request,
        "casework/home.html",
        {
            "title": _("待办"),
            "rows": pages.to_do(request.user, now, spoken()),
            "kinds": pages.openable(request.user, now),
            "columns": pages.columns(next_step=True),
        },
    )


@login_required
@require_POST
def role(request: HttpRequest) -> HttpResponse:
    """Choose which of one's own roles menu and home are for; anything else changes nothing."""
    wanted = request.POST.get("role", "")
    if wanted in shown.roles(request):
        request.session[shown.ROLE] = wanted
    return redirect("casework:home")
