"""Who may read the audit room, and how far. The interface role opens the door, the scope says what lies behind it."""

from __future__ import annotations

from datetime import datetime

from bihuan.people import access
from bihuan.people import queries as people
from bihuan.people.actions import HOUSE
from bihuan.people.models import Person

from ..roles import ADMINISTRATOR, roles_of

READERS = frozenset({"auditor", "general-manager", "quality", "service-manager", ADMINISTRATOR})
GOVERNORS = frozenset({"auditor", "general-manager"})
DRAWERS = frozenset({"auditor", "general-manager", "quality"})


def may_read(person: Person, at: datetime) -> bool:
    """Whether the audit room is open to this person at all."""
    return bool(READERS & set(roles_of(person, at)))


def may_govern(person: Person, at: datetime) -> bool:
    """Thresholds and check questions: whoever audits or leads the whole house – not whoever keeps its accounts."""
    return bool(GOVERNORS & set(roles_of(person, at))) and sees_house(person, at)


def may_draw(person: Person, at: datetime) -> bool:
    """Drawing samples and filling in their sheets."""
    return bool(DRAWERS & set(roles_of(person, at)))


def sees_house(person: Person, at: datetime) -> bool:
    """Whether the scope is the whole house: a post held everywhere, or at its head."""
    outlets = access.visible_outlets(person, at)
    return outlets is None or people.root_outlet() in outlets


def outlets(person: Person, at: datetime) -> frozenset[str] | None:
    """The outlets whose cases, money and prints may be read; None = all."""
    return access.visible_outlets(person, at)


def chains(person: Person, at: datetime) -> frozenset[str] | None:
    """The chains of the book that may be read; None = all.

    The chain of the house (accounts, posts, documents, imports, exports) belongs to no outlet: it is open to those who
    see the whole house, and to administrators, whom their office alone opens nothing else.
    """
    seen = access.visible_outlets(person, at)
    if seen is None:
        return None
    house = sees_house(person, at) or access.may_manage_people(person)
    return seen | {HOUSE} if house else seen


def may_compare(person: Person, at: datetime) -> bool:
    """Digests tell how long every chain is, so they are for those who see the whole house, and administrators."""
    return may_read(person, at) and (sees_house(person, at) or access.may_manage_people(person))
