"""What can be printed, how it will look, and the printing itself. Every page begins with the case in sight."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bihuan.layout.frames import Crumb, Question
from bihuan.layout.paper import PaperFault, leaves, picture

from .. import queries
from ..models import Case
from ..replies import spoken
from ..views.cases import sought
from . import actions
from .actions import NothingToPrint, Printer, Wanted, WrongOffset
from .documents import Document, documents_of
from .models import PrintCount

PREVIEW_PPI = 144
POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
SHOWN_PRINTINGS = 20
PAPER_WORDS = {"a4": "A4", "a5": "A5", "241x140": "241×140 mm", "241x93": "241×93 mm", "80mm": "80 mm"}


@login_required
@require_safe
def menu(request: HttpRequest, number: str) -> HttpResponse:
    """Everything of this case that can be printed now, and what was printed."""
    case = sought(request, number)
    listed = documents_of(case, request.user, timezone.now(), spoken())
    printed = PrintCount.objects.filter(number=case.number).order_by("-at", "-id")[:SHOWN_PRINTINGS]
    titles = {one.key: one.title for one in listed}
    return render(
        request,
        "paper/menu.html",
        {
            "title": _("打印"),
            "case": case,
            "documents": listed,
            "printed": [{"row": one, "title": titles.get(one.document, one.document)} for one in printed],
            "crumbs": _crumbs(case),
        },
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def document(request: HttpRequest, number: str, document: str) -> HttpResponse:
    """GET: how it will look, in its true size. POST: the PDF, counted."""
    case, found, wanted, printer = _asked(request, number, document)
    if request.method == "POST":
        return _pdf(actions.print_out([wanted], printer), f"{case.number}-{printer.paper}.pdf")
    sizes = leaves(actions.preview([wanted], printer))
    return render(
        request,
        "paper/document.html",
        {
            "title": found.title,
            "case": case,
            "document": found,
            "chosen": wanted.copies,
            "paper": printer.paper,
            "papers": [(name, PAPER_WORDS[name]) for name in found.papers],
            "pages": [{"number": at, "size": _size_class(printer.paper, size)} for at, size in enumerate(sizes, 1)],
            "query": request.GET.urlencode(),
            "offset": actions.offset_of(request.user),
            "crumbs": _crumbs(case, found.title),
        },
    )


@login_required
@never_cache
@require_safe
def page(request: HttpRequest, number: str, document: str, page: int) -> HttpResponse:
    """One page of the preview as a picture, drawn from the very PDF."""
    _case, _found, wanted, printer = _asked(request, number, document)
    try:
        drawn = picture(actions.preview([wanted], printer), page, PREVIEW_PPI)
    except PaperFault as fault:
        raise Http404 from fault
    return HttpResponse(drawn, content_type="image/png")


@login_required
@require_POST
def several(request: HttpRequest) -> HttpResponse:
    """One document of several cases in one PDF: ``number`` (many), ``document`` (a layout or a form), ``paper``."""
    now = timezone.now()
    numbers = request.POST.getlist("number")[: actions.MOST_AT_ONCE]
    kind, paper = request.POST.get("document", ""), request.POST.get("paper", "")
    cases = queries.visible_to(request.user, now).filter(number__in=[one.replace("\x00", "") for one in numbers])
    wanted = []
    for case in sorted(cases, key=lambda one: numbers.index(one.number)):
        fitting = [one for one in documents_of(case, request.user, now, spoken()) if kind in {one.layout, one.form}]
        wanted += [Wanted(case, one, tuple(name for name, _title in one.copies)) for one in fitting]
    paper = paper or next((one.document.papers[0] for one in wanted), "")
    printer = Printer(request.user, now, spoken(), _origin(request), paper)
    try:
        return _pdf(actions.print_out(wanted, printer), f"{kind or 'print'}.pdf")
    except NothingToPrint as refusal:
        context = {"title": _("打印"), "refusal": refusal.words, "crumbs": [Crumb(_("打印"))]}
        return render(request, "paper/nothing.html", context, status=409)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offset(request: HttpRequest) -> HttpResponse:
    """Where one's own printer sets the page, in millimetres."""
    kept = actions.offset_of(request.user)
    x, y = (request.POST.get(name, str(kept[name]))[:10] for name in ("x", "y"))
    errors = []
    if request.method == "POST":
        try:
            actions.set_offset(request.user, x, y)
            return redirect("paper:offset")
        except WrongOffset as refusal:
            errors = [refusal.words]
    questions = [
        Question("x", _("向右（毫米，向左为负）"), "number", value=x, errors=errors),
        Question("y", _("向下（毫米，向上为负）"), "number", value=y),
    ]
    context = {"title": _("打印偏移"), "questions": questions, "crumbs": [Crumb(_("打印偏移"))]}
    return render(request, "paper/offset.html", context, status=422 if errors else 200)


def _asked(request: HttpRequest, number: str, key: str) -> tuple[Case, Document, Wanted, Printer]:
    case = sought(request, number)
    now = timezone.now()
    found = next((one for one in documents_of(case, request.user, now, spoken()) if one.key == key), None)
    if found is None:
        raise Http404(_("现在没有这份单据"))
    said = request.POST if request.method == "POST" else request.GET
    paper = said.get("paper", "") or found.papers[0]
    if paper not in found.papers:
        raise Http404(_("这份单据不用这种纸"))
    known = [name for name, _title in found.copies]
    copies = tuple(name for name in known if name in said.getlist("copy")) or tuple(known)
    printer = Printer(request.user, now, spoken(), _origin(request), paper)
    return case, found, Wanted(case, found, copies), printer


def _origin(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _pdf(content: bytes, name: str) -> HttpResponse:
    """Opens in the browser and is printed from there."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, name)
    response["Content-Security-Policy"] = POLICY
    return response


def _size_class(paper: str, size: tuple[float, float]) -> str:
    wide = paper == "a5" and size[0] > size[1]
    return f"paper-{paper}{'-wide' if wide else ''}"


def _crumbs(case: Case, title: str = "") -> list[Crumb]:
    way = [Crumb(_("事项"), "/cases/"), Crumb(case.number, f"/cases/{case.number}/")]
    if title:
        return [*way, Crumb(_("打印"), f"/cases/{case.number}/print/"), Crumb(title)]
    return [*way, Crumb(_("打印"))]
