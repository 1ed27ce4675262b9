"""What waits for whom, and deciding on the page of approvals."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from tests.browser.asking import asked, lay_beside
from tests.cast import PACKS, Site, acting, dump, make_site, opening, registered

from bihuan.casework import actions
from bihuan.casework.models import Case
from bihuan.casework.pages import approvals, inbox
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


def test_a_decision_waits_for_its_decider_alone_with_the_question_that_turns_its_way(deciding: Site) -> None:
    number = asked(deciding, "保外")
    waiting = {name: inbox.waiting(person, timezone.now()) for name, person in deciding.people.items()}
    (one,) = waiting.pop("qian")
    assert (one.case.number, one.act.name, one.decides.name) == (number, "decide", "agreed")
    assert [name for name, found in waiting.items() if found] == []


def test_what_is_no_decision_is_plain_work(site: Site) -> None:
    number = actions.open_case(site.chen, opening(site.at)).number
    (one,) = inbox.waiting(site.zhou, site.at)
    assert (one.case.number, one.act.name, one.decides) == (number, "assign", None)


def test_the_card_shows_who_asks_how_much_and_by_which_words(deciding: Site) -> None:
    number = asked(deciding, "保外二十三天", 1240)
    text = browser(deciding, "qian").get(f"/approvals/{number}/").content.decode()
    for words in ("批准减免", "李师傅", "¥1,240.00", "保外二十三天", "不同意的要写明理由", "Alt+Y", "Alt+N"):
        assert words in text, words


def test_refusing_without_a_reason_changes_nothing(deciding: Site) -> None:
    number = asked(deciding, "保外")
    before = dump()
    answer = browser(deciding, "qian").post(f"/approvals/{number}/", {"_action": "decide", "agreed": "no"})
    assert answer.status_code == 422
    assert "意见" in answer.content.decode()
    assert dump() == before


def test_a_decision_taken_leads_to_the_next_that_waits(deciding: Site) -> None:
    first, second = asked(deciding, "甲"), asked(deciding, "乙")
    client = browser(deciding, "qian")
    sent = {"_action": "decide", "agreed": "no", "reason": "不在范围", "_next": second}
    answer = client.post(f"/approvals/{first}/?tab=decide", sent)
    assert (answer.status_code, answer["Location"]) == (302, f"/approvals/{second}/?tab=decide")
    assert Case.objects.get(number=first).state.answers["verdict"] == {"agreed": False, "reason": "不在范围"}
    last = client.post(f"/approvals/{second}/?tab=decide", {"_action": "decide", "agreed": "yes", "_next": first})
    assert last["Location"] == "/approvals/?tab=decide"


def test_nobody_decides_what_is_not_theirs_and_another_outlet_finds_no_card(deciding: Site) -> None:
    number = asked(deciding, "保外")
    before = dump()
    sent = {"_action": "decide", "agreed": "yes"}
    assert browser(deciding, "zhou").post(f"/approvals/{number}/", sent).status_code == 403
    assert browser(deciding, "wang").post(f"/approvals/{number}/", sent).status_code == 404
    assert browser(deciding, "wang").get(f"/approvals/{number}/").status_code == 404
    assert dump() == before


def test_lent_posts_decide_and_the_card_says_for_whom(deciding: Site) -> None:
    number = asked(deciding, "保外")
    today = timezone.localdate()
    sent = {"taker": "wu", "posts": ["general-manager"], "start": today, "until": today, "reason": "出差"}
    answer = browser(deciding, "qian").post("/delegate/", sent)
    assert answer.status_code == 302
    client = browser(deciding, "wu")
    assert "代 钱副总" in client.get(f"/approvals/{number}/").content.decode()
    assert client.post(f"/approvals/{number}/", {"_action": "decide", "agreed": "yes"}).status_code == 302
    assert Case.objects.get(number=number).step == "granted"


def test_the_card_says_what_follows_each_answer_before_it_is_given(deciding: Site) -> None:
    number = asked(deciding, "保外")
    text = browser(deciding, "qian").get(f"/approvals/{number}/").content.decode()
    follows = re.search(r'<dl class="follows".*?</dl>', text, re.DOTALL)
    assert follows is not None
    told = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", follows[0])
    assert told == [("同意减免：是", "「已减免」，事项结束"), ("同意减免：否", "「未同意」，事项结束")]


def test_what_waits_is_narrowed_to_one_procedure_and_put_in_order(deciding: Site) -> None:
    first, second = asked(deciding, "甲"), asked(deciding, "乙")
    client = browser(deciding, "qian")
    shown = {
        query: re.findall(r'href="(/approvals/JM[^"]*)"', client.get(f"/approvals/?tab=decide{query}").content.decode())
        for query in ("", "&sort=newest", "&kind=waiver", "&kind=repair")
    }
    one, other = (f"/approvals/{number}/?tab=decide" for number in (first, second))
    assert shown[""][:2] == [one, other]
    assert shown["&sort=newest"][:2] == [f"{other}&amp;sort=newest", f"{one}&amp;sort=newest"]
    assert shown["&kind=waiver"][:2] == [f"{one}&amp;kind=waiver", f"{other}&amp;kind=waiver"]
    assert shown["&kind=repair"] == []
    assert "看全部" in client.get("/approvals/?tab=decide&kind=repair").content.decode()


def test_a_decision_leads_on_within_what_was_chosen(deciding: Site) -> None:
    first, second = asked(deciding, "甲"), asked(deciding, "乙")
    client = browser(deciding, "qian")
    sent = {"_action": "decide", "agreed": "yes", "_next": first}
    answer = client.post(f"/approvals/{second}/?tab=decide&kind=waiver&sort=newest", sent)
    assert answer["Location"] == f"/approvals/{first}/?tab=decide&kind=waiver&sort=newest"


def test_more_than_are_looked_up_are_asked_for_again_of_one_procedure(
    deciding: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [asked(deciding, words) for words in ("甲", "乙", "丙")]
    monkeypatch.setattr(inbox, "SHOWN", 2)
    newest = approvals.Wanted("decide", "waiver", newest=True)
    found = approvals.listed(deciding.qian, newest, "", timezone.now(), "zh")
    assert [line.number for line in found["lines"]][:2] == [numbers[2], numbers[1]]


@pytest.mark.parametrize(
    ("name", "value"), [("taker", "qian"), ("taker", "nobody"), ("posts", "office"), ("reason", " "), ("until", "soon")]
)
def test_a_lending_that_is_not_right_is_refused_beside_its_question(deciding: Site, name: str, value: str) -> None:
    today = timezone.localdate()
    sent = {"taker": "wu", "posts": "general-manager", "start": today, "until": today, "reason": "出差"}
    before = dump()
    answer = browser(deciding, "qian").post("/delegate/", {**sent, name: value})
    assert answer.status_code == 422
    assert f'id="q-{name}-error"' in answer.content.decode()
    assert dump() == before


def test_what_i_raised_and_what_i_did_stand_under_their_tabs(deciding: Site) -> None:
    number = asked(deciding, "保外")
    assert number in browser(deciding, "li").get("/approvals/?tab=raised").content.decode()
    qian = browser(deciding, "qian")
    assert number not in qian.get("/approvals/?tab=raised").content.decode()
    assert number not in qian.get("/approvals/?tab=done").content.decode()
    qian.post(f"/approvals/{number}/", {"_action": "decide", "agreed": "yes"})
    assert number in qian.get("/approvals/?tab=done").content.decode()


def test_the_bar_counts_what_waits(deciding: Site) -> None:
    asked(deciding, "甲")
    asked(deciding, "乙")
    counts = {name: browser(deciding, name).get("/approvals/count/").content for name in ("qian", "chen", "outsider")}
    assert counts == {"qian": b"2", "chen": b"", "outsider": b""}


def test_a_page_that_asks_by_itself_keeps_no_session_alive(deciding: Site) -> None:
    client = browser(deciding, "qian")
    client.get("/approvals/")
    session = client.session
    long_ago = timezone.now().timestamp() - 600
    session["seen"] = long_ago
    session.save()
    client.get("/approvals/count/", headers={"X-Live": "1"})
    assert client.session["seen"] == long_ago
    client.get("/approvals/")
    assert client.session["seen"] > long_ago


def test_what_was_lent_is_not_offered_to_be_lent_on(deciding: Site) -> None:
    """The page offers only posts one holds oneself: what was lent cannot be lent on."""
    today = timezone.localdate()
    people.delegate(deciding.qian, deciding.wu, ["leader"], today, today, "出差", by=deciding.qian, at=timezone.now())
    text = browser(deciding, "wu").get("/delegate/").content.decode()
    assert 'value="leader"' not in text
    assert 'value="office"' in text


def test_what_one_was_told_of_stands_under_its_tab_once_a_case_within_ones_scope(site: Site) -> None:
    number = registered(site, at=timezone.now()).number
    actions.act(site.zhou, acting(number, "assign", timezone.now(), {"order.repairer": "li", "order.hours": 2}))
    shown = {name: browser(site, name).get("/approvals/?tab=told").content.decode() for name in ("li", "wang")}
    assert shown["li"].count(f'href="/cases/{number}/"') == 1
    assert number not in shown["wang"]
    assert "近来没有人告知您什么" in shown["wang"]
