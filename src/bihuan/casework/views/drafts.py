"""``/drafts/<place>/``: what a page keeps of a half-filled form. Everybody reaches only their own."""

from __future__ import annotations

import json

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .. import drafts


@login_required
@never_cache
@require_http_methods(["GET", "POST", "DELETE"])
def draft(request: HttpRequest, place: str) -> HttpResponse:
    """GET reads it (204 where there is none), POST keeps it, DELETE puts it away."""
    if not drafts.PLACE.fullmatch(place):
        raise Http404
    if request.method == "GET":
        found = drafts.kept(request.user, place)
        return JsonResponse({"answers": found.answers, "saved": found.saved_at}) if found else HttpResponse(status=204)
    if request.method == "DELETE":
        drafts.drop(request.user, place)
        return HttpResponse(status=204)
    try:
        answers = drafts.clean(json.loads(request.body))
    except (ValueError, RecursionError):
        answers = None
    if answers is None:
        return HttpResponse(status=422)
    drafts.keep(request.user, place, answers, timezone.now())
    return HttpResponse(status=204)
