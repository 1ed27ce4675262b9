"""How long a session lives: idle limit, absolute limit, "everything before this moment is over", and what it opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone

from bihuan.ground.ids import new_id

from . import factors, sign_ins
from .models import Person, SignIn

ENTERED, SEEN = "entered", "seen"
# which second factor was shown, "" for none; which row says that this session began; who still owes a code
FACTOR, VISIT, WAITING = "factor", "visit", "waiting"
# when the person last showed who they are; for ten minutes after that the second factor may be changed
SURE, SURE_SECONDS = "sure", 600
# The last visit is written at most this often, so that reading pages does not mean writing sessions.
SEEN_STEP_SECONDS = 60
# whoever knows the password has so long to find their second factor
WAITING_SECONDS = 600
# all that a password good for one entry opens: choosing one's own, language, the way out
CHOOSING = ("/profile/", "/language/", "/sign-out/", "/static/")
# all that is open to somebody who must register a second factor first
SETTING_UP = ("/profile/factors/", "/language/", "/sign-out/", "/static/")


def begin(request: HttpRequest, person: Person, at: datetime, *, way: str = "password", factor: str = "") -> None:
    """Sign ``person`` in: a session with a new key whose limits count from ``at``.

    ``way``: "password", "outside" or "invitation"; ``factor``: the second one that was shown, "" for none. A session
    that only gets a new key (a new password) stays the same entry of the list, with the factor it had.
    """
    same = request.session.get(auth.SESSION_KEY) == str(person.pk)
    kept = {name: request.session.get(name, "") for name in (FACTOR, VISIT)} if same else {FACTOR: "", VISIT: ""}
    if same:
        # Django keeps the key of who is in already; the row may have been ended with the person's other sessions
        request.session.cycle_key()
    auth.login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    if request.session.pop(WAITING, None):
        request.session.set_expiry(None)
    request.session[ENTERED] = request.session[SEEN] = at.timestamp()
    request.session[FACTOR] = factor or kept[FACTOR]
    be_sure(request, at)
    if person.language:
        request.session["language"] = person.language
    if request.session.session_key is None:
        request.session.create()  # a changed password makes Django begin anew, and give a key only at the end
    key = request.session.session_key or ""
    mine = SignIn.objects.filter(pk=kept[VISIT], person=person) if kept[VISIT] else SignIn.objects.none()
    if not mine.update(session=key, ended=None):
        made = sign_ins.record(
            person,
            at,
            address=request.META.get("REMOTE_ADDR", ""),
            agent=request.headers.get("User-Agent", ""),
            way=f"{way}+{factor}" if factor else way,
            session=key,
        )
        request.session[VISIT] = str(made.pk)
    else:
        request.session[VISIT] = kept[VISIT]


def be_sure(request: HttpRequest, at: datetime) -> None:
    """The person has just shown once more who they are."""
    request.session[SURE] = at.timestamp()


def is_sure(request: HttpRequest, at: datetime) -> bool:
    """Whether the person has shown who they are within the last ten minutes."""
    return at.timestamp() - float(request.session.get(SURE, 0)) <= SURE_SECONDS


def end(request: HttpRequest, at: datetime) -> None:
    """The way out."""
    sign_ins.left(request.session.session_key or "", at)
    auth.logout(request)


def wait_for_code(request: HttpRequest, person: Person, at: datetime, way: str) -> None:
    """The password was right; nobody is signed in before the second factor is."""
    auth.logout(request)
    request.session[WAITING] = {"person": str(person.pk), "at": at.timestamp(), "way": way, "try": str(new_id(at))}
    request.session.set_expiry(WAITING_SECONDS)


def waiting(request: HttpRequest, at: datetime) -> tuple[Person, str] | None:
    """(who still owes their second factor here, the way they came), or None when nobody does or it took too long."""
    told: dict[str, Any] | None = request.session.get(WAITING)
    if not told or at.timestamp() - float(told["at"]) > WAITING_SECONDS:
        return None
    person = Person.objects.filter(pk=told["person"], is_active=True).first()
    return (person, told["way"]) if person else None


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
            at = timezone.now()
            self._check(request, at)
            led = self._led(request, at)
            if led is not None:
                return led
        return self.get_response(request)

    def _check(self, request: HttpRequest, at: datetime) -> None:
        session = request.session
        if ENTERED not in session or SEEN not in session:
            session[ENTERED] = session[SEEN] = at.timestamp()
        elif is_over(session, request.user, at):
            end(request, at)
        # what a page asks by itself is no sign that anybody sits before it
        elif "X-Live" not in request.headers and at.timestamp() - float(session[SEEN]) > SEEN_STEP_SECONDS:
            session[SEEN] = at.timestamp()

    def _led(self, request: HttpRequest, at: datetime) -> HttpResponse | None:
        """Where somebody is led who may not go on: their own password, their second factor."""
        person = request.user
        if not person.is_authenticated:
            return None
        if getattr(person, "password_once", False) and not request.path.startswith(CHOOSING):
            return _elsewhere(
                request, "profile", "password-once", "请先改成自己的密码", "Choose your own password first"
            )
        owing = not request.session.get(FACTOR) and not person.password_once
        if owing and not request.path.startswith(SETTING_UP) and factors.must_have(person, at):
            words = "请先绑定二次验证", "Register a second factor first"
            return _elsewhere(request, "factors", "second-factor-missing", *words)
        return None


def _elsewhere(request: HttpRequest, page: str, code: str, zh: str, en: str) -> HttpResponse:
    """To that page; the API is told in words instead."""
    if not request.path.startswith("/api/"):
        return redirect(page)
    body = {"type": "about:blank", "status": 403, "code": code, "title": zh, "words": {"zh": zh, "en": en}}
    return JsonResponse(body, status=403, content_type="application/problem+json")
