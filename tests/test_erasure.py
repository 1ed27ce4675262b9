"""A person is erased: in no list, search, export, file, letter or table any more, and the book still verifies."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

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
        "casework_case", "charges_quote", "journal_content", "slips_movement", "surveys_answer", "surveys_attempt",
        "visits_visit",
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
