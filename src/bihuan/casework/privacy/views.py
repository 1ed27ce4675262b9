"""The pages of personal data. Whoever is signed in reads what is held for what; the rest is for few."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bihuan.files.kinds import RECORDINGS
from bihuan.files.models import Attachment
from bihuan.layout.frames import Crumb
from bihuan.people import access, scope
from bihuan.people.models import Person
from bihuan.registers.customers import actions as customers
from bihuan.registers.customers.errors import WrongInput
from bihuan.registers.customers.models import ConsentText
from bihuan.registers.deeds import RegisterRefusal

from ..pages.records import RecordForm
from ..replies import spoken
from ..views.customers import sought
from . import actions, background, pages, queries, recordings
from .actions import requesting, retaining
from .errors import NotAllowed
from .models import Hold, Order, Recording, Request
from .queries import may_read

AT_ONCE_SECONDS = 2
LIST, FORM = "privacy/list.html", "casework/record_form.html"


def _reader(request: HttpRequest) -> datetime:
    """The moment of this request, once it is sure that its person may read the lists of this room."""
    now = timezone.now()
    try:
        queries.reading(request.user, now)
    except NotAllowed as error:
        raise PermissionDenied(error.words.say(spoken())) from error
    return now


def _administrator(request: HttpRequest) -> datetime:
    if not access.may_manage_people(request.user):
        raise PermissionDenied
    return timezone.now()


def _form(request: HttpRequest, form: RecordForm, template: str = FORM, **more: Any) -> HttpResponse:
    onward = form.answered(request)
    if onward:
        return redirect(onward)
    return render(request, template, {**form.context(), **more}, status=form.status)


def _done(request: HttpRequest, doing: Callable[[], Any], onward: str, words: str) -> HttpResponse:
    """One act by button: its words on the page it leads to; a refusal is said there as well, with its status."""
    try:
        doing()
    except NotAllowed as refusal:
        raise PermissionDenied(refusal.words.say(spoken())) from refusal
    except RegisterRefusal as refusal:
        return render(request, "privacy/refused.html", {"title": _("未办理"), "words": refusal.words, "back": onward},
                      status=getattr(refusal, "status", 409))  # fmt: skip
    messages.success(request, words)
    return redirect(onward)


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What is held, for what, how long; anybody signed in may know."""
    return render(request, "privacy/index.html", pages.index(request.user, timezone.now()))


@login_required
@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """The same as the notice that is printed and handed out."""
    return render(request, "privacy/notice.html", pages.index(request.user, timezone.now(), printed=True))


@login_required
def change_policy(request: HttpRequest) -> HttpResponse:
    """What this site settles about personal data."""
    now = _administrator(request)

    def settle(given: dict[str, str]) -> str:
        actions.change_policy(given, by=request.user, at=now)
        return "/privacy/"

    return _form(request, RecordForm(_("处理规则"), pages.policy_form(queries.policy()), settle, pages.crumbs()))


@login_required
@require_safe
def reveal_list(request: HttpRequest) -> HttpResponse:
    """Whole numbers shown."""
    now = _reader(request)
    # an administrator's account opens no outlet; whose entries are shown is told by the query
    with scope.everything():
        told = pages.reveals(request, now)
    return render(request, LIST, told | _around(request, now))


@login_required
@require_safe
def export_list(request: HttpRequest) -> HttpResponse:
    """Lists carried out of the house."""
    now = _reader(request)
    # entries of the house belong to no outlet
    with scope.everything():
        told = pages.exports(request, now)
    return render(request, LIST, told | _around(request, now))


def _around(request: HttpRequest, now: datetime) -> dict[str, Any]:
    return {"tabs": pages.tabs(request.user, now, request.path), "now": now}


@login_required
@require_safe
def request_list(request: HttpRequest) -> HttpResponse:
    """What people asked for."""
    now = _reader(request)
    told = pages.requests(request.user, now, spoken())
    return render(request, LIST, told | _around(request, now) | {"new": ("/privacy/requests/new/", _("登记请求"))})


