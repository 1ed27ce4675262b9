"""``/cases/<number>/move/``: an open case moved to the version of its procedure that is in force."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.procedure.refusals import Refusal

from .. import actions
from ..errors import CaseworkError
from ..pages.moving import MoveForm
from ..replies import spoken
from .cases import sought


@login_required
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, number: str) -> HttpResponse:
    """The step map as proposed and the reason; the form again with what was typed where it is refused."""
    case, now = sought(request, number), timezone.now()
    form = MoveForm.of(request.user, case, now, request.POST if request.method == "POST" else None)
    if form is None:
        messages.info(request, _("事项已结束，或已在现行版本之下。"))
        return redirect("casework:case", number=case.number)
    if request.method == "POST":
        try:
            actions.move(
                request.user, case.number, form.version.pk, form.mapped(), form.reason, now, form.identity,
                expect=form.expect,
            )  # fmt: skip
        except (Refusal, CaseworkError) as refusal:
            case.refresh_from_db()
            form.refuse(refusal)
        else:
            messages.success(request, _("已换到 %(version)s 版") % {"version": form.new.version})
            return redirect("casework:case", number=case.number)
    return render(request, "casework/move.html", form.context(spoken()), status=form.status)
