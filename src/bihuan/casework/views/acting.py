"""The form of an act: shown from the document, sent to ``actions``, shown again with what is wrong."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.procedure.refusals import Refusal, WrongAnswers

from .. import actions, attachments, drafts, pages
from ..definitions import definition_for
from ..errors import CaseworkError
from ..forms import read
from ..models import Draft
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
    return _form(request, pages.Sheet.for_opening(request, definition, now), actions.open_case)


@login_required
def act_form(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Do one act of one case."""
    case = sought(request, number)
    definition = definition_for(case)
    if action not in definition.acts:
        raise Http404
    return _form(request, pages.Sheet.for_act(request, case, definition, action, timezone.now()), actions.act)


def _form(request: HttpRequest, sheet: pages.Sheet, carry_out) -> HttpResponse:
    """The form as its reader left it, or where they are led once it was carried out."""
    left = restored(request, sheet)
    done = answered(request, sheet, carry_out)
    if done is not None:
        return done
    context = {**sheet.context(spoken()), "draft": draft_place(sheet), "left": left}
    return render(request, "casework/act.html", context, status=sheet.status)


def draft_place(sheet: pages.Sheet) -> str:
    """Under which name a half-filled sheet is kept."""
    if sheet.case is None:
        return drafts.place_of("open", sheet.kind)
    return drafts.place_of("act", sheet.case.number, sheet.action)


def restored(request: HttpRequest, sheet: pages.Sheet) -> Draft | None:
    """Fill in again what this person left half-way; None where nothing was."""
    left = drafts.kept(request.user, draft_place(sheet)) if request.method == "GET" else None
    if left is not None:
        sheet.answers = {**sheet.answers, **read(sheet.form, drafts.as_sent(left), sheet.zone)}
    return left


def answered(request: HttpRequest, sheet: pages.Sheet, carry_out) -> HttpResponse | None:
    """Carry out what was sent; None when the sheet has to be shown (again)."""
    if request.method != "POST" or "add-row" in request.POST:
        return None
    try:
        if sheet.not_taken:
            raise WrongAnswers(sheet.not_taken)
        answer = carry_out(request.user, sheet.sentence())
        attachments.attach(request.user, sheet.answers, answer.number)
        drafts.drop(request.user, draft_place(sheet))
    except (Refusal, CaseworkError) as refusal:
        sheet.refuse(refusal)
        return None
    return redirect("casework:case", number=answer.number)
