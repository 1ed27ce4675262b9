"""Opening and acting through the API: every outcome of the design, word for word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import API, INTAKE, dump, fresh, told

from bihuan.casework.models import Case
from bihuan.journal.models import Entry

ORDER = {"order.repairer": "li"}


def body(action: str = "assign", **more):
    return {"id": fresh(), "action": action, "answers": ORDER if action == "assign" else {}, **more}


def problem(answer) -> dict:
    """The refusal as RFC 9457 wants it; checks what every one of them has to have."""
    said = told(answer)
    assert answer["Content-Type"] == "application/problem+json"
    assert said["status"] == answer.status_code
    assert said["type"] == f"/problems/{said['code']}"
    assert said["title"]
    return said


def test_a_case_is_opened_and_answered_with_where_it_stands(doors):
    answer = doors.post("chen", "/cases", {"kind": "job", "id": fresh(), "answers": INTAKE})
    said = told(answer)
    case = Case.objects.get()
    assert answer.status_code == 201
    assert said == {"number": case.number, "step": "received", "revision": 1, "entry": said["entry"], "first": True}
    assert said["entry"] == str(Entry.objects.get(about_kind="case").id)


@pytest.mark.parametrize("nested", [True, False])
def test_answers_may_be_grouped_by_form_or_written_with_their_names(doors, nested):
    flat = {name.removeprefix("intake."): value for name, value in INTAKE.items()}
    answers = {"intake": flat} if nested else flat
    answer = doors.post("chen", "/cases", {"kind": "job", "id": fresh(), "answers": answers})
    assert answer.status_code == 201
    assert Case.objects.get().state.answers["intake"] == flat


def test_an_act_is_done_and_said_again_it_is_answered_with_the_first_answer(doors):
    number = doors.open()
    said = body()
    first = doors.post("zhou", f"/cases/{number}/acts", said)
    before = dump()
    second = doors.post("zhou", f"/cases/{number}/acts", said)
    assert (first.status_code, second.status_code) == (201, 200)
    assert told(second) == {**told(first), "first": False}
    assert dump() == before


def test_an_opening_without_a_moment_may_be_repeated(doors):
    said = {"kind": "job", "id": fresh(), "answers": INTAKE}
    answers = [doors.post("chen", "/cases", said) for _count in range(2)]
    assert [one.status_code for one in answers] == [201, 200]
    assert Case.objects.count() == 1


def test_the_idempotency_key_is_the_acts_id(doors):
    number = doors.open()
    key = fresh()
    said = {"action": "assign", "answers": ORDER}
    first = doors.post("zhou", f"/cases/{number}/acts", said, idempotency_key=key)
    second = doors.post("zhou", f"/cases/{number}/acts", {**said, "id": key})
    assert (first.status_code, second.status_code) == (201, 200)
    assert str(Entry.objects.get(verb="assign").act_id) == key


def test_the_same_id_with_another_body_is_unprocessable(doors):
    number = doors.open()
    said = body()
    doors.post("zhou", f"/cases/{number}/acts", said)
    before = dump()
    answer = doors.post("zhou", f"/cases/{number}/acts", {**said, "answers": {"order.repairer": "wang"}})
    assert (answer.status_code, problem(answer)["code"]) == (422, "other-body")
    assert dump() == before


@pytest.mark.parametrize(
    ("identity", "header"),
    [
        (None, None),
        ("not-an-id", None),
        ("7d444840-9dc0-41d1-b245-5ffdce74fad2", None),
        ("00000000-0000-0000-0000-000000000000", None),
        (None, "not-an-id"),
        (None, "7d444840-9dc0-41d1-b245-5ffdce74fad2"),
        ("019cac0f-2680-76ee-af15-9b6ad51cd601", "019cac0f-2680-76ee-af15-9b6ad51cd602"),
    ],
)
def test_an_act_without_a_good_id_of_its_own_is_not_taken(doors, identity, header):
    number = doors.open()
    before = dump()
    said = {"action": "assign", "answers": ORDER} | ({"id": identity} if identity else {})
    headers = {"idempotency_key": header} if header else {}
    answer = doors.post("zhou", f"/cases/{number}/acts", said, **headers)
    assert answer.status_code == 422
    assert problem(answer)["field"] in {"id", "Idempotency-Key"}
    assert dump() == before


def test_wrong_answers_are_all_named_with_their_fields(doors):
    answer = doors.post("chen", "/cases", {"kind": "job", "id": fresh(), "answers": {"intake.urgency": "soon"}})
    said = problem(answer)
    assert (answer.status_code, said["code"]) == (422, "wrong-answers")
    assert (said["document"], said["version"], said["clause"]) == ("C-01", "1.0", "4.1")
    assert sorted((one["field"], one["code"]) for one in said["problems"]) == [
        ("intake.contact", "missing"),
        ("intake.problem", "missing"),
        ("intake.urgency", "choice"),
    ]
    assert all(set(one["words"]) == {"zh", "en"} for one in said["problems"])


def test_anothers_act_is_forbidden(doors):
    number = doors.open()
    answer = doors.post("chen", f"/cases/{number}/acts", body())
    said = problem(answer)
    assert (answer.status_code, said["code"], said["clause"]) == (403, "not-yours", "4.2")


def test_what_is_out_of_scope_is_not_found_and_said_as_what_does_not_exist(doors):
    number = doors.open()
    answers = [doors.post("wang", f"/cases/{one}/acts", body()) for one in (number, "J20260302-0999")]
    assert [one.status_code for one in answers] == [404, 404]
    assert told(answers[0]) == told(answers[1])


@pytest.mark.parametrize(("language", "title"), [("zh-CN", "急件不得撤销"), ("en", "An urgent job is not dropped")])
def test_a_refusal_names_document_version_and_clause_in_the_readers_language(doors, language, title):
    number = doors.open()
    before = dump()
    answer = doors.post("zhou", f"/cases/{number}/acts", body("drop"), accept_language=language)
    assert answer.status_code == 409
    assert problem(answer) == {
        "type": "/problems/refused",
        "title": title,
        "status": 409,
        "code": "refused",
        "words": {"zh": "急件不得撤销", "en": "An urgent job is not dropped"},
        "reason": "needs",
        "document": "C-01",
        "version": "1.0",
        "clause": "4.2",
    }
    assert dump() == before


def test_a_case_that_has_moved_on_is_changed_and_says_from_what_to_what(doors):
    number = doors.open()
    doors.post("zhou", f"/cases/{number}/acts", body())
    answer = doors.post("li", f"/cases/{number}/acts", body("work", expect=1))
    said = problem(answer)
    assert (answer.status_code, said["code"], said["seen"], said["now"]) == (409, "changed", 1, 2)
    assert [one["verb"] for one in said["meanwhile"]] == ["assign"]
    assert said["meanwhile"][0]["doer"] == "zhou"


def test_if_match_is_compared_with_the_cases_tag(doors):
    number = doors.open()
    tag = doors.get("zhou", f"/cases/{number}")["ETag"]
    assert tag == '"1"'
    before = dump()
    for wrong in ('"2"', '"0"', '"x"', 'W/"7"', '"99999999999999999999"'):
        answer = doors.post("zhou", f"/cases/{number}/acts", body(), if_match=wrong)
        assert (answer.status_code, problem(answer)["now"]) == (412, 1)
    assert dump() == before
    said = body()
    assert doors.post("zhou", f"/cases/{number}/acts", said, if_match=tag).status_code == 201
    assert doors.post("zhou", f"/cases/{number}/acts", said, if_match=tag).status_code == 200
    assert (
        doors.post("li", f"/cases/{number}/acts", body("work", answers={"sure": True}), if_match="*").status_code == 201
    )


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_taken(doors, content_type):
    client = Client(headers={"authorization": f"Bearer {doors.token('chen')}"})
    for path in ("/cases", "/cases/J1/acts"):
        answer = client.post(API + path, data=b"{}", content_type=content_type)
        assert (answer.status_code, problem(answer)["code"]) == (415, "not-json")


def test_json_may_name_its_charset(doors):
    client = Client(headers={"authorization": f"Bearer {doors.token('chen')}"})
    said = f'{{"kind": "job", "id": "{fresh()}", "answers": {{"contact": "王", "problem": "响", "urgency": "normal"}}}}'
    answer = client.post(f"{API}/cases", data=said.encode(), content_type="application/json; charset=utf-8")
    assert answer.status_code == 201


def test_done_offline_keeps_the_moment_it_was_done(doors):
    number = doors.open(at=(timezone.now() - timedelta(hours=4)).isoformat())
    done = timezone.now() - timedelta(hours=2)
    assert doors.post("zhou", f"/cases/{number}/acts", body(at=done.isoformat())).status_code == 201
    entry = Entry.objects.get(verb="assign")
    assert entry.done_at == done
    assert entry.recorded_at > done + timedelta(hours=1)


@pytest.mark.parametrize(
    ("at", "code"),
    [("future", "wrong-moment"), ("1066-10-14T09:00:00Z", "wrong-moment"), ("2026-03-02T09:00:00", "wrong-moment")],
)
def test_a_moment_that_cannot_be_is_unprocessable(doors, at, code):
    at = (timezone.now() + timedelta(minutes=5)).isoformat() if at == "future" else at
    answer = doors.post("chen", "/cases", {"kind": "job", "id": fresh(), "answers": INTAKE, "at": at})
    said = problem(answer)
    assert (answer.status_code, said["code"], said["field"]) == (422, code, "at")
    assert Case.objects.count() == 0


def test_a_kind_nobody_may_open_by_hand_is_unprocessable(doors):
    for kind in ("check", "pack", "nothing"):
        answer = doors.post("chen", "/cases", {"kind": kind, "id": fresh()})
        assert (answer.status_code, problem(answer)["code"]) == (422, "no-such-kind")


def test_a_foreign_outlet_is_forbidden(doors):
    for outlet in ("south", "head", "nowhere"):
        answer = doors.post("chen", "/cases", {"kind": "job", "id": fresh(), "answers": INTAKE, "outlet": outlet})
        assert (answer.status_code, problem(answer)["code"]) == (403, "foreign-outlet")
