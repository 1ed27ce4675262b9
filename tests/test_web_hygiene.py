"""What a browser is told, what a stranger may try, and what stays out of the log."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as site_settings
from django.test import Client
from tests.cast import INTAKE, Doors, fresh, told
from tests.cast.north import FILLED, filled
from tests.cast.table import Readers, addresses
from tests.test_rights import TABLE

from bihuan.layout.policy import HEADERS, POLICY, TRANSPORT
from bihuan.people import rates
from bihuan.people.models import Person

EVERYWHERE = {**HEADERS, "X-Frame-Options": "DENY"}
# handed out with a policy of their own: in a sandbox, whatever they are
OWN_POLICY = re.compile(r"^/files/|/print/")
NEVER = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


@pytest.fixture(autouse=True)
def a_minute_of_ones_own():
    rates.counted.forget()
    yield
    rates.counted.forget()


# ------------------------------------------------------------------------------------------------------------ headers


def test_every_answer_says_what_a_browser_may_do_with_it(doors: Doors, readers: Readers, number: str):
    """Pages, fragments, files, exports, the API, redirects and errors, for somebody signed in and for a stranger."""
    wrong = []
    for method, pattern in TABLE:
        if method != "GET":
            continue
        for reader in ("zhou", "anonymous"):
            answer = readers.ask(reader, "GET", filled(pattern, number))
            for name, value in EVERYWHERE.items():
                said = answer.headers.get(name, "")
                if name == "Content-Security-Policy" and said != POLICY:
                    good = OWN_POLICY.search(pattern) and said.startswith("sandbox; default-src 'none'")
                    good = bool(good) and "unsafe" not in said and "script-src" not in said
                elif name == "Cache-Control":
                    good = "no-store" in said
                else:
                    good = said == value
                if not good:
                    wrong.append(f"{reader} {pattern}: {name}: {said}")
    assert wrong == []


def test_the_policy_allows_nothing_unsafe():
    assert "unsafe" not in POLICY
    assert "*" not in POLICY
    directives = dict(part.strip().split(" ", 1) for part in POLICY.split(";"))
    assert directives["default-src"] == "'none'"
    assert (directives["frame-ancestors"], directives["base-uri"]) == ("'none'", "'none'")
    assert directives["script-src"] == directives["connect-src"] == directives["form-action"] == "'self'"


def test_no_page_holds_a_script_or_a_style_of_its_own(readers: Readers, number: str):
    """What the policy would refuse is not even written: no inline script, style, handler or javascript: address."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(?!\s*</script>)|<style|\sstyle=|\son[a-z]+=|javascript:", re.I)
    data = re.compile(r'<script[^>]*type="application/json"[^>]*>.*?</script>', re.S)
    found = {}
    for method, pattern in TABLE:
        if method == "GET":
            answer = readers.ask("zhou", "GET", filled(pattern, number))
            if answer.headers.get("Content-Type", "").startswith("text/html"):
                hits = inline.findall(data.sub("", answer.content.decode()))
                if hits:
                    found[pattern] = hits[:3]
    assert found == {}


# ------------------------------------------------------------------------------------------------------------ cookies


def signed_in(doors: Doors, **how) -> Client:
    doors.site.zhou.set_password("riverbank-1874-lamp")
    doors.site.zhou.save()
    client = Client()
    client.answer = client.post("/sign-in/", {"username": "zhou", "password": "riverbank-1874-lamp"}, **how)
    return client


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(doors: Doors):
    client = Client()
    client.get("/sign-in/")
    client.post("/language/", {"to": "en"})
    session = signed_in(doors)
    cookies = {**client.cookies, **session.cookies}
    assert site_settings.SESSION_COOKIE_NAME in cookies
    assert "csrftoken" in cookies
    assert "django_language" in cookies
    for name, cookie in cookies.items():
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax"), name
        assert not cookie["secure"], name


def test_over_tls_cookies_travel_by_tls_alone_and_so_does_everything_else(doors: Doors):
    client = signed_in(doors, secure=True)
    assert client.answer.status_code in (200, 302)
    assert [name for name, cookie in client.cookies.items() if not cookie["secure"]] == []
    assert client.get("/profile/", secure=True).status_code == 200
    assert client.answer.headers["Strict-Transport-Security"] == TRANSPORT
    assert "Strict-Transport-Security" not in Client().get("/sign-in/").headers


def test_over_tls_no_other_host_can_have_set_a_cookie_of_ours(doors: Doors):
    client = Client()
    client.get("/sign-in/", secure=True)
    client.post("/language/", {"to": "en"}, secure=True)
    session = signed_in(doors, secure=True)
    cookies = {**client.cookies, **session.cookies}
    assert {f"__Host-{site_settings.SESSION_COOKIE_NAME}", "__Host-csrftoken", "__Host-django_language"} <= set(cookies)
    for name, cookie in cookies.items():
        told = (name.startswith("__Host-"), cookie["secure"], cookie["path"], cookie["domain"], cookie["httponly"])
        assert told == (True, True, "/", "", True), name
    # what somebody else below the same domain set under the plain name lets nobody in
    stranger = Client()
    name = site_settings.SESSION_COOKIE_NAME
    stranger.cookies[name] = session.cookies[f"__Host-{name}"].value
    assert stranger.get("/profile/", secure=True).status_code == 302
    # and a session of the one way is none of the other
    assert session.get("/profile/").status_code == 302
    session.post("/sign-out/", secure=True)
    assert session.get("/profile/", secure=True).status_code == 302


