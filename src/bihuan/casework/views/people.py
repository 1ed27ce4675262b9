"""People and posts: the list for everybody, and what administrators do with one person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bihuan.layout.frames import Question
from bihuan.people import access, accounts, actions, inviting
from bihuan.people.errors import PeopleRefusal, WrongInput
from bihuan.people.models import Delegation, Holding, Person, Skill
from bihuan.procedure.definition import Text

from ..pages import entry as pages_entry
from ..pages import leaving
from ..pages import people as pages
from ..replies import spoken
from . import entry
from .sent import Sent

Act = Callable[[Person, Sent, Person, datetime], Any]


def _change(person: Person, sent: Sent, by: Person, at: datetime) -> None:
    accounts.change_person(
        person,
        by=by,
        at=at,
        name=sent.text("name"),
        name_en=sent.text("name_en"),
        email=sent.text("email"),
        is_administrator=sent.text("is_administrator") == "yes",
    )


def _give_post(person: Person, sent: Sent, by: Person, at: datetime) -> None:
    post = sent.text("post")
    if post not in pages.post_titles(at, spoken()):
        raise WrongInput(Text("请选择岗位", "Choose a post"), "post")
    actions.give_post(person, post, sent.place(), by=by, at=at, start=sent.day("start"), end=sent.day("end"))


def _end_post(person: Person, sent: Sent, by: Person, at: datetime) -> None:
    actions.end_post(sent.row(Holding, person=person), sent.must("end"), by=by, at=at, reason=sent.text("reason"))


def _add_skill(person: Person, sent: Sent, by: Person, at: datetime) -> None:
    days = {"start": sent.day("start"), "until": sent.day("until")}
    actions.add_skill(person, sent.text("name")[:80], by=by, at=at, **days)


def _end_skill(person: Person, sent: Sent, by: Person, at: datetime) -> None:
    accounts.end_skill(sent.row(Skill, person=person), sent.must("end"), by=by, at=at, reason=sent.text("reason"))


def _delegate(person: Person, sent: Sent, by: Person, at: datetime) -> None:
    taker = Person.objects.filter(username=sent.text("taker"), is_active=True).first()
    if taker is None:
        raise WrongInput(Text("请选择受托人", "Choose who takes it"), "taker")
    days = sent.must("start"), sent.must("until")
    actions.delegate(person, taker, sent.several("posts"), *days, sent.text("reason"), by=by, at=at)


def _end_delegation(person: Person, sent: Sent, by: Person, at: datetime) -> None:
    accounts.end_delegation(sent.row(Delegation, giver=person), sent.must("end"), by=by, at=at)


def _close(person: Person, sent: Sent, by: Person, at: datetime) -> None:
    accounts.close_account(person, by=by, at=at, reason=sent.text("reason"))


ACTS: dict[str, Act] = {
    **entry.ACTS,
    "change": _change,
    "give-post": _give_post,
    "end-post": _end_post,
    "add-skill": _add_skill,
    "end-skill": _end_skill,
    "delegate": _delegate,
    "end-delegation": _end_delegation,
    "sign-out": lambda person, _sent, by, at: actions.sign_out_everywhere(person, by=by, at=at),
    "close": _close,
    "open": lambda person, _sent, by, at: accounts.open_account(person, by=by, at=at),
    "password": lambda person, _sent, by, at: accounts.hand_out_password(person, by=by, at=at),
}


@login_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """``?q=name or initials&outlet=&post=``: one's colleagues; for an administrator every account."""
    text, outlet, post = (request.GET.get(name, "").strip()[:60] for name in ("q", "outlet", "post"))
    shown = pages.listed(request.user, pages.Asked(text, outlet, post), timezone.now(), spoken())
    return render(request, "casework/people.html", shown)


@login_required
@require_safe
@never_cache
def person(request: HttpRequest, username: str) -> HttpResponse:
    """Everything kept of one person."""
    return _page(request, _kept(request, username), timezone.now())


