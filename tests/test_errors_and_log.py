"""Error pages with a number that stands in the log, and what never stands there; who there is, nobody says."""

from __future__ import annotations

import io
import json
import logging
import re

import pytest
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation
from tests.cast import Doors, fresh, told

from bihuan.config.logs import JsonLines
from bihuan.layout import errors
from bihuan.people import rates
from bihuan.people.models import Person, SignInAttempt


@pytest.fixture(autouse=True)
def a_minute_of_ones_own():
    rates.counted.forget()
    yield
    rates.counted.forget()


# -------------------------------------------------------------------------------------------------------- error pages


def broken(*_given, **_named):
    raise RuntimeError("王老师 13900139000")


def away(*_given, **_named):
    raise OperationalError("connection to 13900139000 failed for 王老师")


def error_of(doors: Doors, status: int, language: str, monkeypatch) -> HttpResponse:
    """A page that answers ``status`` in ``language``."""
    client = doors.browser("zhou", headers={"accept-language": language})
    if status == 400:
        return client.post("/cases/new/job/", {f"f{place}": "x" for place in range(1500)})
    if status == 403:
        return client.get("/prices/new/")
    if status == 404:
        return client.get("/no/such/page/")
    if status == 405:
        return client.get("/sign-out/")
    if status == 413:
        return client.post("/cases/new/job/", {"problem": "x" * 1_500_000})
    if status == 429:
        return client.get("/search/", {"q": "x"})
    monkeypatch.setattr("bihuan.casework.views.lists.render", broken if status == 500 else away)
    return client.get("/cases/")


STATUSES = (400, 403, 404, 405, 413, 429, 500, 503)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("status", STATUSES)
def test_an_error_page_bears_a_number_that_stands_in_the_log(
    doors: Doors, status: int, language: str, monkeypatch, caplog, settings
):
    if status == 429:
        settings.COSTLY_PER_MINUTE = 1
        doors.browser("zhou").get("/search/", {"q": "x"})
    with caplog.at_level(logging.WARNING):
        answer = error_of(doors, status, language, monkeypatch)
    page = answer.content.decode()
    number = answer["X-Error-Number"]
    assert answer.status_code == status
    assert number in page
    assert f"number={number}" in caplog.text
    assert ("<html" in page) and (f'lang="{"en" if language == "en" else "zh"}' in page)
    assert [word for word in ("Traceback", "RuntimeError", "OperationalError", 'File "') if word in page] == []
    if status == 503:
        assert int(answer["Retry-After"]) >= 1


@pytest.mark.parametrize("status", [403, 404, 405, 500])
def test_the_api_says_errors_as_problems_with_a_number(doors: Doors, status: int, monkeypatch, caplog):
    if status == 500:
        monkeypatch.setattr("bihuan.casework.api.reading.procedures", broken)
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.force_login(doors.site.zhou)
    asked = {403: ("post", "/api/v1/cases"), 404: ("get", "/api/v1/nothing"), 405: ("get", "/api/v1/customers/x/acts"),
             500: ("get", "/api/v1/procedures")}  # fmt: skip
    method, path = asked[status]
    with caplog.at_level(logging.WARNING):
        answer = getattr(client, method)(path)
    body = told(answer)
    assert (answer.status_code, body["status"]) == (status, status)
    assert answer["Content-Type"] == "application/problem+json"
    assert body["type"].startswith("/problems/")
    assert body["number"] in caplog.text
    assert "Traceback" not in answer.content.decode()


def test_a_body_too_large_is_told_from_one_that_cannot_be_read():
    request = RequestFactory().post("/api/v1/cases")
    assert errors.bad_request(request, RequestDataTooBig("x")).status_code == 413
    assert errors.bad_request(request, ValueError("x")).status_code == 400


# ---------------------------------------------------------------------------------------------------------------- log

SECRET = ("王老师", "13900139000", "139****9000", "城东路", "secret-word")


def test_no_fault_writes_names_or_numbers_into_the_log(doors: Doors, number: str, monkeypatch):
    """Every kind of fault, with personal data in the address, the question, the form, the body and the exception."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    loggers = [logging.getLogger(name) for name in ("", "django", "django.request", "django.security", "bihuan")]
    for one in loggers:
        one.addHandler(handler)
    try:
        client = doors.browser("zhou")
        sent = {"problem": "王老师 13900139000", "address": "城东路", "password": "secret-word"}
        client.get("/王老师/13900139000/", {"q": "王老师"})
        client.get("/customers/王老师/")
        client.get("/people/王老师/")
        client.get("/api/v1/customers/王老师", {"q": "13900139000"})
        client.post("/sign-in/", {"username": "王老师", "password": "secret-word"})
        client.post("/sign-out/王老师/", sent)
        client.get("/sign-in/", headers={"host": "王老师.example".encode("idna").decode()})
        client.post("/cases/new/job/", {**sent, "more": "x" * 1_500_000})
        Client(enforce_csrf_checks=True, raise_request_exception=False).post("/customers/王老师/edit/", sent)
        doors.post("chen", "/cases", {"kind": "王老师", "id": fresh(), "answers": {"intake.contact": 7}})
        for how in (broken, away):
            monkeypatch.setattr("bihuan.casework.views.lists.render", how)
            monkeypatch.setattr("bihuan.casework.api.reading.page", how)
            client.get("/cases/", {"q": "王老师"})
            doors.get("zhou", "/cases?q=王老师")
    finally:
        for one in loggers:
            one.removeHandler(handler)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert len(lines) >= 8
    assert [secret for secret in SECRET if secret in written.getvalue()] == []
    assert any(line.get("error") == "RuntimeError" and line["trace"] for line in lines)


# --------------------------------------------------------------------------------------------- who there is


def test_the_door_says_the_same_whether_the_account_exists_or_not(doors: Doors):
    Person.objects.filter(username="li").update(is_active=False)
    pages = set()
    for username in ("zhou", "nobody-here", "li"):
        answer = Client().post("/sign-in/", {"username": username, "password": "a-wrong-password-1"})
        text = answer.content.decode().replace(f'value="{username}"', "")
        pages.add((answer.status_code, re.sub(r'(csrfmiddlewaretoken" value=|data-csrf=|data-now=)"[^"]*"', "", text)))
    assert len(pages) == 1
    assert SignInAttempt.objects.count() == 3


def test_another_outlets_case_and_one_that_never_was_are_told_apart_by_nothing(doors: Doors, number: str):
    client = doors.browser("wang")
    with translation.override("zh-hans"):
        pages = {
            re.sub(r'(csrfmiddlewaretoken" value=|data-csrf=|data-now=)"[^"]*"|[0-9A-F]{8}|[A-Z]\d{8}-\d{4}', "", page)
            for page in (client.get(f"/cases/{one}/").content.decode() for one in (number, "J20200101-0001"))
        }
    assert len(pages) == 1
    there, never = (told(doors.get("wang", f"/cases/{one}")) for one in (number, "J20200101-0001"))
    assert there == never
