"""Pages of price lists and receipts. They ask and show; what changes is in ``prices`` and ``actions``."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bihuan.layout.context import short_language
from bihuan.layout.frames import Crumb
from bihuan.registers.deeds import RegisterRefusal

from . import access, actions, forms, pages, prices, queries
from .errors import NotThere, NotYours
from .models import PriceList, Receipt

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@require_safe
def price_lists(request: HttpRequest) -> HttpResponse:
    """Every price list one may see, with its days."""
    shown = pages.price_lists(request.user, timezone.now(), short_language(), _asked(request))
    return render(request, "charges/prices.html", shown)


@login_required
@require_safe
def price_list_page(request: HttpRequest, price_list: UUID) -> HttpResponse:
    """One dated version, its lines and the other versions."""
    now = timezone.now()
    shown = pages.price_list(request.user, _list(request, price_list), now, short_language())
    return render(request, "charges/price_list.html", shown)


@login_required
@GET_OR_POST
def new_list(request: HttpRequest) -> HttpResponse:
    """A new price list."""
    now, typed = timezone.now(), _typed(request)
    codes = pages.places_to_keep(request.user, now)
    _only(bool(codes))
    names = pages.outlet_names(set(codes), short_language())
    questions = forms.list_questions([(code, names.get(code, code)) for code in codes], typed)
    crumbs = [Crumb(_("收费标准"), "/prices/"), Crumb(_("新价目"))]
    shown = {"title": _("新价目"), "crumbs": crumbs, "questions": questions, "cancel": "/prices/"}
    if request.method != "POST":
        return render(request, "charges/ask.html", shown)
    try:
        start, until = forms.day(typed, "start"), forms.day(typed, "until", required=False)
        name, outlet = typed.get("name", ""), typed.get("outlet", "")
        made = prices.open_list(name, start, by=request.user, at=now, outlet=outlet, until=until)
    except RegisterRefusal as refusal:
        return _again(request, shown, refusal)
    messages.success(request, _("已建立，请逐条添加价格"))
    return redirect("charges:price-list", made.pk)


@login_required
@GET_OR_POST
def add_line(request: HttpRequest, price_list: UUID) -> HttpResponse:
    """A further price of a list."""
    made, typed = _list(request, price_list), _typed(request)
    _only(access.may_keep_prices(request.user, made.outlet, timezone.now()))
    shown = _about(made, _("添加价格")) | {"questions": forms.line_questions(typed)}
    if request.method != "POST":
        return render(request, "charges/ask.html", shown)
    try:
        prices.add_line(made, forms.price(typed), by=request.user, at=timezone.now())
    except RegisterRefusal as refusal:
        return _again(request, shown, refusal)
    messages.success(request, _("已添加"))
    return redirect("charges:price-list", made.pk)


@login_required
@GET_OR_POST
def new_version(request: HttpRequest, price_list: UUID) -> HttpResponse:
    """The same list with other prices from a day on."""
    made, typed = _list(request, price_list), _typed(request)
    _only(access.may_keep_prices(request.user, made.outlet, timezone.now()))
    lines = list(made.lines.order_by("code"))
    shown = _about(made, _("新版价目")) | {"questions": forms.version_questions(lines, typed, short_language())}
    if request.method != "POST":
        return render(request, "charges/ask.html", shown)
    try:
        start, changes = forms.day(typed, "start"), forms.changes(lines, typed)
        fresh = prices.new_version(made, start, changes, by=request.user, at=timezone.now())
    except RegisterRefusal as refusal:
        return _again(request, shown, refusal)
    messages.success(request, _("新版已定"))
    return redirect("charges:price-list", fresh.pk)


@login_required
@require_safe
def receipts(request: HttpRequest) -> HttpResponse:
    """Receipts in the order of their numbers, void ones among them."""
    shown = pages.receipts(request.user, timezone.now(), short_language(), _asked(request))
    return render(request, "charges/receipts.html", shown)


@login_required
@GET_OR_POST
def void(request: HttpRequest, receipt: UUID) -> HttpResponse:
    """Make a receipt void; it stays in its place."""
    now, typed = timezone.now(), _typed(request)
    found = queries.visible_to(request.user, now).filter(pk=receipt).first()
    if found is None:
        raise Http404
    _only(access.may_void(request.user, found.outlet, now))
    shown = _void_shown(found) | {"questions": forms.void_questions(typed)}
    if request.method != "POST":
        return render(request, "charges/ask.html", shown)
    try:
        actions.void_by_hand(found.name, typed.get("because", ""), by=request.user, at=now)
    except RegisterRefusal as refusal:
        return _again(request, shown, refusal)
    messages.success(request, _("收据 %(name)s 已作废") % {"name": found.name})
    return redirect("charges:receipts")


def _only(allowed: bool) -> None:
    """Nobody is asked what they may not do; the action itself refuses as well."""
    if not allowed:
        raise PermissionDenied


def _list(request: HttpRequest, key: UUID) -> PriceList:
    try:
        return prices.find(request.user, key, timezone.now())
    except NotThere as error:
        raise Http404 from error


def _about(made: PriceList, title: str) -> dict[str, Any]:
    address = f"/prices/{made.pk}/"
    crumbs = [Crumb(_("收费标准"), "/prices/"), Crumb(made.name, address), Crumb(title)]
    return {"title": title, "kicker": f"{made.name} · {made.start}", "crumbs": crumbs, "cancel": address}


def _void_shown(found: Receipt) -> dict[str, Any]:
    title = _("作废收据 %(name)s") % {"name": found.name}
    facts = [(_("金额（元）"), found.amount), (_("付款人"), found.payer or "—"), (_("事项"), found.number)]
    crumbs = [Crumb(_("收据"), "/receipts/"), Crumb(title)]
    return {"title": title, "crumbs": crumbs, "cancel": "/receipts/", "facts": facts, "submit": _("作废")}


def _again(request: HttpRequest, shown: dict[str, Any], refusal: RegisterRefusal) -> HttpResponse:
    """The form once more with what was typed and what is wrong; nothing has changed."""
    problems = forms.problems(shown["questions"], refusal)
    status = 403 if isinstance(refusal, NotYours) else getattr(refusal, "status", 409)
    return render(request, "charges/ask.html", {**shown, "problems": problems}, status=status)


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: value[:2000].replace("\x00", "") for name, value in request.POST.items()}


def _asked(request: HttpRequest) -> dict[str, str]:
    """What narrows a list; an id that is none is left out."""
    found = {name: value[:200].replace("\x00", "") for name, value in request.GET.items()}
    for name in ("before", "after"):
        try:
            UUID(found.get(name, ""))
        except ValueError:
            found.pop(name, None)
    return found
