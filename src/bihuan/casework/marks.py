"""What a case can be found by and what a list calls it, told from its answers; and for whose eyes each of them is.

An answer on a form for some posts only (``seen-by``) is a *closed* one until the moment the text names has come: what
it is found by carries the posts that may read it, and the name a case has from it stands in a column of its own. So
whoever asks for nothing in particular gets only what everybody in scope may read.
"""

from __future__ import annotations

from collections.abc import Collection, Container
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from bihuan.procedure.definition import Definition
from bihuan.procedure.state import State

from .models import Case

MARKED_KINDS = frozenset({"contact", "device", "fault", "address", "phone", "product", "customer"})
# what a list calls a case: its fault or wish in the customer's words, else its contact
CALLED_BY = ("fault", "contact")
LONGEST = 200


@dataclass(frozen=True)
class Told:
    """One value a case can be found by. ``posts``: who may read it; none named = everybody in scope."""

    kind: str
    value: str
    posts: tuple[str, ...] = ()


def marks_of(definition: Definition, answers: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    """(kind, value) of every answer whose field names a kind one looks cases up by."""
    return list(dict.fromkeys((kind, value) for kind, value, _form in _said(definition, answers)))


def _said(definition: Definition, answers: dict[str, dict[str, Any]]) -> list[tuple[str, str, str]]:
    """(kind, value, form) in the order of the answers."""
    found: list[tuple[str, str, str]] = []
    for form_name, filled in answers.items():
        form = definition.forms.get(form_name)
        if form is None:
            continue
        for name, field in form.fields.items():
            value = filled.get(name)
            if field.kind in MARKED_KINDS and isinstance(value, str) and value.strip():
                found.append((field.kind, value.strip()[:LONGEST], form_name))
    return found


def closed_forms(definition: Definition, moments: Container[str]) -> dict[str, tuple[str, ...]]:
    """The forms that are for some posts only, with these posts, after the ``moments`` that have come."""
    return {
        form.name: form.seen_by for form in definition.forms.values() if form.seen_by and form.seen_until not in moments
    }


def told_by(definition: Definition, state: State, answers: dict[str, dict[str, Any]] | None = None) -> list[Told]:
    """As ``marks_of`` with whose eyes each is for; what is also said on an open form is open.

    ``answers`` are those before an act where they are not the state's.
    """
    said = _said(definition, state.answers if answers is None else answers)
    closed = closed_forms(definition, state.moments)
    found: dict[tuple[str, str], set[str] | None] = {}
    for kind, value, form in said:
        posts = found.setdefault((kind, value), set())
        if form not in closed:
            found[(kind, value)] = None
        elif posts is not None:
            posts |= set(closed[form])
    return [Told(kind, value, tuple(sorted(posts or ()))) for (kind, value), posts in found.items()]


def entitle(case: Case, told: Collection[Told]) -> None:
    """Let ``case`` be called by what ``told`` says first, for everybody and for those who may read more.

    A name once given stays. One given from what is closed now goes behind the wall; one that has become open comes out.
    """
    called = next(([one for one in told if one.kind == kind] for kind in CALLED_BY if _has(told, kind)), [])
    opened = next((one.value for kind in CALLED_BY for one in told if one.kind == kind and not one.posts), "")
    closed = {one.value: one.posts for one in told if one.posts}
    if case.title in closed:
        case.closed_title, case.title = case.title, ""
    if case.closed_title and case.closed_title not in closed:
        spoken = case.closed_title in {one.value for one in told}
        case.title, case.closed_title = (case.closed_title if spoken else case.title), ""
    if not case.title:
        case.title = opened
    if not case.closed_title and called and called[0].posts:
        case.closed_title = called[0].value
    case.closed_to = list(closed.get(case.closed_title, ()))


def _has(told: Collection[Told], kind: str) -> bool:
    return any(one.kind == kind for one in told)


def for_eyes(posts: Collection[str] | None) -> Q:
    """As ``readable``; None = of nobody in particular, so everything: what an act's facts are reckoned from."""
    return Q() if posts is None else readable(posts)


def readable(posts: Collection[str]) -> Q:
    """The marks whoever holds ``posts`` may read."""
    return Q(posts=[]) | Q(posts__overlap=list(posts)) if posts else Q(posts=[])
