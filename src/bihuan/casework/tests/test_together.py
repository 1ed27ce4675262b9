"""Agreeing to several cases at once: each by an act of its own, none that changed, none above the text's limit."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from tests.browser.asking import WAIVER, asked, lay_beside
from tests.cast import PACKS, Site, acting, dump, make_site

from bihuan.casework import actions
from bihuan.casework.models import Case
from bihuan.journal.models import Entry

PAGE = "/approvals/together/?tab=decide"


@pytest.fixture
def deciding(db: None, tmp_path: Path) -> Site:
    site = make_site(timezone.now() - timedelta(days=1), PACKS / "integrator")
    lay_beside(tmp_path)
    return site


def browser(site: Site, username: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(site.people[username])
    return client


def ticks(client: Client) -> list[str]:
    return re.findall(r'name="pick" form="together" value="([^"]+)"', client.get("/approvals/").content.decode())


def confirmed(client: Client, picks: list[str]) -> list[str]:
    """The tokens the page of what would be done sends on."""
    text = client.post(PAGE, {"pick": picks}).content.decode()
    return re.findall(r'<input type="hidden" name="pick" value="([^"]+)">', text)


def steps(*numbers: str) -> list[str]:
    return [Case.objects.get(number=number).step for number in numbers]


def test_only_what_its_text_allows_can_be_ticked(deciding: Site) -> None:
    small, large = asked(deciding, "甲", 1000), asked(deciding, "乙", 1001)
    assert ticks(browser(deciding, "qian")) == [f"{small}:1:decide"]
    assert large in browser(deciding, "qian").get("/approvals/").content.decode()


def test_what_would_be_done_is_shown_first_and_does_nothing(deciding: Site) -> None:
    asked(deciding, "甲", 860)
    asked(deciding, "乙", 40)
    client = browser(deciding, "qian")
    before = dump()
    text = client.post(PAGE, {"pick": ticks(client)}).content.decode()
    for words in ("将同意 2 件", "金额合计", "¥900.00", "是 → 「已减免」，事项结束", "李师傅", "同意这 2 件"):
        assert words in text, words
    assert dump() == before


def test_each_is_agreed_to_by_an_act_and_an_entry_of_its_own(deciding: Site) -> None:
    numbers = [asked(deciding, "甲"), asked(deciding, "乙")]
    client = browser(deciding, "qian")
    tokens = confirmed(client, ticks(client))
    text = client.post(PAGE, {"step": "go", "pick": tokens}).content.decode()
    assert "已同意 2 件" in text
    assert steps(*numbers) == ["granted", "granted"]
    entries = Entry.objects.filter(verb="decide", doer="qian")
    assert sorted(entries.values_list("about_number", flat=True)) == sorted(numbers)
    assert [one.content["answers"] for one in entries] == [{"verdict.agreed": True}] * 2


def test_sent_twice_it_counts_once(deciding: Site) -> None:
    asked(deciding, "甲")
    client = browser(deciding, "qian")
    sent = {"step": "go", "pick": confirmed(client, ticks(client))}
    client.post(PAGE, sent)
    before = dump()
    assert "已同意 1 件" in client.post(PAGE, sent).content.decode()
    assert dump() == before


def test_what_somebody_else_decided_meanwhile_is_left_alone_and_says_who(deciding: Site) -> None:
    first, second = asked(deciding, "甲"), asked(deciding, "乙")
    client = browser(deciding, "qian")
    tokens = confirmed(client, ticks(client))
    answers = {"verdict.agreed": False, "verdict.reason": "不在范围"}
    actions.act(deciding.qian, acting(first, "decide", timezone.now(), answers=answers))
    text = client.post(PAGE, {"step": "go", "pick": tokens}).content.decode()
    for words in ("已同意 1 件", "1 件不办", "您看过以后有了变化，没有办"):
        assert words in text, words
    assert re.search(r"钱副总 \d{4}-\d\d-\d\d \d\d:\d\d 批准减免", text)
    assert steps(first, second) == ["refused", "granted"]
    assert Case.objects.get(number=first).state.answers["verdict"]["reason"] == "不在范围"


def test_above_the_limit_nothing_is_agreed_to_whatever_is_sent(deciding: Site) -> None:
    number = asked(deciding, "甲", 1001)
    before = dump()
    for step in ("", "go"):
        text = browser(deciding, "qian").post(PAGE, {"step": step, "pick": [f"{number}:1:decide"]}).content.decode()
        assert "这件要单独办" in text
    assert dump() == before


@pytest.mark.parametrize("who", ["li", "zhou", "wang"])
def test_nobody_agrees_to_what_is_not_theirs(deciding: Site, who: str) -> None:
    number = asked(deciding, "甲")
    before = dump()
    text = browser(deciding, who).post(PAGE, {"step": "go", "pick": [f"{number}:1:decide"]}).content.decode()
    assert "已同意 0 件" in text
    assert "这件事不再等您处理" in text
    assert "甲" not in text.replace(number, "")
    assert dump() == before


@pytest.mark.parametrize("pick", ["", "JM1", "JM1:x:decide", "JM1:1:decide:no-id", "::", "\x00"])
def test_what_no_page_could_have_sent_is_nothing_chosen(deciding: Site, pick: str) -> None:
    answer = browser(deciding, "qian").post(PAGE, {"step": "go", "pick": pick})
    assert (answer.status_code, "没有选中任何事项" in answer.content.decode()) == (422, True)


RECALLED = WAIVER.replace(
    "[forms.verdict]",
    """[acts.recall]
