"""Every printing is counted, stays counted, and is no act of the case; looking is not printing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from tests.cast import MONDAY, dump, entries

from bihuan.casework.models import Case
from bihuan.casework.paper import actions
from bihuan.casework.paper.models import PrintCount, PrinterOffset
from bihuan.layout.paper import leaves, rendering

from .conftest import EQUIPMENT, fill, printer, wanted

SLIP = {"repairer": "li", "skill": "投影机", "priority": "ordinary"}


@pytest.fixture
def slip(site, case) -> Case:
    return fill(case, slip=SLIP)


def print_out(site, case: Case, key: str = "slip", paper: str = "241x140", **more) -> bytes:
    return actions.print_out([wanted(site, case, key)], printer(site, paper, **more))


def counted() -> list[tuple[str, str, int, str]]:
    rows = PrintCount.objects.order_by("copy", "ordinal")
    return [(one.document, one.copy, one.ordinal, one.person) for one in rows]


@pytest.fixture
def said(monkeypatch) -> list[str]:
    """What was said about the how-manieth printing, leaf by leaf."""
    told: list[str] = []

    def listening(template, data, paper, at=None):
        told.extend(leaf["printed"] for leaf in data["documents"])
        return rendering.render(template, data, paper, at)

    monkeypatch.setattr(actions, "render", listening)
    return told


def test_every_copy_is_counted_and_from_the_second_on_the_paper_says_so(site, slip, said):
    assert len(leaves(print_out(site, slip))) == 2
    print_out(site, slip, username="li", at=MONDAY + timedelta(hours=1))
    assert said == ["", "", "第 2 次打印", "第 2 次打印"]
    twice = [(1, "zhou"), (2, "li")]
    assert counted() == [("slip", copy, *each) for copy in ("main", "stub") for each in twice]
    assert [verb for verb, _doer, _post in entries(slip.number)] == ["register"]


def test_looking_counts_nothing_and_shows_the_next_number(site, slip, said):
    print_out(site, slip)
    actions.preview([wanted(site, slip, "slip")], printer(site, "a5"))
    assert said[2:] == ["第 2 次打印", "第 2 次打印"]
    assert len(counted()) == 2


def test_what_cannot_be_set_was_not_printed(site, slip, monkeypatch):
    def broken(*_args):
        raise rendering.PaperFault("no font")

    monkeypatch.setattr(actions, "render", broken)
    with pytest.raises(rendering.PaperFault), transaction.atomic():
        print_out(site, slip)
    with pytest.raises(actions.NothingToPrint), transaction.atomic():
        print_out(site, slip, paper="80mm")
    assert counted() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE paper_printcount SET ordinal = 9",
        "DELETE FROM paper_printcount",
        "TRUNCATE paper_printcount",
        "INSERT INTO paper_printcount SELECT gen_random_uuid(), number, document, copy, paper, ordinal, person, at"
        " FROM paper_printcount",
    ],
)
def test_the_count_cannot_be_written_down_or_doubled_by_hand(site, slip, statement):
    print_out(site, slip)
    with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_who_serves_may_read_and_add_to_the_count_and_nothing_else(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(one) FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) one"
            " WHERE has_table_privilege(current_user, 'paper_printcount', one)"
        )
        assert cursor.fetchone() == (["SELECT", "INSERT"],)


@pytest.mark.parametrize(("x", "y"), [("31", "0"), ("0", "-30.1"), ("x", "0"), ("NaN", "0")])
def test_an_offset_beyond_reason_is_refused(site, x, y):
    with pytest.raises(actions.WrongOffset):
        actions.set_offset(site.zhou, x, y)
    assert not PrinterOffset.objects.exists()


def test_an_offset_is_ones_own(site):
    actions.set_offset(site.zhou, "2.5", "-1")
    assert actions.offset_of(site.zhou) == {"x": 2.5, "y": -1.0}
    assert actions.offset_of(site.li) == {"x": 0, "y": 0}


# ------------------------------------------------------------------------------------------ by its addresses


def browser(site, username: str = "zhou") -> Client:
    client = Client()
    client.force_login(site.people[username])
    return client


def test_the_menu_offers_what_can_be_printed_and_shows_what_was(site, slip):
    fill(slip, equipment=EQUIPMENT)
    page = browser(site).get(f"/cases/{slip.number}/print/").content.decode()
    addresses = re.findall(rf'href="/cases/{slip.number}/print/([^"]+)/"', page)
    assert addresses == ["intake", "equipment", "slip"]
    print_out(site, slip)
    assert "第 1 次打印" in browser(site).get(f"/cases/{slip.number}/print/").content.decode()


def test_the_preview_is_drawn_at_its_true_size_and_the_pdf_opens_in_the_browser(site, slip):
    client, address = browser(site), f"/cases/{slip.number}/print/slip/"
    before = dump()
    page = client.get(f"{address}?paper=a5&copy=stub").content.decode()
    assert page.count('class="paper-leaf paper-a5-wide"') == 1
    picture = client.get(f"{address}pages/1/?paper=a5&copy=stub")
    assert (picture["Content-Type"], picture.content[:4]) == ("image/png", b"\x89PNG")
    assert client.get(f"{address}pages/2/?paper=a5&copy=stub").status_code == 404
    assert dump() == before
    answer = client.post(address, {"paper": "a5", "copy": ["stub"]})
    assert (answer["Content-Type"], answer["Content-Disposition"].partition(";")[0]) == ("application/pdf", "inline")
    assert len(leaves(answer.content)) == 1
    assert counted() == [("slip", "stub", 1, "zhou")]


def test_what_is_not_there_or_anothers_is_no_paper(site, slip):
    wrong = ("judgement/", "slip/?paper=a3", "receipt:SJ-1/", "slip/?paper=80mm")
    for tail in wrong:
        assert browser(site).get(f"/cases/{slip.number}/print/{tail}").status_code == 404, tail
    for username in ("wang", "outsider"):
        for tail in ("", "slip/", "slip/pages/1/"):
            assert browser(site, username).get(f"/cases/{slip.number}/print/{tail}").status_code == 404
        assert browser(site, username).post(f"/cases/{slip.number}/print/slip/").status_code == 404
    assert counted() == []


def test_several_cases_become_one_pdf_without_those_out_of_sight(site, slip):
    sent = {"number": [slip.number, "BX00000000-0000"], "document": "slip", "paper": "a5"}
    answer = browser(site).post("/print/", sent)
    assert len(leaves(answer.content)) == 2
    assert browser(site, "wang").post("/print/", sent).status_code == 409
    assert browser(site).post("/print/", {"number": slip.number, "document": "receipt"}).status_code == 409
    assert len(counted()) == 2


def test_the_page_of_offsets_keeps_what_was_typed_when_it_is_refused(site):
    client = browser(site)
    assert client.post("/print/offset/", {"x": "1.5", "y": "0"}).status_code == 302
    answer = client.post("/print/offset/", {"x": "400", "y": "0"})
    assert answer.status_code == 422
    assert 'value="400"' in answer.content.decode()
    assert actions.offset_of(site.zhou) == {"x": 1.5, "y": 0}
