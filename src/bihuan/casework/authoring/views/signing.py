"""Sending a draft, signing it, giving it back."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from bihuan.people.errors import DoorClosed, PeopleRefusal
from bihuan.registers.documents import releasing
from bihuan.registers.documents.errors import DocumentRefusal, DraftMoved, NotDrafter, NotSigner, PackMoved
from bihuan.registers.documents.models import Draft

from ..entrance import Desk, with_draft
from ..pages import review as pages


@with_draft
@require_safe
def review(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Where it stands between drafters and signers."""
    return render(request, "authoring/review.html", pages.review(desk))


@with_draft
@require_POST
def send(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Lay the newest revision before those who sign."""
    reason = request.POST.get("short-reason", "").replace("\x00", "")
    try:
        releasing.send(_draft(desk), by=desk.person, at=desk.at, reason=reason)
    except DocumentRefusal as refusal:
        return _again(request, desk, refusal)
    messages.success(request, _("已送审"))
    return redirect("authoring:review", desk.kind)


@with_draft
@require_POST
@sensitive_post_parameters("password")
def sign(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One of the three signatures, with the password asked again; the third names the day of force."""
    role, password = request.POST.get("role", "")[:20], request.POST.get("password", "")[:1000]
    address = request.META.get("REMOTE_ADDR", "")
    try:
        given = releasing.sign(
            _draft(desk), role, by=desk.person, password=password, at=desk.at, address=address, day=_day(request)
        )
    except (DocumentRefusal, PeopleRefusal) as refusal:
        return _again(request, desk, refusal)
    # what is in force from today need not wait for the sweep
    taken = releasing.take_force(desk.at)
    messages.success(request, _("已批准") if given.role == "approved" else _("已签字"))
    in_force = any(one.document.kind == desk.kind for one in taken)
    return redirect(desk.address) if in_force else redirect("authoring:review", desk.kind)


@with_draft
@require_POST
def give_back(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Back to be written on, with a reason."""
    try:
        releasing.give_back(_draft(desk), request.POST.get("reason", ""), by=desk.person, at=desk.at)
    except DocumentRefusal as refusal:
        return _again(request, desk, refusal)
    messages.success(request, _("已退回"))
    return redirect("authoring:drafts")


def _draft(desk: Desk) -> Draft:
    if desk.draft is None:
        raise Http404
    return desk.draft


def _day(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.POST.get("day", "")[:20])
    except ValueError:
        return None


def _again(request: HttpRequest, desk: Desk, refusal: DocumentRefusal | PeopleRefusal) -> HttpResponse:
    """The page again with what was refused and why; what was typed stays, passwords do not."""
    sent = {name: request.POST.get(name, "")[:4000] for name in ("day", "reason", "short-reason")}
    status = 422
    if isinstance(refusal, NotDrafter | NotSigner):
        status = 403
    elif isinstance(refusal, DraftMoved | PackMoved):
        status = 409
    elif isinstance(refusal, DoorClosed):
        status = 429
    return render(request, "authoring/review.html", pages.review(desk, refusal, sent), status=status)
