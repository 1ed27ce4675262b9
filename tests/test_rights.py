"""Who may see and do what: every address × every reader. An address without a row here fails."""

from __future__ import annotations

import shutil
from urllib.parse import unquote

import pytest
from django.utils import timezone
from tests.cast import (
    INTAKE,
    OWN_PACK,
    audits,
    authors,
    counted,
    dump,
    files_taken,
    money,
    papers,
    privacy,
    reached,
    signers,
    staff,
    told,
)
from tests.cast.north import body, filled
from tests.cast.registers import NORTH_CUSTOMER, NORTH_SERIAL, ROWS
from tests.cast.table import NORTH, PEOPLE, addresses, api, asking, everybody, expected, north_api, north_page, page

from bihuan.casework.models import Case
from bihuan.procedure.reading import read_pack
from bihuan.registers.documents.actions import load_pack

CASE = "/cases/<str:number>/"
ONE = "/api/v1/cases/<reference>"
PAPER = "/procedures/<slug:kind>/"

NOT_THE_CLERK = dict.fromkeys(("zhou", "li", "sun", "qian", "wu", "outsider", "token"), 403)
NOT_THE_DISPATCHER = dict.fromkeys(("chen", "li", "sun", "qian", "wu"), 403)
NO_DESK = dict.fromkeys(("zhou", "li", "sun", "qian", "wu", "outsider"), 404)