@login_required
@require_POST
@never_cache
def act(request: HttpRequest, username: str, act: str) -> HttpResponse:
    """One act on one person; what is refused stands beside its question with everything typed."""
    kept, at = _kept(request, username), timezone.now()
    if act not in ACTS:
        raise Http404
    try:
        told = ACTS[act](kept, Sent(request.POST, act), request.user, at)
    except PeopleRefusal as refusal:
        return _page(request, Person.objects.get(pk=kept.pk), at, act=act, refusal=refusal, status=422)
    if act == "password":
        return _page(request, kept, at, once=told)
    if act in entry.TOLD:
        return _page(request, kept, at, told=entry.told(request, kept, act, told, at))
    messages.success(request, _("已保存"))
    return redirect("casework:person", username)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """A new account, with a first post where one is chosen; its password is shown once."""
    _keeping(request)
    at, refusal = timezone.now(), None
    if request.method == "POST":
        sent = Sent(request.POST, "new")
        try:
            made, once = _employ(sent, request.user, at)
            if sent.text("how") in entry.TOLD:
                return _page(request, made, at, told=entry.told(request, made, sent.text("how"), once, at))
            return _page(request, made, at, once=once)
        except PeopleRefusal as refused:
            refusal = refused
    asked = pages.questions(None, at, spoken())
    if request.method == "POST":
        _lay(asked["new"], request.POST, "new", refusal)
    context = {"form": pages.with_problems(asked)["new"], "refusal": _at_large(asked["new"], refusal)}
    return render(request, "casework/person_new.html", context, status=422 if refusal else 200)


@transaction.atomic
def _employ(sent: Sent, by: Person, at: datetime) -> tuple[Person, str]:
    """Account, first post and the way in together, or nothing of it: an invitation, a password, or a program's key."""
    how = sent.text("how")
    made = actions.add_person(
        sent.text("username")[:60],
        sent.text("name")[:80],
        None,
        by=by,
        at=at,
        name_en=sent.text("name_en")[:80],
        email=sent.text("email"),
        is_administrator=sent.text("is_administrator") == "yes",
        is_service=how == "service",
    )
    if sent.text("post"):
        _give_post(made, sent, by, at)
    if how == "service":
        return made, ""
    if how == "invite":
        return made, inviting.invite(made, by=by, at=at)
    return made, accounts.hand_out_password(made, by=by, at=at)


def _keeping(request: HttpRequest) -> None:
    if not access.may_manage_people(request.user):
        raise PermissionDenied(_("只有管理员可以办理"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def leave(request: HttpRequest, username: str) -> HttpResponse:
    """Somebody leaves: posts, loans, keys and account in one act; their open work is listed before and after."""
    kept, at, refusal = _kept(request, username), timezone.now(), None
    asked = leaving.leaving_questions(at)
    if request.method == "POST":
        try:
            entry.leave(kept, Sent(request.POST, "leave"), request.user, at)
        except PeopleRefusal as refused:
            refusal = refused
            _lay(asked, request.POST, "leave", refused)
        else:
            messages.success(request, _("已办理离职"))
            return redirect("casework:person", username)
    context = leaving.leaving(request.user, kept, at, spoken()) | {"questions": asked}
    context |= {"problems": pages.problems_of(asked), "refusal": _at_large(asked, refusal)}
    return render(request, "casework/person_leave.html", context, status=422 if refusal else 200)


@login_required
@require_safe
@never_cache
def keys(request: HttpRequest) -> HttpResponse:
    """Every key that is good now, with its last use."""
    _keeping(request)
    return render(request, "casework/keys.html", pages_entry.every_key(timezone.now(), spoken()))


def _kept(request: HttpRequest, username: str) -> Person:
    """The person, for an administrator. Raises PermissionDenied before it says whether there is one."""
    _keeping(request)
    found = Person.objects.filter(username=username).first() if "\x00" not in username else None
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest,
    person: Person,
    at: datetime,
    *,
    act: str = "",
    refusal: PeopleRefusal | None = None,
    once: str = "",
    told: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    asked = pages.questions(person, at, spoken())
    if act in asked:
        _lay(asked[act], request.POST, act, refusal)
    shown = pages.shown(request.user, person, at, spoken())
    context = {**shown, "forms": pages.with_problems(asked, act), "once": once, "self": person == request.user}
    context |= {"told": told or {}, "refusal": _at_large(asked.get(act, []), refusal)}
    return render(request, "casework/person.html", context, status=status)


def _lay(asked: list[Question], sent: QueryDict, act: str, refusal: PeopleRefusal | None) -> None:
    """What was typed back into its questions, what was refused beside its own."""
    for one in asked:
        one.value, one.values = sent.get(one.name, "")[:300], sent.getlist(one.name)
        if refusal is not None and one.name == f"{act}-{refusal.field}":
            one.errors.append(refusal.words)


def _at_large(asked: list[Question], refusal: PeopleRefusal | None) -> Text | None:
    """A refusal that stands beside no question is said on top of the page."""
    return None if refusal is None or any(one.errors for one in asked) else refusal.words
