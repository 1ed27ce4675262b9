"""The API's two ways in: a personal token, or the session of a signed-in page with its forgery guard."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import API, INTAKE, fresh, told

from bihuan.casework.models import Case
from bihuan.people import actions as people
from bihuan.people.models import PersonalToken


def asked(token: str):
    return Client(headers={"authorization": f"Bearer {token}"}).get(f"{API}/cases")


def test_without_either_one_is_asked_to_sign_in(doors):
    answer = doors.get("", "/cases")
    assert (answer.status_code, told(answer)["code"]) == (401, "not-signed-in")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_token_stands_for_its_person(doors):
    number = doors.open("chen")
    assert [one["number"] for one in told(asked(doors.token("zhou")))["cases"]] == [number]
    assert told(asked(doors.token("wang")))["cases"] == []


@pytest.mark.parametrize("change", ["expired", "revoked", "inactive", "unknown", "empty"])
def test_a_token_past_its_end_opens_nothing(doors, change):
    token = doors.token("zhou")
    assert asked(token).status_code == 200
    if change == "expired":
        PersonalToken.objects.update(until=timezone.now() - timedelta(seconds=1))
    elif change == "revoked":
        people.sign_out_everywhere(doors.site.zhou, by=doors.site.zhou, at=timezone.now())
    elif change == "inactive":
        type(doors.site.zhou).objects.filter(username="zhou").update(is_active=False)
    else:
        token = "" if change == "empty" else "bh_nobody"
    assert asked(token).status_code == 401


def test_a_session_reads_without_more_but_writes_only_with_the_guards_token(doors):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(doors.site.chen)
    assert browser.get(f"{API}/cases").status_code == 200
    said = json.dumps({"kind": "job", "id": fresh(), "answers": INTAKE})
    forged = browser.post(f"{API}/cases", said, content_type="application/json")
    assert (forged.status_code, Case.objects.count()) == (403, 0)
    page = browser.get("/cases/new/job/")
    guard = {"X-CSRFToken": page.cookies["csrftoken"].value}
    assert browser.post(f"{API}/cases", said, content_type="application/json", headers=guard).status_code == 201


def test_a_post_that_has_ended_closes_the_session_and_the_token(doors):
    browser = Client()
    browser.force_login(doors.site.zhou)
    assert browser.get(f"{API}/cases").status_code == 200
    token = doors.token("zhou")
    people.end_post(
        doors.site.zhou.holdings.get(), timezone.localdate() - timedelta(days=1), by=None, at=timezone.now()
    )
    assert (browser.get(f"{API}/cases").status_code, asked(token).status_code) == (401, 401)
