"""The pack's own page: read by everybody, signed by whom its cover names."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from bihuan.people.errors import DoorClosed, PeopleRefusal
from bihuan.registers.documents import actions
from bihuan.registers.documents import queries as documents
from bihuan.registers.documents.errors import DocumentRefusal, NotSigner

from ...replies import spoken
from ..pages import frame as pages


@login_required
@require_safe
def shown(request: HttpRequest) -> HttpResponse:
    """The version in force, or an older one with ``?version=``."""
    return _page(request, request.GET.get("version", "")[:60])


@login_required
@require_POST
@sensitive_post_parameters("password")
def sign(request: HttpRequest) -> HttpResponse:
    """One of the three signatures on the version in force, with the password asked again."""
    now = timezone.now()
    found = documents.current_pack(now)
    if found is None:
        raise Http404
    version = type(found[0]).objects.select_related("document").get(pk=found[0].pk)
    role, password = request.POST.get("role", "")[:20], request.POST.get("password", "")[:1000]
    address = request.META.get("REMOTE_ADDR", "")
    try:
        actions.sign(version, role, by=request.user, password=password, at=now, address=address)
    except (DocumentRefusal, PeopleRefusal) as refusal:
        return _page(request, "", refusal)
    messages.success(request, _("已签字"))
    return redirect("authoring:frame")


def _page(request: HttpRequest, wanted: str, refused: DocumentRefusal | PeopleRefusal | None = None) -> HttpResponse:
    now = timezone.now()
    found = documents.current_pack(now)
    context = pages.page(request.user, found[0], wanted, now, spoken(), refused) if found else None
    if context is None:
        raise Http404
    status = 200
    if refused is not None:
        status = 403 if isinstance(refused, NotSigner) else 429 if isinstance(refused, DoorClosed) else 422
    return render(request, "authoring/frame.html", context, status=status)
