"""What a key may do through the API: every operation asks for a scope, and one nobody thought of is open to no key."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import API, INTAKE, Doors, fresh, told
from tests.cast.table import addresses

from bihuan.casework.models import Case
from bihuan.config.api import WRITING, api
from bihuan.people import actions as people
from bihuan.people.models import SCOPES, PersonalToken


def operations() -> list[tuple[str, str]]:
    """(method, path below the API's root) of every operation, with something in place of each parameter."""
    found = []
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method in methods:
            plain = path.removeprefix(API)
            while "{" in plain:
                plain = f"{plain[: plain.index('{')]}x{plain[plain.index('}') + 1 :]}"
            found.append((method.upper(), plain))
    return sorted(found)


def asked(key: str, method: str, path: str, body: dict | None = None):
    client = Client(headers={"authorization": f"Bearer {key}"}, raise_request_exception=False)
    if method == "GET":
        return client.get(API + path)
    return client.post(API + path, json.dumps(body or {}), content_type="application/json")


def refused(answer) -> bool:
    return answer.status_code == 403 and told(answer)["code"] == "scope-missing"


@pytest.fixture
def key(doors: Doors):
    """A key of the clerk's with these scopes."""

    def made(*scopes: str) -> str:
        chen = doors.site.again("chen")
        return people.make_token(chen, by=chen, at=timezone.now(), scopes=scopes)

    return made


def test_every_operation_asks_a_key_for_a_scope(key):
    keys = {one: key(one) for one in SCOPES}
    assert len(operations()) >= 20
    for method, path in operations():
        needed = [one for one in SCOPES if not refused(asked(keys[one], method, path))]
        assert len(needed) == 1, (method, path, needed)
        assert (needed == ["read"]) == (method == "GET"), (method, path, needed)


def test_what_is_named_as_writing_stands_at_an_address():
    writing = [path for method, path in operations() if method == "POST"]
    assert ({f"/{route}" for route in WRITING} <= set(addresses()), len(WRITING)) == (True, len(writing))


def test_a_key_that_only_reads_changes_nothing_and_one_that_acts_reads_nothing(doors: Doors, key):
    said = {"kind": "job", "id": fresh(), "answers": INTAKE}
    assert refused(asked(key("read", "registers", "exports"), "POST", "/cases", said))
    assert Case.objects.count() == 0
    assert asked(key("act"), "POST", "/cases", said).status_code == 201
    assert refused(asked(key("act"), "GET", "/cases"))
    assert asked(key("read"), "GET", "/cases").status_code == 200


def test_an_operation_nobody_gave_a_scope_is_open_to_no_key(key, monkeypatch):
    monkeypatch.delitem(WRITING, "api/v1/cases")
    said = {"kind": "job", "id": fresh(), "answers": INTAKE}
    assert refused(asked(key(*SCOPES), "POST", "/cases", said))


def test_a_session_has_every_scope(doors: Doors):
    browser = Client()
    browser.force_login(doors.site.chen)
    said = {"kind": "job", "id": fresh(), "answers": INTAKE}
    assert browser.post(f"{API}/cases", json.dumps(said), content_type="application/json").status_code == 201


def test_a_program_acts_in_the_post_it_holds_and_its_key_shows_when_it_was_last_used(doors: Doors):
    now = timezone.now()
    robot = people.add_person("robot", "对接程序", None, by=None, at=now, is_service=True)
    people.give_post(robot, "clerk", "north", by=None, at=now)
    made = people.make_token(robot, by=None, at=now, scopes=["act", "read"])
    answer = asked(made, "POST", "/cases", {"kind": "job", "id": fresh(), "answers": INTAKE})
    assert (answer.status_code, PersonalToken.objects.get(person=robot).last_used is not None) == (201, True)
    assert refused(asked(made, "POST", "/customers/x/acts"))
