"""``/approvals/together/``: what agreeing to the ticked cases would do, then what came of each."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..pages import approvals, together
from ..replies import spoken


@login_required
@require_POST
def agree(request: HttpRequest) -> HttpResponse:
    """First what would be done, to be confirmed; confirmed, each by an act of its own. Sent twice it counts once."""
    now = timezone.now()
    chosen = together.picked(request.POST, now)
    confirmed = bool(chosen) and request.POST.get("step") == "go"
    look = together.agreed if confirmed else together.previewed
    rows = look(request.user, chosen, now, spoken())
    context = {
        "title": _("一起同意"),
        "rows": rows,
        "over": confirmed,
        "count": sum(row.done if confirmed else not row.refused for row in rows),
        "left": sum(bool(row.refused) for row in rows),
        "total": together.total(rows),
        "query": approvals.Wanted.of(request.GET).query,
    }
    return render(request, "casework/together.html", context, status=200 if rows else 422)
