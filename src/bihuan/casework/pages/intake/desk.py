"""The desk as one request sees it: which kind, which draft, what is typed, and everything shown around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from bihuan.journal import queries as journal
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure.definition import Definition
from bihuan.registers.customers import phones

from ... import drafts, forms, reading
from ...actions import Sentence
from ...definitions import definition_for
from ...models import Case, Draft
from ..cases import definition_of_kind, openable
from ..sheets import Sheet
from . import around, doubles, kept
from .arranged import arranged, of_kind, order_of

ASSIGNED, DONE = "assigned", "done"
Doubles = list[doubles.Double]


@dataclass
class Desk:
    """One draft on the desk. ``anyway``: why a further case is opened although one is open."""

    person: Person
    definition: Definition
    kinds: list[dict[str, Any]]
    sheet: Sheet
    at: datetime
    anyway: str = ""
    stopped: Doubles = field(default_factory=list)

    @classmethod
    def of(cls, request: HttpRequest, at: datetime) -> Desk | None:
        """The desk of the signed-in person; None for somebody who may open no work order by hand."""
        kinds = [one for one in openable(request.user, at) if _work_order(one["kind"], at)]
        if not kinds:
            return None
        left = _left(request)
        asked = request.POST.get("_kind") or (kept.kind_of(left) if left else request.GET.get("kind", ""))
        kind = asked if asked in {one["kind"] for one in kinds} else kinds[0]["kind"]
        definition = definition_of_kind(kind, at)
        if definition is None:
            return None
        sheet = Sheet.for_opening(request, definition, at)
        desk = cls(request.user, definition, kinds, sheet, at, request.POST.get("_anyway", "").strip())
        if request.method != "POST":
            desk._take_up(left, request.GET)
        desk._whole_numbers()
        return desk

    def _take_up(self, left: Draft | None, asked: QueryDict) -> None:
        """Go on with the draft ``left``, or begin the one the address names, or a fresh one for ``phone``."""
        if left is not None:
            self.sheet.identity = kept.identity_of(left) or self.sheet.identity
            self.sheet.answers = forms.read(self.sheet.form, kept.as_sent(left.answers), self.sheet.zone)
            return
        named = kept.read_identity(asked.get("draft", ""))
        if named is not None and journal.entry_of_act(named) is None:
            self.sheet.identity = named
        phone = asked.get("phone", "").replace("\x00", "").strip()[:60]
        if phone:
            self.sheet.answers = dict.fromkeys(of_kind(self.sheet.form, "phone")[:1], phone)

    def _whole_numbers(self) -> None:
        """However a number was typed, it is kept as E.164; what is no number stays as it was typed."""
        for name in of_kind(self.sheet.form, "phone"):
            said = self.sheet.answers.get(name)
            if isinstance(said, str):
                self.sheet.answers[name] = phones.e164(said) or said

    @property
    def identity(self) -> UUID:
        return self.sheet.identity

    @property
    def place(self) -> str:
        return kept.place_of(self.definition.kind, self.identity)

    def sentence(self) -> Sentence:
        """What the desk says: open a case with these answers."""
        return self.sheet.sentence()

    def doubles(self, language: str) -> Doubles:
        """Open cases about the same thing."""
        return doubles.found(self.person, self.sheet.form, self.sheet.answers, self.at, language)

    def needs_reason(self, language: str) -> bool:
        """Whether there is open work about the same thing and nobody has said why a further case is wanted."""
        self.stopped = [] if self.anyway else self.doubles(language)
        if self.stopped:
            self.sheet.status = 409
        return bool(self.stopped)

    def keep(self, request: HttpRequest) -> None:
        """Keep what was sent as this draft."""
        drafts.keep(self.person, self.place, kept.as_kept(request.POST), self.at)

    def call_words(self) -> str:
        """What is added to an open case: who called under which number, and what they said."""
        form = self.sheet.form
        names = [name for kind in ("contact", "phone", "fault", "wish") for name in of_kind(form, kind)]
        said = [str(self.sheet.answers[name]) for name in names if self.sheet.answers.get(name)]
        return " · ".join(said)

    def after(self, number: str, do: str) -> str:
        """Where the clerk goes from the opened case: its next act, or the act that solves it; "" for the next call."""
        wanted = {"dispatch": ASSIGNED, "solved": DONE}.get(do)
        if wanted is None:
            return ""
        case = Case.objects.get(number=number)
        definition = definition_for(case)
        mine = [offer.act for offer in reading.offers(self.person, case, self.at) if offer.allowed]
        near = [act for act in (definition.acts[name] for name in mine) if act.at and not act.standing]
        leading = [act for act in near if _leads_to(definition, act, wanted)]
        # what has to come first is first in the document's order
        act = next(iter(leading if do == "solved" else near), None)
        return f"/cases/{number}/acts/{act.name}/" if act else f"/cases/{number}/"

    def context(self, language: str) -> dict[str, Any]:
        """Everything the page shows."""
        form = self.sheet.form
        shown = self.sheet.context(language)
        for question in shown["questions"]:
            if question.name in of_kind(form, "phone"):
                question.value = phones.grouped(str(question.value)) or question.value
        parts = arranged(form, shown["questions"], shown["tables"])
        names = [name for name, _part in order_of(form)]
        own = kept.all_of(self.person)
        draft = next((one for one in own if kept.identity_of(one) == self.identity), None)
        return {
            **shown,
            "title": _("受理台"),
            "desk": self,
            "parts": parts,
            "kinds": self.kinds,
            "kind": self.definition.kind,
            "form_title": form.title.say(language),
            "tabs": kept.tabs(own, self.identity, names),
            "saved_at": draft.saved_at if draft else None,
            "names": _names(form),
            "ends": self._ends(),
            **self.sides(language),
        }

    def sides(self, language: str) -> dict[str, Any]:
        """The columns left and right of the form, for what is typed so far."""
        found = self.stopped or self.doubles(language)
        return around.shown(self.person, self.definition, self.sheet, found, self.at, language) | {
            "stopped": bool(self.stopped),
            "anyway": self.anyway,
            "identity": self.identity,
        }

    def _ends(self) -> dict[str, bool]:
        """Which ways of ending the call are this person's: assigning, and solving on the telephone."""
        posts = {post for post, _place in people.doer_of(self.person, self.at).holds}
        opening = self.definition.acts[self.definition.opening.act]
        landed = {way.step for way in opening.ways}
        mine = [
            act
            for act in self.definition.acts.values()
            if not act.standing and landed & set(act.at) and posts & {*act.who.posts, *act.who.each, *act.who.via}
        ]
        return {
            "dispatch": any(_leads_to(self.definition, act, ASSIGNED) for act in mine),
            "next": bool(mine),
            "solved": any(_leads_to(self.definition, act, DONE) for act in mine),
        }


def _leads_to(definition: Definition, act: Any, stage: str) -> bool:
    return any(definition.steps[way.step].stage == stage for way in act.ways if way.step in definition.steps)


def _work_order(kind: str, at: datetime) -> bool:
    definition = definition_of_kind(kind, at)
    return bool(definition and definition.work_order)


def _left(request: HttpRequest) -> Draft | None:
    """The draft the address names; without a name the newest one, unless a fresh form is asked for."""
    if request.method == "POST" or "new" in request.GET or "phone" in request.GET:
        return None
    own = kept.all_of(request.user)
    if "draft" in request.GET:
        identity = kept.read_identity(request.GET["draft"])
        return next((one for one in own if identity is not None and kept.identity_of(one) == identity), None)
    return own[-1] if own else None


def _names(form: Any) -> dict[str, str]:
    """The questions the page's script fills or watches, by what they are."""
    return {
        kind: " ".join(of_kind(form, kind)) for kind in ("phone", "contact", "customer", "device", "product", "fault")
    }
