"""The daily digests: list, one of them as page and on paper, one from outside held against the book."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from bihuan.journal.models import Digest
from bihuan.people import scope

from .. import digests, paper
from ..entrance import comparing
from ..errors import AuditRefusal, NoDigest
from ..pages import digests as pages
from ..pages.log import Reader


def _digest(day: str) -> Digest:
    try:
        found = Digest.objects.filter(day=date.fromisoformat(day)).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


@comparing
@require_safe
def listed(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Every day with its digest, and the days that have none."""
    return render(request, "audit/digests.html", pages.listed(reader, request.GET.get("until", "")))


@comparing
@require_safe
def one(request: HttpRequest, reader: Reader, day: str) -> HttpResponse:
    """One digest, and whether the book still stands as it was sealed."""
    found = _digest(day)
    with scope.everything():
        return render(request, "audit/digest.html", pages.one(reader, found))


@comparing
@require_safe
def on_paper(request: HttpRequest, reader: Reader, day: str) -> HttpResponse:
    """The same as PDF, the hash in a square."""
    found = _digest(day)
    pdf = paper.digest(reader, found, request.build_absolute_uri(f"/audit/digests/{found.day}/"))
    return paper.answered(pdf, f"digest-{found.day}.pdf")


@comparing
@require_safe
def file(request: HttpRequest, reader: Reader, day: str) -> HttpResponse:
    """The same as the file it left the machine as."""
    found = _digest(day)
    response = HttpResponse(found.text, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{found.day}.json"'
    return response


@comparing
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Hold a digest from outside against the book."""
    if request.method != "POST":
        return render(request, "audit/compare.html", pages.comparing(reader))
    given = request.FILES.get("digest")
    try:
        if given is None:
            raise NoDigest
        compared = digests.compare(given.read(digests.MOST_BYTES + 1))
    except AuditRefusal as refusal:
        return render(request, "audit/compare.html", pages.comparing(reader, refusal), status=refusal.status)
    return render(request, "audit/compare.html", pages.compared(reader, compared))
