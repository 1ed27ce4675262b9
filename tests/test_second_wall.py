"""The second wall: with the first one out of action, PostgreSQL still shows nobody another outlet's work."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from urllib.parse import unquote

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from tests.cast import INTAKE, Doors, told
from tests.cast.north import filled
from tests.cast.registers import NORTH_CUSTOMER, NORTH_SERIAL
from tests.cast.table import Readers
from tests.test_rights import TABLE

from bihuan.casework.models import Case
from bihuan.ground.ids import new_id
from bihuan.people import access, scope
from bihuan.registers.charges import queries as charges
from bihuan.registers.charges.models import PriceLine, PriceList
from bihuan.registers.surveys import queries as surveys
from bihuan.registers.surveys.models import Attempt
from bihuan.registers.visits import queries as visits

# carries an outlet and stands open, and why
OPEN_TABLES = {
    "audit_sample": "which outlet was drawn from; seen by those who see all of them",
    "privacy_hold": "kept for the whole house by those who keep personal data, who need not see its work",
    "privacy_request": "as holds: their pages ask for the role",
    "calendars_calendaruse": "which calendar an outlet goes by is no secret of its work",
    "casework_casetext": "words for searching: read for ids, which lead to walled rows; behind a wall @@ has no index",
    "casework_view": "a kept address, shown by its owner's choice",
    "journal_chainhead": "number and hash of the newest entry, read by whoever verifies",
    "messages_out_address": "how posts are reached; administrators and letters read it",
    "people_holding": "who works where: the wall itself is reckoned from it",
}
CARRIERS = """
SELECT c.relname, c.relrowsecurity FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
   AND a.attname IN ('outlet', 'outlet_id', 'outlet_code', 'chain') AND NOT a.attisdropped
"""


def test_every_table_that_carries_an_outlet_is_walled_or_says_why_not(db):
    with connection.cursor() as cursor:
        cursor.execute(CARRIERS)
        carriers = dict(cursor.fetchall())
    assert sorted(name for name, walled in carriers.items() if not walled) == sorted(set(OPEN_TABLES) & set(carriers))
    assert [name for name in OPEN_TABLES if carriers.get(name)] == []
    assert carriers["casework_case"] and carriers["journal_entry"] and carriers["customers_customer"]


@pytest.fixture
def one_wall_less(monkeypatch) -> None:
    """Every question of every room forgets whose eyes it has; the gatekeeper of the second wall does not."""
    monkeypatch.setattr(access, "visible_outlets", lambda person, at: None)
    monkeypatch.setattr("bihuan.registers.charges.pages.visible_outlets", lambda person, at: None)


def asked_as_table() -> list[str]:
    """Every address that is read, with the north's things in it, and the questions lists answer."""
    found = []
    for method, pattern in TABLE:
        if method == "GET":
            found.append(pattern)
    return found


@pytest.mark.parametrize("reader", ["wang", "outsider"])
def test_no_row_of_another_outlet_reaches_a_page_the_api_a_search_or_a_file(
    doors: Doors,
    readers: Readers,
    number: str,
    one_wall_less: None,
    reader: str,
):
    doors.open("wang", answers={**INTAKE, "intake.contact": "李老师", "intake.problem": "黑屏"})
    secrets = (number, "王老师", "投影机不亮", str(Case.objects.get(number=number).pk))
    secrets += (NORTH_CUSTOMER, NORTH_SERIAL, "C-NORTH", "秘密联系人", "8001388", "0013 8888", "秘密路")
    wrong = {}
    for pattern in asked_as_table():
        path = filled(pattern, number)
        for question in ("", "?q=王老师") if "<" not in pattern else ("",):
            answer = readers.ask(reader, "GET", path + question)
            text = unquote(answer.getvalue().decode("utf-8", "replace")).replace(path, "")
            text = text.replace("q=王老师", "").replace('value="王老师"', "")
            found = [secret for secret in secrets if secret in text]
            if found:
                wrong[path + question] = found
    assert wrong == {}


def test_the_first_wall_was_really_out_of_action(doors: Doors, number: str, one_wall_less: None, monkeypatch):
    """The same questions without the second wall show the south the north's case: so the tests above say something."""
    monkeypatch.setattr(scope, "narrow", lambda outlets: None)
    assert number in doors.browser("wang").get("/cases/").content.decode()
    assert doors.browser("wang").get(f"/cases/{number}/").status_code == 200


def test_a_key_reads_behind_the_wall_too(doors: Doors, number: str, one_wall_less: None):
    own = doors.open("wang")
    assert [one["number"] for one in told(doors.get("wang", "/cases"))["cases"]] == [own]
    assert doors.get("wang", f"/cases/{number}").status_code == 404
    assert [one["number"] for one in told(doors.get("zhou", "/cases?outlet=north"))["cases"]] == [number]
    assert told(doors.get("outsider", "/cases"))["cases"] == []


