"""A person is erased: in no list, search, export, file, letter or table any more, and the book still verifies."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.utils import timezone
from tests.cast import Site
from tests.cast.known import NAME, Known, keeping_pack, somebody

from bihuan.casework.models import Case
from bihuan.casework.privacy import actions, disposals
from bihuan.casework.privacy.models import Order, Request
from bihuan.casework.replay import differences
from bihuan.files import store
from bihuan.files.models import Attachment
from bihuan.journal import letters
from bihuan.journal.verify import verify
from bihuan.people.models import Person

EVERY = """
SELECT c.table_name, c.column_name FROM information_schema.columns c
JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
  AND (c.data_type IN ('text', 'character varying', 'jsonb', 'json', 'tsvector', 'ARRAY', 'USER-DEFINED', 'bytea'))
ORDER BY 1, 2
"""


@pytest.fixture
def data(settings, tmp_path) -> Path:
    settings.DATA = tmp_path / "data"
    settings.LETTERS_FOLDER = settings.DATA / "letters"
    return settings.DATA


@pytest.fixture
def administrator(site: Site) -> Person:
    Person.objects.filter(username="wu").update(is_administrator=True)
    return site.again("wu")


@pytest.fixture
def known(site: Site, data: Path, tmp_path: Path) -> Known:
    at = site.at + timedelta(days=1)
    keeping_pack(site, tmp_path / "pack", 'keep = { for = "1 day" }', at)
    return somebody(site, at + timedelta(hours=1))


def holding(words: tuple[str, ...], data: Path) -> list[str]:
    """Every column of every table and every file that holds one of these words."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(EVERY)
        for table, column in cursor.fetchall():
            for word in words:
                cursor.execute(f'SELECT count(*) FROM "{table}" WHERE position(%s in "{column}"::text) > 0', [word])
                if cursor.fetchone()[0]:
                    found.append(f"{table}.{column}: {word}")
    for file in data.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        found += [f"{file.name}: {word}" for word in words if word.encode() in content or word in file.name]
    return found


def asked(site: Site, known: Known, *, whole: bool = True, namesakes: bool = False) -> Request:
    at = timezone.now()
    contact = None if whole else known.contact.pk
    return actions.ask(
        Request.ERASURE, known.customer, contact, f"{NAME}出示身份证", by=site.again("wu"), at=at, namesakes=namesakes
    )


def erased(site: Site, request: Request) -> Order:
    order = actions.order_erasure(request, by=site.again("wu"), at=timezone.now())
    actions.carry_out(order.pk, timezone.now())
    return Order.objects.get(pk=order.pk)


def damage() -> list[str]:
    """Except that the entries stand above the server's transactions, because that of the test is not over."""
    return [one.words.zh for one in verify(connection) if one.damage and one.kind != "ahead"]


def test_after_the_erasure_no_table_and_no_file_holds_the_person(site, known, data, administrator):
    letters.deliver(timezone.now(), 200, letters.FileChannel(data / "letters"))
    (data / "exports").mkdir()
    (data / "exports" / "x.csv").write_text(f"{NAME},13912345678", encoding="utf-8")
    before = holding(known.words, data)
    assert {"customers_customer.name: 欧阳晓棠", "casework_casetext.vector: oyxt", "x.csv: 欧阳"} <= set(before)
    content = store.path_of(known.picture.sha256)
    assert content.is_file()

    order = erased(site, asked(site, known))

    assert holding(known.words, data) == []
    assert order.state == Order.DONE
    assert not content.is_file()
    assert not Attachment.objects.filter(pk=known.picture.pk).exists()


def test_the_book_is_whole_and_names_what_was_disposed_of(transactional_db, site, known, administrator):
    order = erased(site, asked(site, known))
    findings = list(verify(connection))
    assert [one.kind for one in findings if one.damage] == []
    assert {one.kind for one in findings} == {"disposed"}
    assert all(order.list_name in one.words.zh for one in findings)
    assert list(differences(Case.objects.all())) == []


def test_the_case_still_stands_with_its_moments_and_figures(site, known, administrator):
    erased(site, asked(site, known))
    case = Case.objects.get(pk=known.case.pk)
    assert (case.number, case.step, case.revision) == (known.case.number, "dropped", known.case.revision)
    assert case.state.moments == known.case.state.moments
    assert case.state.answers == {"intake": {"urgency": "normal"}}
    assert case.title == "已删除"


