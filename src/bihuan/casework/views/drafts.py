"""``/drafts/<place>/``: what a page keeps of a half-filled form. Everybody reaches only their own."""

from __future__ import annotations

import json

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .. import drafts


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, place: str) -> HttpResponse:
    """GET reads it (204 where there is none), POST keeps it, the button "drop" puts it away."""
    if not drafts.PLACE.fullmatch(place):
        raise Http404
    if request.method == "GET":
        found = drafts.kept(request.user, place)
        return JsonResponse({"answers": found.answers, "saved": found.saved_at}) if found else HttpResponse(status=204)
    if "drop" in _sent(request):
        drafts.drop(request.user, place)
        return redirect(_back(request))
    return HttpResponse(status=204 if _kept(request, place) else 422)


def _sent(request: HttpRequest) -> dict[str, str]:
    """What a form sent; a page's script sends JSON instead, which is read once only."""
    return {} if request.content_type == "application/json" else request.POST.dict()


def _kept(request: HttpRequest, place: str) -> bool:
    """Keep what the script sent; False where it was no draft. An emptied form is none any more."""
    try:
        answers = drafts.clean(json.loads(request.body)) if request.content_type == "application/json" else None
    except (ValueError, RecursionError):
        return False
    if answers is None:
        return False
    if any(value.strip() for values in answers.values() for value in values):
        drafts.keep(request.user, place, answers, timezone.now())
    else:
        drafts.drop(request.user, place)
    return True


def _back(request: HttpRequest) -> str:
    """The page the button stood on, if it is one of ours."""
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, None) else "/"
