"""What a form for some posts only was answered with leaves the house by no address for anybody else.

Every address that is read is asked, with the case's own things in it; what is drawn on paper is read before it is set.
Those named find the same words, so that the walk would notice them.
"""

from __future__ import annotations

import shutil
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.cast import MONDAY, OWN_PACK, Doors, acting, north, told
from tests.cast.table import Readers
from tests.cast.walked import found_in, nothing_typeset, read_addresses
from tests.test_rights import TABLE

from bihuan.casework import actions
from bihuan.casework.models import Case, Mark
from bihuan.config.keeping.renewing import renew
from bihuan.files.models import Attachment
from bihuan.journal.models import Entry
from bihuan.people.actions import give_post
from bihuan.people.models import Person
from bihuan.registers.documents.actions import load_pack

MORE = """seen-by = { posts = ["clerk", "office"], until = "work" }
fields.where = { ask = "在哪里", kind = "address" }
fields.call = { ask = "电话", kind = "phone" }
fields.model = { ask = "型号", kind = "product" }
fields.photo = { ask = "照片", kind = "file" }
fields.note = { ask = "说明", kind = "long-text" }
lines.parts.ask = "配件"
lines.parts.fields.part = { ask = "配件", kind = "part" }
lines.parts.fields.words = { ask = "说明", kind = "text" }
"""
# each on its own, so that one that got out is known by its word
SECRETS = {
    "contact": "甪直镇人", "problem": "鼍声隆隆", "device": "ZQXJ-7719-K", "where": "觚棱巷七号", "call": "13987651234",
    "model": "QUOKKA-88", "note": "蠡测管窥之言", "photo": "饕餮纹样", "part": "榫卯构件", "words": "缂丝断处",
    "corrected": "鼋头渚畔",
}  # fmt: skip
WORDS = (*SECRETS.values(), "1398765", "7651234", "139 8765")
# the same page asked otherwise
QUESTIONS = {
    "/cases/": ["?cols=title,contact,address,product,device,fault"],
    "/cases/<str:number>/": [f"?tab={tab}" for tab in ("states", "forms", "papers", "charges", "files", "audit")],
    "/cases/<str:number>/as-of/": ["?at=2099-01-01T00:00"],
    "/reports/<slug:report>/<str:period>/": ["?kind=job"],
    "/reports/<slug:report>/<str:period>/report.<slug:ending>": ["?kind=job"],
}
# words by which the case is looked for
FINDS = [
    *(f"/cases/?q={quote(word)}" for word in ("甪直", "鼍声", "13987651234", "ZQXJ", "觚棱")),
    "/cases/?device=ZQXJ-7719-K", "/cases/?product=QUOKKA-88", f"/cases/?fault={quote('鼍声隆隆')}",
    *(f"/api/v1/cases?q={quote(word)}" for word in ("甪直", "鼍声", "13987651234")),
    f"/search/?q={quote('甪直')}", f"/search/suggest/?q={quote('鼍声')}", "/search/?q=139%208765%201234",
]  # fmt: skip
# what the walk above does not fill in: the same page for another act, another ending
BESIDE = [
    "/cases/{number}/acts/correct/", "/cases/{number}/acts/cancel/", "/cases/{number}/print/order/",
    "/cases/export.xlsx", "/reports/month/{month}/report.xlsx", "/reports/month/{month}/report.pdf",
    "/audit/export.xlsx",
]  # fmt: skip


@pytest.fixture
def number(doors: Doors, settings, tmp_path) -> str:
    """A case whose opening form is for clerk and office until the work is done, in every address of the table."""
    settings.DATA = tmp_path / "data"
    folder = tmp_path / "pack"
    shutil.copytree(OWN_PACK, folder)
    path = folder / "01-job.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[forms.intake]\n", f"[forms.intake]\n{MORE}", 1), encoding="utf-8")
    load_pack(folder, by=None, at=timezone.now())
    north.fill(doors)
    picture = SimpleUploadedFile(f"{SECRETS['photo']}.txt", SECRETS["note"].encode(), "text/plain")
    handed_in = doors.browser("chen").post("/api/v1/files", {"file": picture})
    names = ("contact", "problem", "device", "where", "call", "model", "note")
    answers = {f"intake.{name}": SECRETS[name] for name in names}
    answers |= {"intake.urgency": "urgent", "intake.photo": told(handed_in)["answer"]}
    answers["intake.parts"] = [{"part": SECRETS["part"], "words": SECRETS["words"]}]
    number = doors.open("chen", answers=answers)
    now = timezone.now()
    wrong = {"form": "intake", "field": "note", "value": SECRETS["corrected"], "reason": "写错"}
    actions.act(doors.site.zhou, acting(number, "correct", now, wrong))
    entry = Entry.objects.filter(about_number=number, verb="register").get()
    north.FILLED["<uuid:entry>"] = str(entry.pk)
    for name in ("<uuid:identity>", "<identity>"):
        north.FILLED[name] = str(Attachment.objects.get(about_id=str(Case.objects.get(number=number).pk)).pk)
    return number


