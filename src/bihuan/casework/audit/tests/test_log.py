"""The log: every entry within the scope and no other, by every filter, page after page without a gap."""

from __future__ import annotations

import csv
import io
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from tests.cast import MONDAY

from bihuan.casework import exporting
from bihuan.casework.audit import log, rights
from bihuan.casework.audit.log import Wanted, asked
from bihuan.casework.importing.models import Export
from bihuan.journal import origin
from bihuan.journal.actions import NewEntry, dispose, write
from bihuan.journal.models import Entry
from bihuan.people import actions as people
from bihuan.people.actions import HOUSE

from .conftest import HOUR, browser

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def told(number: int, chain: str = "north", **more) -> Entry:
    at = MONDAY + timedelta(seconds=number)
    given = {"about_kind": "person", "about_id": str(number), "about_number": f"N-{number}", "verb": "change-person",
             "doer": "chen", "done_at": at, "recorded_at": at, "content": {"answers": {"n": number}}}  # fmt: skip
    return write(NewEntry(chain=chain, **{**given, **more}))


def found(scope=None, **wanted) -> list[Entry]:
    return log.page(scope, Wanted(**wanted)).entries


def numbers(entries) -> list[str]:
    return [one.about_number for one in entries]


def test_pages_follow_each_other_without_gap_or_double_forwards_and_back(site):
    entries = [told(number) for number in range(130)]
    first = log.page(None, Wanted(doer="chen"))
    second = log.page(None, Wanted(doer="chen", after=first.older))
    third = log.page(None, Wanted(doer="chen", after=second.older))
    walked = [*first.entries, *second.entries, *third.entries]
    assert [one.pk for one in walked] == [one.pk for one in reversed(entries)]
    assert (first.newer, third.older) == (None, None)
    back = log.page(None, Wanted(doer="chen", before=third.newer))
    assert [one.pk for one in back.entries] == [one.pk for one in second.entries]
    front = log.page(None, Wanted(doer="chen", before=back.newer))
    assert ([one.pk for one in front.entries], front.newer) == ([one.pk for one in first.entries], None)


def test_of_one_instant_the_later_entry_stands_first(site):
    entries = [told(1, about_number=f"N-{number}") for number in range(8)]
    assert numbers(found(doer="chen")) == [one.about_number for one in reversed(entries)]


def test_along_several_chains_nothing_of_others_is_met(site):
    for number in range(60):
        told(number, chain=("north", "south", "head")[number % 3])
    seen = frozenset({"north", "head"})
    first = log.page(seen, Wanted(doer="chen"), 25)
    second = log.page(seen, Wanted(doer="chen", after=first.older), 25)
    walked = numbers([*first.entries, *second.entries])
    assert walked == [f"N-{number}" for number in reversed(range(60)) if number % 3 != 1]


@pytest.mark.parametrize(
    ("name", "value"),
    [("doer", "li"), ("post", "leader"), ("deputy", "qian"), ("kind_of_doer", "clock"), ("verb", "reveal"),
     ("about", "customer"), ("number", "K-1"), ("chain", "south"), ("door", "api"), ("address", "198.51.100.9")],
)  # fmt: skip
def test_each_filter_finds_its_own_and_nothing_else(site, name, value):
    told(1)
    with origin.entering("api" if name in ("door", "address") else "page", "198.51.100.9" if name != "door" else ""):
        column = {"deputy": "instead_of", "kind_of_doer": "doer_kind", "about": "about_kind", "number": "about_number"}
        more = {} if name in ("door", "address") else {column.get(name, name): value}
        wanted = told(2, **more)
    told(3)
    entries = found(**{"doer": "chen", name: value})
    assert [one.pk for one in entries] == [wanted.pk]


def test_a_clause_finds_its_parts_and_a_document_all_its_clauses(site):
    for number, clause in enumerate(("4.2", "4.2 a", "4.20", "5.1")):
        told(number, document="A-01", version="1.0", clause=clause, about_number=clause)
    assert numbers(found(document="A-01", clause="4.2")) == ["4.2 a", "4.2"]
    assert numbers(found(document="A-01")) == ["5.1", "4.20", "4.2 a", "4.2"]


