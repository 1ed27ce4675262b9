"""The doors of the house as somebody outside uses them: the API with a token or a session, the pages with a session."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from bihuan.ground.ids import new_id
from bihuan.people import actions as people

from .saying import INTAKE
from .site import Site

API = "/api/v1"


class Doors:
    """Requests in somebody's name. Every answer is Django's response; ``told`` reads its JSON."""

    def __init__(self, site: Site) -> None:
        self.site = site
        now = timezone.now()
        self._tokens = {name: people.make_token(person, by=person, at=now) for name, person in site.people.items()}
        self._browsers: dict[str, Client] = {}
        # programs with keys have no cookies; one client for all, because making one means all middleware anew
        self._outside = Client(raise_request_exception=False)

    def token(self, username: str) -> str:
        return self._tokens[username]

    def browser(self, username: str = "", **options: Any) -> Client:
        """A browser, signed in as ``username`` ("" = nobody). It takes a broken page as an answer, not as a crash."""
        if username not in self._browsers:
            client = Client(raise_request_exception=False, **options)
            if username:
                client.force_login(self.site.people[username])
            self._browsers[username] = client
        return self._browsers[username]

    def get(self, username: str, path: str, **headers: str) -> HttpResponse:
        return self._asked("get", username, path, headers)

    def post(self, username: str, path: str, body: Any, **headers: str) -> HttpResponse:
        """``body`` as JSON; bytes are sent as they are."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._asked("post", username, path, headers, data=data, content_type="application/json")

    def _asked(self, method: str, username: str, path: str, headers: dict[str, str], **more: Any) -> HttpResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if username:
            named.setdefault("authorization", f"Bearer {self.token(username)}")
        self._outside.cookies.clear()
        return getattr(self._outside, method)(API + path, headers=named, **more)

    def open(self, username: str = "chen", **more: Any) -> str:
        """Open a job through the API; returns its number."""
        answer = self.post(username, "/cases", {"kind": "job", "id": fresh(), "answers": INTAKE, **more})
        assert answer.status_code == 201, answer.content.decode()
        return told(answer)["number"]


def fresh() -> str:
    """An act id nobody has used."""
    return str(new_id(timezone.now()))


def told(answer: HttpResponse) -> Any:
    """What the answer says, read from its JSON."""
    return json.loads(answer.content)
