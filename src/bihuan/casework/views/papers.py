"""The catalogue of forms, signing a procedure, handing out copies of it, and reading a copy."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from bihuan.people import queries as people
from bihuan.people.errors import DoorClosed, NotAllowed, PeopleRefusal
from bihuan.procedure.definition import Definition
from bihuan.registers.documents import actions, copies
from bihuan.registers.documents.errors import DocumentRefusal, NotSigner
from bihuan.registers.documents.models import ControlledCopy, Version

from ..definitions import procedure_in_force
from ..pages import documents, papers
from ..replies import spoken

Said = DocumentRefusal | PeopleRefusal


@login_required
@require_safe
def forms(request: HttpRequest) -> HttpResponse:
    """Every form in force."""
    return render(request, "casework/forms.html", papers.forms(timezone.now(), spoken()))


@login_required
@require_POST
@sensitive_post_parameters("password")
def sign(request: HttpRequest, kind: str) -> HttpResponse:
    """One of the three signatures, with the password asked again."""
    version, definition = _in_force(kind)
    role, password = request.POST.get("role", "")[:20], request.POST.get("password", "")[:1000]
    address = request.META.get("REMOTE_ADDR", "")
    try:
        actions.sign(version, role, by=request.user, password=password, at=timezone.now(), address=address)
    except (DocumentRefusal, PeopleRefusal) as refusal:
        return _again(request, version, definition, refusal)
    messages.success(request, _("已签字"))
    return redirect("casework:procedure", kind)


@login_required
@require_POST
def issue(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand out a controlled copy."""
    version, definition = _in_force(kind)
    holder, number = request.POST.get("holder", "")[:200], request.POST.get("distribution-number", "")[:60]
    try:
        made = actions.issue_copy(version, holder, number, by=request.user, at=timezone.now())
    except (DocumentRefusal, PeopleRefusal) as refusal:
        return _again(request, version, definition, refusal)
    messages.success(request, _("已发放"))
    return redirect("casework:copy", kind, made.distribution_number)


def _again(request: HttpRequest, version: Version, definition: Definition, refusal: Said) -> HttpResponse:
    """The procedure's page with what was refused and why; what was typed stays, passwords do not."""
    shown = documents.shown(request.user, definition, timezone.now(), spoken(), version=version)
    for question in [*shown["control"]["sign"], *shown["control"]["issue"]]:
        if question.kind == "text":
            question.value = request.POST.get(question.name, "")[:200]
        if question.name == refusal.field:
            question.errors.append(refusal.words.say(spoken()))
    status = 403 if isinstance(refusal, NotSigner | NotAllowed) else 429 if isinstance(refusal, DoorClosed) else 422
    return render(request, "casework/procedure.html", {**shown, "refused": refusal.words}, status=status)


@login_required
@require_safe
@never_cache
def copy(request: HttpRequest, kind: str, copy: str) -> HttpResponse:
    """One controlled copy, to be read and printed; where none was handed out, only that it is uncontrolled."""
    _version, definition = _in_force(kind)
    found = _readable(request, kind, copy)
    if found is None:
        crumbs = papers.copy_crumbs(kind, definition, copy, spoken())
        nothing = {"title": definition.title.say(spoken()), "crumbs": crumbs, "kind": kind}
        return render(request, "casework/procedure_copy.html", nothing, status=404)
    return render(request, "casework/procedure_copy.html", {"kind": kind, **papers.copy(found, spoken())})


@login_required
@require_safe
@never_cache
def copy_text(request: HttpRequest, kind: str, copy: str) -> HttpResponse:
    """The same copy as Markdown, the watermark on its first and last line."""
    found = _readable(request, kind, copy)
    if found is None:
        raise Http404
    name = f"{found.version.document.number}-{found.distribution_number}.md"
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(copies.as_markdown(found), "text/markdown; charset=utf-8", headers=headers)


def _readable(request: HttpRequest, kind: str, number: str) -> ControlledCopy | None:
    """The copy, for somebody who holds a post."""
    if not people.doer_of(request.user, timezone.now()).holds:
        raise PermissionDenied(_("受控副本只供在岗人员阅读"))
    return copies.find_copy(kind, number)


def _in_force(kind: str) -> tuple[Version, Definition]:
    found = procedure_in_force(kind, timezone.now())
    if found is None:
        raise Http404
    return found
