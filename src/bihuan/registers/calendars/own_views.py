"""``/calendars/outlets/``: which hours each outlet keeps; other ones from a day on, seen before they count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bihuan.layout.context import short_language
from bihuan.people import access
from bihuan.people import queries as people
from bihuan.people.models import OutletKey
from bihuan.procedure.calendars import WrongCalendar
from bihuan.procedure.definition import Text
from bihuan.procedure.refusals import Refusal

from . import own, own_pages, queries


@login_required
@require_safe
def outlets(request: HttpRequest) -> HttpResponse:
    """Every outlet with the calendar it goes by."""
    _keeping(request)
    return render(request, "calendars/outlets.html", own_pages.overview(short_language()))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest, outlet: str) -> HttpResponse:
    """The week is typed and what it changes is shown; only sent again with ``confirm`` it counts."""
    _keeping(request)
    row = OutletKey.objects.filter(pk=outlet).first()
    if row is None or not queries.names():
        raise Http404
    sent = {name: value.replace("\x00", "") for name, value in request.POST.items()}
    if request.method != "POST" or "again" in sent:
        return _asked(request, row, sent)
    try:
        return _changed(request, row, sent)
    except (WrongCalendar, Refusal) as refusal:
        return _asked(request, row, sent, refusal.words)


def _keeping(request: HttpRequest) -> None:
    if not access.may_manage_people(request.user):
        raise PermissionDenied


def _changed(request: HttpRequest, row: OutletKey, sent: Mapping[str, str]) -> HttpResponse:
    now = timezone.now()
    week, first = own_pages.read_week(sent), _day(sent.get("first", ""))
    if sent.get("confirm") == "yes":
        own.change(row.code, week, first, by=request.user, at=now)
        messages.success(request, _("已改，从 %(day)s 起") % {"day": first})
        return redirect("calendars:outlets")
    changed = own.would_change(row.code, week, first, people.day_of(now))
    asked = own_pages.form(row, now, sent, short_language())
    return render(request, "calendars/hours_preview.html", {**asked, **own_pages.preview(changed, short_language())})


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise WrongCalendar(Text("请写明从哪一天起", "Say from which day on")) from error


def _asked(request: HttpRequest, row: OutletKey, sent: Mapping[str, str], problem: Text | None = None) -> HttpResponse:
    """The form, once more with what was typed where something is wrong; nothing has changed."""
    shown = own_pages.form(row, timezone.now(), sent, short_language())
    shown["problems"] = [("first", problem)] if problem else []
    return render(request, "calendars/hours.html", shown, status=422 if problem else 200)
