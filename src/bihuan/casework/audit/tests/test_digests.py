"""Daily digests: missing days are shown, one from outside is held against the book, they leave by mail once."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.cast import MONDAY

from bihuan.casework.audit import digests
from bihuan.casework.audit.errors import NoDigest
from bihuan.casework.audit.models import DigestMail
from bihuan.journal.actions import seal
from bihuan.journal.encoding import sheet_hash
from bihuan.journal.models import Digest, Entry
from bihuan.layout.paper import leaves
from bihuan.people import actions as people
from bihuan.people.messages.sending import MOST_TRIES, NotSent

from .conftest import HOUR, browser

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


def sealed(day: date = DAY) -> Digest:
    return seal(day, MONDAY + timedelta(days=(day - DAY).days + 1))


def forged(digest: Digest, **changed) -> bytes:
    """The same file with something else in it; its own hash made right again."""
    sheet = json.loads(digest.text) | changed
    sheet["hash"] = sheet_hash(sheet).hex()
    return json.dumps(sheet).encode()


def test_days_without_a_digest_stand_among_the_others(site):
    sealed(DAY)
    sealed(DAY + timedelta(days=3))
    today = DAY + timedelta(days=5)
    found = digests.days(today, today)
    assert [(one.day - DAY, one.digest is not None) for one in found] == [
        (timedelta(days=days), there) for days, there in ((4, False), (3, True), (2, False), (1, False), (0, True))
    ]
    assert digests.missing(today) == 3
    assert (digests.days(today, DAY), digests.missing(DAY)) == ([], 0)


def test_a_digest_as_it_left_agrees_with_the_book(walk, site):
    walk()
    digest = sealed()
    walk(MONDAY + HOUR)
    compared = digests.compare(digest.text.encode())
    assert (compared.whole, compared.own, [one.stands for one in compared.heads]) == (
        True,
        True,
        [True] * len(compared.heads),
    )
    assert [one.kind for one in compared.findings if one.kind != "ahead"] == []


def test_an_edited_file_a_longer_book_and_another_hash_are_each_named(walk, site):
    walk()
    digest = sealed()
    edited = digest.text.replace('"day":"2026-03-02"', '"day":"2026-03-03"').encode()
    assert digests.compare(edited).whole is False
    heads = json.loads(digest.text)["chains"]
    longer = digests.compare(forged(digest, chains=heads | {"north": [99, "ab" * 32]}))
    assert (longer.whole, longer.own, longer.sound) == (True, False, False)
    assert [(one.chain, one.found) for one in longer.heads if not one.stands] == [("north", "")]
    seq, _newest = heads["north"]
    other = digests.compare(forged(digest, chains=heads | {"north": [seq, "cd" * 32]}))
    assert [one.chain for one in other.heads if not one.stands] == ["north"]
    assert "rewritten" in [one.kind for one in other.findings]
    assert digests.compare(forged(digest, day="2026-03-09")).own is None


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"[]", b"{}", b'{"format": "other"}', b"[" * 100_000,
     b'{"format":"bihuan-digest-1","day":"x","chains":{},"hash":""}',
     b'{"format":"bihuan-digest-1","day":"2026-03-02","chains":{"a":[1]},"hash":""}',
     b'{"format":"bihuan-digest-1","day":"2026-03-02","chains":{"a":["1","00"]},"hash":""}'],
)  # fmt: skip
def test_what_is_no_digest_is_refused(site, content):
    with pytest.raises(NoDigest):
        digests.compare(content)


def test_with_many_entries_only_the_sealed_ones_are_looked_at(walk, site, monkeypatch):
    walk()
    digest = sealed()
    monkeypatch.setattr(digests, "AT_ONCE", 3)
    compared = digests.compare(digest.text.encode())
    assert (compared.findings, compared.sound) == (None, True)


class Post:
    """The other side: takes a mail, or does not while it is away."""

    def __init__(self) -> None:
        self.away, self.taken = False, []

    def __call__(self, address, title, body, file) -> None:
        if self.away:
            raise NotSent("away")
        self.taken.append((address, file.read_text(encoding="utf-8"), body))


def test_a_digest_goes_to_every_address_once_with_its_file_and_an_entry(walk, site):
    walk()
    digest, post = sealed(), Post()
    for _again in range(2):
        digests.to_be_mailed(digest, ("audit@example.org", "board@example.org"), MONDAY)
        digests.send_due(MONDAY, post)
    assert [address for address, _file, _body in post.taken] == ["audit@example.org", "board@example.org"]
    assert {file for _address, file, _body in post.taken} == {digest.text}
    assert bytes(digest.hash).hex() in post.taken[0][2]
    mailed = list(Entry.objects.filter(verb="mail-digest").order_by("position"))
    assert [one.content["answers"]["to"] for one in mailed] == ["audit@example.org", "board@example.org"]


def test_a_mail_nobody_takes_goes_out_again_later_and_is_given_up_in_the_end(site):
    digest, post = sealed(), Post()
    post.away = True
    digests.to_be_mailed(digest, ("audit@example.org",), MONDAY)
    assert digests.send_due(MONDAY, post) == 0
    waiting = DigestMail.objects.get()
    assert (waiting.state, waiting.attempts, waiting.last_error) == ("waiting", 1, "away")
    assert waiting.next_try > MONDAY
    assert digests.send_due(MONDAY, post) == 0
    assert DigestMail.objects.get().attempts == 1
    post.away = False
    assert digests.send_due(waiting.next_try, post) == 1
    post.away = True
    digests.to_be_mailed(digest, ("gone@example.org",), MONDAY)
    for _try in range(MOST_TRIES):
        digests.send_due(DigestMail.objects.get(address="gone@example.org").next_try, post)
    assert DigestMail.objects.get(address="gone@example.org").state == "failed"
    assert Entry.objects.filter(verb="mail-digest").count() == 1


def test_pages_show_days_file_paper_and_comparison(walk, site, settings):
    walk()
    digest = sealed()
    client = browser(site, "qian")
    listed = client.get("/audit/digests/").content.decode()
    days = (timezone.localdate() - DAY).days - 1
    assert (f"有 {days} 天没有摘要" in listed, "digest-mail" in listed) == (True, True)
    page = client.get("/audit/digests/2026-03-02/").content.decode()
    assert (bytes(digest.hash).hex() in page, "<svg" in page, "各链与封存时一致" in page) == (True, True, True)
    paper = client.get("/audit/digests/2026-03-02/paper.pdf")
    assert leaves(paper.content) == [pytest.approx((210, 297), abs=0.1)]
    file = client.get("/audit/digests/2026-03-02/file.json")
    assert file.content.decode() == digest.text
    sent = {"digest": SimpleUploadedFile("d.json", file.content)}
    same = client.post("/audit/digests/compare/", sent)
    assert (same.status_code, "与本站当天封存的相同" in same.content.decode()) == (200, True)
    wrong = client.post("/audit/digests/compare/", {"digest": SimpleUploadedFile("d.json", b"no")})
    assert (wrong.status_code, "这不是一份摘要文件" in wrong.content.decode()) == (422, True)
    for address in ("/audit/digests/2026-03-03/", "/audit/digests/neverday/", "/audit/digests/neverday/paper.pdf"):
        assert client.get(address).status_code == 404, address


def test_digests_are_for_those_who_see_the_whole_house_and_for_administrators(walk, site):
    walk()
    sealed()
    site.people["root"] = people.add_person("root", "管理员", None, by=None, at=MONDAY, is_administrator=True)
    for username, status in (("qian", 200), ("wu", 200), ("root", 200), ("north-audit", 403), ("chen", 403)):
        for address in ("", "2026-03-02/", "compare/"):
            answer = browser(site, username).get(f"/audit/digests/{address}")
            assert answer.status_code == status, (username, address)
    # an administrator sees no case, and yet the chains stand for him too
    page = browser(site, "root").get("/audit/digests/2026-03-02/").content.decode()
    assert ("各链与封存时一致" in page, "不见了" in page) == (True, False)
