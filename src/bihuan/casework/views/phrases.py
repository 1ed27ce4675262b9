"""``/followup/phrases/``: what is said on a follow-up call, written by whoever leads the follow-ups."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.registers.surveys import wording
from bihuan.registers.surveys.errors import ChangedMeanwhile, WrongAnswer

from .. import rights
from ..pages.followup import phrases as pages
from ..replies import spoken


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def phrases(request: HttpRequest) -> HttpResponse:
    """The phrases as they stand; saved they are another edition, and those before stay to be read."""
    now = timezone.now()
    if not rights.may_word_calls(request.user, now):
        raise PermissionDenied
    if request.method != "POST":
        return render(request, "casework/phrases.html", pages.shown(spoken(), None, None))
    typed, seen = pages.sent(request.POST)
    try:
        wording.word_calls(typed, seen, by=request.user, at=now)
    except (WrongAnswer, ChangedMeanwhile) as refusal:
        # what is there by now stands below; sent once more it is written over
        shown = pages.shown(spoken(), typed, refusal.words, None if refusal.status == 409 else seen)
        return render(request, "casework/phrases.html", shown, status=refusal.status)
    messages.success(request, _("已保存"))
    return redirect("casework:followup-phrases")
