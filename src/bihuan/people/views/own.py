"""Pages of the door and of one's own settings. They ask and show; what changes is in ``actions``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from bihuan.layout.context import short_language
from bihuan.layout.frames import Question
from bihuan.layout.language import SESSION_KEY

from . import actions, entrance, forms, sessions
from .errors import DoorClosed, PeopleRefusal
from .models import Person


def safe_next(request: HttpRequest, default: str) -> str:
    """The address to go on to: ``next`` only where it stays in this house."""
    wish = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    return wish if url_has_allowed_host_and_scheme(wish, hosts, require_https=request.is_secure()) else default


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
        return _door(request, onward, "", "", 200)
    at = timezone.now()
    username = request.POST.get("username", "")[:200].replace("\x00", "")
    secret = request.POST.get("password", "")[:1000]
    address = request.META.get("REMOTE_ADDR", "")
    try:
        person = entrance.enter(request, username, secret, address, at)
    except DoorClosed as closed:
        response = _door(request, onward, username, closed.words.say(short_language()), 429)
        response.headers["Retry-After"] = _seconds_closed(username, address, at)
        return response
    if person is None:
        return _door(request, onward, username, _("账号或密码不对"), 422)
    sessions.begin(request, person, at)
    return HttpResponseRedirect(onward)


def _door(request: HttpRequest, onward: str, username: str, problem: str, status: int) -> HttpResponse:
    context = {"questions": forms.entry_questions(username), "onward": onward, "problem": problem}
    return render(request, "people/sign_in.html", context, status=status)


def _seconds_closed(username: str, address: str, at: datetime) -> str:
    until = entrance.closed_until(username.strip().lower()[:60], address[:64], at)
    return str(int((until - at).total_seconds()) + 1) if until else "1"


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
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


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    return _profile(request)


def _profile(request: HttpRequest, status: int = 200, **changed: Any) -> HttpResponse:
    person = request.user
    context: dict[str, Any] = {
        "look": forms.look_questions(person),
        "password": forms.password_questions(),
        "token": forms.token_questions(),
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
    actions.sign_out_everywhere(request.user, by=request.user, at=timezone.now())
    auth.logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@login_required
@require_POST
@never_cache
def token(request: HttpRequest) -> HttpResponse:
    """Make a personal token and show it, this once."""
    questions = {question.name: question for question in forms.token_questions()}
    label, days = request.POST.get("label", "").strip(), request.POST.get("days", "").strip()
    questions["label"].value, questions["days"].value = label, days
    if not label:
        questions["label"].errors.append(_("必须填写"))
    made = ""
    if not label or not _is_figure(days):
        if not _is_figure(days):
            questions["days"].errors.append(_("有效期为 1 至 365 天"))
    else:
        made = _try_token(request, label, int(days), questions["days"])
    if not made:
        return _profile(request, 422, token=list(questions.values()))
    return _profile(request, 200, made=made)


def _is_figure(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 4


def _try_token(request: HttpRequest, label: str, days: int, question: Question) -> str:
    try:
        return actions.make_token(request.user, by=request.user, at=timezone.now(), label=label, days=days)
    except PeopleRefusal as refusal:
        question.errors.append(refusal.words.say(short_language()))
        return ""
