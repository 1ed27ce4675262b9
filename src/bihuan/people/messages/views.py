"""What I was told, how I want to be reached, and what came of everything that went out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bihuan.layout.context import short_language
from bihuan.layout.frames import Crumb, Pager
from bihuan.people import access
from bihuan.people.errors import PeopleRefusal

from . import actions, forms, queries
from .models import Address, Notice


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What I was told, newest first; unread ones stand out."""
    rows, pager = _page(request, queries.inbox(request.user))
    return render(request, "messages_out/inbox.html", {"rows": rows, "pager": pager, "title": _("消息")})


@login_required
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Everything, or the one named, is read."""
    actions.mark_read(request.user, timezone.now(), _uuid(request.POST.get("notice", "")))
    return redirect("messages_out:inbox")


@login_required
@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """My ways to be reached."""
    return render(request, "messages_out/settings.html", _settings(request, forms.questions({})))


@login_required
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """One way more; what does not fit is shown beside its question."""
    team = bool(request.POST.get("post"))
    try:
        actions.add_address(**forms.read(request.POST), by=request.user, at=timezone.now())
    except PeopleRefusal as refusal:
        asked = forms.questions({name: str(value)[:500] for name, value in request.POST.items()}, team=team)
        for question in asked:
            if question.name == refusal.field:
                question.errors.append(refusal.words.say(short_language()))
        shown = _settings(request, asked) | {"refused": refusal.words.say(short_language())}
        return render(request, "messages_out/settings.html", shown, status=422 if refusal.field else 403)
    messages.success(request, _("已加上"))
    return redirect("messages_out:log" if team else "messages_out:settings")


@login_required
@require_POST
def change(request: HttpRequest, key: UUID) -> HttpResponse:
    """Remove a way, or try it now."""
    address = Address.objects.filter(pk=key, active=True).first()
    if address is None or (address.person_id is None and not access.may_manage_people(request.user)):
        raise Http404
    if address.person_id not in {None, request.user.pk}:
        raise Http404
    if "remove" in request.POST:
        actions.remove_address(address, by=request.user, at=timezone.now())
        messages.success(request, _("已移除"))
    else:
        _tried(request, address)
    return redirect("messages_out:log" if address.person_id is None else "messages_out:settings")


@login_required
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Every notice on its way out of the house, for administrators; robots of teams are kept here."""
    if not access.may_manage_people(request.user):
        raise PermissionDenied(_("发送记录由管理员查看"))
    state = request.GET.get("state", "")
    rows, pager = _page(request, queries.log(state if state in Notice.State.values else ""))
    shown = {"rows": rows, "pager": pager, "title": _("发送记录"), "teams": queries.teams(), "state": state}
    return render(request, "messages_out/log.html", {**shown, "questions": forms.questions({}, team=True)})


def _tried(request: HttpRequest, address: Address) -> None:
    try:
        actions.try_address(address, by=request.user)
    except Exception as error:  # what the other side says is what the person wants to know
        messages.error(request, _("没有发出：%(why)s") % {"why": str(error)[:200]})
    else:
        messages.success(request, _("测试消息已发出"))


def _settings(request: HttpRequest, asked: Any) -> dict[str, Any]:
    crumbs = [Crumb(_("消息"), "/messages/"), Crumb(_("收信方式"))]
    return {"title": _("收信方式"), "crumbs": crumbs, "addresses": queries.addresses(request.user), "questions": asked}


def _page(request: HttpRequest, found: Any) -> tuple[list[Notice], Pager]:
    after = _uuid(request.GET.get("after", ""))
    rows = list((found.filter(pk__lt=after) if after else found)[: queries.PAGE + 1])
    more = len(rows) > queries.PAGE
    state = request.GET.get("state", "")
    keep = f"&state={state}" if state in Notice.State.values else ""
    return rows[: queries.PAGE], Pager(next=f"?after={rows[queries.PAGE - 1].pk}{keep}" if more else "")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
