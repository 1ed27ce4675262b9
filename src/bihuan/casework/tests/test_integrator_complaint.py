"""The integrator's complaint: who may read what was said, and what it raises elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import PACKS, Site, acting, make_site, opening

from bihuan.casework import actions
from bihuan.casework.models import Case
from bihuan.people import actions as people
from bihuan.people.models import Person

HOURS_AGO = 5
ASSESSED = {
    "severity": "serious", "safety": True, "complexity": "simple", "impact": "一户", "act-now": False,
    "injury-or-fire": False, "loss": 0, "customers": "one", "fight": False, "times": "first", "crisis": False,
}  # fmt: skip


@pytest.fixture
def site(db: None) -> Site:
    return make_site(timezone.now() - timedelta(days=1), PACKS / "integrator")


@pytest.fixture
def officer(site: Site) -> Person:
    feng = people.add_person("feng", "冯管理师", None, name_en="Feng", by=None, at=site.at)
    people.give_post(feng, "service-officer", "head", start=site.at.date(), by=None, at=site.at)
    return feng


@pytest.fixture
def complaint(site: Site) -> Case:
    at = timezone.now() - timedelta(hours=HOURS_AGO)
    said = {
        "channel": "hotline", "received": at.isoformat(), "taken-by": "chen", "anonymous": False,
        "complainant": "王老师", "phone": "13800000001", "about": "person", "against": "li",
        "facts": "李师傅说话难听", "wish": "换人来修", "evidence": "无",
    }  # fmt: skip
    answer = actions.open_case(site.chen, opening(at, kind="complaint", answers={"registration": said}))
    return Case.objects.get(number=answer.number)


def page(person: Person, case: Case) -> str:
    browser = Client()
    browser.force_login(person)
    return browser.get(f"/cases/{case.number}/").content.decode()


@pytest.mark.rule("INT-13-18")
def test_what_was_said_of_a_repairer_is_read_by_those_who_handle_it_and_not_by_the_repairer(
    site: Site, complaint: Case
) -> None:
    for reader in (site.chen, site.sun, site.qian):
        assert "李师傅说话难听" in page(reader, complaint), reader.username
    shown = page(site.li, complaint)
    assert complaint.number in shown
    assert "李师傅说话难听" not in shown
    assert "换人来修" not in shown


@pytest.mark.rule("INT-13-19")
def test_a_serious_complaint_about_safety_raises_a_nonconformity_and_a_recall_signal(
    complaint: Case, officer: Person
) -> None:
    at = timezone.now() - timedelta(hours=HOURS_AGO - 1)
    actions.act(officer, acting(complaint.number, "assess", at, {"assessment": ASSESSED}))
    raised = {one.kind: one for one in Case.objects.filter(parent=complaint)}
    assert sorted(raised) == ["nonconformity", "recall"]
    finding = raised["nonconformity"].state.answers["finding"]
    assert finding == {"nature": "actual", "source": "complaint", "facts": "李师傅说话难听"}
    assert raised["nonconformity"].step == "raised"
