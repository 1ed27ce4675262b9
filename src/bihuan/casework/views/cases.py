"""The list, one case and one promise of it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .. import pages, queries
from ..actions import noting
from ..definitions import definition_for
from ..errors import OutOfSight
from ..models import Case
from ..pages import lists, promises
from ..replies import spoken


def sought(request: HttpRequest, number: str) -> Case:
    """The case of the address, or a 404 that does not tell whether it exists elsewhere."""
    try:
        return queries.find(request.user, number, timezone.now())
    except OutOfSight as error:
        raise Http404(error.words.say(spoken())) from error


@login_required
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """The whole story and the next step."""
    case = sought(request, number)
    given = request.GET
    back = lists.settled(QueryDict(given.get("from", "")[:2000])).urlencode()
    return render(
        request,
        "casework/case.html",
        pages.shown(request.user, case, timezone.now(), spoken(), given.get("tab", ""), back),
    )


@login_required
def case_chips(request: HttpRequest, number: str) -> HttpResponse:
    """The promises alone, for chips whose state has just changed."""
    case = sought(request, number)
    chips = promises.chips(case, definition_for(case), timezone.now(), spoken())
    return render(request, "casework/_chips.html", {"chips": chips})


@login_required
@require_POST
def write_note(request: HttpRequest, number: str) -> HttpResponse:
    """A remark about the case; it is no act of its document and changes nothing of it."""
    case = sought(request, number)
    now = timezone.now()
    try:
        mentioned = noting.remark(case.number, request.POST.get("words", ""), by=request.user, at=now)
    except noting.NothingSaid as refusal:
        shown = pages.shown(request.user, case, now, spoken())
        return render(request, "casework/case.html", {**shown, "note_problem": refusal.words.say(spoken())}, status=422)
    if mentioned:
        messages.success(request, _("已通知 %(people)s") % {"people": ", ".join(mentioned)})
    back = request.POST.get("from", "")[:2000]
    carried = QueryDict(mutable=True)
    carried.update({"from": back} if back else {})
    return redirect(f"/cases/{case.number}/" + (f"?{carried.urlencode()}" if back else ""))


@login_required
def deadline_page(request: HttpRequest, number: str, name: str, run: int) -> HttpResponse:
    """One promise, span by span, with the clause it rests on."""
    case = sought(request, number)
    shown = pages.explained(case, name, run, timezone.now(), spoken())
    if shown is None:
        raise Http404
    return render(request, "casework/deadline.html", shown)