def test_a_case_is_found_by_number_with_its_notes_and_by_its_kind(walk, site):
    case, other = walk().do("li", "begin"), walk()
    assert numbers(found(number=case.case.number)) == [case.case.number] * 2
    assert {one.about_number for one in found(kind="job")} == {case.case.number, other.case.number}
    assert found(kind="nothing") == []


def test_from_and_to_count_whole_local_days(site):
    for days in range(-1, 3):
        at = MONDAY.replace(hour=15, minute=59) + timedelta(days=days)  # 23:59 in Shanghai
        told(days + 10, done_at=at, recorded_at=at)
    wanted = asked({"doer": "chen", "start": "2026-03-02", "until": "2026-03-03"}, SHANGHAI)
    assert numbers(log.page(None, wanted).entries) == ["N-11", "N-10"]
    minutes = asked({"doer": "chen", "start": "2026-03-02T23:59", "until": "2026-03-02T23:59"}, SHANGHAI)
    assert numbers(log.page(None, minutes).entries) == ["N-10"]


def test_what_cannot_be_read_is_not_asked_for():
    given = {"start": "neverday", "until": "9999-12-31", "after": "x", "before": "\x00", "doer": "\x00 "}
    assert asked(given, SHANGHAI) == Wanted()


def test_a_filter_without_an_index_looks_at_so_many_a_page_and_says_where_it_goes_on(site, monkeypatch):
    monkeypatch.setattr(log, "FIRST_WALK", 10)
    monkeypatch.setattr(log, "WALKED", 30)
    rare = told(1, post="leader")
    for number in range(2, 72):
        told(number)
    first = log.page(None, Wanted(doer="chen", post="leader"))
    assert (first.entries, first.unfinished is not None) == ([], True)
    second = log.page(None, Wanted(doer="chen", post="leader", after=first.older))
    third = log.page(None, Wanted(doer="chen", post="leader", after=second.older))
    assert ([one.pk for one in third.entries], third.older, third.unfinished) == ([rare.pk], None, None)


def test_the_north_never_sees_the_south(walk, site):
    north = walk().case
    south = walk(MONDAY + HOUR, "wang").case
    people.add_person("late", "迟到", None, by=None, at=MONDAY)
    house = Entry.objects.filter(chain=HOUSE).latest("position")
    entry = {case.number: Entry.objects.get(about_id=str(case.pk)) for case in (north, south)}
    sees = {"north-audit": {north.number}, "south-audit": {south.number}, "qian": {north.number, south.number}}
    for username, expected in sees.items():
        client = browser(site, username)
        text = client.get("/audit/").content.decode()
        listed = client.get("/audit/export.csv").content.decode()
        for number, one in entry.items():
            assert (number in text) == (number in listed) == (number in expected), (username, number)
            status = client.get(f"/audit/entries/{one.pk}/").status_code
            assert status == (200 if number in expected else 404), (username, number)
            rows = client.get(f"/audit/?number={number}").content.decode()
            assert (f'href="/cases/{number}/"' in rows) == (number in expected), (username, number)
        # the house's own chain is for those who see the whole house
        assert client.get(f"/audit/entries/{house.pk}/").status_code == (200 if username == "qian" else 404)
        chains = rights.chains(site.again(username), MONDAY)
        assert chains is None or (HOUSE in chains) == (username == "qian")


@pytest.mark.parametrize("username", ["chen", "zhou", "li", "sun", "outsider"])
def test_without_the_role_the_room_is_closed(site, username):
    client = browser(site, username)
    for address in ("/audit/", "/audit/exceptions/", "/audit/samples/", "/audit/digests/", "/audit/policy/"):
        assert client.get(address).status_code == 403, address


def test_an_administrator_without_posts_reads_the_house_and_no_case(walk, site):
    case = walk().case
    person = people.add_person("root", "管理员", None, by=None, at=MONDAY, is_administrator=True)
    site.people["root"] = person
    text = browser(site, "root").get("/audit/").content.decode()
    assert ("新增人员" in text, case.number in text) == (True, False)


