"""The card of one decision: what one needs in order to decide, and the answers as buttons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.layout.frames import ApprovalCard, FileLine, TimelineEntry
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure.definition import Definition
from bihuan.procedure.differences import differences
from bihuan.registers.documents import queries as documents

from .. import queries, reading
from ..actions.keeping import surroundings_of
from ..actions.moving import newer
from ..definitions import definition_for
from ..models import Case
from ..seeing import hidden_forms, title_of
from . import inbox, promises, story
from .following import following
from .names import Names
from .signers import learn_signers
from .weighing import weighed
from .words import answered, clause_called, clause_words

POINTS = 14
CHANGES = 3
BUTTONS = 4
"""Up to so many answers are buttons; more lie open as a question of the form."""
KEYS = {0: "alt+y", 1: "alt+n"}
TONES = {0: "primary", 1: "danger"}


def decisive(one: inbox.Waiting, at: datetime, language: str) -> dict[str, Any] | None:
    """The deciding question as buttons: the first agrees (Alt+Y), the second declines (Alt+N)."""
    field = one.decides
    if field is None or len(field.choices) > BUTTONS:
        return None
    choices = choices_of(one, language)
    buttons = [
        {"value": value, "words": words, "key": KEYS.get(place, ""), "tone": TONES.get(place, "")}
        for place, (value, words) in enumerate(choices)
    ]
    values = [(value == "yes" if field.kind == "yes-no" else value, words) for value, words in choices]
    follows = following(one, values, at, language)
    return {"name": field.name, "ask": field.ask.say(language), "buttons": buttons, "follows": follows}


def choices_of(one: inbox.Waiting, language: str) -> list[tuple[str, str]]:
    """The answers to the deciding question, (value, words), the one that agrees first."""
    if one.decides is None:
        return []
    choices = [(choice.name, choice.label.say(language)) for choice in one.decides.choices]
    return choices or [("yes", _("是")), ("no", _("否"))]


def card(one: inbox.Waiting, person: Person, at: datetime, language: str) -> ApprovalCard:
    """Everything needed to decide: who asks, how much, until when, by which words, what was said so far."""
    case, definition = one.case, one.definition
    hidden = hidden_forms(definition, case.state, person, at)
    names = Names(language, surroundings_of(case.outlet).zone, at, hidden=hidden)
    pack = documents.pack_of(case.version)
    history = reading.history(case)
    chips = promises.chips(case, definition, at, language, only_open=True)
    clause, cited = clause_words(definition, one.act.origin.clause) or {}, one.act.origin.cite()
    called = clause_called(definition, cited)
    asked = next((entry for entry in reversed(history) if entry["doer_kind"] == "person"), None)
    giver = people.instead_of(person, at, one.post)
    chain = story.told(definition, pack, history, names)
    weighs = weighed(one, person, names, history)
    return ApprovalCard(
        title=one.act.title.say(language),
        number=case.number,
        address=f"/cases/{case.number}/",
        asked_by=names.person(asked["doer"]) if asked else "",
        asked_at=asked["done_at"] if asked else None,
        subject=subject_of(case, definition, person, at, language),
        amount=amount_of(definition, case, hidden),
        chip=chips[0] if chips else None,
        points=tuple(_newest_points(case, person, names))[:POINTS],
        weighs=weighs.points,
        notes=(*weighs.notes, *_changed_rule(one, at, language)),
        opinions=tuple(
            replace(each, lines=tuple(line for line in each.lines if isinstance(line, tuple)))
            for each, entry in zip(reversed(chain), history, strict=True)
            if inbox.decided(entry, one)
        ),
        clause=called,
        clause_address=clause.get("address", ""),
        clause_title=clause.get("title", "") if called == cited else "",
        rule=clause.get("prose", ""),
        files=_files(definition, case, hidden),
        chain=tuple(chain),
        instead_of=names.person(giver) if giver else "",
    )


def notes_of(one: inbox.Waiting, person: Person, names: Names) -> tuple[str, ...]:
    """What calls for a second look before ``one`` is decided."""
    return weighed(one, person, names, reading.history(one.case)).notes


def _changed_rule(one: inbox.Waiting, at: datetime, language: str) -> Iterator[str]:
    """That another version is in force by now, and what it says otherwise of this decision: old and new."""
    replacing = newer(one.case, at)
    if replacing is None:
        return
    version, text = replacing
    act = text.acts.get(one.act.name)
    clauses = {one.act.origin.clause, act.origin.clause if act else one.act.origin.clause}
    changes = [each for each in differences(one.definition, text) if each.clause.partition(" ")[0] in clauses]
    words = "；".join(f"{each.subject.say(language)} {each.words.say(language)}" for each in changes[:CHANGES])
    yield _("现行的是第 %(new)s 版，这件按第 %(old)s 版办。%(changes)s") % {
        "new": text.version or version.pk,
        "old": one.definition.version,
        "changes": words or _("这一步的规定没有变。"),
    }


def subject_of(case: Case, definition: Definition, person: Person, at: datetime, language: str) -> str:
    """What it is about; a case another one raised is about what that one is about."""
    own = title_of(case, person, at)
    above = title_of(case.parent, person, at) if not own and case.parent else ""
    return own or above or definition.title.say(language)


def _newest_points(case: Case, person: Person, names: Names) -> Iterator[tuple[str, str]]:
    """The newest two forms; where nothing is filled in yet, those of the case that raised this one, if in sight."""
    above = None if case.state.answers else queries.visible_to(person, names.at).filter(pk=case.parent_id).first()
    told = above or case
    definition = definition_for(told)
    # the kept state forgets in which order forms were filled in; the book does not
    history = reading.history(told)
    learn_signers(definition, documents.pack_of(told.version), told, names, history)
    for form in story.filled_forms(definition, history, told.state.answers)[:2]:
        yield from _points(definition, told, form, names)


def newest(case: Case, person: Person, language: str, at: datetime) -> list[TimelineEntry]:
    """What was done last, for somebody whom the case no longer waits for."""
    definition = definition_for(case)
    hidden = hidden_forms(definition, case.state, person, at)
    names = Names(language, surroundings_of(case.outlet).zone, at, hidden=hidden)
    return story.told(definition, documents.pack_of(case.version), reading.history(case)[-1:], names)


def _points(definition: Definition, case: Case, form: str, names: Names) -> list[tuple[str, str]]:
    names.learn(value for value in case.state.answers[form].values() if isinstance(value, str))
    return answered(definition, form, case.state.answers[form], names)


def _files(definition: Definition, case: Case, hidden: frozenset[str]) -> tuple[FileLine, ...]:
    """The files handed in with any form that may be read, by their names."""
    found = []
    for form_name, filled in case.state.answers.items():
        form = definition.forms.get(form_name) if form_name not in hidden else None
        for field in form.fields.values() if form else ():
            given = filled.get(field.name) if field.kind in {"file", "signature"} else None
            for one in given if isinstance(given, list) else [given]:
                if isinstance(one, dict) and "id" in one:
                    found.append(FileLine(str(one.get("name") or one["id"]), f"/files/{one['id']}/"))
    return tuple(found)


def amount_of(definition: Definition, case: Case, hidden: frozenset[str]) -> str:
    """The newest answer that is an amount of money and may be read; "" where none was given."""
    for form_name, filled in reversed(list(case.state.answers.items())):
        form = definition.forms.get(form_name) if form_name not in hidden else None
        for field in form.fields.values() if form else ():
            if field.kind == "money" and filled.get(field.name) not in (None, "", 0):
                return str(filled[field.name])
    return ""
