"""``/delegate/``: lend one's own posts to a colleague for some days, with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.people import actions as people
from bihuan.people.errors import PeopleRefusal
from bihuan.people.models import Person

from ..pages import delegating
from ..replies import spoken


@login_required
@require_http_methods(["GET", "POST"])
def delegate(request: HttpRequest) -> HttpResponse:
    """The form; what is wrong stands beside it and nothing typed is lost."""
    now, sent, refusal = timezone.now(), request.POST if request.method == "POST" else None, None
    asked = delegating.questions(request.user, now, spoken(), sent)
    if sent is not None and not delegating.missing(asked):
        start, until = delegating.days(sent)
        taker = Person.objects.get(username=sent["taker"])
        try:
            people.delegate(
                request.user, taker, sent.getlist("posts"), start, until, sent["reason"], by=request.user, at=now
            )
        except PeopleRefusal as refused:
            refusal = refused
        else:
            messages.success(request, _("已委托给 %(taker)s") % {"taker": taker.called(spoken())})
            return redirect("casework:delegate")
    shown = delegating.shown(request.user, asked, now, spoken(), refusal)
    return render(request, "casework/delegate.html", shown, status=422 if sent is not None else 200)
