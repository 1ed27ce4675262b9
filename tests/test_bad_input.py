"""What nobody should send, and is sent all the same: a clear error, nothing changed, never a 500."""

from __future__ import annotations

import json
import logging

import pytest
from django.test import Client
from tests.cast import API, INTAKE, dump, fresh, told

from bihuan.casework.models import Case

MEBIBYTE = 1024 * 1024
DEEP = 2000


def raw(text: str) -> bytes:
    """JSON written by hand, with an id of its own in place of ID and good answers in place of INTAKE."""
    return text.replace("ID", f'"{fresh()}"').replace("INTAKE", json.dumps(INTAKE)).encode()


def acted(action: str, answers: str) -> bytes:
    return raw(f'{{"id": ID, "action": "{action}", "answers": {answers}}}')


def opening_with(answers: str) -> bytes:
    return raw(f'{{"kind": "job", "id": ID, "answers": {answers}}}')


BODIES: dict[str, tuple[object, int]] = {
    "nothing": (b"", (400, 415)),
    "not json": (b"{", 400),
    "two bodies": (b"{} {}", (400, 422)),
    "broken utf-8": (b'{"kind": "\xff\xfe"}', 400),
    "overlong utf-8": (b'{"kind": "\xc0\xaf"}', 400),
    "a lone surrogate": (opening_with('{"intake.contact": "\\ud800"}'), 400),
    "a byte order mark": (b"\xef\xbb\xbf{}", (400, 422)),
    "not a number": (opening_with('{"intake.contact": NaN}'), 400),
    "infinity": (opening_with('{"intake.contact": Infinity}'), 400),
    "a number beyond all": (opening_with('{"intake.contact": 1e999}'), 422),
    "a huge whole number": (opening_with('{"intake.contact": ' + "9" * 400 + "}"), (400, 422)),
    "a large whole number": (opening_with('{"intake.contact": 99999999999999999999}'), 422),
    "nested without end": (opening_with('{"intake.contact": ' + "[" * DEEP + "]" * DEEP + "}"), (400, 422)),
    "nested too deeply": (opening_with('{"intake.contact": ' + "[" * 12 + "]" * 12 + "}"), 422),
    "a list": (b"[]", 422),
    "null": (b"null", 422),
    "a text": ('"开"'.encode(), 422),
    "no kind": (raw('{"id": ID}'), 422),
    "a kind that is no text": (raw('{"kind": 7, "id": ID}'), 422),
    "an unknown key": (raw('{"kind": "job", "id": ID, "color": "red"}'), 422),
    "answers that are a list": (raw('{"kind": "job", "id": ID, "answers": []}'), 422),
    "answers that are null": (raw('{"kind": "job", "id": ID, "answers": null}'), 422),
    "an id that is a number": (b'{"kind": "job", "id": 7}', 422),
    "a moment that is a number": (raw('{"kind": "job", "id": ID, "at": 1772413200}'), 422),
    "a moment that is no date": (raw('{"kind": "job", "id": ID, "at": "2026-02-30T09:00:00Z"}'), 422),
    "a moment at the end of time": (raw('{"kind": "job", "id": ID, "at": "9999-12-31T23:59:59-14:00"}'), 422),
    "a moment at its beginning": (raw('{"kind": "job", "id": ID, "at": "0001-01-01T00:00:00+14:00"}'), 422),
    "an unknown kind": (raw('{"kind": "舞会", "id": ID}'), 422),
    "a kind with a nul": (raw('{"kind": "job\\u0000", "id": ID}'), 422),
    "a kind without end": (raw('{"kind": "' + "k" * 5000 + '", "id": ID}'), 422),
    "a nul in an answer": (opening_with('{"intake.contact": "王\\u0000", "intake.problem": "响"}'), 422),
    "a nul in a question": (opening_with('{"intake.\\u0000": "王"}'), 422),
    "an answer of the wrong kind": (opening_with('{"intake.contact": {"a": 1}, "intake.urgency": true}'), 422),
    "an unknown question": (opening_with('{"weather": "sunny"}'), 422),
    "a form inside itself": (opening_with('{"intake": {"intake": {"contact": "王"}}}'), 422),
    "an unknown post": (raw('{"kind": "job", "id": ID, "post": "king", "answers": INTAKE}'), 403),
    "a post with a nul": (raw('{"kind": "job", "id": ID, "post": "\\u0000"}'), 422),
    "a foreign outlet": (raw('{"kind": "job", "id": ID, "outlet": "south", "answers": INTAKE}'), 403),
    "an outlet with a nul": (raw('{"kind": "job", "id": ID, "outlet": "north\\u0000"}'), 422),
    "more than a mebibyte": (b'{"kind": "' + b"k" * MEBIBYTE + b'"}', 413),
}  # fmt: skip


