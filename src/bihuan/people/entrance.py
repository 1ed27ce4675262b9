"""The door: who is it, and has somebody been trying too often?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.db.models import Q
from django.http import HttpRequest

from bihuan.procedure.definition import Text

from .errors import DoorClosed
from .models import Person, SignInAttempt

TRIES = 10
WITHIN = timedelta(minutes=15)
CLOSED_FOR = timedelta(minutes=15)


def enter(request: HttpRequest, username: str, password: str, address: str, at: datetime) -> Person | None:
    """The person with this username and password, or None for a wrong try (which is counted).

    Raises DoorClosed after ten wrong tries within 15 minutes for this account or from this address, for 15 minutes; the
    tries made meanwhile are neither looked at nor counted.
    """
    username = username.strip().lower()[:60]
    address = address[:64]
    if closed_until(username, address, at) is not None:
        raise DoorClosed(
            Text("试错次数过多，请 15 分钟后再试", "Too many wrong tries; please wait 15 minutes"),
        )
    person = authenticate(request, username=username, password=password)
    if isinstance(person, Person):
        SignInAttempt.objects.filter(username=username).delete()
        return person
    SignInAttempt.objects.filter(at__lt=at - timedelta(days=1)).delete()
    SignInAttempt.objects.create(username=username, address=address, at=at)
    return None


def closed_until(username: str, address: str, at: datetime) -> datetime | None:
    """Until when the door is closed for this account or address; None when it is open."""
    ends = [_closed(Q(username=username), at), _closed(Q(address=address), at)]
    return max((end for end in ends if end is not None), default=None)


def _closed(whose: Q, at: datetime) -> datetime | None:
    tries = list(SignInAttempt.objects.filter(whose, at__lte=at).order_by("-at").values_list("at", flat=True)[:TRIES])
    if len(tries) < TRIES or tries[0] - tries[-1] > WITHIN or at >= tries[0] + CLOSED_FOR:
        return None
    return tries[0] + CLOSED_FOR
