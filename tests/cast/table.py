"""Every address of the house against every reader: the table of rights."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from .doors import Doors

PEOPLE = ("chen", "zhou", "li", "sun", "qian", "wu", "wang", "outsider")
READERS = ("anonymous", *PEOPLE, "token", "expired")
# nobody is signed in behind these
STRANGERS = ("anonymous", "expired")
NORTH = ("chen", "zhou", "li", "sun", "qian", "wu")


def addresses() -> Iterator[str]:
    """The pattern of every address Django answers, as it is written in the rooms' ``urls``."""
    return _under(get_resolver(), "/")


def _under(resolver, before: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        path = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _under(pattern, path)
        else:
            yield path


def everybody(status: int) -> dict[str, int]:
    """The same answer for all, signed in or not."""
    return dict.fromkeys(READERS, status)


def page(status: int, **others: int) -> dict[str, int]:
    """A page of those signed in; a token opens no pages, so its bearer is led to the door like any stranger."""
    return {**dict.fromkeys(READERS, status), "anonymous": 302, "token": 302, "expired": 302, **others}


def north_page(status: int, **others: int) -> dict[str, int]:
    """A page about a case of the north: for everybody else there is no such thing."""
    return page(status, **{"wang": 404, "outsider": 404, **others})


def api(status: int, **others: int) -> dict[str, int]:
    """An operation of the API. The token is the dispatcher's."""
    return {**dict.fromkeys(READERS, status), **dict.fromkeys(STRANGERS, 401), **others}


def north_api(status: int, **others: int) -> dict[str, int]:
    """An operation on a case of the north."""
    return api(status, **{"wang": 404, "outsider": 404, **others})


class Readers:
    """Asks in the name of each reader and takes back whatever it did."""

    def __init__(self, doors: Doors, expired: str) -> None:
        self.headers = {name: {} for name in READERS}
        self.headers["token"] = {"authorization": f"Bearer {doors.token('zhou')}"}
        self.headers["expired"] = {"authorization": f"Bearer {expired}"}
        self.sessions = {name: doors.browser(name).cookies["bihuan_session"].value for name in PEOPLE}

    def ask(self, reader: str, method: str, path: str, body=None, content_type: str = ""):
        """The answer; nothing that was done stays done."""
        client = Client(raise_request_exception=False)
        if reader in self.sessions:
            client.cookies["bihuan_session"] = self.sessions[reader]
        sent = {"data": body} | ({"content_type": content_type} if content_type else {}) if body is not None else {}
        with transaction.atomic():
            answer = getattr(client, method.lower())(path, headers=self.headers[reader], **sent)
            transaction.set_rollback(True)
        return answer
