"""The working calendar of the house and its outlets; announcing a year from a published file, seen before it counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bihuan.layout.context import short_language
from bihuan.people import access
from bihuan.procedure.calendars import DayEntry, WrongCalendar, read_public_days
from bihuan.procedure.definition import Text
from bihuan.procedure.refusals import Refusal

from . import actions, pages, queries

LARGEST = 256 * 1024
"""A year has 366 days; a file larger than this many bytes is something else."""


@login_required
@require_safe
def year(request: HttpRequest) -> HttpResponse:
    """``?calendar=north&year=2027``: a year month by month."""
    asked = request.GET.get("year", "")
    wanted = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 else None
    name = request.GET.get("calendar", "")[:60]
    shown = pages.year_shown(request.user, timezone.now(), short_language(), name, wanted)
    return render(request, "calendars/year.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def announce(request: HttpRequest) -> HttpResponse:
    """The file is read and what it changes is shown; only sent again with ``confirm`` it is announced."""
    if not access.may_manage_people(request.user):
        raise PermissionDenied
    name, text = request.POST.get("calendar", "")[:60].replace("\x00", ""), ""
    try:
        if request.method != "POST":
            return _asked(request, queries.DEFAULT, text)
        text = _text_of(request)
        days = _days_in(text)
        announced = max(day.year for day in days)
        if request.POST.get("confirm") != "yes":
            affected = actions.would_change(name, announced, days)
            shown = pages.preview(affected, days, name, short_language())
            shown |= {"title": _("载入公布的年份"), "crumbs": pages.crumbs(), "name": name, "text": text}
            return render(request, "calendars/preview.html", shown)
        affected = actions.announce_year(name, announced, days, request.user.username, timezone.now())
    except (WrongCalendar, Refusal) as refusal:
        return _asked(request, name, text, refusal.words)
    said = _("%(year)s 年已公布，%(number)s 天有变动")
    messages.success(request, said % {"year": announced, "number": len(affected.changed)})
    return redirect(f"/calendars/?calendar={name}&year={announced}")


def _asked(request: HttpRequest, name: str, text: str, problem: Text | None = None) -> HttpResponse:
    """The form, once more with what was typed where something is wrong; nothing has changed."""
    shown = {
        "title": _("载入公布的年份"),
        "crumbs": pages.crumbs(),
        "questions": pages.announce_questions(name, text),
        "problems": [("text", problem)] if problem else [],
    }
    return render(request, "calendars/announce.html", shown, status=422 if problem else 200)


def _text_of(request: HttpRequest) -> str:
    """The file handed in, else what was pasted. Raises ``WrongCalendar``."""
    handed_in = request.FILES.get("file")
    if handed_in is None:
        return request.POST.get("text", "")[:LARGEST].replace("\x00", "")
    if handed_in.size > LARGEST:
        raise WrongCalendar(Text("文件过大，不是节假日文件", "The file is too large to be a file of days"))
    try:
        return handed_in.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WrongCalendar(Text("文件须为 UTF-8 文本", "The file must be text in UTF-8")) from error


def _days_in(text: str) -> Mapping[date, DayEntry]:
    if not text.strip():
        raise WrongCalendar(Text("请选择文件或粘贴内容", "Choose a file or paste its content"))
    try:
        days = read_public_days(text)
    except RecursionError as error:
        raise WrongCalendar(Text("节假日文件不可读：嵌套过深", "The file cannot be read: nested too deeply")) from error
    if not days:
        raise WrongCalendar(Text("文件里没有一天", "There is not one day in the file"))
    if not pages.FIRST_YEAR <= max(day.year for day in days) <= pages.LAST_YEAR:
        raise WrongCalendar(Text("年份不对", "That cannot be the year"))
    return days
