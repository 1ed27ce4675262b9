"""The follow-up console: ``/followup/``, the answers of a call, an attempt that reached nobody, the whole number."""

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
from bihuan.registers.deeds import RegisterRefusal

from .. import actions, attachments
from ..actions.noting import NUMBER_SHOWN, note
from ..drafts import drop
from ..errors import CaseworkError, OutOfSight
from ..pages import followup as pages
from ..replies import spoken


@login_required
@never_cache
@require_safe
def followup(request: HttpRequest) -> HttpResponse:
    """The queue, and the call the address names or the first one."""
    return _shown(request, _console(request))


@login_required
@never_cache
@require_POST
def answers(request: HttpRequest, number: str) -> HttpResponse:
    """Save the answers of a call and go on: to what follows from them if it is mine, else to the next call."""
    console = _console(request, number)
    if request.POST.get("do") == "look":
        return _shown(request, console)
    try:
        if console.sheet.not_taken:
            raise WrongAnswers(console.sheet.not_taken)
        actions.act(request.user, console.sheet.sentence())
    except (Refusal, CaseworkError) as refusal:
        console.sheet.refuse(refusal)
        return _shown(request, console)
    attachments.attach(request.user, console.sheet.answers, number)
    drop(request.user, console.place)
    messages.success(request, _("%(number)s 已保存") % {"number": number})
    return redirect(pages.after(request.user, console.entry, timezone.now()))


@login_required
@never_cache
@require_POST
def attempt(request: HttpRequest, number: str) -> HttpResponse:
    """A call that brought no answers: why, and when to try again."""
    console = _console(request, number)
    try:
        console.tried(request.POST.get("_result", "")[:20], request.POST.get("_next", "")[:40])
    except RegisterRefusal as refusal:
        console.not_kept = refusal
        return _shown(request, console)
    messages.success(request, _("%(number)s 已记下，没有谈成") % {"number": number})
    return redirect("casework:followup")


@login_required
@never_cache
@require_POST
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show the whole number once; that it was shown stands in the book."""
    console = _console(request, number)
    if not console.number().get("may"):
        raise Http404
    note(number, NUMBER_SHOWN, _("回访拨打"), by=request.user, at=console.at)
    console.revealed = number
    return _shown(request, console)


def _console(request: HttpRequest, number: str = "") -> pages.Console:
    try:
        return pages.Console.of(request, timezone.now(), spoken(), number)
    except OutOfSight as error:
        raise Http404(error.words.say(spoken())) from error


def _shown(request: HttpRequest, console: pages.Console) -> HttpResponse:
    status = 422 if console.not_kept else console.sheet.status if console.sheet else 200
    return render(request, "casework/followup.html", console.context(spoken()), status=status)
