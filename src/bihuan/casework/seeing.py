"""Which forms of a case a reader may not read: the text shows them to some posts only (``seen-by``), until a moment."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure.definition import Definition
from bihuan.procedure.state import State


def hidden_forms(definition: Definition, state: State, person: Person, at: datetime) -> frozenset[str]:
    """The forms of the case that none of ``person``'s posts may read at ``at``, lent ones included."""
    if not any(form.seen_by for form in definition.forms.values()):
        return frozenset()
    return hidden_from(definition, state, {post for post, _place in people.doer_of(person, at).holds})


def hidden_from(definition: Definition, state: State, posts: Collection[str]) -> frozenset[str]:
    """As ``hidden_forms``, for these posts. Once the moment the text names has come, everybody in scope may read."""
    return frozenset(
        form.name
        for form in definition.forms.values()
        if form.seen_by and form.seen_until not in state.moments and not set(form.seen_by) & set(posts)
    )
