"""Which forms of a case a reader may not read: the text shows them to some posts only (``seen-by``), until a moment.

``as_read`` gives a case as one reader may read it: pages, lists, exports and the API take theirs from there, so that
nothing further down has to ask again. What is stored for finding and naming cases is open by itself (``marks``).
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from bihuan.people import queries as people
from bihuan.people.models import Person, Withheld
from bihuan.procedure.definition import Definition
from bihuan.procedure.state import State

from . import rights
from .definitions import definition_for, running
from .marks import closed_forms
from .models import Case


def posts_of(person: Person, at: datetime) -> frozenset[str]:
    """The posts ``person`` holds on the day of ``at``, lent ones included; looked up once for a moment."""
    kept: dict[datetime, frozenset[str]] = person.__dict__.setdefault("_posts_held", {})
    if at not in kept:
        kept[at] = frozenset(post for post, _place in people.doer_of(person, at).holds)
    return kept[at]


def closed_posts(person: Person, at: datetime) -> frozenset[str]:
    """Those of ``person``'s posts for whom forms are kept apart by a text in force."""
    named = {post for one in running(at) for form in one.forms.values() for post in form.seen_by}
    return posts_of(person, at) & named if named else frozenset()


def hidden_forms(definition: Definition, state: State, person: Person, at: datetime) -> frozenset[str]:
    """The forms of the case that none of ``person``'s posts may read at ``at``, lent ones included."""
    if not any(form.seen_by for form in definition.forms.values()):
        return frozenset()
    return hidden_from(definition, state, posts_of(person, at))


def hidden_from(definition: Definition, state: State, posts: Collection[str]) -> frozenset[str]:
    """As ``hidden_forms``, for these posts. Once the moment the text names has come, everybody in scope may read."""
    closed = closed_forms(definition, state.moments)
    return frozenset(name for name, readers in closed.items() if not set(readers) & set(posts))


def as_read(case: Case, person: Person, at: datetime) -> Case:
    """``case`` as ``person`` may read it: by the name they may call it, without the answers on hidden forms.

    Of one that is kept only because a retention runs, most read no answer at all. A row for showing, never to be saved
    or acted on: the engine decides by everything that was answered.
    """
    hidden = hidden_forms(definition_for(case), case.state, person, at)
    if case.restricted and not rights.may_read_restricted(person, at):
        hidden = frozenset(case.state.answers)
    title = title_of(case, person, at)
    if not hidden & case.state.answers.keys() and title == case.title:
        return case
    shown = copy.copy(case)
    shown.title = title
    shown.state = replace(case.state, answers=without(case.state.answers, hidden))
    return shown


def all_as_read(cases: Iterable[Case], person: Person, at: datetime) -> list[Case]:
    """As ``as_read``, for each of them."""
    return [as_read(case, person, at) for case in cases]


def silent_to(person: Person, at: datetime) -> frozenset[UUID]:
    """The cases kept only because a retention runs of which ``person`` reads no answer."""
    if rights.may_read_restricted(person, at):
        return frozenset()
    kept = Withheld.objects.values("number")
    return frozenset(Case.objects.filter(number__in=kept).values_list("pk", flat=True))


def without(answers: dict[str, dict[str, Any]], hidden: Collection[str]) -> dict[str, dict[str, Any]]:
    """``answers`` without those on ``hidden`` forms."""
    return {form: filled for form, filled in answers.items() if form not in hidden}


def title_of(case: Case, person: Person, at: datetime) -> str:
    """What ``person`` may call the case."""
    named = case.closed_title and not posts_of(person, at).isdisjoint(case.closed_to)
    return case.closed_title if named else case.title
