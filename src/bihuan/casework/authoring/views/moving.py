"""Moving open cases to the version in force: chosen by hand, each an act of its own with step map and reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.procedure.definition import Text
from bihuan.procedure.refusals import Refusal

from ...actions.moving import move
from ...errors import CaseworkError
from ...models import Case
from ..entrance import Desk, at_moving
from ..pages import moving as pages

AT_ONCE = 50


@at_moving
@require_http_methods(["GET", "HEAD", "POST"])
def moving(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The cases by step; those ticked are moved one after the other, what is refused says why and stays."""
    if desk.version is None:
        raise Http404
    if request.method != "POST":
        return render(request, "authoring/moving.html", pages.moving(desk))
    sent = {name: value[:4000] for name, value in request.POST.items() if name.startswith("to-") or name == "reason"}
    ticked = frozenset(request.POST.getlist("case")[: AT_ONCE + 1])
    problem = _problem(ticked, sent)
    if problem is not None:
        shown = pages.moving(desk, sent, ticked) | {"problems": [("form", problem)]}
        return render(request, "authoring/moving.html", shown, status=422)
    chosen = [case for case in pages.standing(desk) if case.number in ticked]
    refused = [(case.number, said) for case in chosen if (said := _moved(desk, case, sent)) is not None]
    done = len(chosen) - len(refused)
    if done:
        messages.success(request, _("已换版 %(count)s 件") % {"count": done})
    if not refused:
        return redirect("authoring:moving", desk.kind)
    shown = pages.moving(desk, sent, ticked) | {"refused": refused}
    return render(request, "authoring/moving.html", shown, status=409)


def _problem(ticked: frozenset[str], sent: dict[str, str]) -> Text | None:
    if not ticked:
        return Text("请勾选要换版的事项", "Tick the cases to move")
    if len(ticked) > AT_ONCE:
        return Text(f"一次最多 {AT_ONCE} 件", f"At most {AT_ONCE} at once")
    return None if sent.get("reason", "").strip() else Text("请写明理由", "Say why")


def _moved(desk: Desk, case: Case, sent: dict[str, str]) -> Text | None:
    """None when it was moved, else why not."""
    if desk.version is None:
        return None
    to = sent.get(pages.group_name(case.kind, case.version_id, case.step), "")
    steps = {case.step: to} if to else {}
    try:
        move(desk.person, case.number, desk.version.pk, steps, sent["reason"], desk.at)
    except (Refusal, CaseworkError) as refusal:
        words: Text = refusal.words
        return words
    return None
