"""One's second factor: registering an app or a security key, recovery codes, taking one back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bihuan.layout.context import short_language
from bihuan.layout.frames import Question

from .. import entrance, factors, forms, passkeys, sessions, signing
from ..errors import PeopleRefusal
from ..models import Passkey, Person
from . import door

ISSUER = "Bihuan 闭环"
STATE = "new-key-state"


@login_required
@require_safe
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    return _page(request, timezone.now())


def _page(request: HttpRequest, at: datetime, status: int = 200, **changed: Any) -> HttpResponse:
    """What is registered, and the forms to change it; those only shortly after the password was given."""
    person: Person = request.user
    secret = factors.begun(person)
    context: dict[str, Any] = {
        "has": factors.registered(person),
        "passkeys": Passkey.objects.filter(person=person).order_by("created"),
        "must": factors.must_have(person, at),
        "owing": factors.must_have(person, at) and not request.session.get(sessions.FACTOR),
        "sure": sessions.is_sure(request, at),
        "sure_form": forms.sure_questions(),
        "secret": secret,
        "secret_parts": [secret[place : place + 4] for place in range(0, len(secret), 4)],
        "picture": _picture(person, secret) if secret else "",
        "app_form": forms.app_questions(),
        "codes": [],
        **changed,
    }
    for name in ("sure_form", "app_form"):
        context[f"{name}_problems"] = forms.problems_of(context[name])
    return render(request, "people/factors.html", context, status=status)


def _picture(person: Person, secret: str) -> str:
    """The square an app reads, as an address a picture can carry in itself."""
    made = segno.make(factors.address_of(person, secret, ISSUER), error="m")
    return str(made.svg_data_uri(scale=5, border=4, dark="#000", light="#fff"))


def _refused(
    request: HttpRequest, at: datetime, name: str, asked: list[Question], refusal: PeopleRefusal
) -> HttpResponse:
    for question in asked:
        if question.name in {refusal.field, name}:
            question.errors.append(refusal.words.say(short_language()))
            break
    else:
        return _page(request, at, 422, refusal=refusal.words)
    return _page(request, at, 422, **{name: asked})


@login_required
@require_POST
@never_cache
@sensitive_post_parameters("password")
def sure(request: HttpRequest) -> HttpResponse:
    """The password or a code once more: for ten minutes the second factor may be changed."""
    at = timezone.now()
    given = request.POST.get("password", "")[:1000]
    try:
        signing.confirm(request.user, given, at, address=door.address_of(request))
    except PeopleRefusal as refusal:
        return _refused(request, at, "sure_form", forms.sure_questions(), refusal)
    sessions.be_sure(request, at)
    return redirect("factors")


def _unsure(request: HttpRequest, at: datetime) -> HttpResponse | None:
    """The page that asks for the password first, where it was too long ago."""
    if sessions.is_sure(request, at):
        return None
    asked = forms.sure_questions()
    asked[0].errors.append(_("请先再输一次密码或验证码"))
    return _page(request, at, 422, sure_form=asked)


@login_required
@require_POST
@never_cache
@sensitive_post_parameters("code")
def app(request: HttpRequest) -> HttpResponse:
    """Without a code: begin with a new secret. With one: from now on the app is asked."""
    at, person = timezone.now(), request.user
    unsure = _unsure(request, at)
    if unsure is not None:
        return unsure
    try:
        if "code" not in request.POST:
            factors.begin_app(person, at)
            return redirect("factors")
        codes = factors.confirm_app(person, request.POST.get("code", "")[:20], at=at)
    except PeopleRefusal as refusal:
        return _refused(request, at, "app_form", forms.app_questions(), refusal)
    return _registered(request, codes, at, "totp")


def _registered(request: HttpRequest, codes: list[str], at: datetime, factor: str) -> HttpResponse:
    """The session goes on as one that has shown its factor; recovery codes are shown, this once."""
    sessions.begin(request, request.user, at, factor=factor)
    if codes:
        return _page(request, at, codes=codes)
    messages.success(request, _("已绑定，其他登录已全部退出"))
    return redirect("factors")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new_key(request: HttpRequest) -> HttpResponse:
    """GET: what the browser asks a security key to make; POST: what it made."""
    at, person = timezone.now(), request.user
    if not sessions.is_sure(request, at):
        return JsonResponse({"words": _("请先再输一次密码或验证码")}, status=403)
    host, origin = door.host_of(request), door.origin_of(request)
    try:
        if request.method == "GET":
            asked, request.session[STATE] = passkeys.registration(person, origin, host)
            return JsonResponse(asked)
        told, state = door.key_answer(request), request.session.pop(STATE, None)
        label = str(told.pop("label", ""))[:80]
        codes = passkeys.register(person, told, state, origin, host, label=label, at=at)
    except PeopleRefusal as refusal:
        return JsonResponse({"words": refusal.words.say(short_language())}, status=422)
    sessions.begin(request, person, at, factor="webauthn")
    return JsonResponse({"codes": codes})


@login_required
@require_POST
@never_cache
def codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes instead of the old ones."""
    at = timezone.now()
    unsure = _unsure(request, at)
    if unsure is not None:
        return unsure
    try:
        made = factors.renew_codes(request.user, at=at)
    except PeopleRefusal as refusal:
        return _page(request, at, 422, refusal=refusal.words)
    return _page(request, at, codes=made)


@login_required
@require_POST
@never_cache
def remove(request: HttpRequest) -> HttpResponse:
    """Take one factor back."""
    at = timezone.now()
    unsure = _unsure(request, at)
    if unsure is not None:
        return unsure
    try:
        factors.remove(request.user, request.POST.get("factor", "")[:40], at=at)
    except PeopleRefusal as refusal:
        return _page(request, at, 422, refusal=refusal.words)
    messages.success(request, _("已解除"))
    return redirect("factors")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def key_proof(request: HttpRequest) -> HttpResponse:
    """For a signature: GET what a security key is asked, POST its answer for words good for one signature."""
    at, person = timezone.now(), request.user
    if not factors.registered(person).passkeys:
        return JsonResponse({"words": _("没有绑定安全密钥")}, status=422)
    if request.method == "GET":
        return door.key_question(request, person)
    answer = door.key_answer(request)
    try:
        used = entrance.counted(
            person.username, door.address_of(request), at, lambda: door.key_used(request, person, answer, at)
        )
    except PeopleRefusal as refusal:
        return JsonResponse({"words": refusal.words.say(short_language())}, status=429)
    if not used:
        return JsonResponse({"words": _("安全密钥没有通过")}, status=422)
    return JsonResponse({"proof": signing.proof(person, used, at)})
