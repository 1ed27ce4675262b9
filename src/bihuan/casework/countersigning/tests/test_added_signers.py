"""Whoever decides may ask a colleague to sign first; until then, or until they are let off, nothing is decided."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from tests.browser.asking import asked, lay_beside
from tests.cast import PACKS, Site, acting, dump, make_site

from bihuan.casework import actions as casework
from bihuan.casework.countersigning import actions, queries
from bihuan.casework.countersigning.errors import AlreadyAsked, CannotSign, NotAsked, ReasonMissing, SignerMissing
from bihuan.casework.countersigning.models import AddedSigner
from bihuan.casework.models import Case
from bihuan.casework.replay import differences
from bihuan.journal.models import Letter
from bihuan.people import actions as people


@pytest.fixture
def deciding(db: None, tmp_path: Path) -> Site:
    site = make_site(timezone.now() - timedelta(days=1), PACKS / "integrator")
    lay_beside(tmp_path)
    return site


def browser(site: Site, username: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(site.people[username])
    return client


def add(site: Site, number: str, signer: str = "wu", by: str = "qian", words: str = "价钱合适吗") -> AddedSigner:
    return actions.add_signer(number, "decide", signer, words, by=site.people[by], at=timezone.now())


AGREE = {"_action": "decide", "agreed": "yes"}


def test_until_the_added_signer_signed_nothing_is_decided(deciding: Site) -> None:
    number = asked(deciding, "保外")
    added = add(deciding, number)
    qian, before = browser(deciding, "qian"), dump()
    answer = qian.post(f"/approvals/{number}/", AGREE)
    assert (answer.status_code, "还有加签未签：" in answer.content.decode()) == (409, True)
    assert dump() == before
    actions.sign(added.pk, True, "", by=deciding.wu, at=timezone.now())
    assert qian.post(f"/approvals/{number}/", AGREE).status_code == 302
    assert Case.objects.get(number=number).step == "granted"


def test_the_same_is_refused_through_any_door_with_the_missing_name(deciding: Site) -> None:
    number = asked(deciding, "保外")
    add(deciding, number)
    said = acting(number, "decide", timezone.now(), answers={"verdict.agreed": True})
    with pytest.raises(SignerMissing) as refused:
        casework.act(deciding.qian, said)
    assert (refused.value.status, refused.value.words.zh) == (409, f"还有加签未签：{deciding.wu.name}")


def test_an_opinion_against_it_leaves_the_decision_to_the_decider(deciding: Site) -> None:
    number = asked(deciding, "保外")
    added = add(deciding, number)
    with pytest.raises(ReasonMissing):
        actions.sign(added.pk, False, " ", by=deciding.wu, at=timezone.now())
    actions.sign(added.pk, False, "太贵", by=deciding.wu, at=timezone.now())
    text = browser(deciding, "qian").get(f"/approvals/{number}/").content.decode()
    assert "不同意" in text
    assert "太贵" in text
    assert browser(deciding, "qian").post(f"/approvals/{number}/", AGREE).status_code == 302


def test_what_is_asked_of_me_stands_first_in_my_list_is_counted_and_answered_on_its_card(deciding: Site) -> None:
    number = asked(deciding, "保外二十三天", 1240)
    added = add(deciding, number)
    wu = browser(deciding, "wu")
    address = f"/approvals/signing/{added.pk}/"
    assert f'href="{address}"' in wu.get("/approvals/").content.decode()
    assert wu.get("/approvals/count/").content == b"1"
    text = wu.get(address).content.decode()
    for words in ("保外二十三天", "¥1,240.00", "价钱合适吗", "Alt+Y"):
        assert words in text, words
    missing = wu.post(address, {"agreed": "no", "words": ""})
    assert (missing.status_code, 'id="q-words-error"' in missing.content.decode()) == (422, True)
    assert wu.post(address, {"agreed": "yes", "words": "可以"}).status_code == 302
    assert wu.get("/approvals/count/").content == b""
    assert wu.post(address, {"agreed": "no", "words": "改主意"}).status_code == 403


def test_whoever_asked_lets_the_signer_off_with_a_reason_and_both_are_told(deciding: Site) -> None:
    number = asked(deciding, "保外")
    added = add(deciding, number)
    qian, address = browser(deciding, "qian"), f"/approvals/signing/{added.pk}/let-off/"
    assert address in qian.get(f"/approvals/{number}/").content.decode()
    assert qian.post(address, {"words": ""}).status_code == 422
    assert qian.post(address, {"words": "等不及"}).status_code == 302
    assert queries.waiting_for(deciding.wu, timezone.now()) == []
    told = list(Letter.objects.filter(to="wu").order_by("id").values_list("subject", flat=True))
    assert [subject.split("：")[-1] for subject in told] == ["价钱合适吗", f"{number} {deciding.qian.name} 不用签了"]
    assert qian.post(f"/approvals/{number}/", AGREE).status_code == 302


@pytest.mark.parametrize(("signer", "why"), [("qian", CannotSign), ("nobody", CannotSign), ("wang", CannotSign)])
def test_nobody_signs_for_themselves_and_only_who_may_see_the_case(deciding: Site, signer: str, why: type) -> None:
    number = asked(deciding, "保外")
    before = dump()
    with pytest.raises(why):
        add(deciding, number, signer)
    assert dump() == before


def test_only_who_may_decide_asks_and_nobody_is_asked_twice(deciding: Site) -> None:
    number = asked(deciding, "保外")
    with pytest.raises(NotAsked):
        add(deciding, number, "qian", by="wu")
    add(deciding, number)
    with pytest.raises(AlreadyAsked):
        add(deciding, number)
    assert browser(deciding, "wang").get(f"/approvals/{number}/signers/").status_code == 404
    assert browser(deciding, "chen").get(f"/approvals/{number}/signers/").status_code == 403


def test_somebody_elses_request_cannot_be_signed_or_taken_back(deciding: Site) -> None:
    number = asked(deciding, "保外")
    added = add(deciding, number)
    for username, status in (("chen", 403), ("wang", 404)):
        client = browser(deciding, username)
        assert client.post(f"/approvals/signing/{added.pk}/", {"agreed": "yes"}).status_code == status
        assert client.post(f"/approvals/signing/{added.pk}/let-off/", {"words": "不"}).status_code == status


def test_the_book_holds_every_word_and_replay_is_not_disturbed(deciding: Site) -> None:
    number = asked(deciding, "保外")
    added = add(deciding, number)
    actions.sign(added.pk, True, "同意，按成本价", by=deciding.wu, at=timezone.now())
    text = browser(deciding, "qian").get(f"/cases/{number}/").content.decode()
    for words in ("请人加签", "价钱合适吗", "同意，按成本价"):
        assert words in text, words
    assert list(differences(Case.objects.all())) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "DELETE FROM countersigning_addedsigner",
        "UPDATE countersigning_addedsigner SET agreed = false",
        "UPDATE countersigning_addedsigner SET signer = 'chen'",
    ],
)
def test_what_was_asked_and_answered_stays_even_for_hand_written_sql(deciding: Site, sentence: str) -> None:
    added = add(deciding, asked(deciding, "保外"))
    actions.sign(added.pk, True, "", by=deciding.wu, at=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sentence)


def test_whoever_may_decide_lets_off_a_signer_somebody_else_asked(deciding: Site) -> None:
    number = asked(deciding, "保外")
    added = add(deciding, number)
    today = timezone.localdate()
    people.delegate(
        deciding.qian, deciding.sun, ["general-manager"], today, today, "出差", by=deciding.qian, at=timezone.now()
    )
    sun, address = browser(deciding, "sun"), f"/approvals/signing/{added.pk}/let-off/"
    # 孙 works in the north and decides for 钱 today: the way out stands on the card, though 钱 asked
    card = sun.get(f"/approvals/{number}/").content.decode()
    assert address in card
    assert sun.post(address, {"words": "钱总出差"}).status_code == 302


def test_where_the_case_went_another_way_nobody_is_waited_for(deciding: Site) -> None:
    number = asked(deciding, "保外")
    add(deciding, number)
    Case.objects.filter(number=number).update(step="asking")
    assert queries.waiting_for(deciding.wu, timezone.now()) == []
    assert browser(deciding, "wu").get("/approvals/count/").content == b""
