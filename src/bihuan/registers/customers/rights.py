"""Who may do what in the registers of customers, products and warranty.

Scope comes from the posts held (people.access). What hangs on interface roles is answered by the module that
``settings.REGISTER_RIGHTS`` names, because roles are a matter of the rooms above.
"""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings

from bihuan.people import access
from bihuan.people.models import Person
from bihuan.people.queries import below, places_of
from bihuan.procedure.definition import Text

from .errors import NotAllowed


def _rule() -> Any:
    return import_module(settings.REGISTER_RIGHTS)


def may_keep(person: Person | None, outlet: str, at: datetime) -> bool:
    """Add and change what ``outlet`` looks after: whoever holds a post in whose scope it lies. None = the machine."""
    return person is None or access.may_see(person, outlet, at)


def may_govern(person: Person | None, at: datetime) -> bool:
    """Merge customers within one's scope."""
    return person is None or bool(_rule().may_govern(person, at))


def may_set_terms(person: Person | None, at: datetime) -> bool:
    """Keep what holds for the whole house: the catalogue and the terms of warranty."""
    return person is None or bool(_rule().may_set_terms(person, at))


def may_word_calls(person: Person | None, at: datetime) -> bool:
    """Settle what is said on follow-up calls."""
    return person is None or bool(_rule().may_word_calls(person, at))


def sees_numbers(person: Person | None, outlet: str, at: datetime) -> bool:
    """Whether whole telephone numbers of what ``outlet`` looks after are shown to ``person``."""
    return person is None or bool(_rule().sees_numbers(person, outlet, at))


def keeping(person: Person | None, outlet: str, at: datetime) -> None:
    """Raise NotAllowed unless ``person`` may add and change what ``outlet`` looks after."""
    if not may_keep(person, outlet, at):
        raise NotAllowed(Text("该网点不在您的范围内", "This outlet is not within your scope"), "outlet")


def governing(person: Person | None, at: datetime) -> None:
    """Raise NotAllowed unless ``person`` may merge customers."""
    if not may_govern(person, at):
        words = Text("须由管理员、服务经理或调度办理", "For administrators, service managers and dispatchers")
        raise NotAllowed(words)


def setting_terms(person: Person | None, at: datetime) -> None:
    """Raise NotAllowed unless ``person`` may keep the catalogue and the terms of warranty."""
    if not may_set_terms(person, at):
        words = Text("须由管理员，或本单位的服务经理、调度办理", "For administrators, our own managers and dispatchers")
        raise NotAllowed(words)


def bringing_in(person: Person | None, outlets: set[str], at: datetime) -> None:
    """Raise NotAllowed unless ``person`` may bring in many at once for these outlets: in scope, or administrator."""
    if person is None or access.may_manage_people(person):
        return
    for outlet in sorted(outlets):
        keeping(person, outlet, at)


def reach(outlet: str) -> frozenset[str]:
    """Outlets whose books a case of ``outlet`` may be told about: itself, those under it and above it; no neighbour."""
    return frozenset(places_of(outlet)) | below(outlet)
