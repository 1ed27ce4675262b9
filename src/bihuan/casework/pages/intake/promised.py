"""What would be promised if this were saved now, and what would forbid it – asked of the engine, nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.utils.translation import gettext as _

from bihuan.people import queries as people
from bihuan.people import scope
from bihuan.people.models import Person
from bihuan.procedure import engine
from bihuan.procedure.definition import Definition, Form
from bihuan.procedure.refusals import Refusal, WrongAnswers
from bihuan.procedure.state import Outcome
from bihuan.registers.deeds import Question

from ...actions.keeping import surroundings_of
from ...facts import collect
from ..words import clause_address

TRIES = 5


@dataclass(frozen=True)
class Promise:
    """One promise with the moment to say aloud."""

    title: str
    due: datetime
    said: str
    clause: str
    clause_address: str
    provisional: bool


@dataclass(frozen=True)
class Prospect:
    """What saving would bring: the promises that start at once, and the words of the rule that would refuse it."""

    promises: tuple[Promise, ...] = ()
    refusal: str = ""
    clause: str = ""


def prospect(
    person: Person, definition: Definition, answers: dict[str, Any], outlet: str, at: datetime, language: str
) -> Prospect:
    """The promises ``answers`` would start at ``at``; questions still open do not stand in the way."""
    opening = definition.acts[definition.opening.act]
    asked = Question(definition, {opening.form: answers}, at, doer=person.username, outlet=outlet, form=opening.form)
    with scope.everything():  # the act itself would know as much
        facts = collect(engine.knows(definition, None, opening.name), asked)
    try:
        outcome = _started(_without_musts(definition, opening.form), person, dict(answers), facts, outlet, at)
    except WrongAnswers:
        return Prospect()
    except Refusal as refusal:
        return Prospect(refusal=refusal.words.say(language), clause=refusal.clause)
    found = [
        Promise(
            title=definition.deadlines[run.name].title.say(language),
            due=run.due,
            said=aloud(run.due, at, surroundings_of(outlet).zone),
            clause=run.clause,
            clause_address=clause_address(definition, run.clause),
            provisional=run.provisional,
        )
        for run in outcome.state.clocks
        if run.due is not None and run.state in {"running", "missed"} and run.name in definition.deadlines
    ]
    return Prospect(promises=tuple(sorted(found, key=lambda one: one.due)))


def aloud(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """A moment as one says it on the telephone: ``今天 12:31``, ``明天 10:31``, else month and day."""
    there, here = moment.astimezone(zone), now.astimezone(zone)
    ahead = (there.date() - here.date()).days
    day = {0: _("今天"), 1: _("明天")}.get(ahead) or there.strftime("%m-%d" if there.year == here.year else "%Y-%m-%d")
    return f"{day} {there:%H:%M}"


def _started(
    definition: Definition, person: Person, answers: dict[str, Any], facts: dict[str, Any], outlet: str, at: datetime
) -> Outcome:
    """The case as it would stand; an answer that does not fit yet is left out, as if it were not given."""
    doer = people.doer_of(person, at)
    for turn in range(TRIES):
        try:
            return engine.start(definition, doer, answers, facts, at, surroundings_of(outlet))
        except WrongAnswers as wrong:
            faulty = {part for one in wrong.problems for part in one.field.split(".")} & answers.keys()
            if turn == TRIES - 1 or not faulty:
                raise
            answers = {name: value for name, value in answers.items() if name not in faulty}
    raise AssertionError("the last turn returns or raises")


def _without_musts(definition: Definition, name: str) -> Definition:
    """The same procedure with nothing on its opening form obligatory: a half-filled form has promises too.

    Kept beside the definition, as the engine keeps its plan: made at the first asking.
    """
    form = definition.forms.get(name)
    if form is None:
        return definition
    kept = definition.__dict__.get("_half_filled")
    if not isinstance(kept, Definition):
        kept = msgspec.structs.replace(definition, forms={**definition.forms, name: _optional(form)})
        definition.__dict__["_half_filled"] = kept
    return kept


def _optional(form: Form) -> Form:
    fields = {each.name: msgspec.structs.replace(each, must=None, least=0) for each in form.fields.values()}
    lines = {
        table.name: msgspec.structs.replace(
            table,
            least=0,
            fields={each.name: msgspec.structs.replace(each, must=None) for each in table.fields.values()},
        )
        for table in form.lines.values()
    }
    return msgspec.structs.replace(form, fields=fields, lines=lines)