@pytest.fixture(autouse=True)
def quiet(caplog):
    """No answer may come from the last net: whatever it catches is logged as an error."""
    yield
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_will_not_do_opens_nothing_and_says_why(doors, name):
    sent, expected = BODIES[name]
    before = dump()
    said = {}
    for language in ("zh-CN", "en"):
        answer = doors.post("chen", "/cases", sent, accept_language=language)
        assert answer.status_code in (expected if isinstance(expected, tuple) else (expected,)), answer.content.decode()
        said[language] = told(answer)
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["Content-Language"] == language
    assert said["zh-CN"]["title"] == said["zh-CN"]["words"]["zh"]
    assert said["en"]["title"] == said["en"]["words"]["en"]
    assert dump() == before


ACTS: dict[str, tuple[bytes, int]] = {
    "no action": (raw('{"id": ID}'), 422),
    "an unknown action": (raw('{"id": ID, "action": "paint"}'), 409),
    "an action with a nul": (raw('{"id": ID, "action": "assign\\u0000"}'), 422),
    "an action without end": (raw('{"id": ID, "action": "' + "a" * 500 + '"}'), 422),
    "an action of the clock": (raw('{"id": ID, "action": "checked"}'), 409),
    "an action of another case": (raw('{"id": ID, "action": "be-bundled"}'), 403),
    "an expectation that is a text": (raw('{"id": ID, "action": "assign", "expect": "1"}'), 422),
    "an expectation below nought": (raw('{"id": ID, "action": "assign", "expect": -1}'), 422),
    "an expectation beyond all": (raw('{"id": ID, "action": "assign", "expect": 999999999999999999999999999999}'), 422),
    "a number that is a text": (acted("assign", '{"repairer": "li", "hours": "two"}'), 422),
    "a number below its least": (acted("assign", '{"repairer": "li", "hours": -1}'), 422),
    "a list where one is asked": (acted("assign", '{"repairer": ["li", "wang"]}'), 422),
    "a question with a dot too many": (acted("assign", '{"order.repairer.name": "li"}'), 422),
    "one case where several are asked": (acted("bundle", '{"cases": "J1", "with": "J1"}'), 422),
    "cases that are no text": (acted("bundle", '{"cases": [{"a": 1}], "with": "J1"}'), 422),
    "a correction of nothing": (acted("correct", '{}'), 422),
    "a correction of an unknown form": (acted("correct", '{"form": "x", "field": "y", "reason": "z"}'), 422),
    "a correction with an object": (acted("correct", '{"form": {"a": 1}, "field": [], "value": {}, "reason": 7}'), 422),
}  # fmt: skip


@pytest.mark.parametrize("name", ACTS)
def test_an_act_that_will_not_do_changes_nothing_and_says_why(doors, name):
    sent, expected = ACTS[name]
    number = doors.open()
    before = dump()
    answer = doors.post("zhou", f"/cases/{number}/acts", sent)
    assert answer.status_code == expected, answer.content.decode()
    assert told(answer)["words"]["en"]
    assert dump() == before


REFERENCES = ["%00", "a%00b", "x" * 3000, "%ED%A0%80", "%FF", "-1", "..", "'; drop table casework_case; --", "٣", "😀"]


@pytest.mark.parametrize("reference", REFERENCES)
def test_a_reference_nobody_has_is_not_found(doors, reference):
    before = dump()
    for path in ("", "/journal", "/deadlines"):
        answer = doors.get("zhou", f"/cases/{reference}{path}")
        assert answer.status_code == 404, (path, answer.content.decode())
    assert doors.post("zhou", f"/cases/{reference}/acts", {"id": fresh(), "action": "assign"}).status_code == 404
    browser = doors.browser("zhou")
    for path in ("", "acts/assign/", "deadlines/assigned/1/"):
        assert browser.get(f"/cases/{reference}/{path}").status_code == 404
    assert browser.get(f"/procedures/job/?case={reference}").status_code == 404
    assert dump() == before


