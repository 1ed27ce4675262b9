"""Who has read a version: the list for those who keep it, and one's own word."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bihuan.registers.documents import drafting, frames
from bihuan.registers.documents import readers as reading
from bihuan.registers.documents.errors import DocumentRefusal
from bihuan.registers.documents.models import Draft, Version

from ...replies import spoken
from ..entrance import Desk, in_force, signs
from ..pages import coming as text
from ..pages import review as pages


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def readers(request: HttpRequest, kind: str) -> HttpResponse:
    """The version approved or in force: say that one has read it; its drafters see who has not."""
    desk, version = _before(request, kind)
    concerned = reading.concerns(version, desk.person, desk.at)
    if not desk.writes and not concerned:
        raise PermissionDenied
    refused, status = None, 200
    if request.method == "POST":
        try:
            reading.acknowledge(version, by=desk.person, at=desk.at)
            messages.success(request, _("已确认阅读"))
            return redirect("authoring:readers", kind)
        except DocumentRefusal as refusal:
            refused, status = refusal.words, 409
    shown = pages.read_by(desk, version)
    may_say = concerned and not reading.said(version, desk.person)
    shown |= {"keeps": desk.writes, "may_say": may_say, "refused": refused}
    return render(request, "authoring/readers.html", shown, status=status)


@login_required
@require_safe
def coming(request: HttpRequest, kind: str) -> HttpResponse:
    """The whole of that version with what changed marked: for its readers, its drafters and those who sign it."""
    desk, version = _before(request, kind)
    reads = desk.writes or reading.concerns(version, desk.person, desk.at)
    if not reads and not signs(desk.draft, desk.person, desk.at):
        raise PermissionDenied
    return render(request, "authoring/coming.html", text.page(desk, version))


def _before(request: HttpRequest, kind: str) -> tuple[Desk, Version]:
    """Who reads, and what: the version that waits for its day, else the one in force. Raises Http404."""
    now, person = timezone.now(), request.user
    draft, (running, definition) = drafting.under_way(kind), in_force(kind, now)
    version = _coming(draft) or running
    if version is None:
        raise Http404
    owner = draft.owner if draft else definition.owner if definition else frames.owner_of(version)
    keeps = drafting.may_draft(owner, person, now)
    return Desk(person, now, spoken(), kind, owner, draft, running, definition, keeps), version


def _coming(draft: Draft | None) -> Version | None:
    """What is approved and waits for its day."""
    version = draft.version if draft is not None and draft.state == Draft.SENT else None
    return version if version is not None and version.state == Version.APPROVED else None
