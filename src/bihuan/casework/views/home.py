"""Home, and the role one looks with."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from .. import pages
from ..pages import home as shown
from ..replies import spoken
from ..roles import ADMINISTRATOR

FIRST_RUN = "bihuan_first_run"
A_YEAR = 365 * 24 * 3600
# as the menu of the role calls it
OVERVIEW = gettext_noop("总览")
TITLES = {
    "service-manager": OVERVIEW,
    "general-manager": OVERVIEW,
    "quality": OVERVIEW,
    "technician": gettext_noop("今天"),
    ADMINISTRATOR: gettext_noop("状态"),
}


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What the role asks first, then what waits for me."""
    now, role = timezone.now(), shown.role(request)
    blocks = shown.blocks(request.user, role, now, spoken())
    if request.COOKIES.get(FIRST_RUN) == "hidden":
        blocks = [one for one in blocks if one.sort != "steps"]
    title = str(_(TITLES.get(role, "首页")))
    kinds = pages.openable(request.user, now)
    return render(request, "casework/home.html", {"title": title, "blocks": blocks, "kinds": kinds})


@login_required
@require_POST
def first_run(request: HttpRequest) -> HttpResponse:
    """Put the check-list away on this machine; what it asks for stands in the menu as well."""
    answer = redirect("casework:home")
    answer.set_cookie(FIRST_RUN, "hidden", max_age=A_YEAR, samesite="Lax", httponly=True)
    return answer


@login_required
@require_POST
def role(request: HttpRequest) -> HttpResponse:
    """Choose which of one's own roles menu and home are for; anything else changes nothing."""
    wanted = request.POST.get("role", "")
    if wanted in shown.roles(request):
        request.session[shown.ROLE] = wanted
    return redirect("casework:home")
