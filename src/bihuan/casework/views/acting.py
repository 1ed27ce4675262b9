"""The form of an act: shown from the document, sent to ``actions``, shown again with what is wrong."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.procedure.refusals import Refusal, WrongAnswers

from .. import actions, attachments, pages
from ..definitions import definition_for
from ..errors import CaseworkError
from ..replies import spoken
from .cases import sought


@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """Which kind of case to open."""
    kinds = pages.openable(request.user, timezone.now())
    return render(request, "casework/choose.html", {"title": _("新建"), "kinds": kinds})


@login_required
def open_form(request: HttpRequest, kind: str) -> HttpResponse:
    """Open a case of ``kind`` by its opening act."""
    now = timezone.now()
    definition = pages.definition_of_kind(kind, now)
    if definition is None:
        raise Http404
    sheet = pages.Sheet.for_opening(request, definition, now)
    return answered(request, sheet, actions.open_case) or render(
        request, "casework/act.html", sheet.context(spoken()), status=sheet.status
    )


@login_required
def act_form(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Do one act of one case."""
    case = sought(request, number)
    definition = definition_for(case)
    if action not in definition.acts:
        raise Http404
    sheet = pages.Sheet.for_act(request, case, definition, action, timezone.now())
    return answered(request, sheet, actions.act) or render(
        request, "casework/act.html", sheet.context(spoken()), status=sheet.status
    )


def answered(request: HttpRequest, sheet: pages.Sheet, carry_out) -> HttpResponse | None:
    """Carry out what was sent; None when the sheet has to be shown (again)."""
    if request.method != "POST" or "add-row" in request.POST:
        return None
    try:
        if sheet.not_taken:
            raise WrongAnswers(sheet.not_taken)
        answer = carry_out(request.user, sheet.sentence())
        attachments.attach(request.user, sheet.answers, answer.number)
    except (Refusal, CaseworkError) as refusal:
        sheet.refuse(refusal)
        return None
    return redirect("casework:case", number=answer.number)
