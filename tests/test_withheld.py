"""Work that is only kept because a term runs: no address tells anybody of it but those who keep personal data.

Not the case's pages alone – visits, slips, receipts, calls, the audit room and the reports speak of it as well.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.cast import MONDAY, Doors, north, told
from tests.cast.known import NAME, Known, keeping_pack, somebody
from tests.cast.north import filled
from tests.cast.table import Readers
from tests.cast.walked import found_in, nothing_typeset, read_addresses
from tests.test_rights import TABLE

from bihuan.casework.audit.models import Sheet
from bihuan.casework.models import Case
from bihuan.casework.privacy import actions
from bihuan.casework.privacy.models import Request
from bihuan.journal.models import Entry
from bihuan.people.actions import give_post
from bihuan.people.models import Person, Withheld
from bihuan.registers.charges.actions import Told, receipt
from bihuan.registers.slips.models import Slip
from bihuan.registers.visits.models import Visit

WORDS = (NAME, "13912345678", "139 1234", "桃花坞")

# where whoever may reads the person's name, number or address
SHOWN = (
    "/cases/<str:number>/", "/cases/<str:number>/as-of/", "/cases/<str:number>/print/<str:document>/",
    "/api/v1/cases/<reference>", "/api/v1/cases/<reference>/journal", "/receipts/", "/api/v1/receipts",
    "/api/v1/receipts/<receipt>", "/api/v1/visits", "/audit/entries/<uuid:entry>/", "/audit/samples/<uuid:sample>/",
    "/audit/samples/<uuid:sample>/<int:place>/", "/audit/samples/<uuid:sample>/result.pdf",
)  # fmt: skip


@pytest.fixture
def kept(doors: Doors, settings, tmp_path) -> Known:
    """A case of somebody who asked to be erased, whose records have to be kept two years: in every address."""
    site = doors.site
    settings.DATA = tmp_path / "data"
    settings.LETTERS_FOLDER = settings.DATA / "letters"
    Person.objects.filter(username="wu").update(is_administrator=True)
    north.fill(doors)
    at = timezone.now() - timedelta(days=1)
    keeping_pack(site, tmp_path / "kept", 'keep = { for = "2 years" }', at - timedelta(days=1))
    kept = somebody(site, at)
    number = kept.case.number
    paid = receipt(Told(number, "north", "li", at), 80, NAME)
    now, by = timezone.now(), site.again("wu")
    request = actions.ask(Request.ERASURE, kept.customer, None, "身份证", by=by, at=now, namesakes=False)
    actions.carry_out(actions.order_erasure(request, by=by, at=now).pk, now)
    sheet = Sheet.objects.get(number=number)
    north.FILLED.update(
        {
            "<uuid:entry>": str(Entry.objects.get(about_number=number, verb="register").pk),
            "<uuid:receipt>": str(paid.pk), "<receipt>": paid.name, "<uuid:sample>": str(sheet.sample_id),
        }
    )  # fmt: skip
    return kept


def asked(kept: Known) -> list[str]:
    number, month = kept.case.number, f"{kept.case.opened_at:%Y-%m}"
    slip = Slip.objects.get(case_number=number).number
    day = timezone.localtime(Visit.objects.get(case_number=number).starts).date()
    found = [
        f"/slips/{slip}/", f"/slips/?number={slip}", f"/visits/?day={day}", f"/cases/?q={number}&cols=title,contact",
        "/cases/?cols=title,contact,address,product,device,fault", f"/reports/month/{month}/?kind=job",
        f"/reports/month/{month}/report.csv?kind=job", f"/search/?q={number}",
    ]  # fmt: skip
    return [*found, *read_addresses(TABLE, number).values()]


@pytest.fixture
def papers(monkeypatch) -> list[str]:
    return nothing_typeset(monkeypatch)


def test_nobody_else_reads_anything_of_it_anywhere(readers: Readers, kept: Known, papers: list[str]):
    assert Case.objects.get(pk=kept.case.pk).restricted
    # the leader reads reports and the audit room; with a dispatcher's post the work itself as well
    give_post(Person.objects.get(username="qian"), "dispatcher", "north", start=MONDAY.date(), by=None, at=MONDAY)
    assert found_in(readers, "qian", asked(kept), papers, WORDS) == {}
    api = {path: told(readers.ask("token", "GET", path)) for path in ("/api/v1/visits", "/api/v1/receipts")}
    assert [path for path, answer in api.items() if kept.case.number in str(answer)] == []


def test_whoever_keeps_personal_data_reads_it(readers: Readers, kept: Known, papers: list[str]):
    """So the walk above would notice: the office is asked for the same addresses."""
    number, month = kept.case.number, f"{kept.case.opened_at:%Y-%m}"
    there = {filled(pattern, number) for pattern in SHOWN} | {f"/reports/month/{month}/report.csv?kind=job"}
    shown = sorted(there | {path for path in asked(kept) if path.startswith(("/slips/J", "/visits/?", "/cases/?cols"))})
    assert sorted(found_in(readers, "wu", shown, papers, WORDS)) == shown


def test_given_free_it_is_in_the_registers_again(readers: Readers, kept: Known):
    number = kept.case.number

    def there(who: str) -> list[str]:
        return [path for path in ("/receipts/", "/slips/") if number in readers.ask(who, "GET", path).content.decode()]

    assert {who: there(who) for who in ("zhou", "wu")} == {"zhou": [], "wu": ["/receipts/", "/slips/"]}
    Withheld.objects.all().delete()
    assert there("zhou") == ["/receipts/", "/slips/"]
