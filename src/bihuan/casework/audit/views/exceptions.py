"""The catalogue of exceptions, one of them, and the policy behind them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import exceptions, policy
from ..entrance import governing, reading
from ..errors import AuditRefusal
from ..pages import exceptions as pages
from ..pages import policy as forms
from ..pages.log import Reader


@reading
@require_safe
def catalogue(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Every exception, defined and counted."""
    return render(request, "audit/exceptions.html", pages.catalogue(reader, request.GET))


@reading
@require_safe
def one(request: HttpRequest, reader: Reader, name: str) -> HttpResponse:
    """One exception and what was found."""
    found = exceptions.BY_NAME.get(name)
    if found is None:
        raise Http404
    return render(request, "audit/exception.html", pages.listed(reader, found, request.GET))


@governing
@require_http_methods(["GET", "HEAD", "POST"])
def set_policy(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Thresholds, weights, check questions."""
    typed = forms.typed(request.POST) if request.method == "POST" else None
    if typed is None:
        return render(request, "audit/policy.html", forms.shown(reader, policy.current(), None))
    try:
        policy.decide(*forms.read(typed), by=reader.person, at=reader.at)
    except AuditRefusal as refusal:
        shown = forms.shown(reader, policy.current(), typed, refusal)
        return render(request, "audit/policy.html", shown, status=refusal.status)
    messages.success(request, _("已保存，从现在起按新阈值计"))
    return redirect("audit:policy")
