"""A case another case raised: whoever decides on it reads what that one was about, without leaving the card."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import PACKS, acting, make_site

from bihuan.casework import actions
from bihuan.casework.models import Case

from .by_telephone import followed_up, solved


@pytest.fixture
def site(db: None):
    return make_site(timezone.now() - timedelta(days=1), PACKS / "integrator")


def test_the_leader_reads_the_complaint_on_the_card_that_asks_for_an_opinion(site):
    at = timezone.now() - timedelta(hours=5)
    case = solved(site, at)
    followed_up(site, case, at + timedelta(hours=2), complaint=True, **{"complaint-text": "没人回电话"})
    told = {"reported-to": "qian", "summary": "客户要一个说法"}
    actions.act(site.sun, acting(case.number, "report-complaint", at + timedelta(hours=3), told))
    complaint = Case.objects.get(kind="complaint", parent=case)
    leader = Client()
    leader.force_login(site.qian)
    text = leader.get(f"/approvals/{complaint.number}/").content.decode()
    assert "不亮" in text.partition("approval-subject")[2][:40]
    assert "客户要一个说法" in text
    assert "没人回电话" in text
