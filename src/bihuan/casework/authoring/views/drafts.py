"""Drafts: begun, written, checked, read back, compared, rehearsed, dropped."""

from __future__ import annotations

import io
import zipfile

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bihuan.procedure.definition import Text
from bihuan.registers.documents import drafting
from bihuan.registers.documents.errors import DocumentRefusal, DraftMoved, DraftThere, NotDrafter

from ...replies import spoken
from ..entrance import Desk, at_desk, with_draft
from ..pages import draft as pages
from ..pages import mending

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


def status_of(refusal: DocumentRefusal) -> int:
    """Somebody else's: 403; changed meanwhile: 409; what was written cannot be so: 422."""
    if isinstance(refusal, NotDrafter):
        return 403
    return 409 if isinstance(refusal, DraftMoved | DraftThere) else 422


@login_required
@GET_OR_POST
def listed(request: HttpRequest) -> HttpResponse:
    """Every draft under way, and a new procedure."""
    now, sent, status, refused = timezone.now(), {}, 200, None
    if request.method == "POST":
        sent = {name: request.POST.get(name, "").strip()[:200] for name in ("kind", "title", "owner")}
        try:
            made = drafting.begin(**sent, by=request.user, at=now)
            return redirect("authoring:draft", made.kind)
        except DocumentRefusal as refusal:
            status, refused = status_of(refusal), refusal
    questions = pages.new_questions(request.user, now, spoken(), sent)
    for question in questions:
        question.errors = [refused.words] if refused and question.name == refused.field else []
    shown = {"title": _("程序起草"), "drafts": pages.listed(request.user, now, spoken()), "columns": pages.columns()}
    return render(request, "authoring/drafts.html", shown | {"questions": questions, "refused": refused}, status=status)


@at_desk
@require_POST
def start(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A change of the procedure in force."""
    try:
        drafting.start(desk.kind, by=desk.person, at=desk.at)
    except DraftThere:
        messages.info(request, _("这份程序已有草稿"))
    return redirect("authoring:draft", desk.kind)


@at_desk
@GET_OR_POST
def editor(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The text to write on; saved, it is one more revision."""
    if desk.draft is None:
        if request.method == "POST":
            raise Http404
        return render(request, "authoring/start.html", pages.frame(desk, "draft"))
    newest = desk.draft.newest
    if request.method != "POST":
        return render(request, "authoring/editor.html", pages.editor(desk, desk.text, newest.number))
    text, on = typed(request)
    try:
        kept = drafting.save(desk.draft, text, on, by=desk.person, at=desk.at)
    except DocumentRefusal as refusal:
        # standing on the newest one now, so that saving again says yes to what was read
        shown = pages.editor(desk, text, desk.draft.newest.number, refusal.words)
        return render(request, "authoring/editor.html", shown, status=status_of(refusal))
    words = _("已存为第 %(number)s 稿") if kept.number != on else _("没有改动，未另存")
    messages.success(request, words % {"number": kept.number} if "%" in words else words)
    return redirect("authoring:draft", desk.kind)


@with_draft
@require_POST
def check(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The same page with what was typed, checked and not saved; the script takes the part with the check from it."""
    if not desk.writing:
        raise PermissionDenied
    text, on = typed(request)
    if len(text) > drafting.LONGEST:
        words = Text(f"正文最多 {drafting.LONGEST} 字", f"A text has at most {drafting.LONGEST} characters")
        return render(request, "authoring/editor.html", pages.editor(desk, desk.text, on, words), status=422)
    pressed = _pressed(request, desk, text)
    shown = pages.editor(desk, pressed.text if pressed else text, on, pressed=pressed)
    return render(request, "authoring/editor.html", shown, status=422 if pressed and not pressed.line else 200)


def _pressed(request: HttpRequest, desk: Desk, text: str) -> mending.Pressed | None:
    """What a button beside a fault or finding did to what was typed; None where none was pressed."""
    if desk.draft is None:
        return None
    if key := request.POST.get("mend", ""):
        return mending.mend(desk.draft, text, key)
    if key := request.POST.get("accept", ""):
        return mending.accept(desk.draft, text, key, request.POST.get(f"reason-{key}", "")[: drafting.LONGEST_REASON])
    return None


def typed(request: HttpRequest) -> tuple[str, int]:
    """What stands in the editor, and the revision it stands on."""
    on = request.POST.get("on", "")
    text = request.POST.get("text", "").replace("\r\n", "\n").replace("\x00", "")
    return text, int(on) if on.isascii() and on.isdigit() and len(on) < 8 else 0


@with_draft
@require_POST
def drop(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Give the draft up, with a reason."""
    if desk.draft is None:
        raise Http404
    try:
        drafting.drop(desk.draft, request.POST.get("reason", ""), by=desk.person, at=desk.at)
    except DocumentRefusal as refusal:
        shown = pages.editor(desk, desk.text, desk.draft.newest.number, refusal.words)
        return render(request, "authoring/editor.html", shown, status=status_of(refusal))
    messages.success(request, _("草稿已放弃"))
    return redirect("authoring:drafts")


@with_draft
@require_safe
def reading(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Diagram and sentences of the draft; the pack's own page has none."""
    if desk.is_frame:
        raise Http404
    return render(request, "authoring/reading.html", pages.read_back(desk))


@with_draft
@require_safe
def changes(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What differs from the version in force, in words."""
    return render(request, "authoring/changes.html", pages.frame(desk, "changes") | pages.apart(desk))


@with_draft
@require_safe
def rehearsal(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The pack's examples played with the draft."""
    return render(request, "authoring/rehearsal.html", pages.rehearsed(desk))


@with_draft
@require_safe
def revisions(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every saving."""
    return render(request, "authoring/revisions.html", pages.revisions(desk))


@with_draft
@require_safe
def revision(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """The draft as it stood with one saving: the text alone, or with drafted examples all files for the folder."""
    files = drafting.files_at(desk.draft, number) if desk.draft and number < 10**8 else None
    if files is None or desk.draft is None:
        raise Http404
    if list(files) == [desk.draft.file]:
        headers = {"Content-Disposition": content_disposition_header(True, desk.draft.file)}
        return HttpResponse(files[desk.draft.file], "text/markdown; charset=utf-8", headers=headers)
    headers = {"Content-Disposition": content_disposition_header(True, f"{desk.kind}-{number}.zip")}
    return HttpResponse(_zipped(files), "application/zip", headers=headers)


def _zipped(files: dict[str, str]) -> bytes:
    """The files as they lie in a pack's folder."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, text in files.items():
            archive.writestr(file, text)
    return kept.getvalue()
