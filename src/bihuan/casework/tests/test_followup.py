"""The follow-up console: who is called and why, answers by single figures, what a call without answers leaves."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import PACKS, Site, dump, make_site, opening

from bihuan.casework.actions import open_case
from bihuan.casework.actions.noting import notes_about
from bihuan.casework.models import Case, Draft
from bihuan.casework.pages.followup import calls, waiting
from bihuan.casework.tests.by_telephone import TELEPHONE, followed_up, reported, solved
from bihuan.journal.models import Entry
from bihuan.people.actions import give_post
from bihuan.registers.surveys.models import Attempt

NOW = timezone.now()
OTHER = {"contact": "李老师", "phone": "13900139002"}
THIRD = {"contact": "赵老师", "phone": "13900139003"}


@pytest.fixture
def site(db: None) -> Site:
    return make_site(NOW - timedelta(days=20), PACKS / "integrator")


def browser(site: Site, username: str) -> Client:
    client = Client()
    client.force_login(site.people[username])
    return client


@pytest.fixture
def sun(site: Site) -> Client:
    return browser(site, "sun")


def words(answer) -> str:
    return unescape(answer.content.decode())


def answers(case: Case, **other: str) -> dict[str, str]:
    sent = {name: str(value) for name, value in TELEPHONE.items() if not isinstance(value, bool)}
    return {**sent, "complaint": "no", "_expect": str(case.revision), **other}


def queue(site: Site) -> list[str]:
    return [entry.case.number for entry in waiting(site.sun, timezone.now(), "zh")]


def test_only_whoever_makes_the_calls_finds_them(site, sun):
    case = solved(site, NOW - timedelta(hours=3))
    assert case.number in words(sun.get("/followup/"))
    for other in ("chen", "zhou", "li", "wang", "outsider"):
        page = browser(site, other)
        assert case.number not in words(page.get("/followup/")), other
        assert page.get("/followup/", {"case": case.number}).status_code == 404, other
        for address in ("", "attempt/", "reveal/"):
            assert page.post(f"/followup/{case.number}/{address}", answers(case)).status_code == 404, other


def test_work_that_is_not_done_waits_for_no_call(site):
    reported(site, NOW - timedelta(hours=3))
    assert queue(site) == []


def test_what_was_found_wrong_comes_first_then_what_ends_first_then_what_is_agreed_for_later(site, sun):
    late = solved(site, NOW - timedelta(days=5))
    soon = solved(site, NOW - timedelta(days=1), **OTHER)
    wrong = solved(site, NOW - timedelta(hours=3), **THIRD)
    followed_up(site, wrong, NOW - timedelta(hours=1), complaint=True, **{"complaint-text": "没人回电话"})
    assert queue(site) == [wrong.number, late.number, soon.number]
    sun.post(f"/followup/{late.number}/attempt/", {"_result": "no-answer", "_next": "2099-01-01T09:00"})
    assert queue(site) == [wrong.number, soon.number, late.number]
    told = {entry.case.number: entry.reasons for entry in waiting(site.sun, timezone.now(), "zh")}
    assert told[wrong.number] == ["上次回访有问题，先办"]
    assert told[late.number] == ["约 01-01 09:00 再打", "第 2 次"]
    assert [entry.case.number for entry in waiting(site.sun, timezone.now(), "zh", "unsatisfied")] == [wrong.number]
    assert [entry.case.number for entry in waiting(site.sun, timezone.now(), "zh", "again")] == [late.number]
    assert [entry.case.number for entry in waiting(site.sun, timezone.now(), "zh", "overdue")] == [late.number]


def test_one_contact_is_called_once_for_all_its_cases_and_not_again_within_a_week(site, sun):
    first = solved(site, NOW - timedelta(days=2), phone="138 0013 8001")
    second = solved(site, NOW - timedelta(days=1), phone="138-00138001")
    (entry,) = waiting(site.sun, timezone.now(), "zh")
    assert (entry.case, entry.merged) == (first, [second])
    assert sun.get("/followup/", {"case": second.number}).status_code == 200
    sun.post(f"/followup/{first.number}/", answers(first))
    (entry,) = waiting(site.sun, timezone.now(), "zh")
    assert (entry.case, entry.reasons) == (second, ["7 天内刚回访过此人"])
    assert entry.later(timezone.now())


def test_a_call_is_saved_and_the_next_one_opens(site, sun):
    first = solved(site, NOW - timedelta(days=2))
    second = solved(site, NOW - timedelta(days=1), **OTHER)
    answer = sun.post(f"/followup/{first.number}/", answers(first), follow=True)
    first.refresh_from_db()
    assert first.step == "to-archive"
    assert first.state.answers["follow-up"]["satisfaction"] == 5
    page = words(answer)
    assert f'action="/followup/{second.number}/"' in page
    assert "<dt>今日</dt><dd>1/2</dd>" in page
    assert "<dt>接通率</dt><dd>100%</dd>" in page


def test_a_complaint_is_not_saved_without_its_words_and_leads_straight_to_the_report(site, sun):
    case = solved(site, NOW - timedelta(hours=3))
    solved(site, NOW - timedelta(days=1), **OTHER)
    before = dump()
    answer = sun.post(f"/followup/{case.number}/", answers(case, complaint="yes", satisfaction="1"))
    assert answer.status_code == 422
    assert 'href="#q-complaint-text"' in words(answer)
    assert dump() == before
    sent = answers(case, complaint="yes", satisfaction="1", **{"complaint-text": "没人回电话"})
    answer = sun.post(f"/followup/{case.number}/", sent)
    assert answer["Location"] == f"/followup/?case={case.number}"
    page = words(sun.get(answer["Location"]))
    assert "向分管领导报告投诉" in page
    assert 'name="summary"' in page
    assert '<dd class="desk-bad">1</dd>' in page


def test_a_call_nobody_took_is_kept_and_comes_again(site, sun):
    case = solved(site, NOW - timedelta(hours=3))
    before = case.revision
    assert sun.post(f"/followup/{case.number}/attempt/", {"_result": "no-answer"}).status_code == 302
    (attempt,) = Attempt.objects.all()
    assert (attempt.number, attempt.result, attempt.contact, attempt.by) == (
        case.number,
        "no-answer",
        "+8613800138001",
        "sun",
    )
    case.refresh_from_db()
    # the case stands as it stood: that nobody answered is no act of its procedure
    assert case.revision == before
    assert "第 2 次" in words(sun.get("/followup/"))
    assert attempt.words in words(sun.get("/followup/"))


def test_a_call_put_off_needs_its_moment_and_a_wrong_number_waits_for_somebody_to_mend_it(site, sun):
    case = solved(site, NOW - timedelta(hours=3))
    before = dump()
    for moment in ("", "2020-01-01T09:00"):
        answer = sun.post(f"/followup/{case.number}/attempt/", {"_result": "call-back", "_next": moment})
        assert answer.status_code == 422, moment
    assert sun.post(f"/followup/{case.number}/attempt/", {"_result": "nonsense"}).status_code == 422
    assert dump() == before
    assert Attempt.objects.count() == 0
    sun.post(f"/followup/{case.number}/attempt/", {"_result": "wrong-number"})
    (entry,) = waiting(site.sun, timezone.now(), "zh")
    assert (entry.reasons, entry.later(timezone.now())) == (["空号，先核对号码"], True)


def test_the_number_is_masked_until_asked_for_and_that_it_was_shown_is_on_record(site, sun):
    case = solved(site, NOW - timedelta(hours=3))
    page = words(sun.get("/followup/"))
    assert "138****8001" in page
    assert "138 0013 8001" not in page
    page = words(sun.post(f"/followup/{case.number}/reveal/", answers(case, suggestion="先记一笔")))
    assert 'href="tel:+8613800138001"' in page
    # what was typed before stays
    assert "先记一笔" in page
    (note,) = notes_about(case)
    assert (note["verb"], note["doer"]) == ("number-shown", "sun")
    assert Entry.objects.filter(about_kind="note", about_id=str(case.pk)).count() == 1


def test_a_mark_between_two_near_bounds_is_answered_by_one_figure(site, sun):
    solved(site, NOW - timedelta(hours=3))
    page = words(sun.get("/followup/"))
    assert [f'name="satisfaction" value="{mark}"' in page for mark in range(7)] == [False, *[True] * 5, False]


def test_the_case_stands_beside_the_questions(site, sun):
    solved(site, NOW - timedelta(hours=3))
    page = words(sun.get("/followup/"))
    assert "<strong>不亮</strong>" in page
    assert "→ 换了插座" in page
    assert "<dt>收费</dt><dd>¥0.00</dd>" in page


def test_a_half_answered_call_is_taken_up_again(site, sun):
    case = solved(site, NOW - timedelta(hours=3))
    sent = {"answers": {"spoken-to": ["王老师"], "satisfaction": ["4"]}}
    assert sun.post(f"/drafts/followup.{case.number}/", sent, "application/json").status_code == 204
    page = words(sun.get("/followup/"))
    assert 'name="spoken-to" value="王老师"' in page
    assert 'name="satisfaction" value="4" checked' in page
    sun.post(f"/followup/{case.number}/", answers(case))
    assert Draft.objects.count() == 0


def test_enter_in_a_browser_without_script_saves_nothing(site, sun):
    case = solved(site, NOW - timedelta(hours=3))
    before = dump()
    assert sun.post(f"/followup/{case.number}/", answers(case, do="look")).status_code == 200
    assert dump() == before


def test_nobody_waits_and_the_page_says_so(sun):
    assert "今天的回访已完成" in words(sun.get("/followup/"))


def test_the_next_try_is_proposed_for_another_half_of_the_day(db):
    local = timezone.localtime(NOW).replace(minute=10, second=0, microsecond=0)
    assert calls.proposed(local.replace(hour=9)) == f"{local:%Y-%m-%d}T13:10"
    assert calls.proposed(local.replace(hour=15)) == f"{local + timedelta(days=1):%Y-%m-%d}T09:00"


def test_a_case_that_is_about_the_call_alone_waits_here_at_whatever_stage_it_stands(db):
    site = make_site(NOW - timedelta(days=20), PACKS / "starter")
    give_post(site.sun, "caller", "north", start=NOW.date() - timedelta(days=365), by=None, at=site.at)
    at = NOW - timedelta(hours=3)
    slip = {"to-ask.customer": "城东小学", "to-ask.phone": "13900139001"}
    case = Case.objects.get(number=open_case(site.sun, opening(at, kind="follow-up", answers=slip)).number)
    assert (case.step, case.stage) == ("to-call", "waiting")
    caller = browser(site, "sun")
    home = words(caller.get("/"))
    assert f"/followup/?case={case.number}" in home
    assert "没有要打的回访。" not in home
    answers = {"satisfaction": "4", "complains": "no", "_expect": str(case.revision)}
    assert caller.post(f"/followup/{case.number}/", answers).status_code == 302
    case.refresh_from_db()
    assert (case.step, case.state.answers["opinion"]["satisfaction"]) == ("followed", 4)
    assert queue(site) == []
