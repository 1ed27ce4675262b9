"""Who may keep price lists and make receipts void: by interface role, where the post is held."""

from __future__ import annotations

from datetime import datetime

from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.registers.documents import queries as documents

KEEPERS = frozenset({"service-manager", "finance"})


def may_keep_prices(person: Person, outlet: str, at: datetime) -> bool:
    """Prices of an outlet: who holds such a role there or above. Those of the house (""): at the top, or whoever
    administers the house."""
    return _held(person, outlet, at) or (not outlet and person.is_active and person.is_administrator)


def may_void(person: Person, outlet: str, at: datetime) -> bool:
    """Receipts are made void by such a role at their outlet or above it."""
    return _held(person, outlet, at)


def _held(person: Person, outlet: str, at: datetime) -> bool:
    current = documents.current_pack(at)
    posts = current[1].posts if current else {}
    places = {"", *(people.places_of(outlet) if outlet else (people.root_outlet(),))}
    return any(
        place in places and post in posts and posts[post].role in KEEPERS
        for post, place in people.doer_of(person, at).holds
    )
