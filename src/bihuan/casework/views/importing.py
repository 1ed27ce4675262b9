"""Importing: five steps with an address each import keeps, so that the page can be left at any of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..exporting import attached, export_response
from ..importing import background, papers, queries, receiving, reversing, running
from ..importing.errors import ImportRefusal
from ..importing.models import Import
from ..pages import importing as pages
from ..replies import spoken

STATUS = {"not-allowed": 403, "wrong-state": 409, "too-late": 409, "built-upon": 409, "errors": 409, "nothing": 409}


def _sought(request: HttpRequest, import_id: UUID) -> Import:
    found = queries.visible_to(request.user).filter(pk=import_id).first()
    if found is None:
        raise Http404
    return found


@login_required
def import_list(request: HttpRequest) -> HttpResponse:
    """One's imports, and the form for a new one."""
    now = timezone.now()
    if request.method == "POST":
        return _received(request)
    return render(request, "casework/imports.html", pages.overview(request.user, now, spoken(), {}, ()))


def _received(request: HttpRequest) -> HttpResponse:
    now, given, file = timezone.now(), request.POST, request.FILES.get("file")
    try:
        if file is None:
            raise ImportRefusal("file", pages.NO_FILE, "file")
        one = receiving.receive(
            given.get("kind", ""),
            file.name or "",
            file.chunks(),
            by=request.user,
            at=now,
            outlet=given.get("outlet", ""),
            zone=given.get("zone", ""),
        )
    except ImportRefusal as refusal:
        shown = pages.overview(request.user, now, spoken(), given, [(refusal.field, refusal.words)])
        return render(request, "casework/imports.html", shown, status=STATUS.get(refusal.code, 422))
    return redirect("casework:import", import_id=one.pk)


@login_required
def import_page(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """The step this import stands at."""
    one = _sought(request, import_id)
    return _shown(request, one)


def _shown(request: HttpRequest, one: Import, refusal: ImportRefusal | None = None) -> HttpResponse:
    shown = pages.step(one, timezone.now(), spoken(), request.POST if refusal else None)
    status = STATUS.get(refusal.code, 422) if refusal else 200
    return render(request, "casework/import.html", {**shown, "refusal": refusal}, status=status)


def _carried_out(request: HttpRequest, one: Import) -> HttpResponse:
    """What is little is done at once; more is left to the worker, and the page shows how far it is."""
    if pages.is_little(one):
        while running.carry_on(one.pk, timezone.now(), lambda: True):
            pass
    else:
        background.import_soon(one.pk)
    return redirect("casework:import", import_id=one.pk)


@login_required
@require_POST
def import_columns(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Which column is what; then the check begins."""
    one, given = _sought(request, import_id), request.POST
    try:
        if "look" in given:
            receiving.take_sheet(one, given.get("sheet", ""))
            return redirect("casework:import", import_id=one.pk)
        mapping = {name.removeprefix("c-"): code for name, code in given.items() if name.startswith("c-") and code}
        if any(not place.isdecimal() for place in mapping):
            raise ImportRefusal("columns", pages.WRONG_COLUMN, "columns")
        receiving.take_mapping(one, mapping, by=request.user, at=timezone.now(), order=given.get("order", ""))
    except ImportRefusal as refusal:
        return _shown(request, one, refusal)
    return _carried_out(request, one)


@login_required
@require_POST
def import_confirm(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Carry it out; with errors only where "only the correct rows" was chosen."""
    one = _sought(request, import_id)
    try:
        running.confirm(one, only_correct="only-correct" in request.POST, by=request.user, at=timezone.now())
    except ImportRefusal as refusal:
        return _shown(request, one, refusal)
    return _carried_out(request, one)


@login_required
@require_POST
def import_act(request: HttpRequest, import_id: UUID, action: str) -> HttpResponse:
    """Cancel, take back, or go back to the columns."""
    doing: dict[str, Any] = {"cancel": running.cancel, "reverse": reversing.reverse, "again": receiving.begin_again}
    if action not in doing:
        raise Http404
    one = _sought(request, import_id)
    try:
        doing[action](one, by=request.user, at=timezone.now())
    except ImportRefusal as refusal:
        return _shown(request, one, refusal)
    return redirect("casework:import", import_id=one.pk)


@login_required
def import_rejected(request: HttpRequest, import_id: UUID, ending: str) -> HttpResponse:
    """The rows with errors, each with what is wrong with it."""
    one = _sought(request, import_id)
    if ending not in {"xlsx", "csv"} or not one.file.is_file():
        raise Http404
    columns, rows = papers.rejected(one, spoken())
    return export_response(rows, columns, _("错误行"), ending, request)


@login_required
def import_template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty sheet to fill in."""
    now = timezone.now()
    chosen = next((one for one in receiving.kinds_of(request.user, now) if one.name == kind), None)
    if chosen is None:
        raise Http404
    zone: Any = timezone.get_current_timezone()
    name = f"{_('模板')}_{chosen.title.say(spoken())}.xlsx"
    return attached(papers.template(chosen, spoken(), zone), name, "xlsx")