QUESTIONS = {
    "limit=-1": 200,
    "limit=0": 200,
    "limit=999999999999999999999999": 200,
    "limit=many": 422,
    "limit=1.5": 422,
    "after=rubbish": 422,
    "after=%00": 422,
    "after=-1": 422,
    "after=00000000-0000-0000-0000-000000000000": 200,
    "kind=%00": 200,
    "q=%00": 200,
    "q=%ED%A0%80": 200,
    "q=%25": 200,
    "q=%5C": 200,
    "q=" + "x" * 3000: 200,
    "outlet=nowhere": 200,
    "state=%00": 200,
    "state=rubbish": 200,
    "stage=rubbish": 200,
    "nonsense=1": 200,
    "kind=job&kind=check": 200,
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_that_makes_no_sense_is_answered_or_refused_but_never_breaks(doors, question):
    doors.open()
    answer = doors.get("zhou", f"/cases?{question}")
    assert answer.status_code == QUESTIONS[question], answer.content.decode()
    if answer.status_code == 422:
        assert told(answer)["fields"]
    assert doors.browser("zhou").get(f"/cases/?{question}").status_code == 200


def test_signs_with_a_meaning_in_a_search_have_none(doors):
    doors.open()
    for sign in ("%25", "_", "%5C", "%25%25"):
        assert told(doors.get("zhou", f"/cases?q={sign}"))["cases"] == []


def test_a_limit_below_one_gives_one_and_a_huge_one_gives_a_page(doors):
    for _count in range(3):
        doors.open()
    assert len(told(doors.get("zhou", "/cases?limit=-5"))["cases"]) == 1
    assert len(told(doors.get("zhou", "/cases?limit=100000"))["cases"]) == 3


FORMS: dict[str, tuple[dict, int]] = {
    "nothing": ({}, 422),
    "nul signs": ({"contact": "王\x00", "problem": "\x00", "urgency": "normal"}, 422),
    "an unknown choice": ({"contact": "王", "problem": "响", "urgency": "soon"}, 422),
    "an unknown post": ({"contact": "王", "problem": "响", "urgency": "normal", "_post": "king\x00"}, 403),
    "an unknown outlet": ({"contact": "王", "problem": "响", "urgency": "normal", "_outlet": "\x00"}, 403),
    "a broken expectation": ({"_expect": "٣", "_id": "\x00"}, 422),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_page_shows_its_form_again_and_keeps_nothing(doors, name):
    sent, expected = FORMS[name]
    before = dump()
    answer = doors.browser("chen").post("/cases/new/job/", sent)
    assert answer.status_code == expected
    assert "<form" in answer.content.decode()
    assert dump() == before


@pytest.mark.parametrize("expect", ["x", "-1", "9" * 30, "1.5", "²"])
def test_a_page_with_a_broken_expectation_still_answers(doors, expect):
    number = doors.open()
    answer = doors.browser("zhou").post(f"/cases/{number}/acts/assign/", {"repairer": "", "_expect": expect})
    assert answer.status_code in {409, 422}
    assert Case.objects.get().step == "received"


def test_a_page_sent_twice_is_done_once(doors):
    number = doors.open()
    sent = {"repairer": "li", "_id": fresh(), "_expect": "1"}
    browser = doors.browser("zhou")
    answers = [browser.post(f"/cases/{number}/acts/assign/", sent) for _count in range(2)]
    assert [(one.status_code, one["Location"]) for one in answers] == [(302, f"/cases/{number}/")] * 2
    assert Case.objects.get().revision == 2


def test_a_page_that_is_too_large_is_answered_readably(doors):
    before = dump()
    answer = doors.browser("chen").post("/cases/new/job/", {"contact": "x" * (MEBIBYTE + 1)})
    assert answer.status_code in {400, 413}
    assert "<html" in answer.content.decode()
    many = {f"field-{count}": "x" for count in range(1500)}
    assert doors.browser("chen").post("/cases/new/job/", many).status_code in {400, 413}
    assert dump() == before


@pytest.mark.parametrize(
    "path", ["/cases/new/%00/", "/cases/new/pack/", "/procedures/pack/", "/procedures/x/", "/nowhere/"]
)
def test_a_page_nobody_wrote_is_not_found(doors, path):
    for method in ("get", "post"):
        answer = getattr(doors.browser("zhou"), method)(path)
        assert answer.status_code == 404
        assert "<html" in answer.content.decode()


@pytest.mark.parametrize("name", ["assigned", "nothing", "%00", "on-time"])
@pytest.mark.parametrize("run", ["0", "2", "9" * 40])
def test_a_promise_that_was_never_made_is_not_found(doors, name, run):
    number = doors.open()
    assert doors.browser("zhou").get(f"/cases/{number}/deadlines/{name}/{run}/").status_code == 404


def test_other_methods_are_refused(doors):
    number = doors.open()
    client = Client(headers={"authorization": f"Bearer {doors.token('zhou')}"})
    for method in ("put", "patch", "delete"):
        for path in ("/cases", f"/cases/{number}", f"/cases/{number}/acts"):
            assert getattr(client, method)(API + path).status_code == 405


def test_the_language_of_an_error_page_is_the_readers(doors):
    number = doors.open()
    for language, word in (("zh-CN", "不在"), ("en", "not")):
        page = doors.browser("wang").get(f"/cases/{number}/", headers={"accept-language": language})
        assert (page.status_code, page["Content-Language"]) == (404, language)
        assert word in page.content.decode()
