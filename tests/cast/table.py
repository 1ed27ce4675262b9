"""Every address of the house against every reader: the table of rights."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from .doors import Doors

SESSION = "bihuan_session"
PEOPLE = ("chen", "zhou", "li", "sun", "qian", "wu", "wang", "outsider")
READERS = ("anonymous", *PEOPLE, "token", "narrow", "expired")
# nobody is signed in behind these
STRANGERS = ("anonymous", "expired")
# what each of them is; the usernames are the cast's
WHO = {
    "anonymous": ("陌生人", "stranger"),
    "chen": ("受理专人", "clerk"),
    "zhou": ("调度员", "dispatcher"),
    "li": ("维修人员", "technician"),
    "sun": ("回访人员", "follow-up"),
    "qian": ("分管领导", "leader"),
    "wu": ("审计", "auditor"),
    "wang": ("另一网点", "other outlet"),
    "outsider": ("无岗人员", "no post"),
    "token": ("调度员的密钥", "key (dispatcher's)"),
    "narrow": ("无范围的密钥", "key without scope"),
    "expired": ("过期的密钥", "expired key"),
}
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


def expected(pattern: str, row: dict[str, int], reader: str) -> int:
    """The status the table gives ``reader``. A key without scope follows the key, but no operation is open to it."""
    if reader != "narrow":
        return row[reader]
    asks_who = row["token"] != row["anonymous"]
    return 403 if pattern.startswith("/api/") and asks_who else row["token"]


def asking(row: dict[str, int]) -> tuple[str, ...]:
    """Who asks: everybody, but one of each kind where the method alone is wrong and nobody is told anything."""
    return ("anonymous", "zhou", "token") if row["zhou"] == 405 else READERS


class Readers:
    """Asks in the name of each reader and takes back whatever it did: a savepoint for every question."""

    def __init__(self, doors: Doors, expired: str, narrow: str) -> None:
        self.headers = {name: {} for name in READERS}
        for name, key in (("token", doors.token("zhou")), ("narrow", narrow), ("expired", expired)):
            self.headers[name] = {"authorization": f"Bearer {key}"}
        self.sessions = {name: doors.browser(name).cookies[SESSION].value for name in PEOPLE}
        # one for all, because making one means putting all middleware together
        self.client = Client(raise_request_exception=False)

    def ask(self, reader: str, method: str, path: str, body=None, content_type: str = ""):
        """The answer; nothing that was done stays done."""
        self.client.cookies.clear()
        if reader in self.sessions:
            self.client.cookies[SESSION] = self.sessions[reader]
        sent = {"data": body} | ({"content_type": content_type} if content_type else {}) if body is not None else {}
        with transaction.atomic():
            answer = getattr(self.client, method.lower())(path, headers=self.headers[reader], **sent)
            transaction.set_rollback(True)
        return answer
