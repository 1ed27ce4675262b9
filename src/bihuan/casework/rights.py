"""What hangs on interface roles in the registers of customers, products and warranty; named by ``REGISTER_RIGHTS``.

Scope itself (whose customers one sees at all) comes from the posts held; see ``registers.customers.rights``.
"""

from __future__ import annotations

from datetime import datetime

from bihuan.people import access
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.registers.outlets.models import Outlet

from .roles import roles_of

GOVERNORS = frozenset({"service-manager", "dispatcher"})
KEEPERS = frozenset({"service-manager", "auditor"})
# these work at the customer's door and see a whole number only for a reason
MASKED = frozenset({"technician", "outlet", "customer"})


# whose posts approve: leaders decide and sign for the house, service managers for the procedures
SIGNERS = frozenset({"general-manager", "service-manager"})


def must_have_second_factor(person: Person, at: datetime) -> bool:
    """Who has to show a second factor: administrators, and whoever holds or was lent a post that approves."""
    return person.is_administrator or bool(SIGNERS & set(roles_of(person, at)))


def may_govern(person: Person, at: datetime) -> bool:
    """Merging customers: administrators, and those whose posts manage or dispatch the service."""
    return access.may_manage_people(person) or bool(GOVERNORS & set(roles_of(person, at)))


def may_set_terms(person: Person, at: datetime) -> bool:
    """The catalogue and the terms of warranty hold for the whole house: never from a contracted point."""
    return access.may_manage_people(person) or (may_govern(person, at) and _of_our_own(person, at))


def may_word_calls(person: Person, at: datetime) -> bool:
    """Settle what is said on a follow-up call: administrators, and whoever manages the service for our own."""
    return access.may_manage_people(person) or ("service-manager" in roles_of(person, at) and _of_our_own(person, at))


def sees_numbers(person: Person, outlet: str, at: datetime) -> bool:
    """Whole telephone numbers: somebody of our own with a post that is not only at the customer's door.

    A post held only at contracted points shows numbers masked whatever it is. ``outlet`` is who looks after the
    customer; the answer is the same for all outlets within one's scope today.
    """
    roles = set(roles_of(person, at)) - {"administrator"}
    if not roles - MASKED:
        return False
    return _of_our_own(person, at)


def may_read_restricted(person: Person, at: datetime) -> bool:
    """Cases kept only because a retention runs: for those who keep or audit personal data (PIPL 47)."""
    return access.may_manage_people(person) or bool(KEEPERS & set(roles_of(person, at)))


def _of_our_own(person: Person, at: datetime) -> bool:
    """Whether a post is held somewhere else than at contracted points; asked once for a moment, as the roles are."""
    kept: dict[datetime, bool] = person.__dict__.setdefault("_of_our_own", {})
    if at not in kept:
        kept[at] = _read_own(person, at)
    return kept[at]


def _read_own(person: Person, at: datetime) -> bool:
    places = {place for _post, place in people.doer_of(person, at).holds}
    contracted = Outlet.objects.filter(key__in=places - {""}, kind=Outlet.CONTRACTED).values_list("key_id", flat=True)
    return bool(places - set(contracted))
