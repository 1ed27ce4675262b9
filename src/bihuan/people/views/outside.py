"""By the organisation's own door: there, and back again."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bihuan.layout.context import short_language

from .. import outside
from ..errors import PeopleRefusal
from . import door

JOURNEY = "journey"
JOURNEY_SECONDS = 600


@login_not_required
@require_safe
@never_cache
def leave(request: HttpRequest) -> HttpResponse:
    """To the organisation's sign-in, to come in by it."""
    return _set_out(request, "", door.safe_next(request, settings.LOGIN_REDIRECT_URL))


@login_required
@require_safe
@never_cache
def link(request: HttpRequest) -> HttpResponse:
    """To the organisation's sign-in, to link one's account to it. No form: none may lead out of the house."""
    return _set_out(request, str(request.user.pk), "")


def _set_out(request: HttpRequest, whose: str, onward: str) -> HttpResponse:
    if not outside.is_set():
        raise Http404
    try:
        address, journey = outside.setting_out(_back(request))
    except PeopleRefusal as refusal:
        return _refused(request, whose, onward, refusal)
    kept = {"whose": whose, "onward": onward, "at": timezone.now().timestamp()}
    request.session[JOURNEY] = asdict(journey) | kept
    return HttpResponseRedirect(address)


@login_not_required
@require_safe
@never_cache
def back(request: HttpRequest) -> HttpResponse:
    """Back from there: in, or linked, or refused in words. What was kept of the journey is spent."""
    if not outside.is_set():
        raise Http404
    at, kept = timezone.now(), request.session.pop(JOURNEY, None)
    if kept is None or at.timestamp() - kept["at"] > JOURNEY_SECONDS:
        return redirect("sign-in")
    journey = outside.Journey(kept["state"], kept["nonce"], kept["verifier"])
    try:
        vouched = outside.coming_back(request.GET.dict(), journey, _back(request), at)
        if kept["whose"]:
            return _linked(request, vouched, kept["whose"], at)
        person = outside.person_for(vouched, at=at)
    except PeopleRefusal as refusal:
        return _refused(request, kept["whose"], kept["onward"], refusal)
    return door.let_in(request, person, at, kept["onward"], way="outside")


def _linked(request: HttpRequest, vouched: outside.Vouched, whose: str, at: datetime) -> HttpResponse:
    person = request.user
    if not person.is_authenticated or str(person.pk) != whose:
        return redirect("sign-in")
    outside.link(person, vouched, by=person, at=at)
    messages.success(request, _("已关联"))
    return redirect("profile")


def _refused(request: HttpRequest, whose: str, onward: str, refusal: PeopleRefusal) -> HttpResponse:
    words = refusal.words.say(short_language())
    if whose:
        messages.error(request, words)
        return redirect("profile")
    return door.show_door(request, onward, "", words, 422)


@login_required
@require_POST
def unlink(request: HttpRequest) -> HttpResponse:
    try:
        outside.unlink(request.user, by=request.user, at=timezone.now())
    except PeopleRefusal as refusal:
        messages.error(request, refusal.words.say(short_language()))
    else:
        messages.success(request, _("已解除"))
    return redirect("profile")


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("outside-back"))
