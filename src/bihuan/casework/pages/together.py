"""Agreeing to several cases at once, where their texts let it be: what would be done, and what came of each.

There is no act for many. Every case is agreed to by an act of its own, as it stood when its line was read: with an
entry of its own, refused by itself; whatever changed meanwhile is left alone and shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import QueryDict

from bihuan.ground.ids import new_id
from bihuan.journal import queries as journal
from bihuan.people.models import Person
from bihuan.procedure.definition import Text
from bihuan.procedure.refusals import Changed, Refusal

from .. import actions, drafts, queries, reading
from ..actions.acting import Sentence
from ..actions.keeping import surroundings_of
from ..definitions import definition_for
from ..errors import CaseworkError
from ..models import Case
from . import approvals, inbox
from . import card as cards
from .following import leads_to
from .names import Names
from .words import act_title, local

GONE = Text("这件事不再等您处理", "This does not wait for you any more")
ALONE = Text("这件要单独办", "This one is decided on its own")
CHANGED = Text("您看过以后有了变化，没有办", "It changed after you read it; nothing was done")


@dataclass(frozen=True)
class Picked:
    """A ticked line: the case as it stood at ``revision``, the act, and the id under which it is agreed to once."""

    number: str
    revision: int
    action: str
    id: UUID

    @property
    def token(self) -> str:
        """As a page sends it back."""
        return f"{self.number}:{self.revision}:{self.action}:{self.id}"


@dataclass(frozen=True)
class Row:
    """One line: what it is, what agreeing leads to, or why it is left alone. ``done`` once it was agreed to."""

    number: str
    title: str = ""
    subject: str = ""
    who: str = ""
    amount: str = ""
    answer: str = ""
    leads: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    token: str = ""
    refused: str = ""
    clause: str = ""
    meanwhile: tuple[str, ...] = ()
    done: bool = False


def picked(sent: QueryDict, at: datetime) -> list[Picked]:
    """What was ticked, each case once, as many as a page shows; what no page could have sent is left out."""
    found: dict[str, Picked] = {}
    for words in sent.getlist("pick")[: inbox.SHOWN]:
        number, revision, action, key = (*words.replace("\x00", "").split(":"), "", "", "")[:4]
        if not (number and action and revision.isascii() and revision.isdecimal() and len(revision) < 8):
            continue
        try:
            identity = UUID(key) if key else new_id(at)
        except ValueError:
            continue
        found.setdefault(number[:40], Picked(number[:40], int(revision), action[:80], identity))
    return list(found.values())


def previewed(person: Person, chosen: list[Picked], at: datetime, language: str) -> list[Row]:
    """What agreeing would do, line by line; nothing is done."""
    cases = _cases(person, chosen, at)
    return [_row(person, each, cases.get(each.number), at, language) for each in chosen]


def agreed(person: Person, chosen: list[Picked], at: datetime, language: str) -> list[Row]:
    """Agree to each by an act of its own, in this order; what is refused stays as it was and says why."""
    rows = []
    for each in chosen:
        case = _cases(person, [each], at).get(each.number)
        row = _row(person, each, case, at, language)
        if _done_before(person, each):
            row = replace(row, done=True, refused="", clause="", meanwhile=())
        elif case is not None and not row.refused:
            row = _agree(person, each, case, row, at, language)
        rows.append(row)
    return rows


def total(rows: list[Row]) -> str:
    """The amounts of what may be agreed to or was, together; "" where fewer than two have one."""
    amounts = [Decimal(row.amount) for row in rows if row.amount and not row.refused]
    return str(sum(amounts)) if len(amounts) > 1 else ""


def _cases(person: Person, chosen: list[Picked], at: datetime) -> dict[str, Case]:
    seen = queries.visible_to(person, at).filter(number__in=[each.number for each in chosen])
    return {case.number: case for case in seen.select_related("version")}


def _done_before(person: Person, each: Picked) -> bool:
    """Whether this very line was agreed to already: the page was sent twice."""
    entry = journal.entry_of_act(each.id)
    return entry is not None and entry.doer == person.username and entry.about_number == each.number


def _row(person: Person, each: Picked, case: Case | None, at: datetime, language: str) -> Row:
    """The line as it stands now, with why it cannot be agreed to where it cannot."""
    if case is None:
        return Row(each.number, refused=GONE.say(language))
    one = inbox.first_act(person, case, at)
    names = Names(language, surroundings_of(case.outlet).zone, at)
    if case.revision != each.revision:
        return _changed(person, each, case, names)
    if one is None or one.act.name != each.action:
        return Row(case.number, refused=GONE.say(language))
    row = approvals.line(one, person, names)
    given = inbox.together(one, at)
    told = Row(case.number, row.title, row.subject, row.who, row.amount, token=each.token)
    if given is None:
        return replace(told, refused=ALONE.say(language), clause=one.act.origin.cite())
    return replace(
        told,
        answer=next((words for _value, words in cards.choices_of(one, language)), ""),
        leads=leads_to(one.definition, one.act.name, case.state, at, language, _by_field(given)),
        notes=cards.notes_of(one, person, names),
    )


def _by_field(given: dict[str, Any]) -> dict[str, Any]:
    return {name.rpartition(".")[2]: value for name, value in given.items()}


def _changed(person: Person, each: Picked, case: Case, names: Names) -> Row:
    """What others did since the line was read: who, when, what."""
    since = reading.meanwhile(case, each.revision)
    definition = definition_for(case)
    told = tuple(
        f"{names.person(one['doer'])} {local(one['done_at'], names.zone)} "
        f"{act_title(definition, one['verb'], names.language)}"
        for one in since
        if one["doer_kind"] == "person"
    )
    title = cards.subject_of(case, definition, person, names.at, names.language)
    return Row(case.number, subject=title, refused=CHANGED.say(names.language), meanwhile=told)


def _agree(person: Person, each: Picked, case: Case, row: Row, at: datetime, language: str) -> Row:
    one = inbox.first_act(person, case, at)
    given = inbox.together(one, at) if one else None
    if one is None or given is None:
        return replace(row, refused=GONE.say(language))
    sentence = Sentence(
        id=each.id, action=each.action, at=at, received=at, answers=given, case=each.number, post=one.post,
        expect=each.revision, dated=False,
    )  # fmt: skip
    try:
        actions.act(person, sentence)
    except Changed:
        case.refresh_from_db()
        return _changed(person, each, case, Names(language, surroundings_of(case.outlet).zone, at))
    except (Refusal, CaseworkError) as refusal:
        return replace(row, refused=refusal.words.say(language), clause=refusal.clause)
    drafts.drop(person, drafts.place_of("act", each.number, each.action))
    return replace(row, done=True)
