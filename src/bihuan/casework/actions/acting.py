"""The way of an act: who, which case, which action, which answers, when – the same from every door."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

import msgspec
from django.db import OperationalError, transaction
from psycopg.errors import DeadlockDetected

from bihuan.ground.ids import new_id
from bihuan.journal import queries as journal
from bihuan.journal.errors import AlreadyWritten
from bihuan.people import access
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure import engine
from bihuan.procedure.definition import Definition, Text
from bihuan.procedure.engine import Surroundings
from bihuan.procedure.refusals import NotYours, Refusal
from bihuan.procedure.state import Doer, Outcome
from bihuan.registers.deeds import Question
from bihuan.registers.documents import queries as documents

from .. import queries
from ..countersigning.queries import refuse_unsigned
from ..definitions import definition_for, procedure_to_open
from ..errors import CaseworkError, NoSuchKind, OtherBody, OutOfSight, WrongMoment
from ..facts import collect
from ..models import Case
from ..numbers import take_number, told_number
from .keeping import Change, Moment, calendar_id, keep, surroundings_of

# a phone's clock may run a little ahead of ours
CLOCK_TOLERANCE = timedelta(minutes=2)
encode = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True)
class Sentence:
    """One act as it arrives: ``at`` when it was done, ``received`` when it reached us, both aware."""

    id: UUID
    action: str
    at: datetime
    received: datetime
    answers: dict[str, Any] = field(default_factory=dict)
    case: str = ""
    kind: str = ""
    outlet: str = ""
    post: str = ""
    expect: int | None = None
    # false when nobody said when: then ``at`` is only the moment of receipt, and no part of what was asked
    dated: bool = True

    def digest(self) -> bytes:
        """SHA-256 of what was asked, without when it was received: the same sentence twice is the same act."""
        at = self.at if self.dated else None
        said = [self.case, self.kind, self.outlet, self.action, self.answers, at, self.post, self.expect]
        return hashlib.sha256(encode(said)).digest()


@dataclass(frozen=True)
class Answer:
    """What came of an act. ``first`` is false when the same id had been carried out before."""

    number: str
    step: str
    revision: int
    entry: UUID
    first: bool = True

    def to_content(self) -> dict[str, Any]:
        return {"number": self.number, "step": self.step, "revision": self.revision}


Doing = Callable[[Person, Sentence], Answer]
TRIES = 3


def counting_once(doing: Doing) -> Doing:
    """An act sent twice counts once: whoever sends it again is told what came of it the first time.

    Whether it was sent before is asked only when it cannot be done now – the book refuses a second entry of an act,
    so a repeated one never goes through. Acts that cross in two chains may block each other; PostgreSQL then ends one,
    which is simply done again.
    """

    @wraps(doing)
    def done(by: Person, sentence: Sentence) -> Answer:
        _possible(sentence)
        for turn in range(1, TRIES + 1):
            try:
                return doing(by, sentence)
            except OutOfSight:
                raise
            except (Refusal, CaseworkError, AlreadyWritten):
                earlier = _done_before(by, sentence)
                if earlier is None:
                    raise
                return earlier
            except OperationalError as error:
                if turn == TRIES or not isinstance(error.__cause__, DeadlockDetected):
                    raise
        raise AssertionError("a last turn returns or raises")

    return done


@counting_once
def act(by: Person, sentence: Sentence) -> Answer:
    """Do one act of one case.

    Raises the engine's refusals, ``OutOfSight``, ``OtherBody``, ``WrongMoment``, ``SignerMissing`` or
    ``EffectRefused``; after any of them nothing has changed.
    """
    with transaction.atomic():
        case = queries.locked(by, sentence.case, sentence.received)
        refuse_unsigned(case, sentence.action)
        definition = definition_for(case)
        doer = people.doer_of(by, sentence.received, sentence.post)
        facts = collect(
            engine.knows(definition, case.state, sentence.action),
            Question(
                definition=definition,
                answers=_with_new(definition, case.state.answers, sentence),
                at=sentence.at,
                doer=by.username,
                outlet=case.outlet,
                number=case.number,
                form=_form_of(definition, sentence.action),
            ),
        )
        surroundings = surroundings_of(case.outlet)
        outcome = engine.act(
            definition,
            case.state,
            sentence.action,
            doer,
            sentence.answers,
            facts,
            sentence.at,
            surroundings,
            sentence.expect,
        )
        change = _change(definition, outcome, doer, sentence, surroundings)
        entry = keep(case, change, sentence.digest())
        return Answer(case.number, case.step, case.revision, entry)


@counting_once
def open_case(by: Person, sentence: Sentence) -> Answer:
    """Open a case by hand: the opening act of the procedure in force for ``sentence.kind``.

    Raises ``NoSuchKind`` beside everything ``act`` raises.
    """
    with transaction.atomic():
        version, definition = procedure_to_open(sentence.kind, sentence.received) or (None, None)
        if version is None or definition is None or not definition.opening.by_hand:
            raise NoSuchKind
        doer = people.doer_of(by, sentence.received, sentence.post)
        outlet = _opening_outlet(by, doer, sentence)
        opening = definition.opening.act
        facts = collect(
            engine.knows(definition, None, opening),
            Question(
                definition,
                _with_new(definition, {}, sentence, opening),
                sentence.at,
                doer=by.username,
                outlet=outlet,
                form=_form_of(definition, opening),
            ),
        )
        surroundings = surroundings_of(outlet)
        local = sentence.at.astimezone(surroundings.zone)
        series = documents.pack_of(version).numbers.get(definition.kind, "")
        told = told_number(definition, series, outlet, local)
        outcome = engine.start(definition, doer, sentence.answers, facts | told, sentence.at, surroundings)
        case = Case(
            id=new_id(sentence.received),
            number=told.get(engine.NUMBER) or take_number(series, definition.kind, outlet, local),
            kind=definition.kind,
            version=version,
            outlet=outlet,
            work_order=definition.work_order,
            opened_at=sentence.at,
        )
        change = _change(definition, outcome, doer, sentence, surroundings)
        entry = keep(case, change, sentence.digest(), opening=True)
        return Answer(case.number, case.step, case.revision, entry)


def _change(
    definition: Definition, outcome: Outcome, doer: Doer, sentence: Sentence, surroundings: Surroundings
) -> Change:
    moment = Moment(sentence.at, sentence.received)
    return Change(definition, outcome, doer, sentence.answers, moment, calendar_id(surroundings), sentence.id)


def _possible(sentence: Sentence) -> None:
    if sentence.at > sentence.received + CLOCK_TOLERANCE:
        raise WrongMoment(Text("发生时间在将来", "The act lies in the future"), field="at")


def _done_before(by: Person, sentence: Sentence) -> Answer | None:
    """The first answer to this act id, if ``by`` carried it out before; nobody else is told what came of it."""
    entry = journal.entry_of_act(sentence.id)
    if entry is None:
        return None
    if entry.doer != by.username or bytes(entry.body_digest or b"") != sentence.digest():
        raise OtherBody
    said = (entry.content or {}).get("answer", {})
    return Answer(
        said.get("number", entry.about_number), said.get("step", ""), said.get("revision", 0), entry.id, first=False
    )


def _form_of(definition: Definition, action: str) -> str:
    doing = definition.acts.get(action)
    return doing.form if doing else ""


def _with_new(
    definition: Definition, answers: dict[str, dict[str, Any]], sentence: Sentence, action: str = ""
) -> dict[str, dict[str, Any]]:
    """The case's answers as they would be with the new ones, for registers that look at them."""
    form = _form_of(definition, action or sentence.action)
    if not form:
        return answers
    given = sentence.answers.get(form)
    fresh = {key.removeprefix(f"{form}."): value for key, value in sentence.answers.items() if key != form}
    return {**answers, form: {**answers.get(form, {}), **fresh, **(given if isinstance(given, dict) else {})}}


def _opening_outlet(by: Person, doer: Doer, sentence: Sentence) -> str:
    """Where the case is opened: the outlet asked for if it is in sight, else the one the doer's post is held at."""
    if sentence.outlet:
        if not people.places_of(sentence.outlet) or not access.may_see(by, sentence.outlet, sentence.received):
            raise NotYours(Text("该网点不在您的范围内", "This outlet is not within your scope"), code="foreign-outlet")
        return sentence.outlet
    return next((place for _, place in doer.holds if place), "") or people.root_outlet()
