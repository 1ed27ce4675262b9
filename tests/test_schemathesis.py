"""The API asked everything its own description allows, and much that it does not: never a server error."""

from __future__ import annotations

import logging

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import GenerationMode
from tests.cast import API, told

from bihuan.config.api import api

EXAMPLES = 8
OPERATIONS = sorted(
    f"{method.upper()} {path}" for path, one in api.get_openapi_schema()["paths"].items() for method in one
)
steadily = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


SIGNALS = (request_started, request_finished)


def staying(application):
    """The application on this test's connection, inside its transaction, as Django's own test client keeps it."""

    def answer(environ, start_response):
        for signal in SIGNALS:
            signal.disconnect(close_old_connections)
        return application(environ, start_response)

    return answer


@pytest.fixture
def schema(doors):
    """The description as the server gives it."""
    yield schemathesis.openapi.from_wsgi(f"{API}/openapi.json", staying(get_wsgi_application()))
    for signal in SIGNALS:
        signal.connect(close_old_connections)


def operations(schema) -> dict:
    found = [result.ok() for result in schema.get_all_operations()]
    return {f"{one.method.upper()} {one.path}": one for one in found}


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.name.lower())
@pytest.mark.parametrize("name", OPERATIONS)
def test_no_question_and_no_act_breaks_the_server(doors, schema, caplog, name, mode):
    number = doors.open()
    caplog.set_level(logging.ERROR)
    headers = {"Authorization": f"Bearer {doors.token('zhou')}"}
    asked = []

    @seed(1874)
    @steadily
    @given(case=operations(schema)[name].as_strategy(generation_mode=mode))
    def attack(case):
        if len(asked) % 2 and "reference" in (case.path_parameters or {}):
            case.path_parameters["reference"] = number  # every other time a case that is really there
        answer = case.call(headers=headers)
        asked.append(answer.status_code)
        assert answer.status_code < 500, answer.content.decode()

    attack()
    assert asked
    assert [record.getMessage() for record in caplog.records] == []


def test_the_description_speaks_of_the_bodies_as_they_are_read(doors, schema):
    described = told(doors.get("", "/openapi.json"))["paths"]
    act = described[f"{API}/cases/{{reference}}/acts"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(act["properties"]) == {"id", "action", "post", "answers", "at", "expect"}
    assert act["required"] == ["action"]
    opening = described[f"{API}/cases"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(opening["properties"]) == {"id", "kind", "outlet", "post", "answers", "at"}