def test_what_had_to_be_kept_goes_whole_when_its_day_has_come(site, data, tmp_path, administrator):
    """By then the register has long forgotten the name: the case's own answers say what to look for."""
    at = site.at + timedelta(days=1)
    keeping_pack(site, tmp_path / "kept", 'keep = { for = "2 years" }', at)
    kept = somebody(site, at)
    request = asked(site, kept)
    erased(site, request)
    left = {one.partition(".")[0] for one in holding(kept.words, data)}
    assert left == {
        "audit_sheet", "casework_case", "charges_quote", "journal_content", "slips_movement", "surveys_answer",
        "surveys_attempt", "visits_visit",
    }  # fmt: skip
    later = timezone.now() + timedelta(days=740)
    request.refresh_from_db()
    order = actions.order_erasure(request, by=site.again("wu"), at=later)
    actions.carry_out(order.pk, later)
    assert holding(kept.words, data) == []
    assert damage() == []


def test_an_older_copy_is_erased_again_from_the_list(site, known, data, administrator):
    """As after a restore: every row is what it was before the request, and only the list's file knows of it."""
    before = transaction.savepoint()
    erased(site, asked(site, known))
    files = [json.loads(one.read_text(encoding="utf-8")) for one in disposals.folder().glob("*.json")]
    assert [sorted(one) for one in files] == [["at", "entries", "format", "kind", "list", "subjects"]]
    assert holding(known.words, disposals.folder()) == []

    transaction.savepoint_rollback(before)
    assert not Order.objects.exists()
    assert "customers_customer.name: 欧阳晓棠" in holding(known.words, data)

    assert actions.apply_again(disposals.folder(), timezone.now()) == 1
    assert holding(known.words, data) == []
    assert damage() == []
    assert actions.apply_again(disposals.folder(), timezone.now()) == 0


PAGES = (
    "/cases/", "/cases/?state=ended", "/cases/{number}/", "/cases/{number}/print/", "/cases/{number}/chips/",
    "/customers/", "/customers/{customer}/", "/followup/", "/slips/", "/visits/", "/receipts/", "/procedures/job/",
    "/cases/export.csv", "/intake/", "/", "/approvals/",
)  # fmt: skip
FOUND_BY = ("/cases/?q={word}", "/search/?q={word}", "/search/suggest/?q={word}", "/customers/?q={word}",
            "/find/customers/?q={word}")  # fmt: skip
API = ("/cases", "/cases/{number}", "/cases/{number}/journal", "/cases/{number}/deadlines", "/customers", "/visits",
       "/customers/{customer}", "/receipts", "/cases?q={word}", "/customers?q={word}")  # fmt: skip


def test_no_page_search_export_or_operation_shows_the_person_and_all_still_answer(site, known, administrator, doors):
    words = {"number": known.case.number, "customer": known.customer.number}
    told = {"dispatcher": _asked(doors, words)}
    assert any(NAME in text for text in told["dispatcher"].values())
    erased(site, asked(site, known))
    shown = _asked(doors, words)
    left = {path: [word for word in known.words if word in text] for path, text in shown.items()}
    assert {path: found for path, found in left.items() if found} == {}
    hits = [path for path, text in shown.items() if "q=" in path and known.case.number in text]
    assert hits == []
    assert known.case.number in shown[f"/cases/{known.case.number}/"]


def _asked(doors, words: dict[str, str]) -> dict[str, str]:
    """What the dispatcher is shown at every address, with every word typed; every address has to answer."""
    found = {}
    typed = [NAME, NAME[:2], "13912345678", "5678", "oyxt"]
    pages = [path.format(word="", **words) for path in PAGES]
    pages += [path.format(word=word, **words) for path in FOUND_BY for word in typed]
    for path in pages:
        answer = doors.browser("zhou").get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        found[path] = _without_what_was_typed(answer.content.decode(), path)
    for path in {path.format(word=word, **words) for path in API for word in typed}:
        answer = doors.get("zhou", path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        found[f"/api/v1{path}"] = answer.content.decode()
    return found


def _without_what_was_typed(text: str, path: str) -> str:
    """A page repeats what was looked for: in its box, in its own addresses, above the list."""
    word = path.partition("q=")[2]
    return text.replace(word, "").replace(quote(word), "") if word else text