@pytest.fixture
def papers(monkeypatch) -> list[str]:
    return nothing_typeset(monkeypatch)


def asked(number: str) -> list[str]:
    """Every address that is read, with the case's own things in it, and what lists are asked."""
    month = f"{timezone.localtime():%Y-%m}"
    found = [one.format(number=number, month=month) for one in BESIDE]
    for pattern, path in read_addresses(TABLE, number).items():
        found += [path + question for question in ("", *QUESTIONS.get(pattern, ()))]
    return found


def test_no_address_tells_others_what_was_answered_there(readers: Readers, number: str, papers: list[str]):
    # the leader reads reports and the audit room; with a dispatcher's post the work itself as well
    give_post(Person.objects.get(username="qian"), "dispatcher", "north", start=MONDAY.date(), by=None, at=MONDAY)
    assert found_in(readers, "qian", asked(number), papers, WORDS) == {}


def test_those_named_read_it_where_others_do_not(readers: Readers, number: str, papers: list[str]):
    """So the walk above would notice: the same addresses, asked by clerk and office."""
    month, file = f"/reports/month/{timezone.localtime():%Y-%m}/", north.FILLED["<uuid:identity>"]
    shown = {
        "chen": [
            "/api/v1/cases", f"/api/v1/cases/{number}", f"/api/v1/cases/{number}/chain",
            f"/api/v1/cases/{number}/journal", f"/approvals/{number}/", "/cases/", f"/cases/{number}/",
            f"/cases/{number}/?tab=files", f"/cases/{number}/?tab=forms", f"/cases/{number}/chain/",
            f"/cases/{number}/print/intake/", "/cases/export.csv", "/cases/export.xlsx", f"/files/{file}/",
            f"{month}?kind=job", f"{month}report.csv",
        ],
        "wu": [
            f"/audit/entries/{north.FILLED['<uuid:entry>']}/", f"/cases/{number}/as-of/?at=2099-01-01T00:00",
            f"{month}report.pdf",
        ],
    }  # fmt: skip
    found = {who: found_in(readers, who, paths, papers, WORDS) for who, paths in shown.items()}
    assert {who: list(there) for who, there in found.items()} == shown
    words = {word for there in found.values() for told in there.values() for word in told}
    assert words >= set(SECRETS.values())


def test_only_those_named_find_the_case_by_it(readers: Readers, number: str):
    found = {
        who: [path for path in FINDS if number in readers.ask(who, "GET", path).content.decode()]
        for who in ("chen", "zhou", "qian")
    }
    assert found == {"chen": FINDS, "zhou": [], "qian": []}
    assert number in readers.ask("zhou", "GET", f"/cases/?q={number}").content.decode()


def test_cases_of_an_older_version_are_put_behind_the_wall_when_it_is_upgraded(readers: Readers, number: str):
    title = SECRETS["problem"]
    Case.objects.filter(number=number).update(title=title, closed_title="", closed_to=[])
    Mark.objects.update(posts=[])
    assert title in readers.ask("zhou", "GET", "/api/v1/cases").content.decode()
    case = Case.objects.get(number=number)
    assert renew([case, *Case.objects.exclude(number=number)]) == 1
    assert title not in readers.ask("zhou", "GET", "/api/v1/cases").content.decode()
    assert title in readers.ask("chen", "GET", "/api/v1/cases").content.decode()
    assert {tuple(one.posts) for one in Mark.objects.filter(case=case)} == {("clerk", "office")}
