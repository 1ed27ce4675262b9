"""The day of one's people. It shows; booking is an act of the case."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bihuan.people.queries import day_of

from . import day as days


@login_required
@require_safe
def day(request: HttpRequest) -> HttpResponse:
    """``?day=2026-03-02&skill=…&who=all``: people of one's outlets as rows, their visits, who is free."""
    at = timezone.now()
    asked = days.day_asked(request.GET.get("day", ""), at)
    skill, everybody = request.GET.get("skill", "")[:80], request.GET.get("who") == "all"
    context = days.shown(request.user, asked, at, skill=skill, everybody=everybody)
    context |= {"day": asked, "today": day_of(at), "skill": skill, "everybody": everybody}
    context |= {"before": asked - timedelta(days=1), "after": asked + timedelta(days=1), "now": at}
    return render(request, "visits/day.html", context)
