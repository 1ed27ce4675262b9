"""The list, its views, acts on many, and how far they are."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from procrastinate.contrib.django import app

from bihuan.people import access
from bihuan.people import queries as people

from ..actions import batches
from ..definitions import definition_for
from ..models import Batch, View
from ..pages import bulk, home, lists
from ..pages.sheets import Sheet
from ..replies import spoken
from ..roles import roles_of


@login_required
def case_list(request: HttpRequest) -> HttpResponse:
    """The list; its whole state stands in the address."""
    now = timezone.now()
    if not request.GET:
        first = lists.first_view(request.user, home.role(request), now)
        if first:
            return redirect(f"/cases/?{first}")
    shown = lists.listed(request, now, spoken())
    tabs = lists.tabs(request.user, shown["query"], now, counted=False)
    return render(request, "casework/list.html", {"title": _("事项"), "tabs": tabs, "now": now, **shown})


@login_required
def view_tabs(request: HttpRequest) -> HttpResponse:
    """The tabs with how many are in each, fetched beside the page so that the list never waits for them."""
    now = timezone.now()
    tabs = lists.tabs(request.user, request.GET.urlencode(), now, counted=True)
    return render(request, "casework/_tabs.html", {"tabs": tabs, "query": request.GET.urlencode()})


@login_required
def keep_view(request: HttpRequest) -> HttpResponse:
    """Keep the list as it stands under a name; shown to oneself, one's outlet or everybody."""
    now = timezone.now()
    query = (request.POST if request.method == "POST" else request.GET).get("query", "")[:2000]
    outlets = access.visible_outlets(request.user, now)
    own = sorted({place for _post, place in people.doer_of(request.user, now).holds if place})
    roles = roles_of(request.user, now)
    context = {"title": _("保存为视图"), "query": query, "outlets": own, "mine": []}
    context["roles"] = [(name, _(lists.ROLE_WORDS.get(name, name))) for name in lists.ROLE_WORDS]
    context["mine"] = list(View.objects.filter(owner=request.user).order_by("position", "id"))
    context["may_set_role"] = outlets is None or "service-manager" in roles or request.user.is_administrator
    if request.method == "POST":
        problem = _kept(request, query, own, context["may_set_role"])
        if not problem:
            return redirect(f"/cases/?{query}")
        return render(request, "casework/view.html", {**context, "problem": problem}, status=422)
    return render(request, "casework/view.html", context)


def _kept(request: HttpRequest, query: str, own: list[str], may_set_role: bool) -> str:
    """Keep what was sent; words of what is wrong with it, "" when it is kept."""
    given = request.POST
    name = given.get("name", "").replace("\x00", "").strip()
    shown_to = given.get("shown_to", View.ShownTo.ME)
    if not name or len(name) > 60:
        return str(_("请写一个不超过 60 字的名称。"))
    if shown_to not in View.ShownTo.values or (shown_to == View.ShownTo.OUTLET and not own):
        return str(_("不能给这些人看。"))
    outlet = given.get("outlet", "") if given.get("outlet", "") in own else (own[0] if own else "")
    kept = {
        "query": lists.settled(QueryDict(query)).urlencode(),
        "shown_to": shown_to,
        "outlet": outlet if shown_to == View.ShownTo.OUTLET else "",
        "role": given.get("role", "")[:40] if may_set_role else "",
        "position": View.objects.filter(owner=request.user).count(),
    }
    try:
        with transaction.atomic():
            View.objects.update_or_create(owner=request.user, name=name, defaults=kept)
    except IntegrityError:
        return str(_("不能给这些人看。"))
    return ""


@login_required
@require_POST
def drop_view(request: HttpRequest, view: int) -> HttpResponse:
    """Give up a view of one's own."""
    if not View.objects.filter(pk=view, owner=request.user).delete()[0]:
        raise Http404
    return redirect("/cases/?sort=promised")


@login_required
@require_POST
def bulk_act(request: HttpRequest) -> HttpResponse:
    """Choose an act for many, see what it would do, do it: three steps of one form, each works without script."""
    now = timezone.now()
    numbers = bulk.selected(request.user, request.POST, now)
    action = request.POST.get("action", "")
    asked = {"numbers": " ".join(numbers), "total": len(numbers), "query": request.POST.get("query", "")}
    context = {"title": _("批量办理"), **asked}
    cases = bulk.cases_of(request.user, numbers, now)
    if not action or not cases:
        acts = bulk.common(request.user, cases, now, spoken())
        return render(request, "casework/bulk.html", {**context, "acts": acts})
    seen = bulk.preview(request.user, cases, action, now, spoken())
    if not seen.allowed:
        return render(request, "casework/bulk.html", {**context, "seen": seen}, status=409)
    sheet = Sheet.for_act(request, seen.allowed[0], definition_for(seen.allowed[0]), action, now)
    if request.POST.get("step") == "go" and not _refused(request, seen, sheet, action):
        return _begun(request, seen, sheet)
    shown = {**sheet.context(spoken()), **context, "seen": seen}
    return render(request, "casework/bulk.html", shown, status=sheet.status)


def _refused(request: HttpRequest, seen: bulk.Preview, sheet: Sheet, action: str) -> bool:
    """Whether what was filled in would be refused of the first case; then the sheet says why."""
    doer = people.doer_of(request.user, sheet.received, sheet.post)
    wrong = bulk.wrong_answers(seen.allowed[0], action, doer, sheet.answers, sheet.received)
    if wrong is not None:
        sheet.refuse(wrong)
    return wrong is not None


def _begun(request: HttpRequest, seen: bulk.Preview, sheet: Sheet) -> HttpResponse:
    """A short list is done at once, a long one handed to the worker; either way its page tells how it went."""
    numbers = [case.number for case in seen.allowed]
    batch = batches.prepare(request.user, seen.action, seen.title, sheet.answers, numbers, sheet.received, sheet.post)
    if batch.total <= batches.AT_ONCE:
        batches.carry_out(batch.pk, sheet.received)
    else:
        app.configure_task("batch").defer(batch=str(batch.pk))
    return redirect("casework:batch", batch=batch.pk)


@login_required
def batch_page(request: HttpRequest, batch: UUID) -> HttpResponse:
    """How far a list is and what came of each case on it; whose it is alone sees it."""
    found = Batch.objects.filter(pk=batch, person=request.user).first()
    if found is None:
        raise Http404
    return render(request, "casework/batch.html", {"title": found.title, **lists.batch(found, spoken())})


@login_required
@require_POST
def batch_stop(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Do nothing more on this list."""
    if not batches.stop(batch, request.user):
        raise Http404
    return redirect("casework:batch", batch=batch)