@login_required
def new_request(request: HttpRequest) -> HttpResponse:
    """Take a request down."""
    now = _reader(request)

    def ask(given: dict[str, str]) -> str:
        customer, contact = requesting.meant(request.user, given["customer"], given["contact"], now)
        made = actions.ask(
            given["kind"], customer, contact, given["identity"], by=request.user, at=now,
            namesakes=given["namesakes"] == "yes",
        )  # fmt: skip
        return f"/privacy/requests/{made.pk}/"

    crumbs = pages.crumbs(Crumb(_("个人请求"), "/privacy/requests/"))
    return _form(request, RecordForm(_("登记请求"), pages.request_form(), ask, crumbs))


@login_required
@never_cache
@require_safe
def request_page(request: HttpRequest, asked: UUID) -> HttpResponse:
    """One request with its preview."""
    now = _reader(request)
    one = get_object_or_404(Request, pk=asked)
    return render(request, "privacy/request.html", pages.request(one, request.user, now, spoken()))


@login_required
@require_POST
def request_act(request: HttpRequest, asked: UUID, act: str) -> HttpResponse:
    """Make the copy, order the erasure, or refuse."""
    now = _reader(request)
    one = get_object_or_404(Request, pk=asked)
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "copy": (lambda: _copy(one, request.user, now), _("正在准备副本")),
        "erase": (lambda: _erase(one, request.user, now), _("正在删除")),
        "refuse": (lambda: actions.refuse(one, request.POST.get("because", ""), by=request.user, at=now), _("已拒绝")),
    }
    if act not in acts:
        raise Http404
    doing, words = acts[act]
    return _done(request, doing, f"/privacy/requests/{one.pk}/", words)


def _copy(one: Request, by: Person, at: datetime) -> None:
    requesting.order_copy(one, by=by, at=at)
    background.copy_soon(one.pk)


def _erase(one: Request, by: Person, at: datetime) -> None:
    background.order_soon(actions.order_erasure(one, by=by, at=at).pk)


@login_required
@never_cache
@require_safe
def copy_file(request: HttpRequest, asked: UUID) -> HttpResponse | FileResponse:
    """The copy, to whoever may read this room's lists; that it was fetched is an entry."""
    now = _reader(request)
    one = get_object_or_404(Request, pk=asked, kind=Request.ACCESS, state=Request.DONE)
    if not one.file.is_file():
        raise Http404
    requesting.fetched(one, by=request.user, at=now)
    name = f"personal-data-{one.customer_number}.zip"
    return FileResponse(one.file.open("rb"), as_attachment=True, filename=name, content_type="application/zip")


@login_required
def hold_list(request: HttpRequest) -> HttpResponse:
    """What is held, and the form to hold something more."""
    now = _reader(request)

    def hold(given: dict[str, str]) -> str:
        actions.hold(given["kind"], given["number"], given["reason"], by=request.user, at=now)
        return "/privacy/holds/"

    form = RecordForm(_("法律保留"), pages.hold_form(), hold, pages.crumbs(), _("保留"))
    return _form(request, form, LIST, **pages.holds(request.user, now, spoken()), **_around(request, now))


@login_required
def lift_hold(request: HttpRequest, held: UUID) -> HttpResponse:
    """A hold is over."""
    now = _reader(request)
    one = get_object_or_404(Hold, pk=held, lifted_at__isnull=True)

    def lift(given: dict[str, str]) -> str:
        actions.lift(one, given["because"], by=request.user, at=now)
        return "/privacy/holds/"

    crumbs = pages.crumbs(Crumb(_("法律保留"), "/privacy/holds/"))
    return _form(request, RecordForm(_("解除法律保留"), pages.why(), lift, crumbs, kicker=one.number))


@login_required
def retention_list(request: HttpRequest) -> HttpResponse:
    """Lists of what may go; a new one is drawn up by button."""
    now = _reader(request)
    if request.method == "POST":
        made = retaining.begin(by=request.user, at=now)
        until = time.monotonic() + AT_ONCE_SECONDS
        if retaining.draw(made.pk, now, lambda: time.monotonic() < until):
            background.draw_soon(made.pk)
        if made.items.exists():
            return redirect("privacy:list", order=made.pk)
        messages.success(request, _("没有到期的记录"))
    told = pages.retention(request.user, now, spoken())
    return render(request, LIST, told | _around(request, now) | {"button": _("现在编制")})


