"""The door of the desk: the draft's own people, and what stands before them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure.definition import Definition
from bihuan.registers.documents import drafting, examples, frames, issuing
from bihuan.registers.documents import queries as documents
from bihuan.registers.documents.models import SIGNATURES, Document, Draft, Version

from ..definitions import procedure_in_force
from ..replies import spoken


@dataclass(frozen=True)
class Desk:
    """Who sits here, and before which procedure. ``version`` and ``definition`` are in force, None for a new one.

    Before the pack's own page there is a version and never a definition.
    """

    person: Person
    at: datetime
    language: str
    kind: str
    owner: str
    draft: Draft | None
    version: Version | None
    definition: Definition | None
    writes: bool

    @property
    def is_frame(self) -> bool:
        """Whether the pack's own page lies on the desk."""
        return self.kind == Document.PACK

    @property
    def address(self) -> str:
        """Where the text in force is read."""
        return "/procedures/pack/text/" if self.is_frame else f"/procedures/{self.kind}/"

    def title(self) -> str:
        """What lies on the desk, as its readers call it; the kind of case for a procedure that is still to be."""
        if self.is_frame and self.version is not None:
            return str((self.version.title_en if self.language == "en" else "") or self.version.title)
        return self.definition.title.say(self.language) if self.definition else self.kind

    @property
    def writing(self) -> bool:
        """Whether this person may write on the draft now."""
        return self.writes and self.draft is not None and self.draft.state == Draft.WRITING

    @property
    def text(self) -> str:
        """The draft's newest text, or what was sent."""
        if self.draft is None:
            return ""
        if self.draft.state == Draft.SENT and self.draft.version is not None:
            return str(self.draft.version.text)
        return str(self.draft.newest.text)

    @cached_property
    def examples(self) -> dict[str, str]:
        """File → text of the examples the draft changes or adds."""
        return examples.texts(self.draft) if self.draft is not None else {}


def desk_of(request: HttpRequest, kind: str, moving: bool = False) -> Desk:
    """The desk for one procedure; ``moving``: also for whoever may move its cases. Raises Http404, PermissionDenied."""
    now, person = timezone.now(), request.user
    if moving and kind == Document.PACK:
        raise Http404
    draft, (version, definition) = drafting.under_way(kind), in_force(kind, now)
    if draft is not None:
        owner = draft.owner
    elif definition is not None:
        owner = definition.owner
    elif version is not None and not moving:
        owner = frames.owner_of(version)
    else:
        raise Http404
    writes = drafting.may_draft(owner, person, now)
    if not writes and not (_departs(definition, person, now) if moving else signs(draft, person, now)):
        raise PermissionDenied
    return Desk(person, now, spoken(), kind, owner, draft, version, definition, writes)


def in_force(kind: str, at: datetime) -> tuple[Version | None, Definition | None]:
    """The version in force and what it reads as; of the pack's own page the version alone."""
    if kind == Document.PACK:
        page = documents.current_pack(at)
        return (page[0] if page is not None else None), None
    return procedure_in_force(kind, at) or (None, None)


def signs(draft: Draft | None, person: Person, at: datetime) -> bool:
    """Whether the cover names this person, or one of their posts, for a signature on what was sent."""
    if draft is None or draft.version is None or draft.state != Draft.SENT:
        return False
    sent: Version = draft.version
    return any(issuing.signing_post(sent, role, person, at) is not None for role in SIGNATURES)


def _departs(definition: Definition | None, person: Person, at: datetime) -> bool:
    """Whether one of this person's posts departs from the flow: these posts move cases, each within its scope."""
    depart = definition.acts.get("depart") if definition is not None else None
    held = {one.post for one in people.held_by(person, at)}
    return depart is not None and bool(held.intersection(depart.who.posts))


def at_moving(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of those who draft the procedure or may move its cases."""

    @wraps(view)
    def entered(request: HttpRequest, kind: str, **named: Any) -> HttpResponse:
        return view(request, desk_of(request, kind, moving=True), **named)

    return login_required(entered)


def at_desk(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the desk: the view is given the ``Desk`` of the kind in the address."""

    @wraps(view)
    def entered(request: HttpRequest, kind: str, **named: Any) -> HttpResponse:
        return view(request, desk_of(request, kind), **named)

    return login_required(entered)


def with_draft(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """As ``at_desk``, where a draft has to be under way."""

    @wraps(view)
    def entered(request: HttpRequest, desk: Desk, **named: Any) -> HttpResponse:
        if desk.draft is None:
            raise Http404
        return view(request, desk, **named)

    return at_desk(entered)
