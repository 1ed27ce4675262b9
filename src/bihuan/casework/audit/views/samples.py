"""Samples and their check sheets."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bihuan.people import withheld

from .. import actions, handing, paper, policy, rights, samples
from ..entrance import drawing, reading
from ..errors import AuditRefusal
from ..models import Sample, Sheet
from ..pages import samples as pages
from ..pages.exceptions import period
from ..pages.log import Reader
from ..pages.policy import typed

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


def _sample(reader: Reader, key: UUID) -> Sample:
    found = samples.visible(reader.outlets).filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def _sheet(reader: Reader, key: UUID, place: int) -> Sheet:
    found = _sample(reader, key).sheets.select_related("sample").filter(place=place).first()
    if found is None or withheld.hidden([found.number], reader.person, reader.at):
        raise Http404
    return found


@reading
@require_safe
def listed(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Every sample in sight."""
    return render(request, "audit/samples.html", pages.listed(reader))


@drawing
@GET_OR_POST
def draw(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Draw a sample."""
    if request.method != "POST":
        return render(request, "audit/draw.html", pages.drawing(reader, None))
    sent = typed(request.POST)
    try:
        asked = pages.asked(sent)
        span = period(reader, asked.start, max(asked.start, asked.until), policy.current().numbers)
        sample = actions.draw(asked, span, by=reader.person, at=reader.at)
    except AuditRefusal as refusal:
        return render(request, "audit/draw.html", pages.drawing(reader, sent, refusal), status=refusal.status)
    return redirect("audit:sample", sample.pk)


@reading
@require_safe
def one(request: HttpRequest, reader: Reader, sample: UUID) -> HttpResponse:
    """One sample with its sheets."""
    return render(request, "audit/sample.html", pages.one(reader, _sample(reader, sample)))


@drawing
@require_POST
def close(request: HttpRequest, reader: Reader, sample: UUID) -> HttpResponse:
    """Close a sample for good."""
    found = _sample(reader, sample)
    words = request.POST.get("conclusion", "")
    try:
        actions.close(found, words, by=reader.person, at=reader.at)
    except AuditRefusal as refusal:
        return render(request, "audit/sample.html", pages.one(reader, found, words, refusal), status=refusal.status)
    messages.success(request, _("抽样已关闭，内容不再改变"))
    return redirect("audit:sample", found.pk)


@reading
@GET_OR_POST
def sheet(request: HttpRequest, reader: Reader, sample: UUID, place: int) -> HttpResponse:
    """The check sheet of one case; filled in by those who draw."""
    found = _sheet(reader, sample, place)
    if request.method != "POST":
        return render(request, "audit/sheet.html", pages.sheet(reader, found))
    return _fill(request, reader=reader, found=found)


def _fill(request: HttpRequest, *, reader: Reader, found: Sheet) -> HttpResponse:
    if not rights.may_draw(reader.person, reader.at):
        raise PermissionDenied
    sent = typed(request.POST)
    answers = {name.removeprefix("answer-"): value for name, value in sent.items() if name.startswith("answer-")}
    try:
        actions.fill(found, answers, sent.get("remark", ""), sent.get("finding", ""), by=reader.person, at=reader.at)
    except AuditRefusal as refusal:
        return render(request, "audit/sheet.html", pages.sheet(reader, found, sent, refusal), status=refusal.status)
    following = found.sample.sheets.filter(filled_at__isnull=True, place__gt=found.place).order_by("place").first()
    if following is not None:
        return redirect("audit:sheet", found.sample_id, following.place)
    return redirect("audit:sample", found.sample_id)


@drawing
@require_POST
def hand_over(request: HttpRequest, reader: Reader, sample: UUID, place: int) -> HttpResponse:
    """The finding as the half-filled opening form of a case."""
    found = _sheet(reader, sample, place)
    try:
        return redirect(handing.hand_over(found, request.POST.get("kind", ""), by=reader.person, at=reader.at))
    except AuditRefusal as refusal:
        return render(
            request, "audit/sheet.html", pages.sheet(reader, found, None, AuditRefusal(refusal.words)),
            status=refusal.status,
        )  # fmt: skip


@reading
@require_safe
def result(request: HttpRequest, reader: Reader, sample: UUID) -> HttpResponse:
    """The result on paper."""
    found = _sample(reader, sample)
    address = request.build_absolute_uri(f"/audit/samples/{found.pk}/")
    return paper.answered(paper.result(reader, found, address), f"audit-{found.at:%Y%m%d}.pdf")
