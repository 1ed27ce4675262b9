"""One sheet: the form of an act, with whoever fills it, what was filled and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.translation import gettext as _

from bihuan.ground.ids import new_id
from bihuan.layout.frames import Crumb, TimelineEntry
from bihuan.people import access, scope
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure import vocabulary
from bihuan.procedure.definition import Definition, Field, Form, Text
from bihuan.procedure.refusals import Changed, NotYours, Refusal, WrongAnswers
from bihuan.procedure.state import Problem
from bihuan.registers.deeds import Question
from bihuan.registers.documents.queries import pack_of

from .. import attachments, chains, reading, rights
from ..actions import Sentence
from ..actions.keeping import surroundings_of
from ..errors import CaseworkError, OutOfSight
from ..facts import collect
from ..forms import FILE_KINDS, Reader, asked, asked_lines, place_problems, read
from ..masks import Masks
from ..models import Case
from ..seeing import as_read, hidden_forms
from . import candidates, choices, standing, story
from .following import leads_to
from .names import Names
from .words import clause_address, clause_words

NO_FORM = Form(name="", title=Text(""), origin=None, fields={}, lines={})  # type: ignore[arg-type]  # never cited


@dataclass
class Sheet:
    """Made for one request; ``refuse`` lays what was refused where the reader looks for it."""

    definition: Definition
    action: str
    form: Form
    zone: ZoneInfo
    received: datetime
    identity: UUID
    answers: dict[str, Any]
    person: Person | None = None
    case: Case | None = None
    kind: str = ""
    outlet: str = ""
    here: str = ""
    post: str = ""
    expect: int | None = None
    status: int = 200
    refusal: Refusal | CaseworkError | None = None
    seen: int | None = None
    not_taken: tuple[Problem, ...] = ()
    """Files that came with the form and were not taken, and why."""

    @classmethod
    def for_opening(cls, request: HttpRequest, definition: Definition, now: datetime) -> Sheet:
        """The sheet of the opening act; a fresh act id unless the page brought one."""
        sheet = cls._made(request, definition, definition.opening.act, now, surroundings_of("").zone)
        sheet.kind = definition.kind
        sheet.outlet = request.POST.get("_outlet", "")
        seen = sheet.outlet and access.may_see(request.user, sheet.outlet, now)
        sheet.here = sheet.outlet if seen else _own_outlet(request.user, now)
        return sheet

    @classmethod
    def for_act(cls, request: HttpRequest, case: Case, definition: Definition, action: str, now: datetime) -> Sheet:
        """The sheet of one act of ``case``, filled with the newest answers to the same form."""
        sheet = cls._made(request, definition, action, now, surroundings_of(case.outlet).zone, case.state.answers)
        sheet.case, sheet.person = case, request.user
        sheet.expect = _number(request.POST.get("_expect")) if request.method == "POST" else case.revision
        if request.method != "POST":
            hidden = hidden_forms(definition, case.state, request.user, now)
            readable = {name: filled for name, filled in case.state.answers.items() if name not in hidden}
            sheet.answers = {
                **_again(definition, sheet.form, case, readable, request.user, now),
                **readable.get(sheet.form.name, {}),
            }
        return sheet

    @classmethod
    def _made(
        cls,
        request: HttpRequest,
        definition: Definition,
        action: str,
        now: datetime,
        zone: ZoneInfo,
        filled: dict[str, Any] | None = None,
    ) -> Sheet:
        act = definition.acts[action]
        form = definition.forms.get(act.form, NO_FORM)
        if act.standing:
            form = standing.standing_form(definition, act, filled or {})
        sent = request.POST if request.method == "POST" else None
        brought = attachments.received(request, form, now) if sent else attachments.Received()
        return cls(
            definition=definition,
            action=action,
            form=form,
            zone=zone,
            received=now,
            identity=_identity(sent.get("_id", "") if sent else "", now),
            answers=standing.typed(definition, act, read(form, sent, zone, brought.answers), zone) if sent else {},
            not_taken=brought.problems,
            post=sent.get("_post", "") if sent else request.GET.get("post", ""),
        )

    def sentence(self) -> Sentence:
        """What the page says: who is the session's person, when is now."""
        return Sentence(
            id=self.identity,
            action=self.action if self.case else "",
            at=self.received,
            received=self.received,
            answers=self.answers,
            case=str(self.case.pk) if self.case else "",
            kind=self.kind,
            outlet=self.outlet,
            post=self.post,
            expect=self.expect,
            dated=False,
        )

    def refuse(self, refusal: Refusal | CaseworkError) -> None:
        """Remember what was refused, and with which status the same sheet is shown again."""
        self.refusal = refusal
        if isinstance(refusal, Changed) and self.case is not None:
            # what happened is shown above the form, so sending the form again is a decision taken with it in sight
            self.case.refresh_from_db()
            self.seen, self.expect = refusal.seen, self.case.revision
        self.status = {WrongAnswers: 422, NotYours: 403, OutOfSight: 404, Changed: 409}.get(type(refusal), 409)

    def context(self, language: str) -> dict[str, Any]:
        """Everything the template shows."""
        act = self.definition.acts[self.action]
        form_title = self.form.title.say(language)
        outlet = self.case.outlet if self.case else self.here
        known = choices.known(self.definition, self.action, self.form, self.case, outlet, self.received, language)
        reader = Reader(self.definition, language, self.zone, known)
        questions = asked(reader, self.form, self.answers)
        tables = asked_lines(reader, self.form, self.answers)
        problems = self.refusal.problems if isinstance(self.refusal, WrongAnswers) else ()
        summary = place_problems(questions, tables, problems, language)
        return {
            "title": act.title.say(language),
            "form_title": form_title if form_title != act.title.say(language) else "",
            "sheet": self,
            "case": self.case,
            "about": self._about(),
            "questions": questions,
            "tables": tables,
            "summary": summary,
            "files": any(one.kind in FILE_KINDS for one in _asked_fields(self.form)),
            "refusal": None if problems else _told(self.definition, self.refusal, language),
            "meanwhile": self._meanwhile(language),
            "candidates": candidates.beside(self.definition, act, self.case, self.answers, self.received, language)
            if self.case
            else None,
            "crumbs": _crumbs(self.case, act.title.say(language)),
            "clause": clause_words(self.definition, act.origin.clause),
            "follows": self._follows(language),
            "back": f"/cases/{self.case.number}/" if self.case else "/cases/new/",
            "submit": act.title.say(language) or _("提交"),
        }

    def _about(self) -> str:
        """What the case is about, as this reader may be told."""
        if self.case is None or self.person is None:
            return ""
        read = as_read(self.case, self.person, self.received)
        hidden = hidden_forms(self.definition, self.case.state, self.person, self.received)
        masks = Masks(
            self.case, self.definition, whole=rights.sees_numbers(self.person, self.case.outlet, self.received)
        )
        return str(masks.of(chains.about_of(read, self.definition, hidden)))

    def _follows(self, language: str) -> tuple[str, ...]:
        """Where this leads, told before it is done."""
        state = self.case.state if self.case else None
        return leads_to(self.definition, self.action, state, self.received, language)

    def _meanwhile(self, language: str) -> list[TimelineEntry]:
        """What others did between the page and its sending."""
        if self.seen is None or self.case is None:
            return []
        assert self.person is not None
        hidden = hidden_forms(self.definition, self.case.state, self.person, self.received)
        names = Names(language, self.zone, self.received, hidden=hidden)
        history = reading.history(self.case)[self.seen - self.case.revision :]
        return story.told(self.definition, pack_of(self.case.version), history, names)