# (method, pattern) -> status by reader
TABLE: dict[tuple[str, str], dict[str, int]] = {
    ("GET", "/api/v1/openapi.json"): everybody(200),
    ("GET", "/api/v1/"): everybody(404),
    ("GET", "/api/v1/cases"): api(200),
    ("POST", "/api/v1/cases"): api(201, **NOT_THE_CLERK),
    ("GET", ONE): north_api(200),
    ("GET", f"{ONE}/journal"): north_api(200),
    ("GET", f"{ONE}/deadlines"): north_api(200),
    ("GET", f"{ONE}/chain"): north_api(200),
    ("POST", f"{ONE}/acts"): north_api(201, **NOT_THE_DISPATCHER),
    # only who holds the owner's post for the whole house moves a case of this pack, and nobody here does
    ("POST", f"{ONE}/move"): north_api(403),
    ("GET", "/api/v1/procedures"): api(200),
    ("GET", "/health/live"): everybody(200),
    ("GET", "/health/ready"): everybody(200),
    # by address, not by person: the test client asks from this machine
    ("GET", "/metrics"): everybody(200),
    ("GET", "/sign-in/"): {**everybody(302), "anonymous": 200, "token": 200, "expired": 200},
    ("GET", "/sign-out/"): everybody(405),
    ("POST", "/sign-out/"): everybody(302),
    ("GET", "/language/"): everybody(405),
    ("POST", "/language/"): everybody(302),
    ("GET", "/profile/"): page(200),
    ("GET", "/profile/look/"): page(405),
    ("POST", "/profile/look/"): page(302),
    ("GET", "/profile/password/"): page(405),
    ("POST", "/profile/password/"): page(422),
    ("GET", "/profile/sign-out-everywhere/"): page(405),
    ("POST", "/profile/sign-out-everywhere/"): page(302),
    ("GET", "/profile/token/"): page(405),
    ("POST", "/profile/token/"): page(200),
    ("GET", "/"): page(200),
    ("GET", "/role/"): page(405),
    ("POST", "/role/"): page(302),
    ("GET", "/first-run/"): page(405),
    ("POST", "/first-run/"): page(302),
    # nobody has a draft there, and a form that is no JSON keeps none
    ("GET", "/drafts/<str:place>/"): page(204),
    ("POST", "/drafts/<str:place>/"): page(422),
    # nobody is named whom the posts are lent to
    ("GET", "/delegate/"): page(200),
    ("POST", "/delegate/"): page(422),
    ("GET", "/approvals/"): page(200),
    ("GET", "/approvals/count/"): page(200),
    ("POST", "/approvals/together/"): page(422),
    ("GET", "/approvals/<str:number>/"): north_page(200),
    ("POST", "/approvals/<str:number>/"): north_page(302, **NOT_THE_DISPATCHER),
    ("GET", "/ui/"): page(200),
    ("GET", "/ui/find/"): page(200),
    ("GET", "/cases/"): page(200),
    ("GET", "/live/"): page(200, anonymous=401, token=401, expired=401),
    ("GET", "/search/"): page(200),
    ("GET", "/search/suggest/"): page(200),
    ("GET", "/cases/tabs/"): page(200),
    ("GET", "/cases/views/"): page(200),
    ("POST", "/cases/views/"): page(302),
    # nobody has kept a view or begun a list yet
    ("GET", "/cases/views/<int:view>/drop/"): page(405),
    ("POST", "/cases/views/<int:view>/drop/"): page(404),
    ("GET", "/cases/bulk/"): page(405),
    ("POST", "/cases/bulk/"): page(200),
    ("GET", "/jobs/<uuid:batch>/"): page(404),
    ("GET", "/jobs/<uuid:batch>/stop/"): page(405),
    ("POST", "/jobs/<uuid:batch>/stop/"): page(404),
    ("GET", f"{CASE}chips/"): north_page(200),
    # no newer version is in force: led back to the case
    ("GET", f"{CASE}move/"): north_page(302),
    ("POST", f"{CASE}move/"): north_page(302),
    ("GET", f"{CASE}chain/"): north_page(200),
    ("GET", f"{CASE}notes/"): page(405),
    ("POST", f"{CASE}notes/"): north_page(422),
    ("GET", "/cases/new/"): page(200),
    ("GET", "/cases/new/<slug:kind>/"): page(200),
    ("POST", "/cases/new/<slug:kind>/"): page(302, **{name: 403 for name in NOT_THE_CLERK if name != "token"}),
    ("GET", CASE): north_page(200),
    ("GET", f"{CASE}acts/<slug:action>/"): north_page(200),
    ("POST", f"{CASE}acts/<slug:action>/"): north_page(302, **NOT_THE_DISPATCHER),
    ("GET", f"{CASE}deadlines/<slug:name>/<int:run>/"): north_page(200),
    ("GET", "/procedures/"): page(200),
    ("GET", "/procedures/<slug:kind>/"): page(200),
    # signed by whoever the cover names (this pack has none), handed out by the owner post of the house (nobody)
    ("GET", f"{PAPER}sign/"): page(405),
    ("POST", f"{PAPER}sign/"): page(422),
    ("GET", f"{PAPER}copies/"): page(405),
    ("POST", f"{PAPER}copies/"): page(403),
    # no copy was handed out; one is read by people who hold a post
    ("GET", f"{PAPER}copies/<str:copy>/"): page(404, outsider=403),
    ("GET", f"{PAPER}copies/<str:copy>/text"): page(404, outsider=403),
    ("GET", "/intake/"): page(200),
    # without a button that saves it only looks things up
    ("POST", "/intake/"): page(200),
    ("GET", "/intake/sides/"): page(405),
    # the desk is for whoever opens work orders by hand
    ("POST", "/intake/sides/"): page(200, **NO_DESK),
    ("GET", "/intake/find/<slug:kind>/<slug:field>/"): page(200, **NO_DESK),
    ("GET", "/followup/"): page(200),
    # settled by whoever manages the service: nobody of this cast
    ("GET", "/followup/phrases/"): page(403),
    ("POST", "/followup/phrases/"): page(403),
    # nothing of the north waits for a call here, and elsewhere there is no such case
    ("GET", "/followup/<str:number>/"): page(405),
    ("POST", "/followup/<str:number>/"): page(404),
    ("GET", "/followup/<str:number>/attempt/"): page(405),
    ("POST", "/followup/<str:number>/attempt/"): page(404),
    ("GET", "/followup/<str:number>/reveal/"): page(405),
    ("POST", "/followup/<str:number>/reveal/"): page(404),
    ("GET", "/forms/"): page(200),
    ("GET", "/api/v1/forms"): api(200),
    # customers, devices, warranty
    **ROWS,
    # prices, receipts, calendars
    **money.ROWS,
    # imports and exports
    **files_taken.ROWS,
    # files and papers of a case
    **papers.ROWS,
    # people, outlets, visits, slips
    **staff.ROWS,
    # how people are reached
    **reached.ROWS,
    **signers.ROWS,
    # personal data
    **privacy.ROWS,
    # the audit room
    **audits.ROWS,
    # the author's desk
    **authors.ROWS,
    # the reports
    **counted.ROWS,
}


def test_every_address_stands_in_the_table():
    assert sorted({pattern for _method, pattern in TABLE}) == sorted(set(addresses()))


def test_every_address_answers_every_reader_as_the_table_says(readers, number):
    before = dump()
    wrong = []
    for (method, pattern), row in TABLE.items():
        for reader in asking(row):
            answer = readers.ask(reader, method, filled(pattern, number), **body(method, pattern))
            if answer.status_code != expected(pattern, row, reader):
                wrong.append(f"{method} {pattern} {reader}: {answer.status_code}, not {expected(pattern, row, reader)}")
    assert wrong == []
    assert dump() == before


def test_an_address_that_only_reads_changes_nothing_when_written_to(readers, number):
    before = dump()
    writing = {pattern for method, pattern in TABLE if method == "POST"}
    for pattern in sorted({pattern for _method, pattern in TABLE} - writing):
        for reader in ("chen", "zhou"):
            answer = readers.ask(reader, "POST", filled(pattern, number), **body("POST", pattern))
            assert answer.status_code < 500, f"{pattern}: {answer.status_code}"
    assert dump() == before


def test_strangers_are_led_to_the_door_and_on_to_where_they_wanted(readers, number):
    answer = readers.ask("anonymous", "GET", f"/cases/{number}/")
    assert answer["Location"] == f"/sign-in/?next=/cases/{number}/"


