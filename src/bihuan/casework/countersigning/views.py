"""``/approvals/…``: ask somebody to sign first, sign, take the request back."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.layout.frames import Question
from bihuan.people.forms import problems_of

from ..definitions import definition_for
from ..errors import CaseworkError, OutOfSight
from ..pages import inbox
from ..replies import spoken
from ..views.cases import sought
from . import actions, pages
from .errors import NotAsked
from .models import AddedSigner

BOTH = require_http_methods(["GET", "POST"])


@login_required
@BOTH
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Whom to ask, what about; whoever was asked already stands beside it."""
    case, now = sought(request, number), timezone.now()
    one = inbox.first_act(request.user, case, now)
    if one is None:
        return _drawn(request, "ask", {"case": case, "questions": []}, NotAsked())
    sent = request.POST if request.method == "POST" else None
    questions = pages.asking(case, request.user, now, spoken(), sent)

    def carry_out() -> None:
        who, words = sent.get("signer", ""), sent.get("words", "")
        actions.add_signer(number, one.act.name, who, words, by=request.user, at=now)

    refusal = _tried(carry_out, questions) if sent is not None else None
    if sent is not None and refusal is None:
        messages.success(request, _("已请对方加签；签之前这一步办不了。"))
        return redirect("casework:approval", number)
    act = one.act.title.say(spoken())
    signers = pages.signers(case, request.user, now, spoken(), one.act.name)
    return _drawn(request, "ask", {"case": case, "questions": questions, "act": act, "signers": signers}, refusal)


@login_required
@BOTH
def sign(request: HttpRequest, signing: UUID) -> HttpResponse:
    """The card the decider sees, and two buttons: agree, or not and why."""
    added, now = _visible(request, signing), timezone.now()
    sent = request.POST if request.method == "POST" else None
    questions = pages.saying(sent)

    def carry_out() -> None:
        actions.sign(signing, sent.get("agreed") == "yes", sent.get("words", ""), by=request.user, at=now)

    refusal = _tried(carry_out, questions) if sent is not None else None
    if sent is not None and refusal is None:
        messages.success(request, _("已签"))
        return redirect("casework:approvals")
    shown = {
        "case": added.case,
        "card": pages.card(added, request.user, now, spoken()),
        "questions": questions,
        "signers": pages.signers(added.case, request.user, now, spoken(), added.act),
        "waits": added.ended_at is None and added.signer == request.user.username,
    }
    return _drawn(request, "sign", shown, refusal)


@login_required
@BOTH
def let_off(request: HttpRequest, signing: UUID) -> HttpResponse:
    """Take the request back, with a reason."""
    added, now = _visible(request, signing), timezone.now()
    sent = request.POST if request.method == "POST" else None
    questions = [Question("words", _("为什么不用签了"), "long-text", True, (sent or {}).get("words", ""))]

    def carry_out() -> None:
        actions.let_off(signing, sent.get("words", ""), by=request.user, at=now)

    refusal = _tried(carry_out, questions) if sent is not None else None
    if sent is not None and refusal is None:
        messages.success(request, _("已收回"))
        return redirect("casework:approval", added.case.number)
    signers = pages.signers(added.case, request.user, now, spoken(), added.act)
    return _drawn(request, "let_off", {"case": added.case, "questions": questions, "signers": signers}, refusal)


def _visible(request: HttpRequest, key: UUID) -> AddedSigner:
    """The request whose case the reader may see; 404 otherwise."""
    added = AddedSigner.objects.select_related("case__version").filter(pk=key).first()
    # moved to a version that knows no such act: there is nothing left to sign before it
    if added is None or added.act not in definition_for(added.case).acts:
        raise Http404
    sought(request, added.case.number)
    return added


def _tried(carry_out: Callable[[], None], questions: list[Question]) -> CaseworkError | None:
    """What was refused; laid beside its question where it is about one. None: it is done."""
    try:
        carry_out()
    except OutOfSight:
        raise Http404 from None
    except CaseworkError as refusal:
        for question in questions:
            if question.name == refusal.field:
                question.errors.append(refusal.words)
        return refusal
    return None


def _drawn(request: HttpRequest, name: str, shown: dict[str, object], refusal: CaseworkError | None) -> HttpResponse:
    status = refusal.status if refusal else 200
    more = {"refusal": refusal.words if refusal and not refusal.field else None}
    problems = problems_of(shown["questions"])
    return render(request, f"countersigning/{name}.html", {**shown, **more, "problems": problems}, status=status)
