"""The list, one case and one promise of it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import pages, queries
from ..errors import OutOfSight
from ..models import Case
from ..replies import spoken


def sought(request: HttpRequest, number: str) -> Case:
    """The case of the address, or a 404 that does not tell whether it exists elsewhere."""
    try:
        return queries.find(request.user, number, timezone.now())
    except OutOfSight as error:
        raise Http404(error.words.say(spoken())) from error


@login_required
def case_list(request: HttpRequest) -> HttpResponse:
    """The list; its whole state stands in the address."""
    now = timezone.now()
    return render(request, "casework/list.html", {"title": _("事项"), **pages.listed(request, now, spoken())})


@login_required
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """The whole story and the next step."""
    case = sought(request, number)
    return render(request, "casework/case.html", pages.shown(request.user, case, timezone.now(), spoken()))


@login_required
def deadline_page(request: HttpRequest, number: str, name: str, run: int) -> HttpResponse:
    """One promise, span by span, with the clause it rests on."""
    case = sought(request, number)
    shown = pages.explained(case, name, run, timezone.now(), spoken())
    if shown is None:
        raise Http404
    return render(request, "casework/deadline.html", shown)
