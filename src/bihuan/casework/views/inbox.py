"""``/approvals/``: what waits for me, what I asked for, what I did – and deciding on the spot."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .. import actions, pages, queries, reading
from ..authoring.pages import waiting as authoring
from ..countersigning import pages as countersigning
from ..countersigning import queries as asked
from ..definitions import definition_for
from ..models import Case
from ..pages import approvals, inbox, recalling
from ..pages import card as cards
from ..replies import spoken
from .acting import answered, draft_place, restored
from .cases import sought

OPENED = ("decide", "mine")


@login_required
@require_safe
def approvals_page(request: HttpRequest) -> HttpResponse:
    """The list at the left and the first card at the right."""
    shown = _listed(request, "")
    waiting = [line for line in shown["lines"] if line.address.startswith(f"/approvals/{line.number}/")]
    first = waiting[0].number if waiting and shown["tab"] in OPENED else ""
    return _drawn(request, shown, sought(request, first) if first else None)


@login_required
def card(request: HttpRequest, number: str) -> HttpResponse:
    """One card; POST carries out its act and opens the next one."""
    case = sought(request, number)
    sheet = None
    if request.method == "POST":
        definition, action = definition_for(case), request.POST.get("_action", "")
        if action not in definition.acts:
            raise Http404
        sheet = pages.Sheet.for_act(request, case, definition, action, timezone.now())
        if answered(request, sheet, actions.act):
            title = definition.acts[action].title.say(spoken())
            if recalling.has_recall(case, action):
                return redirect(f"{_next(request)}&decided={number}")
            words = _("已办：%(title)s · %(number)s。程序没有规定撤回，要改走更正。")
            messages.success(request, words % {"title": title, "number": number})
            return redirect(_next(request))
    return _drawn(request, _listed(request, number), case, sheet, chosen=True)


def _listed(request: HttpRequest, number: str) -> dict[str, Any]:
    """Tabs and lines, with what others ask this person to sign and procedures they have to sign or read."""
    now = timezone.now()
    signing = [*countersigning.lines(request.user, now, spoken()), *authoring.lines(request.user, now, spoken())]
    return approvals.listed(request.user, approvals.Wanted.of(request.GET), number, now, spoken(), signing)


def _next(request: HttpRequest) -> str:
    """The following line, where the page named one that still waits; else the list."""
    following = request.POST.get("_next", "")
    waiting = {one.case.number for one in inbox.waiting(request.user, timezone.now())}
    query = approvals.Wanted.of(request.GET).query
    return f"/approvals/{following}/?{query}" if following in waiting else f"/approvals/?{query}"


def _drawn(
    request: HttpRequest,
    shown: dict[str, Any],
    case: Case | None,
    sheet: pages.Sheet | None = None,
    chosen: bool = False,
) -> HttpResponse:
    now = timezone.now()
    one = inbox.first_act(request.user, case, now) if case else None
    context = {"title": _("待办"), **shown, "chosen": chosen, "case": case, "one": one, "recall": _recall(request)}
    if case:
        context |= approvals.neighbours(shown["lines"], case.number)
    if one:
        if sheet is None:
            sheet = pages.Sheet.for_act(request, case, one.definition, one.act.name, now)
            # an opinion is said anew: what another decided before stands on the card, not in one's mouth
            before = case.state.answers.get(one.act.form, {}) if one.decides else {}
            sheet.answers = {name: value for name, value in sheet.answers.items() if name not in before}
            context["left"] = restored(request, sheet)
        context |= _to_decide(request, one, sheet)
    elif case:
        context["since"] = cards.newest(case, request.user, spoken(), now)
    return render(request, "casework/inbox.html", context, status=sheet.status if sheet else 200)


def _recall(request: HttpRequest) -> recalling.Recall | None:
    """The way back from the decision this page was led on from."""
    number, now = request.GET.get("decided", "").replace("\x00", "")[:40], timezone.now()
    case = queries.visible_to(request.user, now).filter(number=number).first() if number else None
    return recalling.recall_of(request.user, case, now, spoken()) if case else None


def _to_decide(request: HttpRequest, one: inbox.Waiting, sheet: pages.Sheet) -> dict[str, Any]:
    """The card, its form, and who was asked to sign first."""
    now = timezone.now()
    return {
        "draft": draft_place(sheet),
        "card": cards.card(one, request.user, now, spoken()),
        "decisive": cards.decisive(one, now, spoken()),
        "form": sheet.context(spoken()),
        "signers": countersigning.signers(one.case, request.user, now, spoken(), one.act.name),
        "may_hand_on": _may_hand_on(request, one.case),
    }


def _may_hand_on(request: HttpRequest, case: Case) -> bool:
    """Whether the document lets this person give the work to somebody else."""
    offers = reading.offers(request.user, case, timezone.now())
    return any(offer.act == "reassign" and offer.allowed for offer in offers)


@login_required
@require_safe
@never_cache
def count(request: HttpRequest) -> HttpResponse:
    """How many cases wait for me, for the bar: nothing, a number, or "50+" where nobody looked further."""
    now = timezone.now()
    found = len(inbox.waiting(request.user, now))
    signing = len(asked.waiting_for(request.user, now)) + authoring.count(request.user, now)
    told = f"{found + signing}+" if found == inbox.SHOWN else str(found + signing or "")
    return HttpResponse(told, "text/plain; charset=utf-8")
