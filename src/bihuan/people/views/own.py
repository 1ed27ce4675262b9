"""Pages of one's own settings: look, password, keys, sessions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from bihuan.layout.context import short_language
from bihuan.layout.frames import Question
from bihuan.layout.language import SESSION_KEY

from .. import accounts, actions, factors, forms, keys, outside, sessions, sign_ins
from ..errors import PeopleRefusal
from ..models import Person, SignIn


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    return _profile(request)


def _profile(request: HttpRequest, status: int = 200, **changed: Any) -> HttpResponse:
    person, at = request.user, timezone.now()
    context: dict[str, Any] = {
        "look": forms.look_questions(person),
        "password": forms.password_questions(),
        "token": forms.token_questions(),
        "keys": keys.of(person, at),
        "has": factors.registered(person),
        "must": factors.must_have(person, at),
        "sittings": sign_ins.sittings(person, at, request.session.session_key or ""),
        "sign_ins": sign_ins.newest(person),
        "outside": (settings.OIDC["name"] or "OIDC") if outside.is_set() else "",
        "linked": outside.is_linked(person),
        **changed,
    }
    for name in ("look", "password", "token"):
        context[f"{name}_problems"] = forms.problems_of(context[name])
    return render(request, "people/profile.html", context, status=status)


@login_required
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    person: Person = request.user
    questions = forms.look_questions(person)
    chosen = {}
    for question in questions:
        wish = request.POST.get(question.name, question.value)
        if wish not in dict(question.choices):
            question.errors.append(_("不在可选项之内"))
        chosen[question.name] = wish
    if forms.problems_of(questions):
        return _profile(request, 422, look=questions)
    actions.set_preferences(person, **chosen)
    request.session.pop(SESSION_KEY, None)
    if person.language:
        request.session[SESSION_KEY] = person.language
    with override(person.language or request.LANGUAGE_CODE):
        messages.success(request, _("已保存"))
    return redirect("profile")


@login_required
@require_POST
@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """A new password: the old one must be known, and every other session ends."""
    person: Person = request.user
    questions = {question.name: question for question in forms.password_questions()}
    at = timezone.now()
    if not person.check_password(request.POST.get("old", "")[:1000]):
        questions["old"].errors.append(_("现在的密码不对"))
    if request.POST.get("password") != request.POST.get("again"):
        questions["again"].errors.append(_("两次输入不一致"))
    if not any(question.errors for question in questions.values()):
        try:
            actions.set_password(person, request.POST.get("password", "")[:1000], by=person, at=at)
        except PeopleRefusal as refusal:
            questions["password"].errors.append(refusal.words.say(short_language()))
    if any(question.errors for question in questions.values()):
        return _profile(request, 422, password=list(questions.values()))
    sessions.begin(request, person, at)
    messages.success(request, _("密码已更改，其他登录已全部退出"))
    return redirect("profile")


@login_required
@require_POST
def everywhere(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    actions.sign_out_everywhere(request.user, by=request.user, at=at)
    sessions.end(request, at)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@login_required
@require_POST
@never_cache
def token(request: HttpRequest) -> HttpResponse:
    """Make a personal key and show it, this once."""
    asked = {question.name: question for question in forms.token_questions()}
    label, days = request.POST.get("label", "").strip(), request.POST.get("days", "").strip()
    # who says nothing of scopes wants all of them, as the form proposes
    wanted = request.POST.getlist("scopes") or asked["scopes"].values
    asked["label"].value, asked["days"].value, asked["scopes"].values = label, days, wanted
    if not label:
        asked["label"].errors.append(_("必须填写"))
    if not _is_figure(days):
        asked["days"].errors.append(_("有效期为 1 至 365 天"))
    made = "" if forms.problems_of(list(asked.values())) else _try_token(request, label, int(days), wanted, asked)
    if not made:
        return _profile(request, 422, token=list(asked.values()))
    return _profile(request, 200, made=made)


def _is_figure(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 4


def _try_token(request: HttpRequest, label: str, days: int, wanted: list[str], asked: dict[str, Question]) -> str:
    person, at = request.user, timezone.now()
    try:
        return actions.make_token(person, by=person, at=at, label=label, days=days, scopes=wanted)
    except PeopleRefusal as refusal:
        asked.get(refusal.field, asked["days"]).errors.append(refusal.words.say(short_language()))
        return ""


@login_required
@require_POST
def revoke_token(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """One of one's own keys opens nothing any more."""
    found = request.user.tokens.filter(pk=token_id).first()
    if found is None:
        raise Http404
    return _said(request, lambda at: keys.revoke(found, by=request.user, at=at), _("已撤销"))


@login_required
@require_POST
def end_session(request: HttpRequest, sitting: UUID) -> HttpResponse:
    """End one of one's own sessions; the one that asks ends by signing out."""
    found = SignIn.objects.filter(pk=sitting, person=request.user).first()
    if found is None:
        raise Http404
    return _said(request, lambda at: accounts.end_session(found, by=request.user, at=at), _("已结束"))


def _said(request: HttpRequest, doing: Callable[[datetime], Any], words: str) -> HttpResponse:
    try:
        doing(timezone.now())
    except PeopleRefusal as refusal:
        return _profile(request, 422, refusal=refusal.words)
    messages.success(request, words)
    return redirect("profile")