@login_required
@require_safe
def retention_page(request: HttpRequest, order: UUID) -> HttpResponse:
    """One list."""
    now = _reader(request)
    one = get_object_or_404(Order, pk=order, kind=Order.RETENTION)
    return render(request, "privacy/retention.html", pages.retention_list(one, request.user, now, spoken()))


@login_required
@require_POST
def retention_act(request: HttpRequest, order: UUID, act: str) -> HttpResponse:
    """Check, confirm or drop a list."""
    now = _reader(request)
    one = get_object_or_404(Order, pk=order, kind=Order.RETENTION)
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "check": (lambda: retaining.check(one, by=request.user, at=now), _("已提交，待另一人确认")),
        "confirm": (lambda: _confirm(one, request.user, now), _("正在处置")),
        "drop": (lambda: retaining.drop(one, by=request.user, at=now), _("不再执行")),
    }
    if act not in acts:
        raise Http404
    doing, words = acts[act]
    return _done(request, doing, f"/privacy/retention/{one.pk}/", words)


def _confirm(one: Order, by: Person, at: datetime) -> None:
    retaining.confirm(one, by=by, at=at)
    background.order_soon(one.pk)


@login_required
@require_safe
def recording_list(request: HttpRequest) -> HttpResponse:
    """Recordings and what was said at their beginning."""
    now = _reader(request)
    with scope.everything():
        told = pages.recordings(request.user, now, spoken())
    return render(request, LIST, told | _around(request, now))


@login_required
def announce(request: HttpRequest, recording: UUID) -> HttpResponse:
    """Say of one recording whether it was announced and agreed to."""
    now = timezone.now()
    with scope.everything():
        one = Attachment.objects.filter(pk=recording, kind__in=RECORDINGS).first()
    own = one is not None and one.uploaded_by == request.user.username
    reader = may_read(request.user, now)
    if not own:
        _reader(request)
    if one is None:
        raise Http404
    seen = own or access.may_manage_people(request.user) or access.may_see(request.user, one.outlet, now)
    if Recording.objects.filter(pk=one.pk).exists() or not seen:
        raise Http404

    def announce(given: dict[str, str]) -> str:
        recordings.say(one, given["said"], by=request.user, at=now)
        return "/privacy/recordings/" if reader else f"/files/{one.pk}/"

    crumbs = pages.crumbs(Crumb(_("录音告知"), "/privacy/recordings/"))
    return _form(request, RecordForm(_("录音告知"), pages.recording_form(), announce, crumbs, kicker=one.name))


@login_required
def consent_texts(request: HttpRequest) -> HttpResponse:
    """The words consent is asked in."""
    now = _reader(request)

    def add(given: dict[str, str]) -> str:
        customers.add_text(given["purpose"], given["version"], given["text"], by=request.user, at=now)
        return "/privacy/consents/"

    form = RecordForm(_("同意文本"), pages.text_form(), add, pages.crumbs(), _("新版本"))
    return _form(request, form, LIST, **pages.consent_texts(request.user, now, spoken()), **_around(request, now))


@login_required
def consents(request: HttpRequest, customer: str, contact: UUID) -> HttpResponse:
    """What a contact agreed to; given and taken back on the same page, by one button each."""
    found, now = sought(request, customer), timezone.now()
    one = get_object_or_404(found.contacts.select_related("customer"), pk=contact)

    def say(given: dict[str, str]) -> str:
        text = ConsentText.objects.filter(pk=requesting.read_id(given["text"])).first()
        if text is None:
            raise WrongInput(requesting.NO_TEXT, "text")
        saying = customers.withdraw if request.POST.get("withdraw") else customers.give
        saying(one, text, given["way"], by=request.user, at=now)
        return f"/privacy/consents/{found.pk}/{one.pk}/"

    form = RecordForm(_("同意记录"), pages.consent_form(), say, [], _("记下同意"))
    return _form(request, form, "privacy/consents.html", **pages.consents(found, one, spoken()))