def test_a_session_begins_with_a_key_of_its_own(doors: Doors):
    """Somebody who left a session in the browser before the sign-in does not know the one after it."""
    client = Client()
    session = client.session
    session["left"] = "behind"
    session.save()
    before = session.session_key
    doors.site.zhou.set_password("riverbank-1874-lamp")
    doors.site.zhou.save()
    client.post("/sign-in/", {"username": "zhou", "password": "riverbank-1874-lamp"})
    assert client.cookies[site_settings.SESSION_COOKIE_NAME].value != before


# ------------------------------------------------------------------------------------- forgery, frames, ways elsewhere


def written_addresses() -> list[str]:
    return [pattern for method, pattern in TABLE if method == "POST"]


def test_no_address_takes_a_form_that_a_page_of_ours_did_not_send(doors: Doors, number: str):
    """Pages, htmx and the API with a session alike; a key needs none, because no browser sends it by itself."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(doors.site.zhou)
    answered = {}
    for pattern in written_addresses():
        for headers in ({}, {"HX-Request": "true"}):
            answered[pattern, bool(headers)] = client.post(filled(pattern, number), {}, headers=headers).status_code
    assert {key: status for key, status in answered.items() if status != 403} == {}
    assert doors.post("zhou", f"/cases/{number}/acts", {"action": "assign", "id": fresh()}).status_code == 422


def test_a_forged_form_for_the_api_is_refused_as_a_problem(doors: Doors, number: str):
    client = Client(enforce_csrf_checks=True)
    client.force_login(doors.site.zhou)
    answer = client.post(f"/api/v1/cases/{number}/acts", {}, content_type="application/json")
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"


ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "javascript:alert(1)",
    "https:evil.example",
    "///evil.example",
    "http://testserver@evil.example/",
    "/\t/evil.example",
    "\t//evil.example",
    " https://evil.example",
)


@pytest.mark.parametrize("wish", ELSEWHERE)
def test_nobody_is_led_out_of_the_house(doors: Doors, number: str, wish: str):
    """Wherever an address to go on to is taken from the visitor."""
    client = doors.browser("zhou")
    sent = {"next": wish, "from": wish, "back": wish, "_next": wish, "onward": wish, "return": wish}
    led = {}
    led["signed in"] = client.get("/sign-in/", {"next": wish})
    led["language"] = client.post("/language/", {"to": "en", **sent})
    led["draft"] = client.post("/drafts/intake/", {"problem": "x", **sent})
    led["role"] = client.post("/role/", {"role": "dispatcher", **sent})
    led["first run"] = client.post("/first-run/", sent)
    led["act"] = client.post(f"/cases/{number}/acts/assign/", {"repairer": "li", "_action": "assign", **sent})
    led["views"] = client.post("/cases/views/", {"name": "甲", "query": wish, **sent})
    led["offset"] = client.post("/print/offset/", {"x": "0", "y": "0", **sent})
    led["read"] = client.post("/messages/read/", sent)
    outside = {}
    for name, answer in led.items():
        onward = answer.headers.get("Location", "/")
        if not re.match(r"/(?![/\\])", onward) or "\t" in onward:
            outside[name] = onward
    assert outside == {}
    door = Client()
    doors.site.zhou.set_password("riverbank-1874-lamp")
    doors.site.zhou.save()
    page = door.get("/sign-in/", {"next": wish}).content.decode()
    assert f'value="{wish}"' not in page
    onward = door.post("/sign-in/", {"username": "zhou", "password": "riverbank-1874-lamp", "next": wish})
    assert re.match(r"/(?![/\\])", onward.headers.get("Location", "/"))


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:80", "a b", "testserver, evil"]
)
def test_a_host_that_is_not_ours_is_not_answered(db, host: str):
    answer = Client(raise_request_exception=False).get("/sign-in/", headers={"host": host})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


def test_what_a_proxy_says_is_believed_of_named_proxies_alone(db):
    told_so = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "x-forwarded-for": "10.9.9.9"}
    answer = Client().get("/sign-in/", headers=told_so)
    assert "Strict-Transport-Security" not in answer.headers
    assert "evil.example" not in answer.content.decode()


# ------------------------------------------------------------------------------------------------- methods and amounts


def test_no_address_answers_a_method_no_form_of_ours_can_send(db, doors: Doors, number: str):
    key = {"authorization": f"Bearer {doors.token('zhou')}"}
    wrong = []
    for pattern in dict.fromkeys(addresses()):
        for method in NEVER:
            answer = Client(headers=key).generic(method, FILLED and filled(pattern, number))
            if (answer.status_code, answer["Allow"]) != (405, "GET, HEAD, POST"):
                wrong.append(f"{method} {pattern}: {answer.status_code}")
    assert wrong == []


def test_a_head_is_answered_like_the_page_without_its_body(doors: Doors, readers: Readers, number: str):
    for path in ("/", "/cases/", f"/cases/{number}/", "/customers/"):
        for reader in ("zhou", "wang", "anonymous"):
            whole, head = (readers.ask(reader, method, path) for method in ("GET", "HEAD"))
            assert head.status_code in (whole.status_code, 405), path
            assert head.content == b""


@pytest.mark.parametrize("where", ["/cases/new/job/", "/intake/", "/profile/look/"])
def test_more_than_fits_is_refused_with_a_page_that_says_so(doors: Doors, where: str):
    answer = doors.browser("chen").post(where, {"problem": "响" * 500_000})
    assert answer.status_code == 413
    assert answer["X-Error-Number"] in answer.content.decode()


def test_too_many_fields_are_refused(doors: Doors):
    answer = doors.browser("chen").post("/cases/new/job/", {f"f{place}": "x" for place in range(1500)})
    assert answer.status_code == 400


def test_a_key_that_asks_without_end_is_told_to_wait(doors: Doors, number: str, settings):
    settings.API_PER_MINUTE = 3
    statuses = [doors.get("zhou", "/procedures").status_code for _turn in range(4)]
    assert statuses == [200, 200, 200, 429]
    answer = doors.get("zhou", "/procedures")
    assert answer["Content-Type"] == "application/problem+json"
    assert 1 <= int(answer["Retry-After"]) <= 60
    body = told(answer)
    assert (body["status"], body["code"], body["number"]) == (429, "too-often", answer["X-Error-Number"])
    assert doors.get("chen", "/procedures").status_code == 200


def test_searching_without_end_is_told_to_wait_and_the_rest_goes_on(doors: Doors, number: str, settings):
    settings.COSTLY_PER_MINUTE = 2
    client = doors.browser("zhou")
    statuses = [client.get("/search/", {"q": "王"}).status_code for _turn in range(3)]
    assert statuses == [200, 200, 429]
    refused = client.get("/cases/export.csv")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) >= 1
    assert refused["X-Error-Number"] in refused.content.decode()
    assert client.get("/cases/").status_code == 200
    assert doors.browser("chen").get("/search/", {"q": "王"}).status_code == 200


def test_one_address_gets_no_more_by_using_many_keys(doors: Doors, settings):
    settings.API_PER_MINUTE = 1
    statuses = [
        Client().get("/api/v1/cases", headers={"authorization": f"Bearer {turn}"}).status_code for turn in range(21)
    ]
    assert statuses == [401] * 20 + [429]


def test_a_minute_passes_and_counting_begins_anew():
    minute = rates.Minute()
    assert [minute.over(("key", "a"), 2, 60.0 + second) for second in (0, 1, 2)] == [False, False, True]
    assert minute.over(("key", "b"), 2, 65.0) is False
    assert minute.over(("key", "a"), 2, 120.0) is False


def test_counting_callers_takes_no_memory_without_end():
    minute = rates.Minute()
    for caller in range(rates.MOST + 10):
        minute.over(("key", str(caller)), 1, 60.0)
    assert len(minute._counts) <= rates.MOST + 1


# --------------------------------------------------------------------------------------------- more than was asked for


def test_fields_nobody_asked_for_change_nothing(doors: Doors, number: str):
    """Mass assignment: an account's own page, a form of a case, a customer's card, the API."""
    client = doors.browser("zhou")
    before = Person.objects.filter(username="zhou").values().get()
    more = {
        "is_administrator": "on",
        "is_active": "",
        "username": "king",
        "password": "x",
        "id": fresh(),
        "email": "a@b",
    }
    look = {"theme": "dark", "density": "compact", "language": ""}
    assert client.post("/profile/look/", {**look, **more}).status_code == 302
    after = Person.objects.filter(username="zhou").values().get()
    assert {name for name in before if before[name] != after[name]} <= {"theme", "density"}
    assert client.post(f"/cases/{number}/acts/assign/", {
        "repairer": "li", "_action": "assign", "step": "closed", "outlet": "south", "stage": "closed", "number": "X",
    }).status_code == 302  # fmt: skip
    from bihuan.casework.models import Case  # noqa: PLC0415 - read where it is looked at

    case = Case.objects.get(number=number)
    assert (case.outlet, case.step) == ("north", "assigned")


@pytest.mark.parametrize("more", [{"step": "closed"}, {"outlet_id": "south"}, {"is_administrator": True}])
def test_the_api_refuses_what_it_does_not_know(doors: Doors, number: str, more: dict):
    said = {"action": "assign", "id": fresh(), "answers": {"repairer": "li"}, **more}
    assert doors.post("zhou", f"/cases/{number}/acts", said).status_code == 422
    said = {"kind": "job", "id": fresh(), "answers": {**INTAKE, **more}}
    assert doors.post("chen", "/cases", said).status_code == 422