@pytest.mark.parametrize("reader", ["wang", "outsider"])
def test_nothing_of_another_outlets_case_shows_anywhere(doors, readers, number, reader):
    """Not in lists, counts, searches, the procedure's page or its records, nor in what may be opened."""
    doors.open("wang", answers={**INTAKE, "intake.contact": "李老师", "intake.problem": "黑屏"})
    secrets = (number, "王老师", "投影机不亮", str(Case.objects.get(number=number).pk))
    secrets += (NORTH_CUSTOMER, NORTH_SERIAL, "C-NORTH", "秘密联系人", "8001388", "0013 8888", "秘密路")
    questions = ("", "?q=王老师", f"?q={number}", "?outlet=north", "?state=overdue", "?kind=job&step=received")
    shown = []
    for (method, pattern), row in TABLE.items():
        if method == "GET" and row[reader] not in {302, 405}:
            # an address that names a thing of the north answers no question before it is found
            asked = questions if "<" not in pattern else questions[:1]
            shown += [filled(pattern, number) + question for question in asked]
    for path in shown:
        answer = readers.ask(reader, "GET", path)
        # a page repeats its own address and what was searched for
        text = unquote(answer.content.decode()).replace(path.partition("?")[0], "")
        for word in ("王老师", number):
            text = text.replace(f"q={word}", "").replace(f'value="{word}"', "")
        assert [secret for secret in secrets if secret in text] == [], path


def test_counts_and_lists_hold_only_what_may_be_seen(doors, readers, number):
    own = doors.open("wang")
    for question, found in (("", 1), ("?q=王老师", 1), ("?outlet=north", 0), (f"?q={number}", number == own)):
        assert len(told(readers.ask("wang", "GET", f"/api/v1/cases{question}"))["cases"]) == found
    for reader in NORTH:
        assert len(told(readers.ask(reader, "GET", "/api/v1/cases?outlet=north"))["cases"]) == 1
    assert len(told(readers.ask("qian", "GET", "/api/v1/cases"))["cases"]) == 2


def test_the_procedures_page_counts_and_links_only_ones_own_cases(doors, readers, number):
    pages = {name: readers.ask(name, "GET", "/procedures/job/").content.decode() for name in PEOPLE}
    for name, text in pages.items():
        assert (number in text) == (name in NORTH), name
        assert ("/cases/?kind=job&amp;step=received&amp;state=open" in text) == (name in NORTH), name


def test_another_outlets_case_cannot_be_laid_over_a_procedure(readers, number):
    statuses = {name: readers.ask(name, "GET", f"/procedures/job/?case={number}").status_code for name in PEOPLE}
    assert statuses == {name: 200 if name in NORTH else 404 for name in PEOPLE}


@pytest.fixture
def asking_pack(doors, tmp_path) -> None:
    """The pack with an opening form that asks for a colleague and an earlier job, now in force."""
    folder = tmp_path / "pack"
    shutil.copytree(OWN_PACK, folder)
    text = (folder / "01-job.md").read_text(encoding="utf-8")
    asked = """fields.told-to = { ask = "转达人", kind = "person" }
fields.earlier = { ask = "前一件", kind = "case" }
fields.device ="""
    text = text.replace("fields.device =", asked)
    text = text.replace('form = "intake"\n', 'form = "intake"\nknow = ["cases.standing-at.received"]\n')
    (folder / "01-job.md").write_text(text, encoding="utf-8")
    load_pack(folder, by=None, at=timezone.now())


def test_an_opening_offers_only_ones_own_colleagues_and_cases(doors, asking_pack, readers, number):
    own = doors.open("wang")
    for method, sent in (("GET", None), ("POST", {}), ("POST", {"_outlet": "north"}), ("POST", {"_outlet": "nowhere"})):
        text = readers.ask("wang", method, "/cases/new/job/", sent).content.decode()
        assert [secret for secret in (number, "李师傅", "周调度") if secret in text] == [], (method, sent)
    text = readers.ask("outsider", "GET", "/cases/new/job/").content.decode()
    assert [secret for secret in (number, own, "李师傅", "外点王") if secret in text] == []
    text = readers.ask("wang", "GET", "/cases/new/job/").content.decode()
    assert own in text
    text = readers.ask("chen", "GET", "/cases/new/job/").content.decode()
    assert (number in text, "李师傅" in text, own in text) == (True, True, False)


def test_the_pack_of_these_tests_has_no_fault():
    assert read_pack(OWN_PACK).faults == ()


def test_the_pages_of_rights_say_what_is_tested():
    """``PYTHONPATH=src python -m tests.write_rights_page`` writes them anew; a pack without a page has none yet."""
    from tests import rights_page  # noqa: PLC0415 - it reads the table above

    said = {path: text for path, text in rights_page.pages().items() if path.exists()}
    assert rights_page.PAGE in said
    assert rights_page.FOLDER / "integrator.md" in said
    assert [path.name for path, text in said.items() if path.read_text(encoding="utf-8") != text] == []