at = ["granted", "refused"]
by = { post = "general-manager", same = "decide" }
title = { zh = "撤回批复", en = "Take the verdict back" }
undoes = "decide"
to = "to-decide"

[forms.verdict]""",
)


def test_a_decision_can_be_taken_back_where_the_text_says_so_until_something_follows(db: None, tmp_path: Path) -> None:
    site = make_site(timezone.now() - timedelta(days=1), PACKS / "integrator")
    lay_beside(tmp_path, RECALLED)
    number, client = asked(site, "甲"), browser(site, "qian")
    answer = client.post(f"/approvals/{number}/?tab=decide", {"_action": "decide", "agreed": "yes"})
    assert answer["Location"] == f"/approvals/?tab=decide&decided={number}"
    text = client.get(answer["Location"]).content.decode()
    assert 'data-undo="60"' in text
    assert "撤回批复" in text
    assert 'data-undo="' not in browser(site, "li").get(answer["Location"]).content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="(_id|_expect|_action|_next)" value="([^"]*)">', text))
    back = client.post(f"/approvals/{number}/?tab=decide", sent)
    assert (back.status_code, back["Location"]) == (302, f"/approvals/{number}/?tab=decide")
    assert steps(number) == ["to-decide"]
    assert 'data-undo="' not in client.get(answer["Location"]).content.decode()


def test_where_the_text_has_no_way_back_the_page_says_so(deciding: Site) -> None:
    number, client = asked(deciding, "甲"), browser(deciding, "qian")
    answer = client.post(f"/approvals/{number}/", {"_action": "decide", "agreed": "yes"}, follow=True)
    text = answer.content.decode()
    assert "程序没有规定撤回，要改走更正。" in text
    assert 'data-undo="' not in text


def test_the_list_of_cases_decides_nothing_for_many(deciding: Site) -> None:
    numbers = " ".join([asked(deciding, "甲"), asked(deciding, "乙")])
    client = browser(deciding, "qian")
    assert "批准减免" not in client.post("/cases/bulk/", {"numbers": numbers}).content.decode()
    before = dump()
    sent = {"numbers": numbers, "action": "decide", "step": "go", "agreed": "yes"}
    assert "要决定的事在待办里办" in client.post("/cases/bulk/", sent).content.decode()
    assert dump() == before
