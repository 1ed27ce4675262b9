"""Outlets: the list for everybody within their scope, keeping them for administrators."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bihuan.people import access
from bihuan.people.errors import PeopleRefusal
from bihuan.people.forms import problems_of

from . import actions, forms, queries
from .models import Outlet


@login_required
@require_safe
def outlets(request: HttpRequest) -> HttpResponse:
    """The outlets of one's scope; for an administrator every one."""
    keeps = access.may_manage_people(request.user)
    every = Outlet.objects.select_related("key__parent").order_by("key_id")
    found = every if keeps else queries.visible_to(request.user, timezone.now())
    return render(request, "outlets/outlets.html", {"outlets": found, "keeps": keeps})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open an outlet."""
    _keeping(request)
    asked = forms.questions(None)
    if request.method == "POST":
        code, parent = request.POST.get("code", "").strip()[:80], request.POST.get("parent", "")[:80]
        try:
            made = actions.open_outlet(
                code, parent=parent, by=request.user, at=timezone.now(), **forms.read(request.POST)
            )
        except PeopleRefusal as refusal:
            forms.lay(asked, request.POST, refusal)
        else:
            messages.success(request, _("已保存"))
            return redirect("outlets:outlet", made.code)
    wrong = problems_of(asked)
    context = {"questions": asked, "problems": wrong}
    return render(request, "outlets/new.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_safe
def outlet(request: HttpRequest, code: str) -> HttpResponse:
    """One outlet, to be changed or closed."""
    _keeping(request)
    return _page(request, _found(code))


@login_required
@require_POST
def act(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """``change``, ``close`` or ``reopen``; what is refused stands beside its question."""
    _keeping(request)
    kept = _found(code)
    try:
        _carry_out(request, kept, act, timezone.now())
    except PeopleRefusal as refusal:
        return _page(request, _found(code), refusal, 422)
    messages.success(request, _("已保存"))
    return redirect("outlets:outlet", code)


def _carry_out(request: HttpRequest, kept: Outlet, act: str, at: datetime) -> None:
    if act == "change":
        actions.change_outlet(kept, by=request.user, at=at, **forms.read(request.POST))
    elif act == "close":
        actions.close_outlet(kept, by=request.user, at=at, reason=request.POST.get("reason", "")[:300])
    elif act == "reopen":
        actions.reopen_outlet(kept, by=request.user, at=at)
    else:
        raise Http404


def _page(request: HttpRequest, kept: Outlet, refusal: PeopleRefusal | None = None, status: int = 200) -> HttpResponse:
    asked = forms.questions(kept)
    if refusal is not None:
        forms.lay(asked, request.POST, refusal)
    beside = refusal is not None and any(one.errors for one in asked)
    context = {"outlet": kept, "questions": asked, "problems": problems_of(asked)}
    context["refusal"] = None if refusal is None or beside else refusal.words
    return render(request, "outlets/outlet.html", context, status=status)


def _keeping(request: HttpRequest) -> None:
    if not access.may_manage_people(request.user):
        raise PermissionDenied(_("只有管理员可以办理"))


def _found(code: str) -> Outlet:
    found = Outlet.objects.select_related("key").filter(pk=code).first()
    if found is None:
        raise Http404
    return found
