"""The search page, and its suggestions for the box in the bar."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from ..pages import finding
from ..replies import spoken

PAGE = 50


@login_required
def search_page(request: HttpRequest) -> HttpResponse:
    """Everything the words find, by kind."""
    text = request.GET.get("q", "")
    groups = finding.found(request.user, text, timezone.now(), spoken(), PAGE)
    return render(request, "casework/search.html", {"title": _("搜索"), "q": text[:100], "groups": groups})


@login_required
def suggestions(request: HttpRequest) -> HttpResponse:
    """The same as options of a list: choosing one leads there."""
    text = request.GET.get("q", "")
    groups = finding.found(request.user, text, timezone.now(), spoken())
    return render(request, "casework/_suggestions.html", {"groups": groups})
