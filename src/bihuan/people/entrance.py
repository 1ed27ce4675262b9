"""The door: who is it, and has somebody been trying too often?

Wrong tries are rows of the database: they outlive a restart and are the same for every process. A try is written down
before it is looked at, so that many at the same instant get no more than ten of them answered. Call these outside a
transaction: what is rolled back was not counted.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest

from bihuan.journal.actions import NewEntry, write
from bihuan.procedure.definition import Text

from .actions import HOUSE, entry, managing
from .errors import DoorClosed, WrongInput
from .models import Person, SignInAttempt

TRIES = 10
WITHIN = timedelta(minutes=15)
CLOSED_FOR = timedelta(minutes=15)
KEPT = timedelta(days=1)

Found = TypeVar("Found")


def enter(request: HttpRequest, username: str, password: str, address: str, at: datetime) -> Person | None:
    """The person with this username and password, or None for a wrong try (which is counted).

    An unknown account costs the same time as a wrong password. Raises DoorClosed after ten wrong tries within 15
    minutes for this account or from this address, for 15 minutes; the tries made meanwhile are neither looked at nor
    counted. Earlier tries are forgotten by ``came_in`` only, when nothing more is asked.
    """

    def known() -> Person | None:
        person = authenticate(request, username=named(username), password=password)
        return person if isinstance(person, Person) else None

    return counted(username, address, at, known)


def counted(username: str, address: str, at: datetime, look: Callable[[], Found | None]) -> Found | None:
    """What ``look`` finds; nothing found is a wrong try for this account and from this address. Raises DoorClosed."""
    SignInAttempt.objects.filter(at__lt=at - KEPT).delete()
    own = SignInAttempt.objects.create(username=named(username), address=address[:64], at=at)
    if closed_until(username, address, at, own.pk) is not None:
        own.delete()
        raise DoorClosed(
            Text("试错次数过多，请 15 分钟后再试", "Too many wrong tries; please wait 15 minutes"),
        )
    found = look()
    if found:
        own.delete()
    elif closed_until(username, address, at) is not None:
        _shut_out(username, address, at)
    return found or None


def _shut_out(username: str, address: str, at: datetime) -> None:
    """That this try closed the door stands in the book. A name no account has may be a slip of somebody's password
    and is not written down."""
    person = Person.objects.filter(username=named(username)).first()
    with transaction.atomic():
        write(
            NewEntry(
                chain=HOUSE, about_kind="sign-in", about_id=str(person.pk) if person else "",
                about_number=person.username if person else "", verb="lock-out", doer_kind="clock", doer="",
                done_at=at, recorded_at=at, content={"answers": {"known": bool(person), "address": address[:64]}},
            )
        )  # fmt: skip


def named(username: str) -> str:
    """As accounts are written: small, without blanks around."""
    return username.strip().lower()[:60]


def came_in(username: str) -> None:
    """Everything asked was right: the wrong tries for this account are forgotten."""
    SignInAttempt.objects.filter(username=named(username)).delete()


def closed_until(username: str, address: str, at: datetime, besides: int = 0) -> datetime | None:
    """Until when the door is closed for this account or address; None when it is open. ``besides``: a try left out."""
    ends = [_closed(Q(username=named(username)), at, besides), _closed(Q(address=address[:64]), at, besides)]
    return max((end for end in ends if end is not None), default=None)


def account_closed_until(username: str, at: datetime) -> datetime | None:
    """Until when this account is shut out, wherever it is tried from."""
    return _closed(Q(username=named(username)), at, 0)


def _closed(whose: Q, at: datetime, besides: int) -> datetime | None:
    found = SignInAttempt.objects.filter(whose, at__lte=at).exclude(pk=besides).order_by("-at")
    tries = list(found.values_list("at", flat=True)[:TRIES])
    if len(tries) < TRIES or tries[0] - tries[-1] > WITHIN or at >= tries[0] + CLOSED_FOR:
        return None
    return tries[0] + CLOSED_FOR


def unlock(person: Person, *, by: Person | None, at: datetime) -> None:
    """An administrator opens the door again for this account. Addresses stay shut out until their time is over."""
    managing(by)
    with transaction.atomic():
        if account_closed_until(person.username, at) is None:
            raise WrongInput(Text("账号没有被锁", "The account is not shut out"), "unlock")
        came_in(person.username)
        entry(HOUSE, "person", str(person.pk), "unlock-account", by, at, {"person": person.username})
