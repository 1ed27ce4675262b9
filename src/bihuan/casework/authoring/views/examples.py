"""Examples drafted beside the text: listed, written, played, without anything of it running."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan.procedure.definition import Text
from bihuan.registers.documents import drafting
from bihuan.registers.documents import examples as drafted
from bihuan.registers.documents.errors import DocumentRefusal

from ..entrance import Desk, with_draft
from ..pages import examples as pages
from .drafts import GET_OR_POST, status_of, typed


@with_draft
@GET_OR_POST
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The files; a name sent opens the editor of a new one."""
    if request.method != "POST":
        return render(request, "authoring/examples.html", pages.listed(desk))
    if not desk.writing:
        raise PermissionDenied
    words = request.POST.get("file", "")[:200]
    try:
        return redirect("authoring:example", desk.kind, drafted.name_of(words))
    except DocumentRefusal as refusal:
        return render(request, "authoring/examples.html", pages.listed(desk, words, refusal), status=422)


@with_draft
@GET_OR_POST
def editor(request: HttpRequest, desk: Desk, file: str) -> HttpResponse:
    """One file to write on; saved, it is one more revision of the draft."""
    if request.method != "POST":
        return render(request, "authoring/example.html", _stored(desk, file))
    if desk.draft is None:
        raise Http404
    text, on = typed(request)
    try:
        kept = drafted.save(desk.draft, file, text, on, by=desk.person, at=desk.at)
    except DocumentRefusal as refusal:
        # standing on the newest one now, so that saving again says yes to what was read
        shown = pages.editor(desk, file, text[: drafting.LONGEST], pages.standing_on(desk, file), refusal.words)
        return render(request, "authoring/example.html", shown, status=status_of(refusal))
    if kept is None:
        messages.info(request, _("没有改动，未另存"))
    else:
        messages.success(request, _("已存为第 %(number)s 稿") % {"number": kept.number})
    return redirect("authoring:example", desk.kind, file)


@with_draft
@require_POST
def check(request: HttpRequest, desk: Desk, file: str) -> HttpResponse:
    """The same page with what was typed, played and not saved."""
    if not desk.writing:
        raise PermissionDenied
    _named(file)
    text, on = typed(request)
    if len(text) > drafting.LONGEST:
        words = Text(f"正文最多 {drafting.LONGEST} 字", f"A text has at most {drafting.LONGEST} characters")
        return render(request, "authoring/example.html", _stored(desk, file) | {"refused": words}, status=422)
    key = request.POST.get("came", "")
    pressed = pages.pressed(desk, file, text, key) if key else None
    shown = pages.editor(desk, file, pressed.text if pressed else text, on, pressed=pressed)
    return render(request, "authoring/example.html", shown, status=422 if pressed and not pressed.line else 200)


@with_draft
@require_POST
def remove(request: HttpRequest, desk: Desk, file: str) -> HttpResponse:
    """Take the file away with this draft; it is there until the draft is in force."""
    return _put(request, desk, file, drafted.remove, _("生效后删去这个例子文件"))


@with_draft
@require_POST
def discard(request: HttpRequest, desk: Desk, file: str) -> HttpResponse:
    """The file as it is in force again, or none where it was new."""
    return _put(request, desk, file, drafted.discard, _("已放弃对这个例子文件的改动"))


def _put(request: HttpRequest, desk: Desk, file: str, act: Callable[..., Any], told: str) -> HttpResponse:
    if desk.draft is None:
        raise Http404
    try:
        kept = act(desk.draft, file, typed(request)[1], by=desk.person, at=desk.at)
    except DocumentRefusal as refusal:
        shown = pages.listed(desk) | {"refused": refusal.words}
        return render(request, "authoring/examples.html", shown, status=status_of(refusal))
    messages.success(request, told) if kept is not None else messages.info(request, _("没有改动，未另存"))
    return redirect("authoring:examples", desk.kind)


def _stored(desk: Desk, file: str) -> dict[str, object]:
    """The editor with the file as it is, or with the beginning of a new one."""
    text = pages.text_of(desk, file)
    if text is None:
        if not desk.writing:
            raise Http404
        _named(file)
        text = pages.begun(desk.definition, desk.kind)
    return pages.editor(desk, file, text, pages.standing_on(desk, file))


def _named(file: str) -> None:
    try:
        if drafted.name_of(file) == file:
            return
    except DocumentRefusal as refusal:
        raise Http404 from refusal
    raise Http404