def test_after_a_request_everything_is_seen_again(doors: Doors, number: str):
    for reader in ("wang", "outsider", "zhou"):
        doors.browser(reader).get("/cases/")
        doors.get(reader, "/cases")
        assert Case.objects.filter(number=number).exists(), reader


def test_after_a_request_that_broke_everything_is_seen_again(doors: Doors, number: str, monkeypatch):
    def broken(*_given):
        assert not Case.objects.filter(number=number).exists()
        raise RuntimeError("on purpose")

    monkeypatch.setattr("bihuan.casework.views.lists.render", broken)
    assert doors.browser("wang").get("/cases/").status_code == 500
    assert Case.objects.filter(number=number).exists()


def test_an_act_stands_on_everything(doors: Doors, number: str):
    """What writes is not walled: the engine decides what it touches, and a refusal names its clause."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('bihuan.scope', true)")
        assert cursor.fetchone()[0] in (None, "")
    assert doors.post("wang", f"/cases/{number}/acts", {"action": "assign", "id": "x"}).status_code in (404, 422)


def test_strangers_read_nothing_and_a_page_without_a_question_needs_no_database(
    db,
    number: str,
    django_assert_num_queries,
):
    seen = {}

    class Asks:
        def __call__(self, request):
            seen["stranger"] = Case.objects.count()
            with scope.everything():
                seen["whole"] = Case.objects.count()
            seen["again"] = Case.objects.count()
            return

    class Nobody:
        is_authenticated = False

    from django.test import RequestFactory  # noqa: PLC0415 - of this test alone

    request = RequestFactory().get("/")
    request.user = Nobody()
    scope.ScopeWall(Asks())(request)
    assert seen == {"stranger": 0, "whole": 1, "again": 0}
    assert Case.objects.count() == 1
    with django_assert_num_queries(0):
        Client().get("/health/live")


def test_the_database_hides_rows_from_reading_alone(site, doors: Doors, number: str):
    """By hand: nothing of the north is read under the south's eyes, and writing is not the wall's matter."""
    with transaction.atomic():
        scope.narrow(["south"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM casework_case")
            assert cursor.fetchone()[0] == 0
            cursor.execute("SELECT count(*) FROM journal_entry WHERE chain NOT IN ('south', 'house')")
            assert cursor.fetchone()[0] == 0
            cursor.execute(
                "SELECT count(*) FROM journal_content JOIN journal_entry e ON e.id = entry_id WHERE chain = 'north'"
            )
            assert cursor.fetchone()[0] == 0
        scope.widen()
        assert Case.objects.count() == 1


@pytest.mark.parametrize("codes", [["south"], ["a,b", 'q"uote', "back\\slash", "ap'os", "{}", "南 区"], []])
def test_whatever_a_code_holds_the_database_reads_the_same_outlets(db, codes: list[str]):
    scope.narrow(codes)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('bihuan.scope')::text[]")
        assert cursor.fetchone()[0] == sorted(codes)
    scope.widen()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('bihuan.scope')")
        assert cursor.fetchone()[0] == ""


def test_what_stands_already_is_not_said_again(site, monkeypatch):
    said = []
    sentence = scope._sentence
    monkeypatch.setattr(scope, "_sentence", lambda outlets: said.append(outlets) or sentence(outlets))
    scope.narrow(None)
    scope.narrow({"south"})
    scope.narrow(["south"])
    scope.widen()
    scope.widen()
    assert said == [("south",), None]


def test_what_holds_across_outlets_still_holds_behind_the_wall(doors: Doors, number: str):
    """Prices of the house above, a time taken by another outlet's visit, a call made by another outlet yesterday."""
    at = timezone.now()
    listed = PriceList.objects.create(
        id=new_id(at), name="总部价目", outlet="head", start=at.date() - timedelta(days=1), made_by="qian", made_at=at
    )
    PriceLine.objects.create(id=new_id(at), list=listed, code="HQ-1", title="上门费", amount=Decimal("50.00"))
    Attempt.objects.create(
        id=new_id(at), number=number, outlet="north", result=Attempt.REACHED, contact="+8613900139000", by="sun",
        at=at - timedelta(hours=1),
    )  # fmt: skip
    taken = visits.of_person("li", timezone.localdate(at + timedelta(hours=1)))
    assert taken
    scope.narrow(["south"])
    try:
        assert [one.code for one in charges.price_lines(at, "south")] == ["HQ-1"]
        assert visits.of_person("li", timezone.localdate(at + timedelta(hours=1))) == taken
        assert list(surveys.spoken_to_lately(["+8613900139000"], at, timedelta(days=2))) == ["+8613900139000"]
        assert Attempt.objects.count() == 0
    finally:
        scope.widen()


def test_the_metrics_count_the_whole_house_though_nobody_is_known_there(doors: Doors, number: str):
    told_all = Client().get("/metrics").content.decode()
    assert "bihuan_cases_open 1.0" in told_all
    assert number not in told_all
