"""Behind the link of an invitation: the first password."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from bihuan.layout.context import short_language

from .. import entrance, forms, inviting, sessions
from ..errors import LinkOver, PeopleRefusal
from . import door


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest, secret: str) -> HttpResponse:
    """The link asks for a password and lets in with it; a link that is over says so and nothing else (410)."""
    at = timezone.now()
    try:
        person = inviting.behind(secret, at).person
        if request.method == "POST":
            return _choose(request, secret)
    except LinkOver as over:
        return render(request, "people/invited.html", {"over": over.words}, status=410)
    context = {"person": person, "questions": forms.first_password_questions(), "problems": []}
    return render(request, "people/invited.html", context)


def _choose(request: HttpRequest, secret: str) -> HttpResponse:
    at, asked = timezone.now(), forms.first_password_questions()
    password, again = (request.POST.get(name, "")[:1000] for name in ("password", "again"))
    if password != again:
        asked[1].errors.append(_("两次输入不一致"))
    else:
        try:
            person = inviting.accept(secret, password, at=at)
        except LinkOver:
            raise
        except PeopleRefusal as refusal:
            asked[0].errors.append(refusal.words.say(short_language()))
        else:
            entrance.came_in(person.username)
            sessions.begin(request, person, at, way="invitation")
            return redirect(door.safe_next(request, "/"))
    context = {"person": inviting.behind(secret, at).person, "questions": asked, "problems": forms.problems_of(asked)}
    return render(request, "people/invited.html", context, status=422)
