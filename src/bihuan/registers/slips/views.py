"""Where the papers are. Nothing is changed here: slips move by the acts of cases."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from . import queries, shown


@login_required
@require_safe
def slips(request: HttpRequest) -> HttpResponse:
    """``?q=number``: slips found; ``?holder=post:name``: the copies in that hand; else who has how many."""
    at, asked = timezone.now(), request.GET
    kind, holder = shown.asked_hand(asked.get("holder", ""))
    number = asked.get("q", "").strip()[:60]
    page, pager = shown.held(request.user, at, kind, holder, asked.get("after", ""), asked.get("before", ""))
    context = {"hands": shown.hands(request.user, at, kind, holder), "copies": page, "pager": pager, "q": number}
    context |= {"found": shown.found(request.user, number, at), "chosen": kind}
    return render(request, "slips/slips.html", context)


@login_required
@require_safe
def slip(request: HttpRequest, number: str) -> HttpResponse:
    """Every slip that bears this number within the reader's scope, its copies and their way."""
    at = timezone.now()
    found = queries.numbered(request.user, number, at)
    if not found:
        raise Http404
    return render(request, "slips/slip.html", {"number": number, "slips": [shown.slip(one, at) for one in found]})