def test_an_export_holds_every_row_and_is_itself_an_entry(walk, site):
    case = walk().do("li", "begin")
    client = browser(site, "qian")
    answer = client.get(f"/audit/export.csv?number={case.case.number}")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    numbers_in = [row for row in rows if case.case.number in row]
    assert ([row[6] for row in numbers_in], [row[3] for row in numbers_in]) == (["begin", "register"], ["li", "chen"])
    assert bytes(Entry.objects.get(verb="begin").hash).hex() in numbers_in[0]
    exported = Entry.objects.get(verb="export")
    assert (exported.doer, exported.content["answers"]["count"], exported.content["answers"]["filters"]) == (
        "qian", 2, f"number={case.case.number}",
    )  # fmt: skip
    assert exported.content["from"] == {"door": "page", "address": "127.0.0.1"}


def test_an_export_whose_rows_could_be_counted_by_trying_all_is_written_by_the_worker(walk, site, monkeypatch):
    number = walk().do("li", "begin").case.number
    by_page = Entry.objects.filter(kept__text__contains='"door":"page"').count()
    narrow = {"number": number, "kind_of_doer": "person"}
    for filters, exactly in (({"door": "page"}, by_page), ({"address": "192.0.2.1"}, 0), (narrow, 2)):
        assert log.counted(None, Wanted(**filters), 500) == exactly
    monkeypatch.setattr(log, "WALKED", 1)
    assert log.counted(None, Wanted(address="192.0.2.1"), 500) is None
    assert log.counted(None, Wanted(number=number), 500) == 2
    client = browser(site, "qian")
    page = client.get(client.get("/audit/export.csv?address=192.0.2.1").headers["Location"])
    assert "正在写" in page.content.decode() and "已写 0 行" in page.content.decode()
    one = Export.objects.get()
    exporting.carry_out(one.pk, MONDAY)
    one.refresh_from_db()
    assert (one.state, one.rows) == (Export.DONE, 0)


def test_a_page_of_an_entry_tells_everything_it_says_and_whether_it_is_sound(walk, site):
    case = walk().do("li", "ask", {"request.what": "减免材料费"})
    entry = Entry.objects.get(verb="ask")
    text = browser(site, "qian").get(f"/audit/entries/{entry.pk}/").content.decode()
    for words in ("减免材料费", bytes(entry.hash).hex(), bytes(entry.previous).hex(), "与散列一致", case.case.number,
                  "/procedures/job/#clause-4.2", "as-of/?at="):  # fmt: skip
        assert words in text, words


def test_a_disposed_entry_says_under_which_list_and_shows_nothing_of_it(walk, site):
    case = walk().do("li", "ask", {"request.what": "秘密"})
    entry = Entry.objects.get(verb="ask")
    with transaction.atomic():
        listed = dispose([entry.pk], "清单一", "qian", case.at + HOUR)
    text = browser(site, "qian").get(f"/audit/entries/{entry.pk}/").content.decode()
    assert ("清单一" in text, str(listed.pk) in text, "秘密" in text, "与散列一致" in text) == (True, True, False, True)


def test_numbers_in_an_entry_are_masked_for_whom_they_are_masked_everywhere(walk, site):
    case = walk(MONDAY, "wang", **{"intake.problem": "请打 13812345678"})
    entry = Entry.objects.get(about_id=str(case.case.pk))
    masked = browser(site, "south-audit").get(f"/audit/entries/{entry.pk}/").content.decode()
    whole = browser(site, "qian").get(f"/audit/entries/{entry.pk}/").content.decode()
    assert ("13812345678" in masked, "13812345678" in whole) == (False, True)


def test_the_log_asks_the_database_the_same_number_of_questions_however_long_it_is(site, django_assert_max_num_queries):
    for number in range(120):
        told(number)
    with django_assert_max_num_queries(2):
        log.page(None, Wanted(doer="chen", start=MONDAY.astimezone(UTC)))
    with django_assert_max_num_queries(4):
        log.page(frozenset({"north", "south"}), Wanted())
    # a range of verbs in this order, and no sorting: only one index gives it, whatever the planner knows of the rows
    plan = "\n".join(
        row[0] for row in _explained(Entry.objects.filter(verb__gte="reveal").order_by("verb", "-id")[:51])
    )
    assert "journal_entry_verb" in plan


def _explained(query) -> list[tuple[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
        sql, params = query.query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", params)
        return cursor.fetchall()
