"""Who may see what. Nothing is allowed until this page or the procedure says so."""

from __future__ import annotations

from datetime import datetime

from . import queries
from .models import Person


def visible_outlets(person: Person, at: datetime) -> frozenset[str] | None:
    """The outlets whose work this person may see that day; None = all (a post held everywhere).

    A post at an outlet opens that outlet and everything under it, never what stands above or beside it.
    Being an administrator opens nothing.
    """
    places = {one.place for one in queries.held_by(person, at)}
    if "" in places:
        return None
    return frozenset().union(*(queries.below(place) for place in places))


def may_see(person: Person, outlet: str, at: datetime) -> bool:
    """Whether this person may see the work of ``outlet`` that day."""
    seen = visible_outlets(person, at)
    return seen is None or outlet in seen


def may_manage_people(person: Person) -> bool:
    """Accounts, posts, outlets and documents are kept by active administrators."""
    return bool(person.is_authenticated and person.is_active and person.is_administrator)
