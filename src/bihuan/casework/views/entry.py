"""What administrators do about somebody's way in: invitations, locks, second factors, keys, leaving."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from bihuan.people import actions, entrance, factors, inviting, keys, leaving
from bihuan.people import queries as people
from bihuan.people.errors import NotAllowed
from bihuan.people.models import Person, PersonalToken
from bihuan.procedure.definition import Text

from ..pages.leaving import open_numbers
from .sent import Sent

# acts after which something is shown once
TOLD = frozenset({"invite", "make-key"})


def _make_key(person: Person, sent: Sent, by: Person, at: datetime) -> str:
    """A key of a program. People make their own: nobody holds a key that stands for somebody else."""
    if not person.is_service:
        words = Text("个人密钥由本人在个人设置里生成", "People make their own keys in their settings")
        raise NotAllowed(words, "label")
    days = (sent.must("until") - people.day_of(at)).days
    given = {"label": sent.text("label"), "scopes": sent.several("scopes")}
    return actions.make_token(person, by=by, at=at, days=days, **given)


def _revoke_key(person: Person, sent: Sent, by: Person, at: datetime) -> None:
    keys.revoke(sent.row(PersonalToken, person=person), by=by, at=at)


def leave(person: Person, sent: Sent, by: Person, at: datetime) -> None:
    """With the numbers of what is open, as far as it goes; whoever may see them is another matter."""
    with transaction.atomic():
        work = open_numbers(person.username)
        leaving.leave(person, sent.must("last_day"), sent.text("reason"), by=by, at=at, work=work)


ACTS: dict[str, Callable[[Person, Sent, Person, datetime], Any]] = {
    "invite": lambda person, _sent, by, at: inviting.invite(person, by=by, at=at),
    "revoke-invitation": lambda person, _sent, by, at: inviting.revoke(person, by=by, at=at),
    "unlock": lambda person, _sent, by, at: entrance.unlock(person, by=by, at=at),
    "reset-factors": lambda person, sent, by, at: factors.reset(person, by=by, at=at, reason=sent.text("reason")),
    "make-key": _make_key,
    "revoke-key": _revoke_key,
}


def told(request: HttpRequest, person: Person, act: str, secret: str, at: datetime) -> dict[str, Any]:
    """What is shown this once: a link (mailed too, where there is an address), or a key."""
    if act == "make-key":
        return {"key": secret}
    link = request.build_absolute_uri(reverse("invited", args=[secret]))
    return {"link": link, "mailed": inviting.mail(person, link, at=at)}
