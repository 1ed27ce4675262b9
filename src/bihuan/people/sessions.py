"""How long a session lives: idle limit, absolute limit, and "everything before this moment is over"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from .models import Person

ENTERED, SEEN = "entered", "seen"
# The last visit is written at most this often, so that reading pages does not mean writing sessions.
SEEN_STEP_SECONDS = 60
# all that a password good for one entry opens: choosing one's own, language, the way out
CHOOSING = ("/profile/", "/language/", "/sign-out/", "/static/")


def begin(request: HttpRequest, person: Person, at: datetime) -> None:
    """Sign ``person`` in: a session with a new key whose limits count from ``at``."""
    auth.login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    request.session[ENTERED] = request.session[SEEN] = at.timestamp()
    if person.language:
        request.session["language"] = person.language


def is_over(session: dict[str, float], person: Person, at: datetime) -> bool:
    """Whether a session has reached one of its limits at ``at``, or began before the person closed all of them."""
    entered, seen = float(session[ENTERED]), float(session[SEEN])
    now = at.timestamp()
    closed = person.sessions_from is not None and datetime.fromtimestamp(entered, UTC) < person.sessions_from
    idle = now - seen > settings.SESSION_IDLE_MINUTES * 60
    return closed or idle or now - entered > settings.SESSION_ABSOLUTE_MINUTES * 60


class SessionLimits:
    """An entrance: the clock is read here, once per request of somebody signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without a session there is nobody to ask about: no query for the API's tokens and for strangers.
        if request.session.get(auth.SESSION_KEY) and request.user.is_authenticated:
            self._check(request, timezone.now())
            if getattr(request.user, "password_once", False) and not request.path.startswith(CHOOSING):
                return redirect("profile")
        return self.get_response(request)

    def _check(self, request: HttpRequest, at: datetime) -> None:
        session = request.session
        if ENTERED not in session or SEEN not in session:
            session[ENTERED] = session[SEEN] = at.timestamp()
        elif is_over(session, request.user, at):
            auth.logout(request)
        # what a page asks by itself is no sign that anybody sits before it
        elif "X-Live" not in request.headers and at.timestamp() - float(session[SEEN]) > SEEN_STEP_SECONDS:
            session[SEEN] = at.timestamp()
