"""What is said on a follow-up call is written on a page; what was said before can still be read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import InternalError, transaction
from django.db.utils import IntegrityError
from django.test import Client
from tests.cast import MONDAY, make_site

from bihuan.casework.pages.followup import phrases as pages
from bihuan.journal.models import Entry
from bihuan.registers.surveys import wording
from bihuan.registers.surveys.errors import ChangedMeanwhile, NotYours, WrongAnswer
from bihuan.registers.surveys.models import Phrases
from bihuan.registers.surveys.wording import Phrase

GREETING = Phrase("开场", "您好，这里是本公司。", "Opening", "Good day, this is our house.")
ENDING = Phrase("结束语", "再见。")


@pytest.fixture
def site(db):
    """wu administers."""
    site = make_site(MONDAY)
    site.wu.is_administrator = True
    site.wu.save(update_fields=["is_administrator"])
    return site


def test_until_somebody_writes_some_there_are_three(site):
    assert [title for title, _words in pages.said("zh")] == ["开场", "道歉", "结束语"]


def test_each_edition_is_one_entry_and_the_one_before_stays(site):
    wording.word_calls([GREETING], 0, by=site.wu, at=MONDAY)
    wording.word_calls([GREETING, ENDING], 1, by=site.wu, at=MONDAY + timedelta(days=1))
    wording.word_calls([GREETING, ENDING], 2, by=site.wu, at=MONDAY + timedelta(days=2))
    assert [(one.version, len(one.phrases)) for one in wording.editions()] == [(2, 2), (1, 1)]
    entries = Entry.objects.filter(verb="word-calls").order_by("position")
    assert [(one.doer, one.done_at) for one in entries] == [
        ("wu", MONDAY),
        ("wu", MONDAY + timedelta(days=1)),
    ]
    assert pages.said("en") == [("Opening", "Good day, this is our house."), ("结束语", "再见。")]
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        Phrases.objects.filter(version=1).update(made_by="chen")


@pytest.mark.parametrize(
    "phrases", [[], [Phrase("开场", "")], [Phrase("", "您好")], [Phrase("开" * 41, "您好")], [ENDING] * 13]
)
def test_what_is_no_phrase_is_refused(site, phrases):
    with pytest.raises(WrongAnswer):
        wording.word_calls(phrases, 0, by=site.wu, at=MONDAY)
    assert Phrases.objects.count() == 0


def test_nobody_else_writes_them_nor_over_another(site):
    with pytest.raises(NotYours):
        wording.word_calls([GREETING], 0, by=site.sun, at=MONDAY)
    wording.word_calls([GREETING], 0, by=site.wu, at=MONDAY)
    with pytest.raises(ChangedMeanwhile):
        wording.word_calls([ENDING], 0, by=site.wu, at=MONDAY)
    assert pages.said("zh") == [("开场", "您好，这里是本公司。")]


def test_the_page_keeps_what_was_typed_and_saves_it(site):
    client = Client()
    client.force_login(site.wu)
    page = client.get("/followup/phrases/").content.decode()
    assert 'value="开场"' in page
    sent = {"seen": "0", "phrases-0-title": "开场", "phrases-0-words": "", "phrases-3-title": "问好"}
    wrong = client.post("/followup/phrases/", sent)
    assert (wrong.status_code, "问好" in wrong.content.decode()) == (422, True)
    done = client.post("/followup/phrases/", sent | {"phrases-0-words": "您好。", "phrases-3-words": "最近好吗？"})
    assert done.status_code == 302
    assert pages.said("zh") == [("开场", "您好。"), ("问好", "最近好吗？")]
    late = client.post("/followup/phrases/", sent | {"phrases-0-words": "晚了", "phrases-3-words": "晚了"})
    assert (late.status_code, "晚了" in late.content.decode(), 'value="1"' in late.content.decode()) == (
        409,
        True,
        True,
    )
