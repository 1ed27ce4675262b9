"""The page of a case: one primary act for the right person, what happened old → new, remarks beside the book, news."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.cast.saying import INTAKE, acting, registered

from bihuan.casework import actions, replay
from bihuan.casework.actions import noting
from bihuan.casework.models import Case
from bihuan.casework.pages import candidates
from bihuan.journal.models import Entry, Letter


@pytest.fixture
def case(site) -> Case:
    return registered(site, at=timezone.now() - timedelta(minutes=5), answers={**INTAKE, "intake.device": "PJ-77"})


def page(person, path: str) -> str:
    client = Client()
    client.force_login(person)
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def primary(text: str) -> int:
    actions_part = text.partition('class="page-actions"')[2].partition("</header>")[0]
    return actions_part.count("button primary")


def test_whoever_has_the_next_act_sees_one_primary_button_and_nobody_else_does(site, case):
    at = timezone.now()
    assert {name: primary(page(site.people[name], f"/cases/{case.number}/")) for name in ("zhou", "li", "chen")} == {
        "zhou": 1, "li": 0, "chen": 0,
    }  # fmt: skip
    actions.act(site.zhou, acting(case.number, "assign", at, {"order.repairer": "li"}))
    assert primary(page(site.li, f"/cases/{case.number}/")) == 1


def test_what_may_not_be_done_now_says_why(site, case):
    text = page(site.zhou, f"/cases/{case.number}/")
    assert "为什么" in text
    assert "急件不得撤销" in text


def test_a_correction_is_told_as_old_and_new(site, case):
    said = {"form": "intake", "field": "problem", "value": "画面闪烁", "reason": "听错"}
    actions.act(site.zhou, acting(case.number, "correct", timezone.now(), said))
    assert "投影机不亮 → 画面闪烁" in page(site.zhou, f"/cases/{case.number}/")


@pytest.mark.parametrize("tab", ["", "states", "forms", "papers", "charges", "files", "audit", "nonsense"])
def test_every_tab_answers(site, case, tab):
    assert case.number in page(site.zhou, f"/cases/{case.number}/?tab={tab}&from=state%3Dopen")


def test_a_remark_stands_in_the_story_and_changes_nothing_of_the_case(site, case):
    at = timezone.now()
    assert noting.remark(case.number, "客户催过一次 @li @wang @nobody", by=site.chen, at=at) == ["li"]
    text = page(site.zhou, f"/cases/{case.number}/")
    assert "客户催过一次" in text
    assert Case.objects.get(pk=case.pk).revision == case.revision
    assert list(replay.differences(Case.objects.filter(pk=case.pk))) == []
    letters = Letter.objects.filter(to_kind="person", to="li")
    assert [letter.subject for letter in letters] == [f"{case.number} 陈坐席：客户催过一次 @li @wang @nobody"]
    assert not Letter.objects.filter(to="wang").exists()


def test_a_remark_without_words_is_refused_on_the_page(site, case):
    client = Client()
    client.force_login(site.zhou)
    answer = client.post(f"/cases/{case.number}/notes/", {"words": "  "})
    assert answer.status_code == 422
    assert "请写明内容" in answer.content.decode()


def until_settled() -> None:
    """Wait for transactions of other users of the same server: they hold every reader back, which is right."""
    newest = Entry.objects.order_by("-position").values_list("xid", flat=True)[0]
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT journal_horizon()::text::bigint > %s", [newest])
            if cursor.fetchone()[0]:
                return
    raise AssertionError("another transaction on this server did not end")


def live(person, since: str = "", topics: str = "cases"):
    client = Client()
    client.force_login(person)
    answer = client.get("/live/", {"since": since, "topics": topics})
    return answer.status_code, json.loads(answer.content) if answer.content else None


@pytest.mark.django_db(transaction=True)
def test_news_are_told_once_and_only_of_ones_own_outlets(real_site):
    site = real_site
    case = registered(site, at=timezone.now())
    until_settled()
    status, began = live(site.zhou)
    assert (status, began["changed"]) == (200, {})
    assert live(site.zhou, began["cursor"]) == (204, None)
    noting.remark(case.number, "在修", by=site.chen, at=timezone.now())
    other = registered(site, "wang", timezone.now())
    until_settled()
    status, news = live(site.zhou, began["cursor"], f"cases,case:{case.number},case:{other.number}")
    assert news["changed"] == {"cases": [case.number], f"case:{case.number}": [case.number]}
    assert live(site.zhou, news["cursor"]) == (204, None)
    assert live(site.wang, began["cursor"])[1]["changed"] == {"cases": [other.number]}
    assert live(site.outsider, began["cursor"]) == (204, None)
    assert live(site.zhou, "rubbish")[0] == 200


def test_the_news_cost_one_query_beside_who_asks(site, case, django_assert_max_num_queries):
    client = Client()
    client.force_login(site.zhou)
    client.get("/live/")
    # session, person, posts held, the news themselves
    with django_assert_max_num_queries(4):
        client.get("/live/", {"since": "0-0", "topics": "cases"})


def test_who_is_not_signed_in_gets_no_news(db):
    assert Client().get("/live/").status_code == 401


def test_candidates_come_with_skill_free_time_and_load_the_fitting_first(site, case):
    at = timezone.now()
    actions.act(site.zhou, acting(case.number, "assign", at, {"order.repairer": "li"}))
    found = candidates.candidates("north", "投影机", at, "zh")
    assert found[0].username == "li"
    assert (found[0].fits, found[0].free, found[0].open_cases) == (True, True, 1)
    assert {one.username for one in found} == {"chen", "zhou", "li", "sun"}
    assert all(one.reasons for one in found)


def test_answers_sent_as_a_table_per_form_are_told_question_by_question(site):
    told = {name.removeprefix("intake."): value for name, value in INTAKE.items()}
    case = registered(site, at=timezone.now(), answers={"intake": told})
    actions.act(site.zhou, acting(case.number, "cancel", timezone.now(), {"cancel.reason": "自己好了"}))
    story = page(site.li, f"/cases/{case.number}/").partition('id="case-story"')[2].partition("<aside>")[0]
    assert told["problem"] in story
    assert "急件" in story
    assert "{&#x27;" not in story
    assert "cancel.reason" not in story
