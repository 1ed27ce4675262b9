"""Interface roles: what menu, home and cards a person gets. ``pack.toml`` maps every post to one role."""

from __future__ import annotations

from datetime import datetime

from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.registers.documents import queries as documents

# the order in which a person of several posts is met first
ORDER = (
    "hotline-operator", "dispatcher", "technician", "return-repair", "storekeeper", "follow-up", "outlet",
    "service-manager", "quality", "finance", "human-resources", "general-manager", "auditor", "customer",
)  # fmt: skip
ADMINISTRATOR = "administrator"


def roles_of(person: Person, at: datetime) -> tuple[str, ...]:
    """Every interface role of ``person`` on the day of ``at``, by the posts held and lent; the first one leads.

    Whoever keeps accounts has the administrator's role as well, after those of the posts. Asked for the same moment
    again it is not read again: a page asks for menu, home and every masked number.
    """
    kept: dict[datetime, tuple[str, ...]] = person.__dict__.setdefault("_interface_roles", {})
    if at not in kept:
        kept[at] = _read(person, at)
    return kept[at]


def roles_asked(person: Person, at: datetime) -> tuple[str, ...]:
    """As ``roles_of`` for whatever moment of the request was asked first: the bar need not ask for its own again."""
    kept: dict[datetime, tuple[str, ...]] = person.__dict__.get("_interface_roles", {})
    return next(iter(kept.values())) if kept else roles_of(person, at)


def _read(person: Person, at: datetime) -> tuple[str, ...]:
    current = documents.current_pack(at)
    posts = current[1].posts if current else {}
    held = {posts[post].role for post, _place in people.doer_of(person, at).holds if post in posts}
    found = [role for role in ORDER if role in held] + sorted(held - set(ORDER))
    return tuple([*found, ADMINISTRATOR] if person.is_administrator else found)