def _asked_fields(form: Form) -> list[Field]:
    return [*form.fields.values(), *(one for lines in form.lines.values() for one in lines.fields.values())]


def _told(definition: Definition, refusal: Refusal | CaseworkError | None, language: str) -> dict[str, str] | None:
    if refusal is None:
        return None
    return {
        "words": refusal.words.say(language),
        "clause": refusal.clause,
        "code": refusal.code,
        "address": clause_address(definition, refusal.clause),
    }


def _crumbs(case: Case | None, title: str) -> list[Crumb]:
    way = [Crumb(_("事项"), "/cases/")]
    if case is not None:
        way.append(Crumb(case.number, f"/cases/{case.number}/"))
    return [*way, Crumb(title)]


def _own_outlet(person: Person, at: datetime) -> str:
    """Where this person works: what a new case offers to choose from is taken from there."""
    places = [place for _post, place in people.doer_of(person, at).holds]
    return next((place for place in places if place), people.root_outlet() if places else "")


def _identity(text: str, now: datetime) -> UUID:
    try:
        given = UUID(text)
    except ValueError:
        return new_id(now)
    return given if given.version == 7 else new_id(now)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


def _again(
    definition: Definition, form: Form, case: Case, readable: dict[str, Any], person: Person, at: datetime
) -> dict[str, Any]:
    """Questions asked again begin with the earlier answer, or with what a register computed, where the text says so."""
    earlier = {}
    computed = {one.again for one in form.fields.values() if one.again and vocabulary.fact(one.again)}
    question = Question(definition, case.state.answers, at, person.username, case.outlet, case.number, form.name)
    with scope.everything():
        known = collect(computed, question) if computed else {}
    for one in form.fields.values():
        source, _dot, name = one.again.partition(".")
        value = known.get(one.again) if one.again in computed else readable.get(source, {}).get(name)
        if one.again and value is not None:
            earlier[one.name] = value
    return earlier
