"""The intake desk: ``/intake/`` with its drafts, what stands beside the form, and what its fields offer."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bihuan.procedure.refusals import Refusal, WrongAnswers

from .. import attachments
from ..actions.taking import add_call, take_in
from ..drafts import drop
from ..errors import CaseworkError
from ..pages import intake as pages
from ..replies import spoken

SAVING = ("queue", "dispatch", "solved")


@login_required
@never_cache
def intake(request: HttpRequest) -> HttpResponse:
    """One call: GET shows a draft, POST does what its button says (``do``); without one it only looks things up."""
    desk = pages.Desk.of(request, timezone.now())
    if desk is None:
        return render(request, "casework/intake_nobody.html", {"title": _("受理台")})
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do == "draft":
        desk.keep(request)
        return redirect(f"/intake/?draft={desk.identity}")
    if do == "discard":
        drop(request.user, desk.place)
        return redirect("/intake/?new=1")
    done = (
        _append(request, desk, do) if do.startswith("append:") else _save(request, desk, do) if do in SAVING else None
    )
    return done or render(request, "casework/intake.html", desk.context(spoken()), status=desk.sheet.status)


def _save(request: HttpRequest, desk: pages.Desk, do: str) -> HttpResponse | None:
    """Open the case; None when the desk has to be shown with what stands in the way."""
    beside = tuple(one.case.number for one in desk.doubles(spoken()))
    if desk.needs_reason(spoken()):
        return None
    try:
        if desk.sheet.not_taken:
            raise WrongAnswers(desk.sheet.not_taken)
        answer = take_in(request.user, desk.sentence(), draft=desk.place, anyway=desk.anyway, beside=beside)
    except (Refusal, CaseworkError) as refusal:
        desk.sheet.refuse(refusal)
        return None
    attachments.attach(request.user, desk.sheet.answers, answer.number)
    messages.success(request, _("已受理 %(number)s") % {"number": answer.number})
    return redirect(desk.after(answer.number, do) or "/intake/?new=1")


def _append(request: HttpRequest, desk: pages.Desk, do: str) -> HttpResponse | None:
    """Add the call to the open case named by the button."""
    number = do.partition(":")[2]
    try:
        add_call(request.user, number, desk.call_words(), at=desk.at, draft=desk.place)
    except CaseworkError as refusal:
        desk.sheet.refuse(refusal)
        return None
    messages.success(request, _("已追加到 %(number)s") % {"number": number})
    return redirect("casework:case", number)


@login_required
@never_cache
@require_POST
def sides(request: HttpRequest) -> HttpResponse:
    """The columns beside the form for what is typed so far; a POST, so that no number stands in an address."""
    desk = pages.Desk.of(request, timezone.now())
    if desk is None:
        raise Http404
    return render(request, "casework/intake_sides.html", desk.sides(spoken()))


@login_required
@never_cache
@require_safe
def find(request: HttpRequest, kind: str, field: str) -> HttpResponse:
    """What a field of the opening form of ``kind`` offers for ``q``: callers or devices."""
    options = pages.offered(request.user, kind, field, request.GET, timezone.now())
    if options is None:
        raise Http404
    return render(request, "casework/intake_options.html", {"options": options})
