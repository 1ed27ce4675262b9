"""The way in and out: password, second factor, language."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from bihuan.layout.context import short_language
from bihuan.layout.language import SESSION_KEY

from .. import actions, entrance, factors, forms, outside, passkeys, sessions
from ..errors import DoorClosed
from ..models import Passkey, Person

STATE = "passkey-state"


def safe_next(request: HttpRequest, default: str) -> str:
    """The address to go on to: ``next`` only where it stays in this house."""
    wish = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    return wish if url_has_allowed_host_and_scheme(wish, hosts, require_https=request.is_secure()) else default


def address_of(request: HttpRequest) -> str:
    """Where somebody comes from, as the server sees it."""
    return request.META.get("REMOTE_ADDR", "")


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The door. A wrong try is answered 422, a closed door 429; neither says whether the account exists."""
    onward = safe_next(request, settings.LOGIN_REDIRECT_URL)
    if request.method != "POST":
        if request.user.is_authenticated:
            return HttpResponseRedirect(onward)
        return show_door(request, onward)
    at = timezone.now()
    username = request.POST.get("username", "")[:200].replace("\x00", "")
    secret = request.POST.get("password", "")[:1000]
    try:
        person = entrance.enter(request, username, secret, address_of(request), at)
    except DoorClosed as closed:
        response = show_door(request, onward, username, closed.words.say(short_language()), 429)
        return _later(response, username, address_of(request), at)
    if person is None:
        return show_door(request, onward, username, _("账号或密码不对"), 422)
    return let_in(request, person, at, onward, way="password")


def let_in(request: HttpRequest, person: Person, at: datetime, onward: str, *, way: str) -> HttpResponse:
    """In, or first to the page of the second factor where ``person`` has one."""
    if factors.registered(person):
        sessions.wait_for_code(request, person, at, way)
        return HttpResponseRedirect(f"{reverse('sign-in-code')}?{urlencode({'next': onward})}")
    entrance.came_in(person.username)
    sessions.begin(request, person, at, way=way)
    return HttpResponseRedirect(onward)


def show_door(
    request: HttpRequest, onward: str, username: str = "", problem: str = "", status: int = 200
) -> HttpResponse:
    context = {"questions": forms.entry_questions(username), "onward": onward, "problem": problem}
    context["outside"] = (settings.OIDC["name"] or "OIDC") if outside.is_set() else ""
    context["lenient"] = settings.SECOND_FACTOR != factors.REQUIRED
    return render(request, "people/sign_in.html", context, status=status)


def _later(response: HttpResponse, username: str, address: str, at: datetime) -> HttpResponse:
    until = entrance.closed_until(username, address, at)
    response.headers["Retry-After"] = str(int((until - at).total_seconds()) + 1) if until else "1"
    return response


@login_not_required
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second factor of whoever has just known the password: six figures, or a recovery code."""
    at, onward = timezone.now(), safe_next(request, settings.LOGIN_REDIRECT_URL)
    owed = sessions.waiting(request, at)
    if owed is None:
        return HttpResponseRedirect(f"{reverse('sign-in')}?{urlencode({'next': onward})}")
    person, way = owed
    if request.method != "POST":
        return _code_page(request, person, onward)
    given = request.POST.get("code", "")[:60]
    try:
        found = entrance.counted(person.username, address_of(request), at, lambda: _code_factor(person, given, at))
    except DoorClosed as closed:
        response = _code_page(request, person, onward, closed.words.say(short_language()), 429)
        return _later(response, person.username, address_of(request), at)
    if not found:
        return _code_page(request, person, onward, _("验证码不对，或已经用过"), 422)
    entrance.came_in(person.username)
    sessions.begin(request, person, at, way=way, factor=found)
    return HttpResponseRedirect(onward)


def _code_factor(person: Person, given: str, at: datetime) -> str:
    if factors.check_app(person, given, at):
        return "totp"
    return "recovery" if factors.use_recovery(person, given, at) else ""


def _code_page(request: HttpRequest, person: Person, onward: str, problem: str = "", status: int = 200) -> HttpResponse:
    context = {"questions": forms.code_questions(), "has": factors.registered(person), "onward": onward}
    return render(request, "people/code.html", context | {"problem": problem}, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_key(request: HttpRequest) -> HttpResponse:
    """GET: what the browser asks a security key; POST: its answer, and where to go on."""
    at = timezone.now()
    owed = sessions.waiting(request, at)
    if owed is None:
        return JsonResponse({"words": _("请重新输入密码")}, status=403)
    person, way = owed
    if request.method == "GET":
        return key_question(request, person)
    onward = safe_next(request, settings.LOGIN_REDIRECT_URL)
    try:
        answer = key_answer(request)
        used = entrance.counted(person.username, address_of(request), at, lambda: key_used(request, person, answer, at))
    except DoorClosed as closed:
        return JsonResponse({"words": closed.words.say(short_language())}, status=429)
    if not used:
        return JsonResponse({"words": _("安全密钥没有通过")}, status=422)
    entrance.came_in(person.username)
    sessions.begin(request, person, at, way=way, factor="webauthn")
    return JsonResponse({"onward": onward})


def key_question(request: HttpRequest, person: Person) -> JsonResponse:
    """A challenge for one of the person's keys; it stands in the session and is good once."""
    asked, state = passkeys.question(person, origin_of(request), host_of(request))
    request.session[STATE] = state
    return JsonResponse(asked)


def key_answer(request: HttpRequest) -> dict[str, Any]:
    """The JSON the browser sent; empty for what is none."""
    try:
        told = json.loads(request.body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def key_used(request: HttpRequest, person: Person, answer: dict[str, Any], at: datetime) -> Passkey | None:
    """The key that has signed the challenge of this session; the challenge is spent, whatever comes of it."""
    state = request.session.pop(STATE, None)
    if state is None:
        return None
    return passkeys.check(person, answer, state, origin_of(request), host_of(request), at)


def origin_of(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def host_of(request: HttpRequest) -> str:
    host, _colon, port = request.get_host().rpartition(":")
    return host if port.isdecimal() else request.get_host()


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    sessions.end(request, timezone.now())
    return redirect(settings.LOGOUT_REDIRECT_URL)


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language of the pages, for this browser and, signed in, for the person."""
    wish = request.POST.get("to", "")
    if wish not in dict(settings.LANGUAGES):
        wish = settings.LANGUAGE_CODE
    response = HttpResponseRedirect(safe_next(request, settings.LOGIN_REDIRECT_URL))
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, wish, max_age=365 * 86400, httponly=True, samesite="Lax")
    if request.user.is_authenticated:
        person = request.user
        request.session[SESSION_KEY] = wish
        actions.set_preferences(person, language=wish, theme=person.theme, density=person.density)
    return response
